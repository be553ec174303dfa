import type { RuleName } from "../configuration.js";
import type { GuardOptions, RunOptions } from "../guard.js";
import type { SourceFile } from "../source-file.js";
import {
  describeOptions,
  parseCommandLine,
  type CommandLine,
  type Options,
} from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { mend } from "./fixing.js";
import type { Output } from "./outputs.js";
import { writePages } from "./pages.js";
import { inputOptions, openInputs, type Inputs } from "./inputs.js";
import { limitOptions, limitsOf } from "./limits.js";
import { inert, inertJson, print, printDiff, printError, printExact, shown } from "./output.js";
import { wantsColor } from "./terminal.js";
import { UsageError } from "./usage-error.js";
import { readMetadata, readUserPolicies, shownRemarks } from "./user-policies.js";

const options = {
  format: {
    value: "FORMAT",
    choices: ["text", "json"],
    description: "how to show what was found: text (default) or json",
  },
  output: {
    value: "FORMAT[=FILE]",
    many: true,
    description:
      "write what was found to a file, or to standard output; may be given\nseveral times: text, json, sarif, junit, github, gitlab, markdown,\ncheckstyle, tap or rdjson",
  },
  config: inputOptions.config,
  "no-config-exceptions": inputOptions["no-config-exceptions"],
  rule: {
    value: "RULE",
    many: true,
    description: "only this rule of ours; may be given several times. That the\nconfiguration switches it off is an error then",
  },
  preset: {
    value: "NAME",
    choices: ["app-harness", "gar", "ecr"],
    description:
      "the specification of the harnessImage connector: app-harness\n(default), gar or ecr; outranks the configuration",
  },
  policy: {
    value: "PATH[,…]",
    many: true,
    description:
      "a Harness policy of your own, run beside ours, or a folder of them\nwith the modules that they use; may be given several times. After the\nname may follow ,entity=… (without it, the package says what the\npolicy is about), ,severity=… and ,regoVersion=…",
  },
  "v1-compatible": { description: "read the policies of --policy as OPA since 1.0 does; Harness reads\nthem as Rego v0" },
  metadata: {
    value: "FILE",
    description: "what policies see as input.metadata, as JSON",
  },
  "fail-on": {
    value: "SEVERITY",
    choices: ["error", "warning", "note"],
    description: "the least severity that ends in exit code 1: error (default),\nwarning or note",
  },
  fix: { description: "mend what can be mended safely, and show what is left" },
  diff: { description: "show what --fix would change, as a unified diff, and write nothing" },
  unsafe: {
    description:
      "with --fix or --diff: also what pulls from another registry than\nbefore, by defaultConnector and mirrors of the configuration",
  },
  "no-ignore": inputOptions["no-ignore"],
  "follow-links": inputOptions["follow-links"],
  verbose: { description: "also list the files that are not applicable, and say as what" },
  ...limitOptions,
  "max-findings": {
    value: "NUMBER",
    description:
      "list so many findings of one kind in one document, and count the\nothers: 10000 (default); the exit code is that of all",
  },
  "stdin-path": inputOptions["stdin-path"],
  "max-file-size": inputOptions["max-file-size"],
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard check --help' lists the options";

const help = `Checks where the images of Harness pipelines come from.

Usage: harness-image-guard check [OPTION…] [PATH…]

A PATH is a file, a folder that is searched for *.yaml, *.yml and *.json, or - for
standard input. Without one, the working directory is searched. In a Git work tree,
tracked files are always found, and ignored ones aren't; elsewhere .gitignore and
node_modules leave out, as does the configuration. Files that are no Harness
files are passed over; connectors and pipelines are decided together. What can't be
parsed is an error where it is named, lies in .harness/ or has a line that begins with
pipeline:, template:, connector:, inputSet: or agent:; else it is passed over too.

Options:
${describeOptions(options)}

With --fix, what becomes of standard input is written to standard output. There, and
with --diff, the report goes to standard error.

Colours: on a terminal, unless NO_COLOR is set; FORCE_COLOR asks for them elsewhere.

Exit codes:
  0   nothing at or above the severity of --fail-on (with --fix: nothing left)
  1   findings
  2   the command line or the configuration is wrong
  3   nothing to check: no file, none of Harness, or none that a policy is about which
      was asked for by its name
  4   something could not be read or parsed, or a fix not be written; the rest was
      checked
  70  a fault of this program, or an output that can't be written
`;

type Arguments = CommandLine<typeof options>["options"];

/**
 * `harness-image-guard check`: everything is handed over in one check, so that connectors and
 * pipelines are decided by one another.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function check(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args, options, hint);
  const given = commandLine.options;
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  if (given.fix && given.diff) {
    throw new UsageError("'--fix' writes and '--diff' doesn't: choose one of them", hint);
  }
  if (given.unsafe && !given.fix && !given.diff) {
    throw new UsageError("'--unsafe' says which fixes to make: it goes with '--fix' or '--diff'", hint);
  }
  const stray = commandLine.positionals.find((path) => path.endsWith(".rego"));
  if (stray !== undefined) {
    throw new UsageError(
      `'${shown(stray)}' is a policy, which isn't checked but checks: '--policy ${shown(stray)}'. Each file needs an option of its own (a shell makes several words of '*.rego'), or give their folder: '--policy DIR'`,
      hint,
    );
  }
  const outputs = given.output === undefined ? undefined : await outputsOf(given.output, given.format);
  const policyLimits = limitsOf(given, hint);
  const guardOptions = {
    ...presetOf(given),
    ...maxFindingsOf(given),
    ...(given.rule === undefined ? {} : { rules: given.rule as readonly RuleName[] }),
    ...(await policiesOf(given)),
    policyLimits,
  };
  const inputs = await openInputs(commandLine, guardOptions, hint);
  printError(shownRemarks(inputs.guard.policyRemarks));
  if (given.fix) return fix(inputs, given, outputs);
  if (given.diff) return diff(inputs, given, outputs);
  return report(inputs, inputs.sources, given, process.stdout, outputs);
}

/** Loaded only where it is asked for, as all that it needs. */
async function outputsOf(written: readonly string[], format: "text" | "json" | undefined): Promise<readonly Output[]> {
  return (await import("./outputs.js")).outputsOf(written, format, hint);
}

function maxFindingsOf({ "max-findings": text }: Arguments): Pick<GuardOptions, "maxFindings"> {
  if (text === undefined) return {};
  const maxFindings = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  if (maxFindings !== undefined) return { maxFindings };
  throw new UsageError(
    `option '--max-findings' can't be '${text}'; it is a number from 1 to 999999999`,
    hint,
  );
}

function presetOf({ preset }: Arguments): Pick<GuardOptions, "preset"> {
  return preset === undefined ? {} : { preset };
}

async function policiesOf(given: Arguments): Promise<GuardOptions> {
  const { policy, metadata, "v1-compatible": isV1 } = given;
  const isOpen = given["follow-links"] === true;
  if (isV1 && policy === undefined) {
    throw new UsageError("'--v1-compatible' says how to read the policies of '--policy', and there is none", hint);
  }
  return {
    ...(policy === undefined ? {} : { policies: await readUserPolicies(policy, isV1 ? 1 : 0, isOpen) }),
    ...(metadata === undefined ? {} : { metadata: await readMetadata(metadata, isOpen) }),
  };
}

/** Shows what is found in the files. */
async function report(
  inputs: Inputs,
  sources: readonly SourceFile[],
  given: Arguments,
  stream: NodeJS.WriteStream,
  outputs: readonly Output[] | undefined,
  exitCodeAtLeast: number = ExitCode.ok,
): Promise<number> {
  const { guard, complaint, progress } = inputs;
  const how = runOptions(given, stream);
  if (outputs !== undefined) {
    const { reportTo } = await import("./reporting.js");
    const reporting = { outputs, failOn: how.failOn, verbose: how.verbose ?? false, stream, color: isColored(stream) };
    const reported = await reportTo(inputs, sources, reporting, exitCodeAtLeast);
    return concluded(reported.exitCode, complaint, reported.notRun);
  }
  const found = guard.run(sources, how);
  progress.end();
  const notRun = found.notRun ?? [];
  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = exitCodeOf(Math.max(found.exitCode, exitCodeAtLeast), notRun);
  // A page ends where a line does.
  await writePages(stream, found.pages, (page) => (how.format === "json" ? inertJson(page) : inert(page, how.color)));
  return concluded(process.exitCode, complaint, notRun);
}

/** Where a policy that was asked for by its name had nothing to say, not everything was checked that was asked for. */
function exitCodeOf(exitCode: number, notRun: readonly string[]): number {
  return exitCode === ExitCode.ok && notRun.length > 0 ? ExitCode.nothing : exitCode;
}

/** Says what wasn't checked. */
function concluded(exitCode: number, complaint: string, notRun: readonly string[]): number {
  printError(complaint);
  for (const sentence of notRun) printError(`harness-image-guard: ${sentence}\n`);
  return exitCodeOf(exitCode, notRun);
}

async function fix(inputs: Inputs, given: Arguments, outputs: readonly Output[] | undefined): Promise<number> {
  const mended = await mend(inputs, { unsafe: given.unsafe === true });
  inputs.progress.end();
  for (const message of mended.messages) {
    printError(`harness-image-guard: ${message}\n`);
  }
  const stream = inputs.stdinPath === undefined ? process.stdout : process.stderr;
  const atLeast = mended.failed ? ExitCode.unreadable : ExitCode.ok;
  const exitCode = await report(inputs, mended.sources, given, stream, outputs, atLeast);
  if (mended.stdin !== undefined) printExact(mended.stdin);
  return exitCode;
}

async function diff(inputs: Inputs, given: Arguments, outputs: readonly Output[] | undefined): Promise<number> {
  const { guard, sources } = inputs;
  const changes = guard.diff(sources, { unsafe: given.unsafe === true });
  const exitCode = await report(inputs, sources, given, process.stderr, outputs);
  printDiff(changes);
  return exitCode;
}

function runOptions(given: Arguments, stream: NodeJS.WriteStream): RunOptions {
  const format = given.format ?? "text";
  return {
    format,
    color: format === "text" && isColored(stream),
    failOn: given["fail-on"] ?? "error",
    verbose: given.verbose ?? false,
  };
}

function isColored(stream: NodeJS.WriteStream): boolean {
  // Undefined, whatever its type says, where it is none.
  return wantsColor({ isTerminal: Boolean(stream.isTTY), variables: process.env });
}
