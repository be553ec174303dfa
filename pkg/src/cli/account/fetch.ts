import { importConnectors } from "../../node.js";
import { plural } from "../../plural.js";
import { describeOptions, parseCommandLine } from "../command-line.js";
import { ExitCode } from "../exit-code.js";
import { Client } from "../network/client.js";
import { inParallel } from "../network/in-parallel.js";
import { clientOptionsOf, proxyHelp } from "../network/options.js";
import { Unanswered } from "../network/unanswered.js";
import { print, printError, printExact, shown } from "../output.js";
import { defaultList, writeList } from "../connector-list.js";
import { UsageError } from "../usage-error.js";
import { type Account, type AccountAnswer, accountOf, askAccount, Refusal } from "./account.js";
import { fetchOptions } from "./options.js";
import { allPages, identifierIn, pageSize } from "./page.js";
import { allScopes, assertIn, atOnce, nameOf, queryOf, type Scope, scopesNamed } from "./scope.js";

const hint = "'harness-image-guard connectors fetch --help' lists the options";

const help = `Asks a Harness account for its connectors, and writes them as 'connectors import' does.

Usage: harness-image-guard connectors fetch [OPTION…]

Environment variables name the account, as for Harness's Terraform provider:
  HARNESS_PLATFORM_API_KEY  a token that may view the connectors
  HARNESS_ACCOUNT_ID        the account; by default, the one that the token names
  HARNESS_ENDPOINT          the API; https://app.harness.io/gateway by default

It only lists organizations, projects and connectors. It names each scope that the token may
not view; connectors of that scope stay undecided. What isn't in a scope that was listed
doesn't exist (unknown-connector). Credentials and the names of secrets are left out.
Requests that may succeed later are repeated.

Options:
${describeOptions(fetchOptions)}

${proxyHelp}

Exit codes:
  0   the list is written
  2   the command line or the variables are wrong
  4   Harness didn't answer, answered in part, or didn't answer for a scope of --scope, or
      the list can't be written; nothing is written
  70  an internal error
`;

/** More than any account has, and what the module has memory for. */
const mostBytes = 128 * 2 ** 20;

interface Read {
  readonly scope: Scope;
  readonly texts: readonly string[];
  /** Why the token may not see it. */
  readonly refused?: string;
}

/**
 * `harness-image-guard connectors fetch`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function fetchConnectors(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, fetchOptions, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  if (positionals.length > 0) throw new UsageError(`unexpected argument '${shown(positionals[0] ?? "")}': 'fetch' takes no FILE`, hint);
  const named = given.scope === undefined ? undefined : scopesNamed(given.scope, hint);
  const account = accountOf(process.env, hint);
  const client = new Client(await clientOptionsOf(given, hint));
  client.secrets.add(account.token);
  const madeAt = new Date().toISOString();
  try {
    const { scopes, unseen } = named === undefined ? await allScopes(client, account) : { scopes: named, unseen: [] };
    const read = await readScopes(client, account, scopes, named !== undefined);
    return await written(read, unseen, madeAt, given.out ?? defaultList);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    printError(`harness-image-guard: '${shown(account.endpoint)}': ${shown(client.secrets.hide(error.message))}\n`);
    return nothingWritten();
  } finally {
    await client.close();
  }
}

function nothingWritten(): number {
  printError("harness-image-guard: nothing has been written\n");
  return ExitCode.incomplete;
}

async function readScopes(client: Client, account: Account, scopes: readonly Scope[], isNamed: boolean): Promise<readonly Read[]> {
  let bytes = 0;
  const read = await inParallel(scopes, atOnce, async (scope): Promise<Read> => {
    try {
      const ask = async (pageIndex: number): Promise<AccountAnswer> => {
        const query = { ...queryOf(scope), pageIndex: String(pageIndex), pageSize: String(pageSize) };
        const answer = await askAccount(client, account, "/ng/api/connectors/listV2", { query, body: { filterType: "Connector" } });
        bytes += answer.text.length;
        if (bytes > mostBytes) throw new Unanswered("together, the responses are larger than 128 MiB: choose scopes with '--scope'");
        return answer;
      };
      const pages = await allPages(ask, (item) => identifierIn(item, "connector"));
      for (const item of pages.flatMap(({ content }) => content)) assertIn(scope, account, item, "connector");
      return { scope, texts: pages.map(({ text }) => text) };
    } catch (error) {
      if (error instanceof Refusal && !isNamed) return { scope, texts: [], refused: error.message };
      throw error instanceof Unanswered ? new Unanswered(`the connectors of ${called(scope)}: ${error.message}`) : error;
    }
  });
  if (read.every(({ refused }) => refused !== undefined)) throw new Unanswered(`the connectors of no scope: ${read[0]?.refused ?? ""}`);
  return read;
}

function called(scope: Scope): string {
  return scope.org === undefined ? "the account" : `'${nameOf(scope)}'`;
}

async function written(
  read: readonly Read[],
  unlisted: readonly (readonly [string, string])[],
  madeAt: string,
  out: string,
): Promise<number> {
  const whole = read.filter(({ refused }) => refused === undefined).map(({ scope }) => nameOf(scope));
  const refused = read.filter(({ refused }) => refused !== undefined).map(({ scope }) => nameOf(scope));
  const pages = read.flatMap(({ scope, texts }) => texts.map((text, index) => ({ path: `${nameOf(scope)}, page ${index}`, text })));
  const listed = { path: "the scopes", text: JSON.stringify({ scopes: whole, unseenScopes: refused, connectors: [] }) };
  const { text, count, problems } = await importConnectors({ files: [...pages, listed], madeAt });
  for (const { path, message } of problems) printError(`harness-image-guard: ${shown(path)}: ${shown(message)}\n`);
  if (problems.length > 0) return nothingWritten();
  const unseen = [
    ...unlisted,
    ...read.flatMap(({ scope, refused }) => (refused === undefined ? [] : [[`the connectors of ${called(scope)}`, refused] as const])),
  ];
  for (const [what, why] of unseen) printError(`harness-image-guard: not listed: ${shown(what)}: ${shown(why)}\n`);
  const list = withUnlisted(text, unlisted.map(([what]) => what));
  if (out === "-") {
    printExact(list);
    return ExitCode.ok;
  }
  await writeList(out, list);
  printError(`harness-image-guard: wrote ${plural(count, "connector")} of ${plural(whole.length, "scope")} to '${shown(out)}'\n`);
  return ExitCode.ok;
}

/** The list with a comment about everything that couldn't be listed. */
function withUnlisted(text: string, unlisted: readonly string[]): string {
  const comments = unlisted.map((what) => `# Not listed, because the token may not view it: ${what}.`);
  const [first = "", ...rest] = text.split("\n");
  return [first.replace("connectors import", "connectors fetch"), ...comments, ...rest].join("\n");
}
