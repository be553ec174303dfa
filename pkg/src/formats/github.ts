import type { Shown } from "../formats.js";
import { shownAnywhere } from "../inert.js";
import { sentences, type Finding } from "./finding.js";

const commands = { error: "error", warning: "warning", note: "notice" } as const;

/** GitHub's workflow commands, which make annotations at lines of the files. What is suppressed has none. */
export function github({ findings }: Shown): string {
  return findings.filter(({ suppressed }) => suppressed === null).map(annotation).join("");
}

function annotation(finding: Finding): string {
  const { severity, file, start, end, rule, subject } = finding;
  const isOnOneLine = start.line === end.line;
  const properties = {
    title: `harness-image-guard: ${rule}`,
    file,
    line: start.line,
    endLine: end.line,
    // GitHub takes columns for one line only.
    ...(isOnOneLine ? { col: start.column, endColumn: Math.max(start.column, end.column) } : {}),
  };
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  const message = subject === null ? sentences(finding) : `${sentences(finding)}. In: ${subject}`;
  return `::${commands[severity]} ${shown.join(",")}::${data(message)}\n`;
}

/** What is after `::`: a line break would end the command, and begin the next one. */
function data(text: string): string {
  return shownAnywhere(text).replaceAll("%", "%25");
}

/** A value before `::`, which a colon or a comma would end. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
