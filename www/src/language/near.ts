import type { EditorState, Line } from "@codemirror/state";

/**
 * How much of a line is read on each side of a place, in UTF-16 units: a shared link may have very long lines, on which
 * patterns would be slow.
 */
const MOST = 2000;

/** The part of a line around a place. */
export interface Near {
  readonly line: Line;
  readonly text: string;
  /** The offset of the text's beginning. */
  readonly from: number;
  /** The part of the text before the place. */
  readonly before: string;
}

export function near(doc: EditorState["doc"], at: number): Near {
  const line = doc.lineAt(at);
  const from = Math.max(line.from, at - MOST);
  const text = line.text.slice(from - line.from, at - line.from + MOST);
  return { line, text, from, before: text.slice(0, at - from) };
}
