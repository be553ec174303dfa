import { counted } from "./dom.ts";
import { kindOf } from "./findings.ts";
import type { Checked, Finding } from "./messages.ts";
import { visible } from "./visible.ts";

/** The findings as Markdown, for an issue, with a link if there is one; text from files can't become markup. */
export function markdownOf({ findings, summary }: Checked, link: string | undefined): string {
  const counts = [
    counted(summary.errors, "error"),
    counted(summary.warnings, "warning"),
    `${summary.undecided} undecided`,
  ].join(", ");
  const rows = findings.map((finding) => visible(`- ${itemOf(finding)}`));
  return [
    `**harness-image-guard**: ${counts} in ${counted(summary.files, "file")}`,
    "",
    ...(rows.length === 0 ? ["Nothing found."] : rows),
    "",
    ...(link === undefined ? [] : [`[Open it in the playground](${link})`, ""]),
  ].join("\n");
}

function itemOf(finding: Finding): string {
  const place = code(`${finding.file}:${finding.from.line}`);
  const help = finding.help === null ? "" : `. ${plain(finding.help)}`;
  return `**${kindOf(finding)}** ${place} ${plain(finding.message)}${help} (${code(finding.rule)})`;
}

/** Text whose code spans stay, and whose other markup is escaped. */
function plain(text: string): string {
  return text
    .split(/(`[^`\n]*`)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_{}[\]<>()#!|@&~]/g, "\\$&"),
    )
    .join("");
}

/** A code span, with more backticks around it than in it. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
