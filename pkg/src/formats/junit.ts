import type { Shown } from "../formats.js";
import type { Severity } from "../report.js";
import { byFile, counts, type Finding } from "./finding.js";
import { attributes, xmlDeclaration, xmlText } from "./xml.js";

/**
 * JUnit's XML, as Jenkins, Harness and GitLab read it: a suite for each file, a case for each finding. What fails the
 * check is a failure, or an error where something couldn't be checked; what doesn't is skipped.
 */
export function junit({ report, findings, failOn }: Shown): string {
  const suites = [...byFile(report, findings)].map(([file, found]) => suiteOf(file, found.map(({ finding }) => finding), failOn));
  const sum = (key: keyof Counts): number => suites.reduce((total, { counted }) => total + counted[key], 0);
  const totals = { name: "harness-image-guard", tests: sum("tests"), failures: sum("failures"), errors: sum("errors") };
  return `${xmlDeclaration}<testsuites${attributes(totals)}>\n${suites.map(({ text }) => text).join("")}</testsuites>\n`;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suiteOf(file: string, findings: readonly Finding[], failOn: Severity): { readonly text: string; readonly counted: Counts } {
  const kinds = findings.map((finding) => kindOf(finding, failOn));
  const number = (kind: Kind): number => kinds.filter((each) => each === kind).length;
  const counted = {
    tests: Math.max(1, findings.length),
    failures: number("failure"),
    errors: number("error"),
    skipped: number("skipped"),
  };
  const cases =
    findings.length === 0
      ? `    <testcase${attributes({ name: "no finding", classname: file, time: "0" })}/>\n`
      : findings.map((finding, at) => caseOf(finding, kinds[at] ?? "failure")).join("");
  return { text: `  <testsuite${attributes({ name: file, ...counted, time: "0" })}>\n${cases}  </testsuite>\n`, counted };
}

type Kind = "failure" | "error" | "skipped";

function kindOf(finding: Finding, failOn: Severity): Kind {
  if (!counts(finding, failOn)) return "skipped";
  return finding.verdict === "error" ? "error" : "failure";
}

function caseOf(finding: Finding, kind: Kind): string {
  const { rule, file, start, severity, verdict, message, suppressed } = finding;
  const place = `${start.line}:${start.column}`;
  const head = attributes({ name: `${rule} at ${place}`, classname: file, time: "0" });
  if (kind === "skipped") {
    const why = suppressed ?? (verdict === "undecided" ? "undecided" : severity);
    // Some schemas of Jenkins's know no attribute here.
    return `    <testcase${head}>\n      <skipped>${xmlText(`${why}: ${message}`)}</skipped>\n    </testcase>\n`;
  }
  const body = lines(finding).map(xmlText).join("\n");
  return `    <testcase${head}>\n      <${kind}${attributes({ type: rule, message })}>${body}</${kind}>\n    </testcase>\n`;
}

function lines({ file, start, subject, message, help, docs }: Finding): readonly string[] {
  const notes = [
    ["in", subject],
    ["help", help],
    ["docs", docs],
  ] as const;
  const shown = notes.flatMap(([name, note]) => (note === null ? [] : [`${name}: ${note}`]));
  return [`at ${file}:${start.line}:${start.column}: ${message}`, ...shown];
}
