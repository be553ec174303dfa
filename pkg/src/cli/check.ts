import type { GuardOptions, Judged, RunOptions, Shown } from "../guard.js";
import { outputFormats } from "../report-format.js";
import { worstFirst } from "../severity.js";
import type { SourceFile } from "../source-file.js";
import { utcDay } from "../utc-day.js";
import { checkingOptions, guardOptionsOf, isLookedFor, verifyIfAsked } from "./checking.js";
import { expanded } from "./argument-file.js";
import { areLarge } from "./chunks/size.js";
import { type CommandLine, describeList, describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode, finalExitCode } from "./exit-code.js";
import type { Output } from "./outputs.js";
import { writePages } from "./pages.js";
import type { Checked, Reporting } from "./reporting.js";
import { openInputs, type Inputs } from "./inputs.js";
import { inert, inertJson, print, printDiff, printError, printExact, printJson, shown } from "./output.js";
import { standardError, standardOutput, type StandardStream } from "./standard-stream.js";
import { wantsColor } from "./terminal.js";
import { assertTextOptions, textOptions } from "./text-options.js";
import { UsageError } from "./usage-error.js";
import type { ShardOptions } from "./shard/shard-check.js";
import { shownRemarks } from "./user-policies.js";

/** What the command line may have. */
export const options = {
  format: {
    value: "FORMAT",
    choices: ["text", "json"],
    description: "how to show the findings: text (default) or json",
  },
  output: {
    value: "FORMAT[=FILE]",
    many: true,
    offered: outputFormats,
    description: `write the report to a file, or to standard output; may be given\nseveral times: ${outputFormats.slice(0, 7).join(", ")},\n${outputFormats.slice(7, -1).join(", ")} or ${outputFormats.at(-1) ?? ""}`,
  },
  ...checkingOptions,
  "fail-on": {
    value: "SEVERITY",
    choices: worstFirst,
    description: "exit with 1 for findings of this severity or above: error (default),\nwarning or note",
  },
  baseline: {
    value: "FILE",
    description: "report only what isn't in this baseline ('baseline write'), and list\nwhich of its findings have gone",
  },
  "changed-since": {
    value: "REF",
    description: "report only files that have changed since the branch left this Git\nref; all files are checked together, as always",
  },
  shard: {
    value: "INDEX/COUNT",
    description: "check one part of the files, such as 3/8, with all connectors;\n'report merge' makes one report of all parts",
  },
  concurrency: {
    value: "NUMBER",
    description: "how many threads check many files; by default, as many as the\nmachine runs at once, but no more than 4",
  },
  watch: {
    short: "w",
    description: "keep running, and check again what changes; files of --output are\nwritten each time",
  },
  "exit-zero": { description: "exit with 0 instead of 1 if there are findings" },
  fix: { description: "apply safe fixes, and report the rest" },
  diff: { description: "show what --fix would change, as a unified diff, and write nothing" },
  unsafe: {
    description:
      "with --fix or --diff: also apply fixes that change the registry, by\ndefaultConnector and mirrors of the configuration",
  },
  ...textOptions,
  "max-findings": {
    value: "NUMBER",
    description:
      "list this many findings of one kind in one document, and count the\nrest: 10000 (default); the exit code covers all of them",
  },
  "list-rules": { description: "list the built-in rules, with --format json for programs, and check\nnothing" },
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard check --help' lists the options";

const help = (): string => `Checks where the images of Harness pipelines come from.

Usage: harness-image-guard check [OPTION…] [PATH…]

A PATH is a file, a folder to search for *.yaml, *.yml and *.json, or - for standard
input; @FILE is a file with one argument on each line. Without a PATH, the working
directory is searched. In a Git work tree, a search finds every tracked file and those
that Git doesn't ignore; elsewhere, all but node_modules and what .gitignore lists. The
configuration can exclude more.

All files are judged together, so check pipelines and connectors in one run. Files that
aren't Harness's are skipped. A file that can't be parsed is an error if you name it, if it
is in .harness/, or if one of its lines begins with pipeline:, template:, connector:,
inputSet: or agent:; otherwise it is skipped, too.

Options:
${describeOptions(options)}

With --fix, the fixed version of standard input goes to standard output. The report then
goes to standard error, as it does with --diff.

Colors: on a terminal, unless NO_COLOR is set; FORCE_COLOR asks for them elsewhere.

Exit codes:
  0   no findings at or above the severity of --fail-on (with --fix: none left)
  1   findings
  2   the command line or the configuration is wrong
  3   nothing to check: no files, none of Harness's, or none for a policy that --policy
      names
  4   a file couldn't be read, parsed or judged to its end, a fix or an output couldn't be
      written, or (with --verify) a registry wasn't asked or didn't answer; the rest was done
  70  an internal error
`;

type Arguments = CommandLine<typeof options>["options"];

/**
 * `harness-image-guard check`: checks all files together, because connectors decide about pipelines.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function check(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(await expanded(args, hint), options, hint);
  const given = commandLine.options;
  if (given.help) {
    print(help());
    return ExitCode.ok;
  }
  if (given["list-rules"]) return listRules(given);
  if (given.fix && given.diff) {
    throw new UsageError("'--fix' writes and '--diff' doesn't: choose one of them", hint);
  }
  if (given.unsafe && !given.fix && !given.diff) {
    throw new UsageError("'--unsafe' needs '--fix' or '--diff'", hint);
  }
  const stray = commandLine.positionals.find((path) => path.endsWith(".rego"));
  if (stray !== undefined) {
    throw new UsageError(
      `'${shown(stray)}' is a policy: use '--policy ${shown(stray)}'. Each file needs its own '--policy' (a shell expands '*.rego' to several arguments); '--policy DIR' takes a folder`,
      hint,
    );
  }
  assertTogether(given);
  const outputs = await outputsOf(given);
  if (given.watch) return watch(commandLine, outputs ?? [{ format: given.format ?? "text", file: undefined }]);
  const shard = given.shard === undefined ? undefined : (await import("./shard/shard.js")).shardOf(given.shard, hint);
  if (given.concurrency !== undefined) (await import("./concurrency.js")).concurrencyOf(given.concurrency, hint);
  // One day for all of the check, whatever part of it is done when and where.
  const today = given.today ?? utcDay();
  const guardOptions = { ...(await guardOptionsOf(given, hint)), ...maxFindingsOf(given), today };
  const inputs = await openInputs(commandLine, guardOptions, hint);
  await verifyIfAsked(inputs, given, hint);
  printError(shownRemarks(inputs.guard.policyRemarks));
  if (shard !== undefined && outputs !== undefined) return reportShard(inputs, given, outputs, { shard, guardOptions, today });
  if (given.fix) return fix(inputs, given, outputs);
  if (given.diff) return diff(inputs, given, outputs);
  return report(inputs, inputs.sources, given, standardOutput, outputs);
}

/** Checks one shard, and reports what is found in it. */
async function reportShard(inputs: Inputs, given: Arguments, outputs: readonly Output[], { shard, guardOptions, today }: Pick<ShardOptions, "shard" | "guardOptions" | "today">): Promise<number> {
  const [{ ShardCheck }, { reportTo }] = await Promise.all([import("./shard/shard-check.js"), import("./reporting.js")]);
  const { guard, configFile, sources, complaint } = inputs;
  const reporting = reportingOf(given, standardOutput, outputs);
  const { failOn, changedSince } = reporting;
  const more = [given["no-config-exceptions"] ?? false, given["max-file-size"] ?? null];
  const check = new ShardCheck({ shard, configFile, guardOptions, today, failOn, rules: given.rule, changedSince, more });
  const judge = async (files: readonly SourceFile[]): Promise<Judged> => (await checkedInChunks(inputs, files, given, undefined)) ?? guard.judge(files, failOn);
  const { exitCode } = await reportTo(inputs, sources, { ...reporting, shard: check }, ExitCode.ok, () => check.check(guard, sources, judge));
  return concluded(exitCode, complaint, [], given);
}

async function watch(commandLine: CommandLine<typeof options>, outputs: readonly Output[]): Promise<number> {
  const { options: given, positionals } = commandLine;
  const refused = (["fix", "diff", "changed-since", "shard"] as const).find((name) => given[name] !== undefined);
  if (refused !== undefined) throw new UsageError(`'--watch' can't be used with '--${refused}'`, hint);
  if (positionals.includes("-") || given["files0-from"] === "-") throw new UsageError("standard input doesn't change: '--watch' takes files and folders", hint);
  const endless = outputs.find(({ format, file }) => file === undefined && format !== "text");
  if (endless !== undefined) {
    throw new UsageError(`with '--watch', standard output takes text; give '${endless.format}' a file, as in '--output ${endless.format}=FILE'`, hint);
  }
  const { watchFiles } = await import("./watch/watch.js");
  return watchFiles({
    commandLine,
    guardOptions: async () => ({ ...(await guardOptionsOf(given, hint)), ...maxFindingsOf(given) }),
    named: namedBy(given),
    reporting: reportingOf(given, standardOutput, outputs),
    remarks: (guard) => shownRemarks(guard.policyRemarks),
    hint,
  });
}

async function listRules({ format = "text" }: Arguments): Promise<number> {
  const { rulesOf } = await import("./rule-table.js");
  const rules = rulesOf();
  if (format === "json") printJson(`${JSON.stringify(rules, null, 2)}\n`);
  else {
    const width = Math.max(...rules.map(({ rule }) => rule.length));
    print(`${describeList(rules.map(({ rule, severity, title }) => [`${rule.padEnd(width)}  ${severity}`, title]))}\n`);
  }
  return ExitCode.ok;
}

/** @throws UsageError where options don't go together */
function assertTogether(given: Arguments): void {
  const apart = (["fix", "diff", "watch", "shard"] as const).find((name) => given[name] !== undefined);
  if (apart !== undefined && given.verify) {
    throw new UsageError(`'--verify' asks the registries once, for all files as they are: it can't be used with '--${apart}'`, hint);
  }
  if (given.shard !== undefined && given.baseline !== undefined) {
    throw new UsageError("a shard has only some of the findings, and a baseline covers all of them: use '--baseline' with 'report merge'", hint);
  }
  const narrowing = (["baseline", "changed-since", "shard"] as const).find((name) => given[name] !== undefined);
  if (narrowing !== undefined && (given.fix || given.diff)) {
    const fixing = given.fix ? "--fix" : "--diff";
    throw new UsageError(`'${fixing}' applies to all findings, and '--${narrowing}' leaves some out: choose one of them`, hint);
  }
  const isText = given.output === undefined ? given.format !== "json" : given.format === "text" || given.output.some((each) => /^text(?:=|$)/.test(each));
  assertTextOptions(given, isText, hint);
}

/**
 * Where the report goes, if that is more than the report of all on standard output. What it needs is loaded only where
 * it is asked for.
 */
async function outputsOf(given: Arguments): Promise<readonly Output[] | undefined> {
  if (given.output !== undefined) return (await import("./outputs.js")).outputsOf(given.output, given.format, hint);
  const isMore = given.baseline !== undefined || given["changed-since"] !== undefined || given.shard !== undefined || given.quiet || given.statistics;
  return isMore ? [{ format: given.format ?? "text", file: undefined }] : undefined;
}

function maxFindingsOf(given: Arguments): Pick<GuardOptions, "maxFindings"> {
  const text = given["max-findings"];
  // What isn't listed can't be compared.
  if (text === undefined) return given.baseline === undefined ? {} : { maxFindings: 999_999_999 };
  const maxFindings = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  if (maxFindings !== undefined) return { maxFindings };
  throw new UsageError(
    `option '--max-findings' can't be '${text}'; it is a number from 1 to 999999999`,
    hint,
  );
}

/** Shows what is found in the files. */
async function report(
  inputs: Inputs,
  sources: readonly SourceFile[],
  given: Arguments,
  stream: StandardStream,
  outputs: readonly Output[] | undefined,
  exitCodeAtLeast: number = ExitCode.ok,
): Promise<number> {
  const { guard, complaint, progress } = inputs;
  const how = runOptions(given, stream);
  if (outputs !== undefined) {
    const { reportTo, checkAll } = await import("./reporting.js");
    const reporting = reportingOf(given, stream, outputs);
    const text = outputs.find(({ format }) => format === "text");
    const color = text === undefined ? undefined : text.file === undefined && reporting.color;
    const check = async (_: unknown, files: readonly SourceFile[]): Promise<Checked> => (await checkedInChunks(inputs, files, given, color)) ?? checkAll(guard, files, reporting);
    const reported = await reportTo(inputs, sources, reporting, exitCodeAtLeast, check);
    return concluded(reported.exitCode, complaint, reported.notRun, given);
  }
  const found = await shownInChunks(inputs, sources, given, how) ?? guard.run(sources, how);
  progress.end();
  const notRun = found.notRun ?? [];
  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = finalExitCode(Math.max(found.exitCode, exitCodeAtLeast), notRun, given);
  // A page ends where a line does.
  await writePages(stream, found.pages, (page) => (how.format === "json" ? inertJson(page) : inert(page, how.color)));
  return concluded(process.exitCode, complaint, notRun, given);
}

/**
 * What is found in many files.
 *
 * @param color whether the report is colored; `undefined` if no output has the format `text`
 * @returns `undefined` if the files have to be checked at once
 */
async function checkedInChunks({ guard, configFile, progress }: Inputs, sources: readonly SourceFile[], given: Arguments, color: boolean | undefined): Promise<Checked | undefined> {
  if (sources.length < 2 || !areLarge(sources)) return undefined;
  const [{ checkInChunks }, { concurrencyOf, ownConcurrency }] = await Promise.all([import("./chunks/chunked-check.js"), import("./concurrency.js")]);
  const { failOn = "error", verbose = false, showSuppressed = false } = runOptions(given, standardOutput);
  const concurrency = given.concurrency === undefined ? ownConcurrency() : concurrencyOf(given.concurrency, hint);
  return checkInChunks(guard, sources, { config: configFile?.path, concurrency, progress, color, failOn, verbose, showSuppressed });
}

/** The same, as it is printed. */
async function shownInChunks(inputs: Inputs, sources: readonly SourceFile[], given: Arguments, { format, color }: RunOptions): Promise<Shown | undefined> {
  const found = await checkedInChunks(inputs, sources, given, format === "text" ? color : undefined);
  if (found === undefined) return undefined;
  if (format === "text") return { exitCode: found.exitCode, pages: found.text(color) };
  const { jsonText } = await import("../formats/json.js");
  return { exitCode: found.exitCode, pages: [jsonText(found.report)] };
}

/** What the options name that affects all files. */
function namedBy({ policy = [], metadata }: Arguments): readonly string[] {
  return [...policy.map((each) => each.split(",", 1)[0] ?? ""), ...(metadata === undefined ? [] : [metadata])];
}

function reportingOf(given: Arguments, stream: StandardStream, outputs: readonly Output[]): Reporting {
  const { failOn, verbose = false, showSuppressed = false } = runOptions(given, stream);
  return {
    ...{ outputs, failOn, verbose, showSuppressed, stream, color: wantsColor(stream) },
    ...{ baseline: given.baseline, isOpen: given["follow-links"] === true, isLookedFor: (rule: string) => isLookedFor(given, rule) },
    ...{ changedSince: given["changed-since"], named: namedBy(given), quiet: given.quiet === true, statistics: given.statistics === true },
    ending: (exitCode, notRun) => finalExitCode(exitCode, notRun, given),
  };
}

/** Says what wasn't checked. */
function concluded(exitCode: number, complaint: string, notRun: readonly string[], given: Arguments): number {
  printError(complaint);
  for (const sentence of notRun) printError(`harness-image-guard: ${sentence}\n`);
  return finalExitCode(exitCode, notRun, given);
}

async function fix(inputs: Inputs, given: Arguments, outputs: readonly Output[] | undefined): Promise<number> {
  const { applyFixes } = await import("./fixing.js");
  const fixed = await applyFixes(inputs, { unsafe: given.unsafe === true });
  inputs.progress.end();
  for (const message of fixed.messages) {
    printError(`harness-image-guard: ${message}\n`);
  }
  const stream = inputs.stdinPath === undefined ? standardOutput : standardError;
  const atLeast = fixed.failed ? ExitCode.incomplete : ExitCode.ok;
  const exitCode = await report(inputs, fixed.sources, given, stream, outputs, atLeast);
  if (fixed.stdin !== undefined) printExact(fixed.stdin);
  return exitCode;
}

async function diff(inputs: Inputs, given: Arguments, outputs: readonly Output[] | undefined): Promise<number> {
  const { guard, sources } = inputs;
  const changes = guard.diff(sources, { unsafe: given.unsafe === true });
  const exitCode = await report(inputs, sources, given, standardError, outputs);
  printDiff(changes);
  return exitCode;
}

function runOptions(given: Arguments, stream: StandardStream): RunOptions {
  const format = given.format ?? "text";
  return {
    format,
    color: format === "text" && wantsColor(stream),
    failOn: given["fail-on"] ?? "error",
    verbose: given.verbose ?? false,
    showSuppressed: given["show-suppressed"] ?? false,
  };
}
