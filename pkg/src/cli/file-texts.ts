import type { Guard } from "../guard.js";
import type { Report } from "../report.js";
import type { SourceFile } from "../source-file.js";

/** How findings are shown. */
export interface FindingStyle {
  readonly color: boolean;
  /** Also those that are suppressed. */
  readonly showSuppressed: boolean;
}

/** The findings of each file as text, by its path. */
export function textsByFile(guard: Guard, sources: readonly SourceFile[], report: Report, { color, showSuppressed }: FindingStyle): ReadonlyMap<string, string> {
  if (report.diagnostics.length === 0) return new Map();
  const withFindings = new Set(report.diagnostics.map(({ file }) => file));
  const shown = sources.filter(({ path }) => withFindings.has(path));
  const text = [...guard.show(report, shown, { color, failOn: "error", showSuppressed, shows: "findings" })].join("");
  return splitByFile(text, report, showSuppressed);
}

/**
 * The text of all findings of a report by the paths of their files: an empty line ends each finding, and is nowhere else.
 *
 * @param hasSuppressed whether those that are suppressed are among them
 */
export function splitByFile(text: string, { diagnostics }: Report, hasSuppressed: boolean): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  let start = 0;
  let end = 0;
  for (const [at, { file, suppressed }] of diagnostics.entries()) {
    if (suppressed === null || hasSuppressed) end = text.indexOf("\n\n", end) + 2;
    if (diagnostics[at + 1]?.file === file) continue;
    if (end > start) texts.set(file, text.slice(start, end));
    start = end;
  }
  return texts;
}

/** So many characters are written at once. */
const page = 2 ** 20;

/** Texts put together, as long as a page or longer. */
export function* inPages(texts: Iterable<string>): Generator<string> {
  let full = "";
  for (const text of texts) {
    full += text;
    if (full.length < page) continue;
    yield full;
    full = "";
  }
  yield full;
}
