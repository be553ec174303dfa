import { plural } from "../plural.js";
import type { Report, Status } from "../report.js";
import { shown } from "./output.js";

/**
 * The text for a person, of which some diagnostics aren't shown.
 *
 * @param text of the whole report, as the module writes it: a block for each diagnostic in its order, each with an empty
 * line after it (there is none in a block), and then what is said of the check as a whole
 * @param whole the report that it is of
 * @param kept the report of which it becomes the text; its diagnostics are some of the whole one's
 * @param counted the report that is counted: the kept one, or one of which no diagnostic is shown
 */
export function filteredText(
  text: string,
  whole: Report,
  kept: Report,
  counted: Report,
  { isQuiet, color, showSuppressed }: { readonly isQuiet: boolean; readonly color: boolean; readonly showSuppressed: boolean },
): string {
  const remaining = new Map(kept.diagnostics.map((each) => [identityOf(each), each.suppressed]));
  let at = 0;
  const blocks = whole.diagnostics.map((diagnostic) => {
    if (diagnostic.suppressed !== null && !showSuppressed) return "";
    const end = text.indexOf("\n\n", at);
    const block = text.slice(at, end + 2);
    const head = block.replace(/^\u001b\[[\d;]*m/, "");
    const isThere = head.startsWith(`${diagnostic.suppressed === null ? diagnostic.severity : "suppressed"}[`);
    if (end === -1 || !isThere) throw new Error("the text isn't that of the report");
    at = end + 2;
    const suppressed = remaining.get(identityOf(diagnostic));
    if (suppressed === undefined) return "";
    if (suppressed === null || diagnostic.suppressed !== null) return block;
    return showSuppressed ? suppressedBlock(block, suppressed) : "";
  });
  if (isQuiet) return blocks.join("");
  return blocks.join("") + rest(text.slice(at), whole, counted, color);
}

/** The block of a diagnostic that the baseline suppresses. */
function suppressedBlock(block: string, why: string): string {
  const gutter = /^ *(?= (?:\u001b\[\d+m)?=)/m.exec(block)?.[0] ?? " ";
  const head = block.replace(/^(?:\u001b\[[\d;]*m)?\w+\[([^\]]*)\](?:\u001b\[0m)?/, "suppressed[$1]");
  return `${head.slice(0, -1)}${gutter} = suppressed: ${shown(why)}\n\n`;
}

/** Of two diagnostics that are the same in all of it, either may be shown for the other. */
function identityOf({ rule, verdict, severity, message, file, document, start, end, path }: Report["diagnostics"][number]): string {
  return JSON.stringify([rule, verdict, severity, message, file, document, start.offset, end.offset, path]);
}

/** What is said of the check as a whole: lines about what isn't listed, the counts, and what is passed over. */
function rest(text: string, whole: Report, kept: Report, color: boolean): string {
  const lines = text.split("\n");
  const counts = lines.findIndex((line) => /^(?:\u001b\[1m)?\d+ errors?(?:\u001b\[0m)? and \d+ warnings? in \d+ files?/.test(line));
  const isAllFiles = kept.files.length === whole.files.length;
  const before = isAllFiles ? lines.slice(0, Math.max(counts, 0)) : [];
  const passedOver = lines.slice(counts + 1).filter((line) => isAllFiles && line.includes(" passed over that can't be read "));
  return [...before, closing(kept, color), ...passedOver, ...fixable(kept)].map((line) => `${line}\n`).join("");
}

/** What is said of a check as a whole, but for what is passed over. */
export function closingText(report: Report, color: boolean): string {
  const isNothing = report.files.every(({ documents }) => documents.every(({ status }) => status === "not-applicable" || status === "error"));
  const nothing = isNothing && report.summary.errors === 0 ? [nothingChecked] : [];
  return [closing(report, color), ...fixable(report), ...nothing].map((line) => `${line}\n`).join("");
}

const nothingChecked = "Nothing here is a Harness pipeline, template, input set or connector, so nothing has been checked.";

function closing({ summary, files, diagnostics, omitted }: Report, color: boolean): string {
  const { errors, warnings, undecided, suppressed } = summary;
  const excepted =
    diagnostics.filter(({ exception }) => exception !== null).length + omitted.reduce((sum, each) => sum + (each.suppressed ? each.count : 0), 0);
  const number = (...wanted: readonly Status[]): number =>
    files.flatMap(({ documents }) => documents).filter(({ status }) => wanted.includes(status)).length;
  const documents = [
    `${plural(number("pass", "fail", "undecided"), "document")} checked`,
    ...[
      [number("error"), "not checked"] as const,
      [number("not-applicable"), "not applicable"] as const,
    ].flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])),
  ];
  const errorCount = plural(errors, "error");
  const bold = color ? `\u001b[1m${errorCount}\u001b[0m` : errorCount;
  const notes = [
    ...(undecided > 0 ? [`${plural(undecided, "place")} undecided because of an expression or an unknown connector`] : []),
    ...(excepted > 0 ? [`${excepted} suppressed by exceptions`] : []),
    ...(suppressed > excepted ? [`${plural(suppressed - excepted, "finding")} known and not shown`] : []),
  ];
  return [`${bold} and ${plural(warnings, "warning")} in ${plural(files.length, "file")} (${documents.join(", ")})`, ...notes].join("; ");
}

function fixable({ diagnostics, omitted }: Report): readonly string[] {
  const counting = diagnostics.filter(({ suppressed }) => suppressed === null);
  const safe = counting.filter(({ fix }) => fix?.applicability === "safe").length + omitted.reduce((sum, each) => sum + each.safeFixes, 0);
  const unsafe = counting.filter(({ fix }) => fix?.applicability === "unsafe").length + omitted.reduce((sum, each) => sum + each.unsafeFixes, 0);
  if (safe === 0) return unsafe === 0 ? [] : [`${unsafe} fixable with \`--fix --unsafe\``];
  return [unsafe === 0 ? `${safe} fixable with \`--fix\`` : `${safe} fixable with \`--fix\`, and ${unsafe} more with \`--fix --unsafe\``];
}
