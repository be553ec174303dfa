import { findingsOf, sentences, summarized, type Finding } from "../../formats/finding.js";
import { fingerprints } from "../../formats/fingerprint.js";
import { contentsOf } from "../../formats/contents.js";
import { shown } from "../../inert.js";
import type { Report } from "../../report.js";
import type { SourceFile } from "../../source-file.js";
import type { Change, Platform } from "./change.js";

/** The result of a check. */
export interface Outcome {
  readonly report: Report;
  readonly files: readonly SourceFile[];
  /** The exit code of the command: 0, 1, 3 or 4. */
  readonly exitCode: number;
  /** The findings in Markdown. */
  readonly comment: string;
}

const name = "harness-image-guard";

/** A result in the form that a platform's API takes for a check of a commit. */
export const platformChecks: Readonly<Record<Platform, (change: Change, outcome: Outcome) => Promise<object>>> = {
  // https://docs.github.com/en/rest/checks/runs: 50 annotations a request, columns only within one line.
  github: ({ commit }, { report, exitCode, comment }) =>
    Promise.resolve({
      ...{ name, head_sha: commit, status: "completed" },
      conclusion: exitCode === 0 ? "success" : exitCode === 3 ? "neutral" : "failure",
      output: {
        title: summarized(report.summary),
        summary: comment,
        annotations: findingsOf(report).filter(isCounted).slice(0, 50).map(githubAnnotation),
      },
    }),
  // https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
  gitlab: (_, { report, exitCode }) =>
    Promise.resolve({ state: isPassed(exitCode) ? "success" : "failed", name, description: summarized(report.summary) }),
  // https://support.atlassian.com/bitbucket-cloud/docs/code-insights/: 100 annotations a request.
  bitbucket: async (_, { report, files, exitCode }) => {
    const findings = findingsOf(report);
    const identities = await fingerprints(findings, contentsOf(files));
    return {
      report: { title: name, details: summarized(report.summary), report_type: "BUG", reporter: name, result: isPassed(exitCode) ? "PASSED" : "FAILED" },
      annotations: findings
        .map((finding, index) => ({ finding, identity: identities[index] }))
        .filter(({ finding }) => isCounted(finding))
        .slice(0, 100)
        .map(({ finding: { file, start, severity, message, help, rule }, identity }) => ({
          ...{ external_id: identity, annotation_type: "BUG", path: file, line: start.line },
          severity: { error: "HIGH", warning: "MEDIUM", note: "LOW" }[severity],
          summary: shown(`${rule}: ${message}`).slice(0, 450),
          ...(help === null ? {} : { details: shown(help).slice(0, 2000) }),
        })),
    };
  },
  // Harness Code's status checks.
  harness: (_, { report, exitCode, comment }) =>
    Promise.resolve({
      identifier: name,
      status: isPassed(exitCode) ? "success" : "failure",
      summary: summarized(report.summary),
      payload: { kind: "markdown", version: "1", data: { details: comment } },
    }),
};

function githubAnnotation(finding: Finding): object {
  const { file, start, end, severity, rule } = finding;
  return {
    ...{ path: file, start_line: start.line, end_line: end.line },
    ...(start.line === end.line ? { start_column: start.column, end_column: end.column } : {}),
    annotation_level: { error: "failure", warning: "warning", note: "notice" }[severity],
    title: rule,
    message: shown(sentences(finding)),
  };
}

function isCounted({ suppressed }: Finding): boolean {
  return suppressed === null;
}

/** Whether nothing is wrong, or nothing is Harness's. */
function isPassed(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 3;
}
