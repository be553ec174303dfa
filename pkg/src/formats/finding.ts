import { plural } from "../plural.js";
import { type Diagnostic, type Omitted, type Report, severities, type Severity, type Summary } from "../report.js";

/** A diagnostic, or what stands for those of a kind that aren't listed. */
export type Finding = Diagnostic;

/** What a format has to show: what isn't listed must not be missing without a word. */
export function findingsOf(report: Report): readonly Finding[] {
  return report.omitted.length === 0 ? report.diagnostics : [...report.diagnostics, ...report.omitted.map(standIn)];
}

function standIn({ file, document, rule, verdict, severity, suppressed, count }: Omitted): Finding {
  const start = { line: 1, column: 1, offset: 0 };
  const message = `${plural(count, "more finding")} of this kind in document ${document + 1} ${count === 1 ? "is" : "are"} counted, but not listed`;
  return {
    ...{ rule, verdict, severity, message, file, document, start, end: start },
    ...{ entity: null, subject: null, path: [], help: "raise `--max-findings`", docs: null, fix: null, images: [], related: [] },
    ...{ suppressed: suppressed ? "by exceptions" : null, exception: null },
  };
}

/** Whether a finding fails the check. */
export function counts({ suppressed, severity, verdict }: Pick<Finding, "suppressed" | "severity" | "verdict">, failOn: Severity): boolean {
  return suppressed === null && (verdict === "error" || severities.indexOf(severity) >= severities.indexOf(failOn));
}

/** The message and what to do, as sentences in one line. */
export function sentences({ message, help }: Finding): string {
  return help === null ? message : `${message}. Help: ${help}`;
}

/** `2 errors, 1 warning and 3 undecided places in 4 files`. */
export function summarized({ errors, warnings, undecided, suppressed, files }: Summary): string {
  const counted = [plural(errors, "error"), plural(warnings, "warning")];
  if (undecided > 0) counted.push(plural(undecided, "undecided place"));
  if (suppressed > 0) counted.push(`${suppressed} suppressed`);
  return `${counted.slice(0, -1).join(", ")} and ${counted.at(-1) ?? ""} in ${plural(files, "file")}`;
}

/** The files in the report's order, each with its findings and their places among all. */
export function byFile(report: Report, findings: readonly Finding[]): ReadonlyMap<string, readonly { readonly finding: Finding; readonly at: number }[]> {
  const files = new Map<string, { finding: Finding; at: number }[]>(report.files.map(({ path }) => [path, []]));
  for (const [at, finding] of findings.entries()) {
    const there = files.get(finding.file);
    if (there === undefined) files.set(finding.file, [{ finding, at }]);
    else there.push({ finding, at });
  }
  return files;
}
