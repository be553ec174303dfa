import type { Guard, RunOptions } from "../../guard.js";
import type { Report, Summary } from "../../report.js";
import type { SourceFile } from "../../source-file.js";
import { byBytes } from "../byte-order.js";
import { ExitCode } from "../exit-code.js";
import { type FindingStyle, inPages, textsByFile } from "../file-texts.js";
import { printError, shown } from "../output.js";
import { inertPages } from "../pages.js";
import type { Progress } from "../progress.js";
import { together } from "../report-part.js";
import type { Checked, Reporting } from "../reporting.js";
import { chunksOf } from "./chunk.js";
import type { ChunkResult } from "./chunk-check.js";
import { checkByThreads } from "./threads.js";

/** If the chunks have more findings than this, which are objects in memory, all files are checked at once instead. */
const mostFindings = 100_000;

/** What a check by chunks needs to know. */
export interface ChunkedOptions extends Pick<Reporting, "failOn" | "verbose" | "showSuppressed"> {
  /** The path of the configuration, if there is one. */
  readonly config: string | undefined;
  /** How many threads check. */
  readonly concurrency: number;
  readonly progress: Progress;
  /** Whether the report is colored; `undefined` if no output has the format `text`. */
  readonly color: boolean | undefined;
}

/**
 * Checks files in chunks, with several threads. The report is that of a check of all files at once, whatever the number of
 * threads.
 *
 * @returns `undefined` if all files have to be checked at once, because they are few, or their findings depend on one another
 */
export async function checkInChunks(guard: Guard, sources: readonly SourceFile[], options: ChunkedOptions): Promise<Checked | undefined> {
  // The bounds of a user's policy apply to all files together.
  if (guard.policies.length > 0) return undefined;
  const chunks = chunksOf(sources);
  if (chunks.length === 0) return undefined;
  const { config, concurrency, progress, color, showSuppressed, failOn, verbose } = options;
  const style = color === undefined ? undefined : { color, showSuppressed };
  const results = await checkByThreads(guard, chunks, {
    work: { config, style, failOn },
    count: concurrency,
    onDone: (done) => progress.checked(done, chunks.length),
    onFailure: (reason) => printError(`harness-image-guard: a thread ended early (${shown(reason)}); others check its files\n`),
    mostFindings,
  });
  const [first] = results ?? [];
  if (results === undefined || first === undefined) return undefined;
  const { connectorLists, schemaVersion } = first.report;
  const uncounted: Report = { schemaVersion, ...together(results), connectorLists, summary: sumOf(results) };
  const isCounted = results.every(({ aboutConfiguration }) => aboutConfiguration.length === 0);
  const { report, exitCode } = isCounted ? { report: uncounted, exitCode: exitCodeOf(results) } : guard.recounted(uncounted, failOn);
  const texts = style === undefined ? undefined : textsOf(guard, report, results, style);
  return {
    report,
    exitCode,
    notRun: [],
    text: (asked) => {
      const how = { color: asked, failOn, verbose, showSuppressed };
      return inertPages(texts === undefined || asked !== color ? guard.show(report, sources, how) : textOf(guard, report, texts, how), asked);
    },
  };
}

/** The summary of the report of all chunks. */
function sumOf(results: readonly ChunkResult[]): Summary {
  const sum: Summary = { files: 0, documents: 0, errors: 0, warnings: 0, undecided: 0, suppressed: 0 };
  for (const { report } of results) for (const key of Object.keys(sum) as (keyof Summary)[]) sum[key] += report.summary[key];
  return sum;
}

/** The exit code of all chunks: the highest, but `nothing` only if it is that of every chunk. */
function exitCodeOf(results: readonly ChunkResult[]): number {
  const codes = results.map(({ exitCode }) => exitCode);
  if (codes.every((code) => code === ExitCode.nothing)) return ExitCode.nothing;
  return Math.max(...codes.map((code) => (code === ExitCode.nothing ? ExitCode.ok : code)));
}

/** The findings as text in the report's order; `undefined` if they have to be shown at once. */
function textsOf(guard: Guard, report: Report, results: readonly ChunkResult[], style: FindingStyle): readonly string[] | undefined {
  const texts = new Map(results.flatMap((result) => [...(result.texts ?? [])]));
  if (results.some(({ aboutConfiguration }) => aboutConfiguration.length > 0)) {
    const paths = new Set(report.files.map(({ path }) => path));
    const about = report.diagnostics.filter(({ file }) => !paths.has(file));
    // The configuration is also one of the checked files: then its findings have to be shown together.
    if (results.some(({ aboutConfiguration }) => aboutConfiguration.some(({ file }) => paths.has(file)))) return undefined;
    for (const [path, text] of textsByFile(guard, [], { ...report, diagnostics: about }, style)) texts.set(path, text);
  }
  return [...texts].sort(([one], [other]) => byBytes(one, other)).map(([, text]) => text);
}

function* textOf(guard: Guard, report: Report, texts: readonly string[], how: Omit<RunOptions, "format">): Generator<string> {
  yield* inPages(texts);
  // Without what isn't counted, which would be copied into the module for nothing.
  const unsaid = { path: [], message: "", entity: null, subject: null, help: null, docs: null, images: [], related: [] };
  const diagnostics = report.diagnostics.map((each) => ({ ...each, ...unsaid }));
  yield* guard.show({ ...report, diagnostics }, [], { ...how, shows: "counts" });
}
