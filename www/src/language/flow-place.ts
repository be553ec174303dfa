import type { Text } from "@codemirror/state";

/** A collection in braces or brackets that a place is in: `rules: {no-docker-hub: {severity: `. */
export interface FlowPlace {
  /** The line on which the outermost one begins, from 1, and the key that it is the value of. */
  readonly line: number;
  readonly key: string | undefined;
  /** The keys inside, down to the innermost one; items of lists aren't counted. */
  readonly inside: readonly string[];
  readonly isMapping: boolean;
  /** What is written since the last comma or bracket. */
  readonly written: string;
  /** The other keys of the innermost mapping. */
  readonly siblings: ReadonlySet<string>;
}

/** How many lines above a place one may begin. */
const MOST_LINES = 100;
/** As much of a line is looked at, and as much of what follows. */
const MOST_CHARACTERS = 2000;

const KEY = /^\s*["']?([A-Za-z_][\w.-]*)["']?\s*:(?=\s|$)/;

/** A collection that isn't closed yet. */
interface Open {
  readonly bracket: "{" | "[";
  readonly keys: Set<string>;
  /** What is written before it, since the last comma or bracket. */
  readonly before: string;
}

/** @param pos an offset in the text; neither a comment nor a block scalar differs from YAML but by its columns */
export function flowPlaceAt(doc: Text, pos: number): FlowPlace | undefined {
  const last = doc.lineAt(pos);
  let open: Open[] = [];
  let written = "";
  let begin = { line: 0, column: 0 };
  for (let number = Math.max(1, last.number - MOST_LINES); number <= last.number; number += 1) {
    const text = number === last.number ? last.text.slice(0, pos - last.from) : doc.line(number).text.slice(0, MOST_CHARACTERS);
    const column = text.search(/\S/);
    if (column === -1) continue;
    // What follows is further to the right: otherwise it was something else that only looks like a collection.
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
        // At the left margin, only what is the whole document begins.
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

/** The keys of the mapping that a text is the rest of, without the one that the text begins in. */
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
