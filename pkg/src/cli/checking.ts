import type { RuleName } from "../configuration.js";
import type { GuardOptions } from "../guard.js";
import type { CommandLine, Options } from "./command-line.js";
import { type Inputs, inputOptions } from "./inputs.js";
import { limitOptions, limitsOf } from "./limits.js";
import { presetOption } from "./preset-option.js";
import { asksRegistries, verifyOptions } from "./registry/options.js";
import { UsageError } from "./usage-error.js";
import { readMetadata, readUserPolicies } from "./user-policies.js";

/** The options of every command that checks: what is checked, and by which rules. */
export const checkingOptions = {
  ...inputOptions,
  "no-comment-exceptions": {
    description: "also report what comments in the files ask to ignore",
  },
  "no-file-connectors": {
    description: "connectors among the files decide nothing about the other files: only\nthose of the configuration and its lists do",
  },
  today: {
    value: "DATE",
    description: "the day to take as today, by which exceptions expire, such as\n2027-03-01; the current day in UTC by default",
  },
  rule: {
    value: "RULE",
    many: true,
    description: "only this built-in rule; may be given several times. It is an error\nif the configuration switches it off",
  },
  ...presetOption,
  policy: {
    value: "PATH[,…]",
    many: true,
    description:
      "also run a Harness policy of your own, or a folder of policies with\nthe modules that they use; may be given several times. The path may\nbe followed by ,entity=… (by default, what the package says),\n,severity=… and ,regoVersion=…",
  },
  "v1-compatible": { description: "read the policies of --policy as Rego v1, as OPA 1.0 and later do;\nHarness reads them as Rego v0" },
  metadata: {
    value: "FILE",
    description: "a JSON or YAML file with what policies see as input.metadata",
  },
  ...limitOptions,
  ...verifyOptions,
} as const satisfies Options;

type Arguments = CommandLine<typeof checkingOptions>["options"];

/**
 * What a guard is made of, by the options.
 *
 * @throws UsageError
 */
export async function guardOptionsOf(given: Arguments, hint: string): Promise<GuardOptions> {
  const isVerified = asksRegistries(given, hint);
  if (given.rule !== undefined && given.rule.includes(imageExists) !== isVerified) {
    const how = isVerified ? `'--verify' needs the rule '${imageExists}', which '--rule' leaves out: add '--rule ${imageExists}'` : `the rule '${imageExists}' asks registries: it needs '--verify'`;
    throw new UsageError(how, hint);
  }
  return {
    policyLimits: limitsOf(given, hint),
    ...presetOf(given),
    ...(given["no-comment-exceptions"] ? { commentExceptions: false } : {}),
    ...(given["no-file-connectors"] ? { fileConnectors: false } : {}),
    ...(given.today === undefined ? {} : { today: given.today }),
    ...(given.rule === undefined ? {} : { rules: given.rule as readonly RuleName[] }),
    ...(await policiesOf(given, hint)),
  };
}

/** The rule that registries decide. */
const imageExists = "image-exists";

/** Whether findings of a rule would be in the report. */
export function isLookedFor({ rule: rules, verify }: Pick<Arguments, "rule" | "verify">, rule: string): boolean {
  if (rule === imageExists && !verify) return false;
  return rules === undefined || rules.includes(rule);
}

/**
 * Asks the registries, if that is asked for: the guard's checks report what isn't there.
 *
 * @throws UsageError
 */
export async function verifyIfAsked(inputs: Inputs, given: Arguments, hint: string): Promise<void> {
  if (given.verify) await (await import("./registry/verify.js")).verified(inputs, given, hint);
}

function presetOf({ preset }: Arguments): Pick<GuardOptions, "preset"> {
  return preset === undefined ? {} : { preset };
}

async function policiesOf(given: Arguments, hint: string): Promise<GuardOptions> {
  const { policy, metadata, "v1-compatible": isV1 } = given;
  const isOpen = given["follow-links"] === true;
  if (isV1 && policy === undefined) {
    throw new UsageError("'--v1-compatible' needs '--policy'", hint);
  }
  return {
    ...(policy === undefined ? {} : { policies: await readUserPolicies(policy, isV1 ? 1 : 0, isOpen) }),
    ...(metadata === undefined ? {} : { metadata: await readMetadata(metadata, isOpen) }),
  };
}
