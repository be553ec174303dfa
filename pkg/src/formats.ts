import { HarnessImageGuardError, unreadable } from "./error.js";
import { contentsOf } from "./formats/contents.js";
import { findingsOf, type Finding } from "./formats/finding.js";
import { fingerprints } from "./formats/fingerprint.js";
import { withGivenFiles } from "./given-files.js";
import { givenOptions, type OptionKinds } from "./given-options.js";
import { isObject } from "./json-object.js";
import type { Report, Severity } from "./report.js";
import { reportFormats, type ReportFormat } from "./report-format.js";
import { worstFirst } from "./severity.js";
import type { SourceFile } from "./source-file.js";

export { reportFormats, type ReportFormat } from "./report-format.js";

/** What a format may use in addition to the report. */
export interface ShowOptions {
  /**
   * The files that were checked. Without them, fingerprints don't depend on the value at a place, and `rdjson` has no
   * columns, because it counts them in bytes.
   */
  readonly files?: readonly SourceFile[];
  /** The lowest severity that fails a check, for formats that show what fails: `error` by default. */
  readonly failOn?: Severity;
  /** The rules' pages in Markdown, by the rules' identities, for the help in SARIF. */
  readonly pages?: Readonly<Record<string, string>>;
  /** The version of this package. */
  readonly version?: string;
}

const showKinds: OptionKinds<ShowOptions> = { files: "any", failOn: "string", pages: "json", version: "string" };

/** What each format is made of. @internal */
export interface Shown {
  readonly report: Report;
  /** The diagnostics, and one finding for each kind of which more were found than are listed. */
  readonly findings: readonly Finding[];
  /** The files' contents, by path, as bytes. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** For each finding what says that it is the same one after lines have moved; no two are alike. */
  readonly fingerprints: readonly string[];
  readonly failOn: Severity;
  readonly pages: Readonly<Record<string, string>>;
  readonly version: string | undefined;
}

const formats: Readonly<Record<ReportFormat, () => Promise<(shown: Shown) => string>>> = {
  json: async () => (await import("./formats/json.js")).json,
  sarif: async () => (await import("./formats/sarif.js")).sarif,
  junit: async () => (await import("./formats/junit.js")).junit,
  github: async () => (await import("./formats/github.js")).github,
  gitlab: async () => (await import("./formats/gitlab.js")).gitlab,
  markdown: async () => (await import("./formats/markdown.js")).markdown,
  checkstyle: async () => (await import("./formats/checkstyle.js")).checkstyle,
  tap: async () => (await import("./formats/tap.js")).tap,
  rdjson: async () => (await import("./formats/rdjson.js")).rdjson,
};

/**
 * Writes a report in a format that other programs read. Nothing in it acts on a terminal or a build server.
 *
 * @returns the whole text, each line with its line break; the same report and options give the same text
 * @throws HarnessImageGuardError (as a rejection) with the code `usage` for an unknown format or severity, and for what isn't
 * a report, files or options
 */
export async function showReport(report: Report, format: ReportFormat, options: ShowOptions = {}): Promise<string> {
  if (typeof format !== "string" || !Object.hasOwn(formats, format)) {
    const given = typeof format === "string" ? `'${format}'` : `that is a ${typeof format}`;
    throw new HarnessImageGuardError("usage", `there is no format ${given}; there are ${reportFormats.join(", ")}`);
  }
  const { files = [], failOn = "error", pages = {}, version } = givenOptions(options, showKinds);
  if (!isObject(pages) || Object.values(pages).some((page) => typeof page !== "string")) throw new HarnessImageGuardError("usage", "`pages` has to be an object of strings");
  if (!worstFirst.includes(failOn)) {
    throw new HarnessImageGuardError("usage", `\`failOn\` can't be '${failOn}'; it is one of ${worstFirst.join(", ")}`);
  }
  if (!isReport(report)) throw noReport();
  const contents = withGivenFiles(files, () => contentsOf(files));
  const show = await formats[format]();
  try {
    const findings = findingsOf(report);
    return show({ report, findings, contents, fingerprints: await fingerprints(findings, contents), failOn, pages, version });
  } catch (cause) {
    // Of a report that `check` has made, nothing is missing.
    throw cause instanceof TypeError ? noReport(cause) : cause;
  }
}

function noReport(cause?: TypeError): HarnessImageGuardError {
  return new HarnessImageGuardError("usage", "this isn't a report of `check`", cause === undefined ? {} : { cause });
}

function isReport(value: unknown): boolean {
  try {
    return isObject(value) && ["diagnostics", "omitted", "files"].every((key) => Array.isArray(value[key]));
  } catch (cause) {
    throw unreadable("report", cause);
  }
}
