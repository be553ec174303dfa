import type { Shown } from "../formats.js";
import { byFile, sentences } from "./finding.js";
import { attributes, xmlDeclaration } from "./xml.js";

const severities = { error: "error", warning: "warning", note: "info" } as const;

/** Checkstyle's XML: each file with its findings. What is suppressed isn't in it: there is no word for that. */
export function checkstyle({ report, findings }: Shown): string {
  const files = [...byFile(report, findings)].map(([file, found]) => {
    const errors = found
      .filter(({ finding }) => finding.suppressed === null)
      .map(({ finding }) => {
        const { rule, severity, start } = finding;
        const values = { line: start.line, column: start.column, severity: severities[severity], message: sentences(finding), source: `harness-image-guard.${rule}` };
        return `    <error${attributes(values)}/>\n`;
      });
    return errors.length === 0 ? `  <file${attributes({ name: file })}/>\n` : `  <file${attributes({ name: file })}>\n${errors.join("")}  </file>\n`;
  });
  return `${xmlDeclaration}<checkstyle version="4.3">\n${files.join("")}</checkstyle>\n`;
}
