import type { Text } from "@codemirror/state";

import { type FlowPlace, flowPlaceAt } from "./flow-place.ts";

/** The place of a cursor in YAML that may be incomplete, from the indentation of its lines, and in braces from what is open. */
export interface YamlPlace {
  /** The keys of the mappings around it, the innermost last; items of lists have none. */
  readonly path: readonly string[];
  /** The key whose value is being written; `undefined` if a key is being written. */
  readonly key: string | undefined;
  /** What is written of the value or key, up to the cursor. */
  readonly written: string;
  /** The offset at which that begins. */
  readonly from: number;
  /** Whether it is in braces or brackets. */
  readonly isFlow: boolean;
}

/** How many lines above are read. */
const MOST_LINES = 20_000;
const MOST_SIBLING_LINES = 500;
/** Longer lines aren't written by hand. */
const MOST_CHARACTERS = 2000;

const KEY = String.raw`[A-Za-z_][\w.-]*`;
const LINE = new RegExp(String.raw`^((?:\s|- )*)(?:(["']?)(${KEY})\2\s*:(?=\s|$)\s*)?(.*)$`);

/** @param pos an offset in the text */
export function yamlPlaceAt(doc: Text, pos: number): YamlPlace | undefined {
  const line = doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  if (before.length > MOST_CHARACTERS) return undefined;
  if (/(^|\s)#/.test(before)) return undefined;
  const flow = flowPlaceAt(doc, pos);
  if (flow !== undefined) return placeInFlow(doc, pos, flow);
  // Right after the colon, a value can't begin yet.
  if (before.endsWith(":")) return undefined;
  const [, indent = "", , key, value = ""] = LINE.exec(before) ?? [];
  const path = pathOf(doc, line.number, indent.length);
  if (key !== undefined) {
    const written = value.replace(/^["']\s*/, "");
    return { path, key, written, from: pos - written.length, isFlow: false };
  }
  // An item of a list of strings is a value of the key above.
  if (indent.endsWith("- ")) {
    const above = pathOf(doc, line.number, indent.lastIndexOf("-") + 1);
    const written = value.replace(/^["']/, "");
    return { path: above.slice(0, -1), key: above.at(-1), written, from: pos - written.length, isFlow: false };
  }
  return /^[\w.-]*$/.test(value) ? { path, key: undefined, written: value, from: pos - value.length, isFlow: false } : undefined;
}

function placeInFlow(doc: Text, pos: number, { line, key: own, inside, isMapping, written }: FlowPlace): YamlPlace | undefined {
  const [, indent = ""] = LINE.exec(headOf(doc, line)) ?? [];
  const path = [...pathOf(doc, line, indent.length), ...(own === undefined ? [] : [own]), ...inside];
  if (!isMapping) {
    const item = written.replace(/^\s*["']?/, "");
    return { path: path.slice(0, -1), key: path.at(-1), written: item, from: pos - item.length, isFlow: true };
  }
  const [, key, value = ""] = new RegExp(String.raw`^\s*["']?(${KEY})["']?\s*:\s+["']?(.*)$`).exec(written) ?? [];
  if (key !== undefined) return { path, key, written: value, from: pos - value.length, isFlow: true };
  const [, begun] = /^\s*["']?([\w.-]*)$/.exec(written) ?? [];
  return begun === undefined ? undefined : { path, key: undefined, written: begun, from: pos - begun.length, isFlow: true };
}

/** The keys that enclose a line with this indentation, the innermost last. */
function pathOf(doc: Text, number: number, indent: number): string[] {
  const path: string[] = [];
  let left = indent;
  const lowest = Math.max(1, number - MOST_LINES);
  for (let above = number - 1; above >= lowest && left > 0; above -= 1) {
    const text = headOf(doc, above);
    if (text.startsWith("---")) break;
    if (isEmpty(text)) continue;
    const [, column = "", , key] = LINE.exec(text) ?? [];
    const dash = column.indexOf("-");
    if (column.length < left && key !== undefined) path.unshift(key);
    if (column.length < left || (column.length === left && dash !== -1)) {
      // A list may be indented as far as its key: what encloses an item may begin at the column of its dash.
      if (dash !== -1) left = dash + 1;
      else if (key !== undefined) left = column.length;
    }
  }
  return path;
}

/** The other keys of the mapping that a line is in, so that none is offered twice. */
export function siblingsAt(doc: Text, pos: number): ReadonlySet<string> {
  const flow = flowPlaceAt(doc, pos);
  if (flow !== undefined) return flow.siblings;
  const line = doc.lineAt(pos);
  const [, own = ""] = LINE.exec(headOf(doc, line.number)) ?? [];
  const keys = new Set<string>();
  for (const step of [-1, 1]) {
    // An item's first key begins its mapping.
    if (step === -1 && own.includes("-")) continue;
    for (let number = line.number + step, looked = 0; number >= 1 && number <= doc.lines && looked < MOST_SIBLING_LINES; number += step, looked += 1) {
      const text = headOf(doc, number);
      if (isEmpty(text)) continue;
      const [, column = "", , key] = LINE.exec(text) ?? [];
      const isItem = column.includes("-");
      if (column.length < own.length || (step === 1 && isItem && column.indexOf("-") < own.length)) break;
      if (column.length !== own.length) continue;
      if (key !== undefined) keys.add(key);
      if (isItem) break;
    }
  }
  return keys;
}

function headOf(doc: Text, number: number): string {
  return doc.line(number).text.slice(0, MOST_CHARACTERS);
}

function isEmpty(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}
