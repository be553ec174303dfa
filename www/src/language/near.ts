import type { EditorState, Line } from "@codemirror/state";

/**
 * How much of a line is looked at around a place, in UTF-16 units: whoever shares a link writes its lines, and a pattern
 * that tries every start of a long word takes its time.
 */
const MOST = 2000;

/** The part of a line around a place. */
export interface Near {
  readonly line: Line;
  readonly text: string;
  /** Where that text begins. */
  readonly from: number;
  /** What of it is before the place. */
  readonly before: string;
}

export function near(doc: EditorState["doc"], at: number): Near {
  const line = doc.lineAt(at);
  const from = Math.max(line.from, at - MOST);
  const text = line.text.slice(from - line.from, at - line.from + MOST);
  return { line, text, from, before: text.slice(0, at - from) };
}
