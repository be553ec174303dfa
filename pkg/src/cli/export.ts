import { resolve } from "node:path";

import type { RuleName } from "../configuration.js";
import { exportTargets } from "../export-target.js";
import type { UserPolicy } from "../guard.js";
import type { LintFinding } from "../lint.js";
import { exportPolicies, HarnessImageGuardError, lintRego } from "../node.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { findConfigFile } from "./config-file.js";
import { Enclosure, followLinksOption, Refused } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { inputOptions, wrongConfiguration } from "./inputs.js";
import { nearestFolder } from "./nearest-folder.js";
import { OutputFailure } from "./output-failure.js";
import { writeInto } from "./output-folder.js";
import { print, printError, shown } from "./output.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { UsageError } from "./usage-error.js";
import { readUserPolicies, shownRemarks, wrongPolicies } from "./user-policies.js";

/** What the command line may have. */
export const options = {
  to: {
    value: "TARGET",
    choices: exportTargets,
    description:
      "rego (a module for each rule and entity), opa-bundle, terraform,\nharness-yaml (the connector and a Policy step), harness-api (what\nHarness's API takes)",
  },
  out: { value: "DIR", description: "the folder to write into; created if it is missing" },
  rule: { value: "RULE", many: true, description: "only this rule; may be given several times" },
  policy: {
    value: "FILE[,…]",
    description:
      "a policy of your own instead of the rules, to rego or terraform. The\npath may be followed by ,entity=… (by default, what the package says,\nelse pipeline) and ,severity=… (error, which is \"Error & exit\", or\nwarning)",
  },
  config: inputOptions.config,
  "no-config-exceptions": { description: "write in nothing of the configuration that weakens the check" },
  ...followLinksOption,
  ...versionOptions,
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard export --help' lists the options";

const help = `Writes the built-in rules, or a policy of your own, as Harness policies. The built-in rules
contain the configuration.

Usage: harness-image-guard export --to TARGET --out DIR [OPTION…]

Options:
${describeOptions(options)}

unknown-connector isn't exported: it needs a list of connectors, and Harness's OPA has none.
Either all files are written, or none. A file that an earlier export wrote and this one
doesn't is removed, unless it has been changed since.

Exit codes:
  0   everything is written
  2   the command line or the configuration is wrong
  4   a file can't be written; none has been
  70  an internal error
`;

/**
 * `harness-image-guard export`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function exportTo(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [surplus] = positionals;
  if (surplus !== undefined) {
    throw new UsageError(`unexpected argument '${shown(surplus)}': '--rule' says which rules are exported`, hint);
  }
  const { to, out } = given;
  if (to === undefined) throw new UsageError(`'--to' is missing: ${options.to.choices.join(", ")}`, hint);
  if (out === undefined) throw new UsageError("'--out' with a folder is missing", hint);
  const version = versionOf(given, hint);
  const isOpen = given["follow-links"] === true;
  const policy = given.policy === undefined ? undefined : await ownPolicy(given.policy, version, isOpen);
  if (policy !== undefined && given.rule !== undefined) {
    throw new UsageError("'--rule' chooses built-in rules, and '--policy' exports none of them: choose one of the two", hint);
  }
  if (policy === undefined && version === 1) {
    throw new UsageError("'--v1-compatible' needs '--policy'", hint);
  }
  if (policy !== undefined) printError(shownRemarks(await silent(policy)));
  const asked: Asked = { rules: given.rule, policy, config: given.config, takesExceptions: given["no-config-exceptions"] !== true, isOpen };
  const files = await filesOf(to, asked);
  await refuseOutside(out, isOpen);
  const { written, removed, kept } = await writeInto(out, files);
  for (const path of written) print(`${shown(path)}\n`);
  // What applies these files would let everything pass, and a bundle doesn't show that it is empty.
  if (to !== "harness-yaml" && (to === "rego" ? files : await filesOf("rego", asked)).length === 0) {
    printError("harness-image-guard: no policy is written: the configuration switches off every rule that is exported\n");
  }
  for (const path of removed) {
    printError(`harness-image-guard: removed '${shown(path)}', which was exported earlier and isn't now\n`);
  }
  for (const path of kept) {
    printError(`harness-image-guard: kept '${shown(path)}', which was exported earlier and isn't now: it has been changed\n`);
  }
  return ExitCode.ok;
}

/** @throws OutputFailure where a link leads out of the repository to the folder to write into */
async function refuseOutside(out: string, isOpen: boolean): Promise<void> {
  try {
    const folder = await nearestFolder(resolve(out));
    const enclosure = await Enclosure.around([folder], process.cwd(), isOpen);
    await enclosure.locate(folder);
  } catch (error) {
    if (error instanceof Refused) throw new OutputFailure(`can't write into '${shown(out)}': ${error.message}; nothing has been written`);
    // What else is wrong with it is said when it is written.
  }
}

/** The policy of `--policy`. */
async function ownPolicy(specification: string, version: 0 | 1, isOpen: boolean): Promise<UserPolicy> {
  const [policy, ...more] = await readUserPolicies([specification], version, isOpen);
  if (policy === undefined || more.length > 0 || policy.searched === true) {
    throw new UsageError(`'--policy' exports one file, and '${shown(specification)}' is a folder: Harness takes one module`, hint);
  }
  const { searched: _, ...own } = policy;
  return own;
}

/** By which rules a policy never speaks. */
async function silent({ path, text, regoVersion = 0 }: UserPolicy): Promise<readonly LintFinding[]> {
  const { findings } = await lintRego({ modules: { [path]: text }, regoVersion });
  return findings.filter(({ rule, severity }) => severity === "warning" && ["never-fails", "unread-rule"].includes(rule));
}

interface Asked {
  /** `undefined` for all. */
  readonly rules: readonly string[] | undefined;
  readonly policy: UserPolicy | undefined;
  readonly config: string | undefined;
  /** Whether the configuration counts where it makes the policies weaker. */
  readonly takesExceptions: boolean;
  /** Whether links may lead anywhere. */
  readonly isOpen: boolean;
}

async function filesOf(to: (typeof options.to.choices)[number], { rules, policy, config, takesExceptions, isOpen }: Asked) {
  const configFile = await findConfigFile(process.cwd(), config, isOpen);
  try {
    return await exportPolicies({
      to,
      ...(policy === undefined ? {} : { policy }),
      ...(configFile === undefined ? {} : { config: configFile.text, configPath: configFile.path }),
      ...(takesExceptions ? {} : { configExceptions: false }),
      // The module knows which rules there are.
      ...(rules === undefined ? {} : { rules: rules as readonly RuleName[] }),
    });
  } catch (error) {
    if (error instanceof HarnessImageGuardError && error.code === "usage") {
      throw new UsageError(error.message, hint);
    }
    if (error instanceof HarnessImageGuardError && error.code === "rego") throw wrongPolicies(error);
    throw wrongConfiguration(error, configFile);
  }
}
