import { showReport } from "../formats.js";
import type { RunOptions } from "../guard.js";
import type { Report, Severity } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { ExitCode } from "./exit-code.js";
import type { Inputs } from "./inputs.js";
import { inert, printError, shown } from "./output.js";
import { OutputFailure, writeOutputs } from "./output-files.js";
import type { Output } from "./outputs.js";
import { writePages } from "./pages.js";
import { rulePages, sectionsOf } from "./rule-pages.js";
import { version } from "./version.js";
import { summarised } from "../formats/finding.js";

/** How a check reports that has more to do than to show what it found on standard output. */
export interface Reporting {
  readonly outputs: readonly Output[];
  readonly failOn: Severity;
  readonly verbose: boolean;
  /** Where outputs without a file go. */
  readonly stream: NodeJS.WriteStream;
  /** Whether the text there has colours. */
  readonly color: boolean;
}

/** What became of it. */
export interface Reported {
  readonly exitCode: number;
  /** A sentence about each policy that was named and had nothing to say of these files. */
  readonly notRun: readonly string[];
}

/**
 * Checks, and shows what was found in every output that was asked for: files first, all of them or none, and then
 * the stream.
 *
 * @param atLeast what the exit code is not less than
 */
export async function reportTo(
  { guard, progress }: Inputs,
  sources: readonly SourceFile[],
  reporting: Reporting,
  atLeast: number,
): Promise<Reported> {
  const { outputs, failOn, verbose, stream } = reporting;
  const run = (options: Pick<RunOptions, "format" | "color">) => guard.run(sources, { ...options, failOn, verbose });
  const found = run({ format: "json", color: false });
  const report = JSON.parse([...found.pages].join("")) as Report;
  const { exitCode, notRun = [] } = found;
  const pages = outputs.some(({ format }) => format === "sarif") ? markdownPages() : {};
  const files: { readonly file: string; readonly text: string }[] = [];
  let last: { readonly pages: Iterable<string>; readonly shownAs: (page: string) => string } | undefined;
  for (const { format, file } of outputs) {
    const color = file === undefined && reporting.color;
    if (format === "text") {
      const text = run({ format, color }).pages;
      if (file === undefined) last = { pages: text, shownAs: (page) => inert(page, color) };
      else files.push({ file, text: [...text].map((page) => inert(page)).join("") });
      continue;
    }
    const text = await showReport(report, format, { files: sources, failOn, pages, version: version() });
    if (file === undefined) last = { pages: [text], shownAs: (page) => page };
    else files.push({ file, text });
  }
  progress.end();
  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = Math.max(exitCode, atLeast);
  try {
    if (files.length > 0) await writeOutputs(files);
  } catch (error) {
    if (!(error instanceof OutputFailure)) throw error;
    printError(`harness-image-guard: ${error.message}\n`);
    return { exitCode: ExitCode.internal, notRun };
  }
  if (last !== undefined) await writePages(stream, last.pages, last.shownAs);
  else {
    const written = files.map(({ file }) => `'${shown(file)}'`).join(", ");
    printError(`harness-image-guard: ${summarised(report.summary)}; wrote ${written}\n`);
  }
  return { exitCode: process.exitCode, notRun };
}

function markdownPages(): Readonly<Record<string, string>> {
  return Object.fromEntries([...rulePages(), ...sectionsOf("errors.md")].map(({ id, text }) => [id, text]));
}
