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

  get text(): string {
    if (this.#state !== undefined && this.#textOf !== this.#state.doc) {
      this.#text = this.#state.sliceDoc();
      this.#textOf = this.#state.doc;
    }
    return this.#text;
  }
}
