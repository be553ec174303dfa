import type { Client } from "../network/client.js";
import { inParallel } from "../network/in-parallel.js";
import { Unanswered } from "../network/unanswered.js";
import { shown } from "../output.js";
import { suggestion } from "../suggestion.js";
import { didYouMean } from "../command-line.js";
import { UsageError } from "../usage-error.js";
import { type Account, askAccount, Denied } from "./account.js";
import { allPages, entityIn, identifierIn, type Kind, pageSize } from "./page.js";

/** Where connectors are: in the account, in an organization, or in a project of one. */
export interface Scope {
  readonly org?: string;
  readonly project?: string;
}

/** What the account has. */
export interface Scopes {
  readonly scopes: readonly Scope[];
  /** What couldn't be listed because the token may not see it, and why. */
  readonly unseen: readonly (readonly [what: string, why: string])[];
}

/** Source: Harness's documentation of entity identifiers. */
const identifier = /^[a-zA-Z_$][0-9a-zA-Z_$-]{0,127}$/;

/** How many requests are under way. */
export const atOnce = 4;

/** More would be more than an hour's requests. */
const mostScopes = 10_000;

/** What `--scope` names a scope. */
export function nameOf({ org, project }: Scope): string {
  if (org === undefined) return "account";
  return project === undefined ? org : `${org}/${project}`;
}

/** How a scope is asked for. */
export function queryOf({ org, project }: Scope): Readonly<Record<string, string>> {
  return {
    ...(org === undefined ? {} : { orgIdentifier: org }),
    ...(project === undefined ? {} : { projectIdentifier: project }),
  };
}

/**
 * A server, or something before it, may pass over the scope that it was asked for. Then the list would have connectors
 * where the account has none, and lack those that it has.
 *
 * @param item of a list of that scope
 * @throws Unanswered if it says that it is in another account or scope
 */
export function assertIn(scope: Scope, { identifier }: Account, item: unknown, kind: Kind): void {
  const entity = entityIn(item, kind);
  if (entity === undefined) return;
  const [account, org, project] = ["accountIdentifier", "orgIdentifier", "projectIdentifier"].map((key) => entity[key] || undefined);
  if (account !== undefined && account !== identifier) throw new Unanswered("an entry of the response is of another account");
  if (org === scope.org && project === scope.project) return;
  const found = [org ?? "account", ...(project === undefined ? [] : [project])].join("/");
  throw new Unanswered(`an entry of the response is of another scope ('${found}')`);
}

/** @throws UsageError */
export function scopesNamed(names: readonly string[], hint: string): readonly Scope[] {
  return [...new Set(names)].map((name) => {
    if (name === "account") return {};
    const [org = "", project, ...rest] = name.split("/");
    if (rest.length === 0 && identifier.test(org) && (project === undefined || identifier.test(project))) {
      return project === undefined ? { org } : { org, project };
    }
    throw new UsageError(
      `option '--scope' can't be '${shown(name)}'; it is account, ORG or ORG/PROJECT, by their identifiers${didYouMean(suggestion(name, ["account"]))}`,
      hint,
    );
  });
}

/**
 * The account, its organizations and their projects.
 *
 * @throws Unanswered
 */
export async function allScopes(client: Client, account: Account): Promise<Scopes> {
  const unseen: (readonly [string, string])[] = [];
  const list = async (what: string, path: string, kind: Kind, scope: Scope): Promise<readonly string[]> => {
    try {
      return await identifiersOf(client, account, path, kind, scope);
    } catch (error) {
      // There is such a list in every account: a 404 isn't about permission.
      if (error instanceof Denied) {
        unseen.push([what, error.message]);
        return [];
      }
      throw error instanceof Unanswered ? new Unanswered(`${what}: ${error.message}`) : error;
    }
  };
  const orgs = await list("the organizations", "/ng/api/organizations", "organization", {});
  const projects = await inParallel(orgs, atOnce, async (org) =>
    (await list(`the projects of '${org}'`, "/ng/api/projects", "project", { org })).map((project) => ({ org, project })),
  );
  const scopes = [{}, ...orgs.flatMap((org, index): readonly Scope[] => [{ org }, ...(projects[index] ?? [])])];
  if (scopes.length > mostScopes) {
    throw new Unanswered(`the account has ${scopes.length} scopes, and at most ${mostScopes} are read: choose some with '--scope'`);
  }
  return { scopes, unseen };
}

async function identifiersOf(
  client: Client,
  account: Account,
  path: string,
  kind: Kind,
  scope: Scope,
): Promise<readonly string[]> {
  const pages = await allPages(
    (pageIndex) => askAccount(client, account, path, { query: { ...queryOf(scope), pageIndex: String(pageIndex), pageSize: String(pageSize) } }),
    (item) => identifierIn(item, kind),
  );
  const items = pages.flatMap(({ content }) => content);
  for (const item of items) assertIn(scope, account, item, kind);
  return items.map((item) => identifierOf(item, kind));
}

function identifierOf(item: unknown, kind: Kind): string {
  const found = identifierIn(item, kind);
  if (found !== undefined && identifier.test(found)) return found;
  throw new Unanswered(`the response has no valid \`${kind}.identifier\``);
}
