import type { Shown } from "../formats.js";
import type { Position } from "../report.js";
import { jsonText } from "./json.js";
import { sentences, type Finding } from "./finding.js";
import { LineStarts } from "./line-starts.js";

const severities = { error: "ERROR", warning: "WARNING", note: "INFO" } as const;

/** Reviewdog's Diagnostic Format. What is suppressed isn't in it: there is no word for that. */
export function rdjson({ findings, contents }: Shown): string {
  const lines = new LineStarts(contents);
  return jsonText({
    source: { name: "harness-image-guard", url: "https://github.com/harness-image-guard/harness-image-guard" },
    diagnostics: findings.filter(({ suppressed }) => suppressed === null).map((finding) => diagnosticOf(finding, lines)),
  });
}

function diagnosticOf(finding: Finding, lines: LineStarts): unknown {
  const { severity, file, rule, docs, fix, related } = finding;
  const place = ({ file, start, end }: Pick<Finding, "file" | "start" | "end">): unknown => ({ path: file, range: rangeOf(file, start, end, lines) });
  // Each suggestion is one that may be taken alone, so that several edits can't be offered.
  const [edit, ...others] = fix?.edits ?? [];
  const canSuggest = edit !== undefined && others.length === 0 && lines.of(file) !== undefined;
  return {
    message: sentences(finding),
    location: place(finding),
    severity: severities[severity],
    code: { value: rule, ...(docs === null ? {} : { url: docs }) },
    ...(canSuggest ? { suggestions: [{ range: rangeOf(file, edit.start, edit.end, lines), text: edit.text }] } : {}),
    ...(related.length === 0
      ? {}
      : { related_locations: related.map((each) => ({ message: each.message, location: place(each) })) }),
  };
}

function rangeOf(file: string, start: Position, end: Position, lines: LineStarts): unknown {
  return { start: positionOf(file, start, lines), end: positionOf(file, end, lines) };
}

/** Its columns count bytes. */
function positionOf(file: string, { line, offset }: Position, lines: LineStarts): unknown {
  const start = lines.of(file)?.[line - 1];
  return start === undefined ? { line } : { line, column: offset - start + 1 };
}
