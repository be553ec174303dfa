import { exportPolicies, formatDiff } from "../../node.js";
import type { ExportOptions } from "../../export.js";
import { plural } from "../../plural.js";
import { inParallel } from "../network/in-parallel.js";
import { Unanswered } from "../network/unanswered.js";
import { inertDiff, shown } from "../output.js";
import type { AccountPolicies } from "./account-policies.js";

/** A policy, as Harness's API takes it. */
export interface Policy {
  readonly identifier: string;
  readonly name: string;
  readonly rego: string;
}

/** A policy in a set, with what its denial weighs. */
export interface Member {
  readonly identifier: string;
  readonly severity: string;
}

/** A policy set, as Harness's API takes it. */
export interface PolicySet {
  readonly identifier: string;
  readonly name: string;
  readonly type: string;
  readonly action: string;
  readonly enabled: boolean;
  readonly policies: readonly Member[];
}

/** What the account has to have, so that it stays as it is specified. */
export interface Specified {
  readonly policies: readonly Policy[];
  readonly policySets: readonly PolicySet[];
}

/** Something that isn't as it is specified. */
export interface Change {
  readonly kind: "policies" | "policysets";
  readonly identifier: string;
  /** Whether there is one, of other fields. */
  readonly isThere: boolean;
  /** The policies that have to be there before. */
  readonly needs: readonly string[];
  /** What is shown of it, each line indented. */
  readonly shown: string;
  /** Why it can't be done here. */
  readonly obstacle?: string;
  /**
   * Does it, if nothing has changed since it was shown.
   *
   * @throws Refusal, Unanswered
   */
  readonly apply: () => Promise<void>;
}

/** How many are read at once. */
const atOnce = 4;

/** The policies and sets of `export --to harness-api`. */
export async function specifiedPolicies(options: Omit<ExportOptions, "to">): Promise<Specified> {
  const files = await exportPolicies({ ...options, to: "harness-api" });
  const ending = (end: string): readonly unknown[] =>
    files.filter(({ path }) => path.endsWith(end)).map(({ content }) => JSON.parse(new TextDecoder().decode(content)) as unknown);
  return { policies: ending(".policy.json") as readonly Policy[], policySets: ending(".policyset.json") as readonly PolicySet[] };
}

/**
 * What has to change in the account, policies first.
 *
 * @throws Refusal, Unanswered
 */
export async function changesOf({ policies, policySets }: Specified, inAccount: AccountPolicies): Promise<readonly Change[]> {
  const ofPolicies = await inParallel(policies, atOnce, (policy) => changeOfPolicy(policy, inAccount));
  const ofSets = await inParallel(policySets, atOnce, (set) => changeOfSet(set, inAccount));
  return [...ofPolicies, ...ofSets].filter((change) => change !== undefined);
}

async function changeOfPolicy(wanted: Policy, inAccount: AccountPolicies): Promise<Change | undefined> {
  const { identifier } = wanted;
  const there = await inAccount.policy(identifier);
  if (there !== undefined && isSamePolicy(there, wanted)) return undefined;
  const own = { kind: "policies", identifier, isThere: there !== undefined, needs: [] } as const;
  const lines = plural(wanted.rego.trimEnd().split("\n").length, "line");
  const shown =
    there === undefined
      ? `   create the policy ${identifier}: ${wanted.name} (${lines} of Rego)\n`
      : `   update the policy ${identifier}:\n\n${inertDiff(await formatDiff(`${identifier}.rego`, there.rego, wanted.rego)).text}\n`;
  return {
    ...own,
    shown,
    ...(there?.isInGit === true ? { obstacle: "it is kept in Git, and has to be changed there" } : {}),
    apply: async () => {
      const now = await inAccount.policy(identifier);
      if (now?.rego !== there?.rego) throw changedMeanwhile(`the policy ${identifier}`);
      await inAccount.writePolicy({ ...wanted, name: there?.name ?? wanted.name }, there !== undefined);
      const after = await inAccount.policy(identifier);
      if (after === undefined || !isSamePolicy(after, wanted)) throw notTaken(`the policy ${identifier}`);
    },
  };
}

/** Whether a policy decides the same; its name is its owner's. */
function isSamePolicy(one: Policy, other: Policy): boolean {
  return one.rego.trimEnd() === other.rego.trimEnd();
}

async function changeOfSet(specified: PolicySet, inAccount: AccountPolicies): Promise<Change | undefined> {
  const { identifier } = specified;
  const there = await inAccount.policySet(identifier);
  const wanted = there === undefined ? specified : merged(there, specified);
  if (there !== undefined && isSameSet(there, wanted)) return undefined;
  const members = specified.policies.map((member) => `${member.identifier} (${member.severity})`).join(", ");
  const when = `${specified.type}, ${specified.action}`;
  return {
    kind: "policysets",
    identifier,
    isThere: there !== undefined,
    needs: specified.policies.map((member) => member.identifier),
    shown: there === undefined ? `   create the policy set ${identifier} (${when}): ${members}\n` : `   update the policy set ${identifier}: ${differences(there, wanted).join("; ")}\n`,
    apply: async () => {
      const now = await inAccount.policySet(identifier);
      const isUnchanged = now === undefined || there === undefined ? now === there : isSameSet(now, there);
      if (!isUnchanged) throw changedMeanwhile(`the policy set ${identifier}`);
      await inAccount.writePolicySet(wanted, there !== undefined);
      const after = await inAccount.policySet(identifier);
      if (after === undefined || !isSameSet(after, wanted)) throw notTaken(`the policy set ${identifier}`);
    },
  };
}

/** A set that has our policies, and keeps its name and the others that somebody has put into it. */
function merged(there: PolicySet, { policies, ...specified }: PolicySet): PolicySet {
  const others = there.policies.filter(({ identifier }) => policies.every((ours) => ours.identifier !== identifier));
  return { ...specified, name: there.name, policies: [...policies, ...others] };
}

function isSameSet(one: PolicySet, other: PolicySet): boolean {
  return differences(one, other).length === 0;
}

/** What becomes of a set, in words. */
function differences(before: PolicySet, after: PolicySet): readonly string[] {
  const fields = (["type", "action", "enabled"] as const).filter((key) => before[key] !== after[key]);
  const severities = new Map(before.policies.map(({ identifier, severity }) => [identifier, severity]));
  const members = after.policies.filter(({ identifier, severity }) => severities.get(identifier) !== severity);
  const gone = before.policies.filter(({ identifier }) => after.policies.every((each) => each.identifier !== identifier));
  return [
    ...fields.map((key) => `${key} ${shown(String(before[key]))} becomes ${String(after[key])}`),
    ...members.map(({ identifier, severity }) => `with ${shown(identifier)} (${shown(severity)})`),
    ...gone.map(({ identifier }) => `without ${shown(identifier)}`),
  ];
}

function changedMeanwhile(what: string): Unanswered {
  return new Unanswered(`${what} has changed since it was shown: run 'setup' again`);
}

function notTaken(what: string): Unanswered {
  return new Unanswered(`Harness accepted ${what}, but didn't store it as it was sent`);
}
