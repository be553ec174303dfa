import { type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

import { editing } from "./editor-state.ts";

/** Something that is wrong at a place: both from 1, the column in code points. */
export interface Trouble {
  readonly message: string;
  /** `null` where there is no place. */
  readonly line: number | null;
  readonly column: number | null;
}

/** An editor of one text that isn't a file of the workspace. */
export class TextPane {
  readonly #view: EditorView;
  readonly #changed: (text: string) => void;
  #setting = false;

  /** @param changed called with the text whenever somebody has changed it here */
  constructor(
    parent: HTMLElement,
    options: { readonly label: string; readonly language: Extension; readonly readOnly?: boolean },
    changed: (text: string) => void = () => undefined,
  ) {
    this.#changed = changed;
    // As the editor of the files: its styles come in by a way that the page's policy allows.
    const root = parent.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root,
      parent: root,
      extensions: [
        editing,
        options.language,
        EditorState.readOnly.of(options.readOnly === true),
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged && !this.#setting) this.#changed(this.text);
        }),
      ],
    });
  }

  get text(): string {
    return this.#view.state.sliceDoc();
  }

  /** Shows another text, unless it is this one. */
  show(text: string): void {
    if (text === this.text) return;
    this.#setting = true;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
    this.#setting = false;
  }

  /** Marks what is wrong; the word at its place is underlined. */
  mark(troubles: readonly Trouble[]): void {
    const { doc } = this.#view.state;
    const marks = troubles.map(({ message, line, column }): Mark => {
      const { from, to, text } = doc.line(Math.max(1, Math.min(line ?? 1, doc.lines)));
      const before = [...text].slice(0, Math.max(0, (column ?? 1) - 1)).join("").length;
      const [word = ""] = /^[^\s,:[\]{}]*/.exec(text.slice(before)) ?? [];
      const start = Math.min(from + before, to);
      return { from: start, to: Math.min(start + Math.max(1, word.length), to), severity: "error", message };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
  }
}
