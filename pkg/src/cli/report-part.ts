import type { Diagnostic, Report } from "../report.js";
import { byBytes } from "./byte-order.js";

/** What is found in some of the files of a check. */
export interface ReportPart {
  /** Not counted. */
  readonly report: Report;
  /** What is wrong with exceptions of the configuration, as far as these files say. */
  readonly aboutConfiguration: readonly Diagnostic[];
  /** Whether anything was judged, so that `aboutConfiguration` says what is true of these files. */
  readonly isJudged: boolean;
}

/**
 * What a report has about some of its files.
 *
 * @param isOwn whether a path is one of theirs
 * @param config the path of the configuration, if there is one
 */
export function partOf(report: Report, isOwn: (path: string) => boolean, config: string | undefined): ReportPart {
  const [about, others] = [[] as Diagnostic[], [] as Diagnostic[]];
  for (const each of report.diagnostics) (isAboutConfiguration(each, config) ? about : others).push(each);
  return {
    report: {
      ...report,
      diagnostics: others.filter(({ file }) => isOwn(file)),
      omitted: report.omitted.filter(({ file }) => isOwn(file)),
      files: report.files.filter(({ path }) => isOwn(path)),
    },
    aboutConfiguration: about,
    isJudged: isJudged(report),
  };
}

/** Whether anything of a report was judged. */
export function isJudged({ files }: Report): boolean {
  return files.some(({ documents }) => documents.some(({ entity, status }) => entity !== null && status !== "not-applicable"));
}

/** Whether it is about the exceptions of the configuration, and so about all parts together. */
export function isAboutConfiguration({ file, document, rule }: Diagnostic, config: string | undefined): boolean {
  return document === null && file === config && (rule === "expired-exception" || rule === "unused-exception");
}

/** The report of all files by those of all parts, to be counted. */
export function together(parts: readonly ReportPart[]): Pick<Report, "diagnostics" | "files" | "omitted"> {
  const diagnostics = [...parts.flatMap(({ report }) => report.diagnostics), ...aboutConfiguration(parts)];
  return {
    diagnostics: diagnostics.sort(inReport),
    omitted: parts.flatMap(({ report }) => report.omitted).sort((one, other) => byBytes(one.file, other.file)),
    files: parts.flatMap(({ report }) => report.files).sort((one, other) => byBytes(one.path, other.path)),
  };
}

/**
 * What is wrong with exceptions of the configuration. One that has expired is known to every part in which something
 * is judged; one suppresses nothing if it suppresses nothing in any of them.
 */
function aboutConfiguration(parts: readonly ReportPart[]): readonly Diagnostic[] {
  const judging = parts.filter((part) => part.isJudged);
  const said = judging.map((part) => new Map(part.aboutConfiguration.map((each) => [JSON.stringify(each), each])));
  const all = new Map(said.flatMap((each) => [...each]));
  return [...all].filter(([key, { rule }]) => rule !== "unused-exception" || said.every((each) => each.has(key))).map(([, each]) => each);
}

/** The order of a report; what is in one file and at one place is in its order already. */
function inReport(one: Diagnostic, other: Diagnostic): number {
  return (
    byBytes(one.file, other.file) ||
    one.start.offset - other.start.offset ||
    one.end.offset - other.end.offset ||
    byBytes(one.rule, other.rule)
  );
}
