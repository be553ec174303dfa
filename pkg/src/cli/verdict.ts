import { counts } from "../formats/finding.js";
import type { Diagnostic, DocumentReport, Report, Severity, Status, Summary } from "../report.js";
import { ExitCode } from "./exit-code.js";

/**
 * The command's exit code for a report of which something was suppressed or taken out. Of a whole one the module says
 * the same; a test compares the two.
 */
export function exitCodeOf(report: Report, failOn: Severity): number {
  const { diagnostics, omitted, files } = report;
  if (diagnostics.some(isAboutReading)) return ExitCode.unreadable;
  const isFailing = diagnostics.some((each) => counts(each, failOn)) || omitted.some((each) => !each.suppressed && counts({ ...each, suppressed: null }, failOn));
  if (isFailing) return ExitCode.findings;
  const documents = files.flatMap((file) => file.documents);
  return documents.every(({ status }) => status === "not-applicable") ? ExitCode.nothing : ExitCode.ok;
}

function isAboutReading({ verdict, entity, rule }: Diagnostic): boolean {
  return verdict === "error" && entity === null && rule !== "unknown-entity";
}

/** The same report with its counts, and what became of each document, by the diagnostics that still count. */
export function recounted(report: Report): Report {
  const counting = report.diagnostics.filter(({ suppressed }) => suppressed === null);
  const listed = [...counting.map((each) => ({ ...each, count: 1 })), ...report.omitted.filter(({ suppressed }) => !suppressed)];
  const sum = (is: (each: (typeof listed)[number]) => boolean): number =>
    listed.reduce((total, each) => total + (is(each) ? each.count : 0), 0);
  const summary: Summary = {
    files: report.files.length,
    documents: report.files.reduce((total, { documents }) => total + documents.length, 0),
    errors: sum(({ severity }) => severity === "error"),
    warnings: sum(({ severity }) => severity === "warning"),
    undecided: sum(({ verdict }) => verdict === "undecided"),
    suppressed:
      report.diagnostics.length - counting.length + report.omitted.reduce((total, { suppressed, count }) => total + (suppressed ? count : 0), 0),
  };
  const worst = new Map<string, Status>();
  for (const { file, document, verdict } of listed) {
    const key = `${document} ${file}`;
    worst.set(key, worse(worst.get(key), statusOf[verdict]));
  }
  const status = (file: string, { index, status: before }: DocumentReport): Status =>
    before === "fail" || before === "undecided" ? (worst.get(`${index} ${file}`) ?? "pass") : before;
  const files = report.files.map(({ path, documents }) => ({
    path,
    documents: documents.map((document) => ({ ...document, status: status(path, document) })),
  }));
  return { ...report, files, summary };
}

const statusOf = { violation: "fail", undecided: "undecided", error: "error" } as const;
const order: readonly Status[] = ["not-applicable", "pass", "undecided", "fail", "error"];

function worse(one: Status = "pass", other: Status): Status {
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}
