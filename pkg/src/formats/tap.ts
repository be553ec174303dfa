import type { Shown } from "../formats.js";
import { inertJson, shownAnywhere } from "../inert.js";
import type { Severity } from "../report.js";
import { byFile, counts, type Finding } from "./finding.js";

interface Point {
  readonly file: string;
  /** None where the file has no finding. */
  readonly finding?: Finding;
}

/**
 * TAP 13: a test point for each finding, and one for each file without any. What doesn't fail the check is a `TODO`,
 * what is suppressed a `SKIP`.
 */
export function tap({ report, findings, failOn }: Shown): string {
  const points = [...byFile(report, findings)].flatMap(([file, found]): readonly Point[] =>
    found.length === 0 ? [{ file }] : found.map(({ finding }) => ({ file, finding })),
  );
  const shown = points.map(({ file, finding }, at) =>
    finding === undefined ? `ok ${at + 1} - ${description(file)}\n` : pointOf(finding, at + 1, failOn),
  );
  return `TAP version 13\n1..${points.length}\n${shown.join("")}`;
}

function pointOf(finding: Finding, number: number, failOn: Severity): string {
  const { rule, severity, verdict, message, file, start, end, subject, help, docs, suppressed } = finding;
  const what = description(`${rule}: ${message} (${file}:${start.line}:${start.column})`);
  if (suppressed !== null) return `ok ${number} - ${what} # SKIP ${description(suppressed)}\n`;
  const directive = counts(finding, failOn) ? "" : ` # TODO ${verdict === "undecided" ? "undecided" : severity}`;
  const details = { rule, severity, verdict, file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column, subject, help, docs };
  const lines = Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name}: ${inertJson(JSON.stringify(value))}\n`);
  return `not ok ${number} - ${what}${directive}\n  ---\n${lines.join("")}  ...\n`;
}

/** `#` would begin a directive. */
function description(text: string): string {
  return shownAnywhere(text).replace(/[\\#]/g, "\\$&");
}
