import { isolateHistory } from "@codemirror/commands";
import type { EditorState, Text } from "@codemirror/state";

import { stateOf } from "./editor-state.ts";

/** A file that is open: its path, and its text with the history of its changes. */
export class OpenFile {
  path: string;
  #state: EditorState | undefined;
  /** The text as it was handed over, whatever its line breaks are, until it is changed. */
  #text: string;
  #textOf: Text | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  /** Made when it is first looked at: a folder may have many files. */
  get state(): EditorState {
    if (this.#state === undefined) {
      this.#state = stateOf(this.path, this.#text);
      this.#textOf = this.#state.doc;
    }
    return this.#state;
  }

  set state(state: EditorState) {
    this.#state = state;
  }

  /** Gives it another text, changing only what differs, as one step that can be undone. */
  rewrite(text: string): void {
    if (this.#state === undefined) {
      this.#text = text;
      return;
    }
    const wanted = this.#state.toText(text).toString();
    const there = this.#state.doc.toString();
    let start = 0;
    while (start < there.length && there[start] === wanted[start]) start += 1;
    let end = 0;
    const most = Math.min(there.length, wanted.length) - start;
    while (end < most && there.at(-1 - end) === wanted.at(-1 - end)) end += 1;
    if (start + end === there.length && there.length === wanted.length) return;
    const changes = {
      from: start,
      to: there.length - end,
      insert: this.#state.toText(wanted.slice(start, wanted.length - end)),
    };
    // Not one with what was typed before.
    this.#state = this.#state.update({ changes, userEvent: "input.fix", annotations: isolateHistory.of("full") }).state;
  }

  get text(): string {
    if (this.#state !== undefined && this.#textOf !== this.#state.doc) {
      this.#text = this.#state.sliceDoc();
      this.#textOf = this.#state.doc;
    }
    return this.#text;
  }
}
