import { type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { Severity } from "harness-image-guard";

import { element, prose } from "./dom.ts";
import { editing } from "./editor-state.ts";
import type { Reached } from "./messages.ts";

/** A message at a place of a text. */
export interface Annotation {
  readonly message: string;
  /** What to write instead. */
  readonly help?: string | null;
  /** `error` by default. */
  readonly severity?: Severity;
  /** Both from 1, the column in code points; `null` without a place. */
  readonly line: number | null;
  readonly column: number | null;
  /** The end; by default, that of the word at the place. */
  readonly end?: { readonly line: number; readonly column: number };
}

const reach = StateEffect.define<Reached>();

/** The lines that were reached, and those that were not. */
const reachedLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, { changes, effects, state }) {
    const effect = effects.find((each) => each.is(reach));
    return effect === undefined ? lines.map(changes) : decorated(state.doc, effect.value);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorated(doc: Text, { covered, missed }: Reached): DecorationSet {
  const marked = (lines: readonly number[], name: string) =>
    lines
      .filter((line) => line <= doc.lines)
      .map((line) => Decoration.line({ class: name }).range(doc.line(line).from));
  return Decoration.set([...marked(covered, "cm-covered"), ...marked(missed, "cm-uncovered")], true);
}

/** An editor of one text that isn't a file of the workspace. */
export class TextPane {
  readonly #view: EditorView;
  readonly #changed: (text: string) => void;
  readonly #language = new Compartment();
  #setting = false;

  /** @param changed called with the text after each edit by the user */
  constructor(
    parent: HTMLElement,
    options: { readonly label: string; readonly language: Extension; readonly readOnly?: boolean },
    changed: (text: string) => void = () => undefined,
  ) {
    this.#changed = changed;
    // As in the editor of files, for the page's content security policy.
    const root = parent.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root,
      parent: root,
      extensions: [
        editing,
        this.#language.of(options.language),
        reachedLines,
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

  /** Replaces the text, and the language if there is one. */
  show(text: string, language?: Extension): void {
    if (text === this.text) return;
    this.#setting = true;
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: text },
      effects: language === undefined ? [] : this.#language.reconfigure(language),
    });
    this.#setting = false;
  }

  /** Replaces the text as an edit of the page's: Control-Z undoes it, but `changed` isn't called. */
  put(text: string): void {
    this.#setting = true;
    this.edit(text);
    this.#setting = false;
  }

  /** Replaces the text as an edit, which Control-Z undoes. */
  edit(text: string): void {
    if (text === this.text) return;
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: text },
      userEvent: "input.format",
    });
  }

  /** Goes to a place, and selects it. */
  go(place: Annotation): void {
    const { from, to } = rangeOf(this.#view.state.doc, place);
    this.#view.dispatch({
      selection: { anchor: from, head: to },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
    this.#view.focus();
  }

  /** Marks the lines that were reached and those that weren't. */
  reached(lines: Reached): void {
    this.#view.dispatch({ effects: reach.of(lines) });
  }

  /** Replaces the annotations. */
  mark(annotations: readonly Annotation[]): void {
    const { doc } = this.#view.state;
    const marks = annotations.map((annotation): Mark => {
      const { message, severity = "error" } = annotation;
      return {
        ...rangeOf(doc, annotation),
        severity: severity === "note" ? "info" : severity,
        message,
        renderMessage: () => explanation(annotation),
      };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
  }
}

function explanation({ message, help }: Annotation): HTMLElement {
  return element(
    "div",
    { class: "explanation" },
    element("p", { class: "message" }, ...prose(message)),
    typeof help === "string" && element("p", { class: "help" }, "Instead: ", ...prose(help)),
  );
}

function rangeOf(doc: Text, { line, column, end }: Annotation): { from: number; to: number } {
  const from = offsetIn(doc, line ?? 1, column ?? 1);
  if (end !== undefined) return { from, to: Math.max(from, offsetIn(doc, end.line, end.column)) };
  const { to, text, from: start } = doc.lineAt(from);
  const [word = ""] = /^[^\s,:[\]{}]*/.exec(text.slice(from - start)) ?? [];
  return { from, to: Math.min(from + Math.max(1, word.length), to) };
}

function offsetIn(doc: Text, line: number, column: number): number {
  const { from, to, text } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  const before = [...text].slice(0, Math.max(0, column - 1)).join("").length;
  return Math.min(from + before, to);
}
