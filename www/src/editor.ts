import { undoDepth } from "@codemirror/commands";
import { Transaction, type TransactionSpec } from "@codemirror/state";
import { type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";

import { language, languageOf, stateOf, wrapping } from "./editor-state.ts";
import { explanation } from "./explanation.ts";
import type { Edit, Finding, Place } from "./messages.ts";
import type { OpenFile } from "./open-file.ts";
import type { PlainFile } from "./project.ts";
import type { Workspace } from "./workspace.ts";

/** Where files are written: shows the active one of the workspace, with what was found in it. */
export class Editor {
  readonly #workspace: Workspace;
  readonly #view: EditorView;
  readonly #fix: (finding: Finding) => void;
  #shown: OpenFile | undefined;
  #shownPath = "";
  #isWrapped = false;
  #findings = new Map<string, Finding[]>();

  /**
   * @param fix called for a finding whose fix is asked for
   * @param undo called for Control-Z before an edit is undone; `true` if that undid something else
   */
  constructor(
    parent: HTMLElement,
    workspace: Workspace,
    { fix, undo }: { readonly fix: (finding: Finding) => void; readonly undo: (edits: number) => boolean },
  ) {
    this.#workspace = workspace;
    this.#fix = fix;
    // In a shadow root the editor adds its styles in a way that needs no hole in the page's policy.
    const root = parent.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root,
      parent: root,
      state: stateOf("", ""),
      dispatchTransactions: (transactions, view) => this.#changed(transactions, view),
    });
    workspace.on("active", () => this.#show());
    workspace.on("files", () => {
      this.#rename();
      this.#follow();
    });
    // Before the editor's own keys, which are on what is in it.
    root.addEventListener(
      "keydown",
      (event) => {
        const { target } = event;
        if (!(target instanceof Element) || target.closest(".cm-content") === null) return;
        if (!isUndo(event as KeyboardEvent) || !undo(undoDepth(this.#view.state))) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { capture: true },
    );
    this.#show();
  }

  /** Wraps long lines, or doesn't. */
  wrap(isWrapped: boolean): void {
    this.#isWrapped = isWrapped;
    this.#wrapShown();
  }

  #wrapShown(): void {
    this.#view.dispatch({ effects: wrapping.reconfigure(this.#isWrapped ? EditorView.lineWrapping : []) });
  }

  /** Marks what was found. */
  mark(findings: readonly Finding[]): void {
    this.#findings = Map.groupBy(findings, ({ file }) => file);
    this.#markShown();
  }

  /** Goes to a place, and selects it. */
  go(path: string, from: Place, to: Place, options: { readonly focus: boolean }): void {
    const file = this.#workspace.at(path);
    if (file === undefined) return;
    this.#workspace.look(file);
    const anchor = this.#offset(from);
    const head = this.#offset(to);
    this.#view.dispatch({
      selection: { anchor, head },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    if (options.focus) this.#view.focus();
  }

  /** Edits a file in one step, which can be undone. */
  edit(path: string, edits: readonly Edit[]): void {
    const file = this.#workspace.at(path);
    if (file === undefined) return;
    const { doc } = file.state;
    this.#apply(file, {
      changes: edits.map(({ from, to, text }) => ({
        from: offsetIn(doc, from),
        to: offsetIn(doc, to),
        insert: file.state.toText(text),
      })),
      userEvent: "input.fix",
    });
  }

  /** Gives files other texts, changing only what differs. */
  rewrite(files: readonly PlainFile[]): void {
    for (const { path, text } of files) this.#workspace.at(path)?.rewrite(text);
    this.#follow();
    this.#workspace.textChanged();
  }

  focus(): void {
    this.#view.focus();
  }

  #apply(file: OpenFile, change: TransactionSpec): void {
    if (file === this.#shown) {
      this.#view.dispatch(change);
      return;
    }
    file.state = file.state.update(change).state;
    this.#workspace.textChanged();
  }

  #changed(transactions: readonly Transaction[], view: EditorView): void {
    view.update(transactions);
    if (this.#shown === undefined) return;
    this.#shown.state = view.state;
    if (transactions.some(({ docChanged }) => docChanged)) this.#workspace.textChanged();
  }

  #show(): void {
    const file = this.#workspace.active;
    if (file === this.#shown) return;
    this.#shown = file;
    this.#shownPath = file?.path ?? "";
    this.#view.setState(file?.state ?? stateOf("", ""));
    this.#view.dom.inert = file === undefined;
    this.#wrapShown();
    this.#markShown();
  }

  /** Shows the text that the file has, where that wasn't changed here. */
  #follow(): void {
    const file = this.#shown;
    if (file === undefined || file !== this.#workspace.active || file.state === this.#view.state) return;
    this.#view.setState(file.state);
    this.#markShown();
  }

  #rename(): void {
    const file = this.#shown;
    if (file === undefined || file.path === this.#shownPath) return;
    this.#shownPath = file.path;
    this.#view.dispatch({ effects: language.reconfigure(languageOf(file.path)) });
  }

  #markShown(): void {
    const found = this.#findings.get(this.#shown?.path ?? "") ?? [];
    const marks = found.map((finding): Mark => {
      const from = this.#offset(finding.from);
      return {
        from,
        to: Math.max(from, this.#offset(finding.to)),
        severity: weightOf(finding),
        message: finding.message,
        renderMessage: () => explanation(finding),
        actions:
          finding.fix === null
            ? []
            : [{ name: finding.fix.title, apply: () => this.#fix(finding) }],
      };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, marks));
  }

  #offset(place: Place): number {
    return offsetIn(this.#view.state.doc, place);
  }
}

/** Control-Z, or Command-Z. */
export function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

function offsetIn(doc: EditorView["state"]["doc"], { line, column }: Place): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(from + column, to);
}

function weightOf({ severity, verdict }: Finding): Mark["severity"] {
  if (verdict === "undecided") return "hint";
  return severity === "note" ? "info" : severity;
}
