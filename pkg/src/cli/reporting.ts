import { resolve } from "node:path";

import { showReport } from "../formats.js";
import { summarized } from "../formats/finding.js";
import { plural } from "../plural.js";
import type { Guard } from "../guard.js";
import type { Report, Severity } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { ExitCode } from "./exit-code.js";
import type { Inputs } from "./inputs.js";
import { printError, shown } from "./output.js";
import { OutputFailure } from "./output-failure.js";
import type { OutputFile } from "./output-files.js";
import type { Output } from "./outputs.js";
import { inertPages, writePages } from "./pages.js";
import { placeOf } from "./place.js";
import { isReadBesideRepository, withRepositoryPaths } from "./repository-paths.js";
import { rulePages, sectionsOf } from "./rule-pages.js";
import type { ShardCheck } from "./shard/shard-check.js";
import type { StandardStream } from "./standard-stream.js";
import { statisticsOf } from "./statistics.js";
import { version } from "./version.js";

/** How a check reports that does more than show its findings on standard output. */
export interface Reporting {
  readonly outputs: readonly Output[];
  readonly failOn: Severity;
  readonly verbose: boolean;
  /** Where outputs without a file go. */
  readonly stream: StandardStream;
  /** Whether the text there has colors. */
  readonly color: boolean;
  /** The baseline of what is known, and whether links may lead anywhere for it. */
  readonly baseline: string | undefined;
  readonly isOpen: boolean;
  /** Whether findings of a rule would be in the report. */
  readonly isLookedFor: (rule: string) => boolean;
  /** Only what has changed since this ref is reported. */
  readonly changedSince: string | undefined;
  /** What the options name that affects all files: policies, folders of them, and metadata. */
  readonly named: readonly string[];
  /** Whether the text has only findings, and standard error only what is wrong. */
  readonly quiet: boolean;
  /** Whether the text also has what is suppressed. */
  readonly showSuppressed: boolean;
  /** Whether the text has the number of findings of each rule, instead of the findings. */
  readonly statistics: boolean;
  /** The shard of which this is the report. */
  readonly shard?: ShardCheck | undefined;
  /** The final exit code, by that of the report. */
  readonly ending: (exitCode: number, notRun: readonly string[]) => number;
}

/** What a check of all files found. */
export interface Checked {
  readonly report: Report;
  readonly exitCode: number;
  /** A sentence about each named policy that checked none of these files. */
  readonly notRun: readonly string[];
  /** The report for a person, as a terminal may show it. */
  readonly text: (color: boolean) => Iterable<string>;
}

/** The result of reporting. */
export interface Reported {
  readonly exitCode: number;
  /** A sentence about each named policy that checked none of these files. */
  readonly notRun: readonly string[];
}

/**
 * Checks, and writes the report to every output: first the files, all of them or none, and then the stream.
 *
 * @param atLeast what the exit code is not less than
 * @param check how the files are checked; all at once, unless somebody knows better
 * @throws UsageError where the baseline or the ref is wrong
 */
export async function reportTo(
  inputs: Pick<Inputs, "guard" | "places" | "configFile" | "named" | "progress">,
  all: readonly SourceFile[],
  reporting: Reporting,
  atLeast: number,
  check: (guard: Guard, sources: readonly SourceFile[], reporting: Reporting) => Checked | Promise<Checked> = checkAll,
): Promise<Reported> {
  const { progress } = inputs;
  const { outputs, failOn, verbose, showSuppressed, stream, quiet, statistics, shard } = reporting;
  const sources = await withoutOwn(inputs, all, reporting);
  const { guard } = inputs;
  const found = await check(guard, sources, reporting);
  const { report: whole, notRun } = found;
  const { report: left, notes } = await narrowed(whole, inputs, sources, reporting);
  const part = shard === undefined ? left : shard.own(left);
  const isWhole = part === whole;
  const { report, exitCode: ofReport } = isWhole ? found : guard.recounted(part, failOn);
  const exitCode = isWhole ? ofReport : narrowedExitCode(ofReport, exitCodeOfAll(found, sources, shard));
  const shows = quiet ? "findings" : statistics ? "counts" : "all";
  const textOf = function* (color: boolean): Iterable<string> {
    if (isWhole && shows === "all") return yield* found.text(color);
    if (statistics) yield statisticsOf(report);
    yield* inertPages(guard.show(report, sources, { color, failOn, verbose, showSuppressed, shows, isPart: !isWhole }), color);
  };
  const pages = outputs.some(({ format }) => format === "sarif") ? markdownPages() : {};
  const plain = { report, files: sources };
  const inRepository = outputs.some(({ format }) => isReadBesideRepository(format)) ? withRepositoryPaths(plain, process.cwd()) : plain;
  const files: OutputFile[] = [];
  let last: Iterable<string> | undefined;
  for (const { format, file } of outputs) {
    const color = file === undefined && reporting.color;
    if (format === "text") {
      if (file === undefined) last = textOf(color);
      else files.push({ file, text: [...textOf(color)].join("") });
      continue;
    }
    const content = isReadBesideRepository(format) ? inRepository : plain;
    const shownReport = format === "json" && shard !== undefined ? shard.manifested(report, left) : content.report;
    const text = await showReport(shownReport, format, { files: content.files, failOn, pages, version: version() });
    if (file === undefined) last = [text];
    else files.push({ file, text });
  }
  progress.end();
  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = reporting.ending(Math.max(exitCode, atLeast), notRun);
  const failure = files.length === 0 ? undefined : await failureOf(files);
  if (failure !== undefined) {
    printError(`harness-image-guard: ${failure}\n`);
    return { exitCode: ExitCode.incomplete, notRun };
  }
  if (last !== undefined) await writePages(stream, last, (page) => page);
  if (!quiet) printError(notes);
  if (last === undefined && !quiet) {
    const written = files.map(({ file }) => `'${shown(file)}'`).join(", ");
    printError(`harness-image-guard: ${summarized(report.summary)}; wrote ${written}\n`);
  }
  return { exitCode: process.exitCode, notRun };
}

/** Writes the files, or returns why none is written. Loaded only here: Node takes longer to load this than to show a report. */
async function failureOf(files: readonly OutputFile[]): Promise<string | undefined> {
  const { writeOutputs } = await import("./output-files.js");
  try {
    await writeOutputs(files);
    return undefined;
  } catch (error) {
    if (error instanceof OutputFailure) return error.message;
    throw error;
  }
}

/** Checks all files at once. */
export function checkAll(guard: Guard, sources: readonly SourceFile[], { failOn, verbose, showSuppressed }: Reporting): Checked {
  const judged = guard.judge(sources, failOn);
  return { ...judged, text: (color) => inertPages(guard.show(judged.report, sources, { color, failOn, verbose, showSuppressed }), color) };
}

/** It isn't an error if none of the changed files is Harness's, unless none of all files is. */
function narrowedExitCode(exitCode: number, ofAll: number): number {
  return exitCode === ExitCode.nothing && ofAll !== ExitCode.nothing ? ExitCode.ok : exitCode;
}

/** The exit code `nothing` is only for no file at all, because the other shards may have files of Harness's. */
function exitCodeOfAll({ exitCode }: Checked, sources: readonly SourceFile[], shard: ShardCheck | undefined): number {
  return shard === undefined || sources.length === 0 ? exitCode : ExitCode.ok;
}

/** The files without those that a search found and that this command itself writes, or reads as its baseline. */
async function withoutOwn({ places }: Pick<Inputs, "places">, sources: readonly SourceFile[], { outputs, baseline }: Reporting): Promise<readonly SourceFile[]> {
  const named = [...outputs.flatMap(({ file }) => file ?? []), ...(baseline === undefined ? [] : [baseline])];
  const own = new Set(await Promise.all(named.map(placeOf)));
  return sources.filter(({ path, searched }) => searched !== true || !own.has(places.get(path)));
}

/** The part of the report that has changed and isn't in the baseline, which has to be counted again, and remarks about that. */
async function narrowed(
  whole: Report,
  inputs: Pick<Inputs, "guard" | "places" | "configFile" | "named">,
  sources: readonly SourceFile[],
  { baseline, isOpen, changedSince, isLookedFor, named: byOptions }: Reporting,
): Promise<{ readonly report: Report; readonly notes: string }> {
  let report = whole;
  let notes = "";
  if (baseline !== undefined) {
    const { readBaseline, compareWith, Naming, shownGone } = await import("./baseline-file.js");
    const entries = await readBaseline(baseline, isOpen);
    const compared = await compareWith(entries, report, sources, { naming: new Naming(baseline), name: baseline, isLookedFor });
    report = compared.report;
    notes += shownGone(compared.gone, baseline);
  }
  if (changedSince !== undefined) {
    const { changesSince, reportOf } = await import("./changes.js");
    const named = [...inputs.named, ...[...byOptions, baseline ?? []].flat().map((path) => resolve(path))];
    const changes = await changesSince(changedSince, { ...inputs, named }, sources, whole);
    report = reportOf(report, changes);
    notes +=
      changes.everything === undefined
        ? `harness-image-guard: ${plural(changes.files.size, "file")} of ${sources.length} ${changes.files.size === 1 ? "has" : "have"} changed since '${shown(changedSince)}'\n`
        : `harness-image-guard: '${shown(changes.everything)}' has changed since '${shown(changedSince)}', and other files depend on it: every file is reported\n`;
  }
  return { report, notes };
}

function markdownPages(): Readonly<Record<string, string>> {
  return Object.fromEntries([...rulePages(), ...sectionsOf("errors.md")].map(({ id, text }) => [id, text]));
}
