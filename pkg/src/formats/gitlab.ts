import type { Shown } from "../formats.js";
import { jsonText } from "./json.js";
import { sentences, type Finding } from "./finding.js";

/** GitLab's Code Quality report. What is suppressed isn't in it: there is no word for that. */
export function gitlab({ findings, fingerprints }: Shown): string {
  const issues = findings.map((finding, at) => ({ finding, fingerprint: fingerprints[at] ?? "" }));
  return jsonText(
    issues
      .filter(({ finding }) => finding.suppressed === null)
      .map(({ finding, fingerprint }) => ({
        type: "issue",
        description: sentences(finding),
        check_name: finding.rule,
        fingerprint,
        severity: severityOf(finding),
        location: {
          path: finding.file,
          lines: { begin: finding.start.line, end: finding.end.line },
        },
      })),
  );
}

function severityOf({ severity, verdict }: Finding): "critical" | "major" | "minor" | "info" {
  if (verdict === "error") return "critical";
  return severity === "error" ? "major" : severity === "warning" ? "minor" : "info";
}
