import type { Shown } from "../formats.js";
import { shownAnywhere } from "../inert.js";
import { summarized, type Finding } from "./finding.js";
import { plural } from "../plural.js";

/** In characters: GitHub takes 65,536 for a comment, and escapes count. */
const most = 60_000;

const signs = { error: "🛑 error", warning: "⚠️ warning", note: "ℹ️ note" } as const;

/** A comment for a pull request: a table of the findings, as many as a comment takes. */
export function markdown({ report, findings }: Shown): string {
  const listed = findings.filter(({ suppressed }) => suppressed === null);
  const head = `### harness-image-guard\n\n${summarized(report.summary)}\n`;
  if (listed.length === 0) return `${head}\nNo findings.\n`;
  let text = `${head}\n| severity | rule | place | finding |\n|---|---|---|---|\n`;
  for (const [at, finding] of listed.entries()) {
    const row = rowOf(finding);
    if (text.length + row.length > most) return `${text}\n${plural(listed.length - at, "more finding")} ${listed.length - at === 1 ? "isn't" : "aren't"} shown here.\n`;
    text += row;
  }
  return text;
}

function rowOf({ severity, verdict, rule, docs, file, start, message, help, subject }: Finding): string {
  const name = docs === null ? code(rule) : `[${code(rule)}](<${docs.replace(/[<>\\\s|]/g, encodeURIComponent)}>)`;
  const what = verdict === "undecided" ? `${signs[severity]} (undecided)` : signs[severity];
  const notes = [prose(message)];
  if (help !== null) notes.push(`*Help:* ${prose(help)}`);
  if (subject !== null) notes.push(`*In:* ${prose(subject)}`);
  return `| ${what} | ${name} | ${code(`${file}:${start.line}:${start.column}`)} | ${notes.join("<br>")} |\n`;
}

/** A sentence of others: what is between backticks is code, and nothing else in it is Markdown or HTML. */
function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, at) => (at % 2 === 1 ? code(part.slice(1, -1)) : escaped(part)))
    .join("");
}

/** A comment that shows nothing keeps mentions from notifying anybody, numbers from being linked and addresses from being links. */
const apart = "<!-- -->";

function escaped(text: string): string {
  return shownAnywhere(text)
    .replace(/[\\`*_{}[\]()+\-.!|~$^=:]/g, (character) => (character === ":" || character === "." ? character : `\\${character}`))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[@#%]|:(?=\/\/)|\/(?=\/)|(?<=\bwww)\.|(?<=GH)\\-(?=\d)/gi, (character) => character + apart);
}

/** Code in a cell of a table: with a longer fence than any that is in it. */
function code(text: string): string {
  const shown = shownAnywhere(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}
