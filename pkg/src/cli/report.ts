import { resolve } from "node:path";

import { createGuard } from "../node.js";
import { outputFormats } from "../report-format.js";
import { expanded } from "./argument-file.js";
import { isLookedFor } from "./checking.js";
import { type CommandLine, describeOptions, helpOption, type Options, parseCommandLine, subcommandOf } from "./command-line.js";
import { largestFile } from "./byte-size.js";
import { contentDigest } from "./content-digest.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { ExitCode, finalExitCode } from "./exit-code.js";
import { print, printError, shown } from "./output.js";
import { outputsOf } from "./outputs.js";
import { inertPages } from "./pages.js";
import { Progress } from "./progress.js";
import { readRegularFile } from "./regular-file.js";
import { type Checked, type Reporting, reportTo } from "./reporting.js";
import { merged, type Merged, type NamedReport } from "./shard/merged.js";
import { readShardReport } from "./shard/shard-report.js";
import { standardError, standardOutput } from "./standard-stream.js";
import { wantsColor } from "./terminal.js";
import { assertTextOptions, textOptions } from "./text-options.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = {
  output: {
    value: "FORMAT[=FILE]",
    many: true,
    offered: outputFormats,
    description: "write the report to a file or to standard output, as for check; may\nbe given several times",
  },
  format: { value: "FORMAT", choices: ["text", "json"], description: "how to show it: text (default) or json" },
  baseline: { value: "FILE", description: "report only what isn't in this baseline, as for check" },
  "exit-zero": { description: "exit with 0 instead of 1 if there are findings" },
  ...textOptions,
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

/** Its subcommands. */
export const verbs = ["merge"] as const;

const hint = "'harness-image-guard report --help' lists the options";

const help = `Merges the JSON reports of a run's shards into one report.

Usage: harness-image-guard report merge [OPTION…] FILE…

The shards are 'check --shard 1/8 --output json=FILE' and so on to 8/8, with the same
options, files and version. The report and the exit code are those of a check without
shards. Source lines are shown if the files are there as they were checked.

Options:
${describeOptions(options)}

Exit codes:
  0   no findings at or above the severity of the shards' --fail-on
  1   findings
  2   the command line or the baseline is wrong, or a report is missing, broken,
      a duplicate, or from another run
  3   nothing to check in any shard
  4   a file couldn't be read, parsed or judged to its end in some shard, or an output can't
      be written
  70  an internal error
`;

type Arguments = CommandLine<typeof options>["options"];

/**
 * `harness-image-guard report`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function report(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(await expanded(args, hint), options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [verb = "", ...files] = positionals;
  subcommandOf("report", verb, verbs, hint);
  if (files.length === 0) throw new UsageError("the reports of the shards are missing: name their files", hint);
  const outputs = given.output === undefined ? [{ format: given.format ?? "text", file: undefined }] : await outputsOf(given.output, given.format, hint);
  assertTextOptions(given, outputs.some(({ format }) => format === "text"), hint);
  const isOpen = given["follow-links"] === true;
  const reports: NamedReport[] = [];
  // One after the other: together they may be too large to be read at once.
  for (const file of files) reports.push({ file, report: await readShardReport(file, isOpen) });
  return show(merged(reports), given, { outputs, isOpen });
}

async function show(whole: Merged, given: Arguments, { outputs, isOpen }: Pick<Reporting, "outputs" | "isOpen">): Promise<number> {
  const { manifest, contents, notRun } = whole;
  const { sources, absent } = await sourcesOf(contents);
  const lists = await sourcesOf(new Map(Object.entries(manifest.lists)));
  if (given.baseline !== undefined) assertComparable(whole, absent);
  const guard = await createGuard({ connectorFiles: lists.sources });
  const { failOn, rules } = manifest;
  const reporting: Reporting = {
    ...{ outputs, failOn, isOpen, isLookedFor: (rule: string) => isLookedFor(rules === null ? {} : { rule: rules }, rule), baseline: given.baseline, changedSince: undefined, named: [] },
    ...{ verbose: given.verbose === true, showSuppressed: given["show-suppressed"] === true, quiet: given.quiet === true, statistics: given.statistics === true },
    ...{ stream: standardOutput, color: wantsColor(standardOutput) },
    ending: (exitCode, policies) => finalExitCode(exitCode, policies, given),
  };
  const check = (): Checked => {
    const { report: counted, exitCode } = guard.recounted(whole.report, failOn);
    const isPart = manifest.changedSince !== null && whole.isApplicable;
    const { verbose, showSuppressed } = reporting;
    return {
      report: counted,
      exitCode: isPart && exitCode === ExitCode.nothing ? ExitCode.ok : exitCode,
      notRun,
      text: (color) => inertPages(guard.show(counted, sources, { color, failOn, verbose, showSuppressed, isPart }), color),
    };
  };
  const inputs = { guard, places: new Map<string, string>(), configFile: undefined, named: [], progress: new Progress(standardError, 0) };
  const reported = await reportTo(inputs, sources, reporting, ExitCode.ok, check);
  if (absent.length > 0 && !given.quiet) {
    printError(`harness-image-guard: lines of '${shown(absent[0] ?? "")}'${absent.length > 1 ? ` and ${absent.length - 1} more` : ""} can't be shown: merge where the files are as they were checked\n`);
  }
  for (const sentence of notRun) printError(`harness-image-guard: ${shown(sentence)}\n`);
  return reported.exitCode;
}

/** A file that lies here as it was checked. */
interface TextFile {
  readonly path: string;
  readonly text: Uint8Array;
}

/** The files with findings that lie here as they were checked, and the paths of the others. */
async function sourcesOf(contents: ReadonlyMap<string, string>): Promise<{ readonly sources: readonly TextFile[]; readonly absent: readonly string[] }> {
  const enclosure = await Enclosure.around([process.cwd()], process.cwd());
  const sources: TextFile[] = [];
  const absent: string[] = [];
  for (const [path, digest] of contents) {
    const text = await enclosure
      .locate(resolve(path))
      .then(({ real }) => readRegularFile(real, largestFile))
      .catch(() => undefined);
    if (text !== undefined && contentDigest(text) === digest) sources.push({ path, text });
    else absent.push(path);
  }
  return { sources, absent };
}

/** @throws UsageError where findings can't be recognized */
function assertComparable({ report: { omitted } }: Merged, absent: readonly string[]): void {
  const [first] = absent;
  if (first !== undefined) {
    throw new UsageError(`a baseline recognizes findings by what is written there, and '${shown(first)}' isn't here as it was checked: merge in the folder in which the shards ran, at the same commit`);
  }
  if (omitted.length > 0) {
    throw new UsageError("the shards left out findings, and a baseline needs all of them: run the shards with '--max-findings 999999999'");
  }
}
