import { isolateHistory } from "@codemirror/commands";
import type { EditorState, Text } from "@codemirror/state";

import { type Helps, stateOf } from "./editor-state.ts";
import type { EditedText } from "./open-file.ts";

/** The text of a file in the editor, with its edit history. */
export class EditedFile implements EditedText {
  state: EditorState;
  /** The original text, with its own line breaks, until it is edited. */
  #text: string;
  #textOf: Text;

  constructor(path: string, text: string, helps: Helps) {
    this.state = stateOf(path, text, helps);
    this.#text = text;
    this.#textOf = this.state.doc;
  }

  get text(): string {
    if (this.#textOf !== this.state.doc) {
      this.#text = this.state.sliceDoc();
      this.#textOf = this.state.doc;
    }
    return this.#text;
  }

  rewrite(text: string): void {
    const wanted = this.state.toText(text).toString();
    const there = this.state.doc.toString();
    let start = 0;
    while (start < there.length && there[start] === wanted[start]) start += 1;
    let end = 0;
    const most = Math.min(there.length, wanted.length) - start;
    while (end < most && there.at(-1 - end) === wanted.at(-1 - end)) end += 1;
    if (start + end === there.length && there.length === wanted.length) return;
    const changes = {
      from: start,
      to: there.length - end,
      insert: this.state.toText(wanted.slice(start, wanted.length - end)),
    };
    // Apart from what was typed before.
    this.state = this.state.update({ changes, userEvent: "input.fix", annotations: isolateHistory.of("full") }).state;
  }
}
