import type { Text } from "@codemirror/state";

/** A place in a collection in braces or brackets: `rules: {no-docker-hub: {severity: `. */
export interface FlowPlace {
  /** The line on which the outermost collection begins, from 1, and its key. */
  readonly line: number;
  readonly key: string | undefined;
  /** The keys in it that lead to the innermost collection; items of lists have none. */
  readonly inside: readonly string[];
  readonly isMapping: boolean;
  /** What is written since the last comma or bracket. */
  readonly written: string;
  /** The other keys of the innermost mapping. */
  readonly siblings: ReadonlySet<string>;
}

/** How many lines above the place are searched for the beginning. */
const MOST_LINES = 100;
/** How much is read of a line, and of the text after the place. */
const MOST_CHARACTERS = 2000;

const KEY = /^\s*["']?([A-Za-z_][\w.-]*)["']?\s*:(?=\s|$)/;

/** A collection that isn't closed yet. */
interface Open {
  readonly bracket: "{" | "[";
  readonly keys: Set<string>;
  /** What is written before it, since the last comma or bracket. */
  readonly before: string;
}

/**
 * The innermost collection at a place; `undefined` if there is none.
 *
 * @param pos an offset in the text
 */
export function flowPlaceAt(doc: Text, pos: number): FlowPlace | undefined {
  const last = doc.lineAt(pos);
  let open: Open[] = [];
  let written = "";
  let begin = { line: 0, column: 0 };
  for (let number = Math.max(1, last.number - MOST_LINES); number <= last.number; number += 1) {
    const text = number === last.number ? last.text.slice(0, pos - last.from) : doc.line(number).text.slice(0, MOST_CHARACTERS);
    const column = text.search(/\S/);
    if (column === -1) continue;
    // A collection's lines are indented further than its first one: otherwise it was a comment or a block of text.
    if (column <= begin.column && !/[\]}]/.test(text[column] ?? "")) open = [];
    if (open.length === 0) written = "";
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at] ?? "";
      const isStart = /(^|[:,-]\s+|^\s+)$/.test(open.length === 0 ? text.slice(0, at) : written.replace(/^\s+/, ""));
      if (character === "#" && /(^|\s)$/.test(text.slice(0, at))) break;
      if (isStart && (character === '"' || character === "'")) {
        const end = text.indexOf(character, at + 1);
        written += text.slice(at, end === -1 ? text.length : end + 1);
        at = end === -1 ? text.length : end;
      } else if (isStart && (character === "{" || character === "[") && text[at + 1] !== "{") {
        // At the left margin, only a whole document begins, whose lines need no indentation.
        if (open.length === 0) begin = { line: number, column: at === 0 ? -1 : column };
        open.push({ bracket: character, keys: new Set(), before: open.length === 0 ? text.slice(0, at) : written });
        written = "";
      } else if (open.length > 0 && (character === "}" || character === "]" || character === ",")) {
        note(written, open.at(-1)?.keys);
        written = character === "," ? "" : `${open.pop()?.before ?? ""}${character}`;
      } else written += character;
    }
    written += " ".repeat(number === last.number ? 0 : 1);
  }
  const [first, ...others] = open;
  const innermost = open.at(-1);
  if (first === undefined || innermost === undefined) return undefined;
  const siblings = innermost.keys;
  for (const key of keysAfter(doc.sliceString(pos, pos + MOST_CHARACTERS))) siblings.add(key);
  return {
    line: begin.line,
    key: keyOf(first.before.replace(/^(\s|- )*/, "")),
    inside: others.flatMap(({ before }) => keyOf(before) ?? []),
    isMapping: innermost.bracket === "{",
    written,
    siblings,
  };
}

/** The keys in the rest of a mapping, after the entry that the text begins in. */
function keysAfter(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  let [depth, written] = [0, ""];
  for (const character of text) {
    if (character === "{" || character === "[") depth += 1;
    if (depth === 0 && (character === "," || character === "}")) {
      if (written.startsWith(",")) note(written.slice(1), keys);
      written = character;
    } else if (depth === 0) written += character;
    if (character === "}" || character === "]") depth -= 1;
    if (depth < 0) break;
  }
  return keys;
}

function note(written: string, keys: Set<string> | undefined): void {
  const key = keyOf(written);
  if (key !== undefined) keys?.add(key);
}

function keyOf(written: string): string | undefined {
  return KEY.exec(written)?.[1];
}
