import { undoDepth } from "@codemirror/commands";
import { Transaction, type TransactionSpec } from "@codemirror/state";
import { type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";

import { EditedFile } from "./edited-file.ts";
import { type Helps, language, languageOf, stateOf, wrapping } from "./editor-state.ts";
import { explanation } from "./explanation.ts";
import { isUndo } from "./keys.ts";
import { type HarnessKnowledge, harnessHelp } from "./language/harness-help.ts";
import { regoHelp } from "./language/rego-help.ts";
import type { Edit, Finding, Place } from "./messages.ts";
import type { OpenFile } from "./open-file.ts";
import type { Workspace } from "./workspace.ts";

/** What the editor asks of the page. */
export interface EditorActions {
  /** Called for a finding whose fix is asked for. */
  readonly fix: (finding: Finding) => void;
  /** Called for Control-Z before an edit is undone; `true` if it undid a change of the project instead. */
  readonly undo: (edits: number) => boolean;
  /** For completion and hover. */
  readonly knowledge: HarnessKnowledge;
}

/** The editor of files: shows the active one of the workspace, with its findings. */
export class Editor {
  readonly #workspace: Workspace;
  readonly #view: EditorView;
  readonly #fix: (finding: Finding) => void;
  readonly #helps: Helps;
  #shown: OpenFile | undefined;
  #shownPath = "";
  #isWrapped = false;
  #findings = new Map<string, Finding[]>();

  constructor(parent: HTMLElement, workspace: Workspace, { fix, undo, knowledge }: EditorActions) {
    this.#workspace = workspace;
    this.#fix = fix;
    this.#helps = {
      harness: harnessHelp(knowledge),
      rego: regoHelp({
        path: () => workspace.active?.path ?? "",
        modules: () => workspace.modules,
        input: () => "",
        go: (path, line) => this.goToLine(path, line),
      }),
    };
    // In a shadow root the editor adopts style sheets, which the page's content security policy allows.
    const root = parent.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root,
      parent: root,
      state: stateOf("", "", this.#helps),
      dispatchTransactions: (transactions, view) => this.#changed(transactions, view),
    });
    workspace.on("active", () => this.#show());
    workspace.on("files", () => {
      this.#rename();
      this.#follow();
    });
    workspace.on("text", () => this.#follow());
    // In the capturing phase, before the editor's own keys.
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

  /** Marks the findings. */
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

  /** Puts the cursor at the start of a line, from 1. */
  goToLine(path: string, line: number): void {
    const start = { line, column: 0 };
    this.go(path, start, start, { focus: true });
  }

  /** Edits a file, in one step of its history. */
  edit(path: string, edits: readonly Edit[]): void {
    const file = this.#workspace.at(path);
    if (file === undefined) return;
    const { state } = this.#edited(file);
    this.#apply(file, {
      changes: edits.map(({ from, to, text }) => ({
        from: offsetIn(state.doc, from),
        to: offsetIn(state.doc, to),
        insert: state.toText(text),
      })),
      userEvent: "input.fix",
    });
  }

  focus(): void {
    this.#view.focus();
  }

  #apply(file: OpenFile, change: TransactionSpec): void {
    if (file === this.#shown) {
      this.#view.dispatch(change);
      return;
    }
    const edited = this.#edited(file);
    edited.state = edited.state.update(change).state;
    this.#workspace.textChanged();
  }

  #changed(transactions: readonly Transaction[], view: EditorView): void {
    view.update(transactions);
    if (this.#shown === undefined) return;
    this.#edited(this.#shown).state = view.state;
    if (transactions.some(({ docChanged }) => docChanged)) this.#workspace.textChanged();
  }

  #show(): void {
    const file = this.#workspace.active;
    if (file === this.#shown) return;
    this.#shown = file;
    this.#shownPath = file?.path ?? "";
    this.#view.setState(file === undefined ? stateOf("", "", this.#helps) : this.#edited(file).state);
    this.#view.dom.inert = file === undefined;
    this.#wrapShown();
    this.#markShown();
  }

  /** Shows the file's text after it was changed elsewhere. */
  #follow(): void {
    const file = this.#shown;
    if (file === undefined || file !== this.#workspace.active) return;
    const { state } = this.#edited(file);
    if (state === this.#view.state) return;
    this.#view.setState(state);
    this.#wrapShown();
    this.#markShown();
  }

  #rename(): void {
    const file = this.#shown;
    if (file === undefined || file.path === this.#shownPath) return;
    this.#shownPath = file.path;
    this.#view.dispatch({ effects: language.reconfigure(languageOf(file.path, this.#helps)) });
  }

  #markShown(): void {
    const found = this.#findings.get(this.#shown?.path ?? "") ?? [];
    const marks = found.map((finding): Mark => {
      const from = this.#offset(finding.from);
      return {
        from,
        to: Math.max(from, this.#offset(finding.to)),
        severity: markSeverityOf(finding),
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

  #edited(file: OpenFile): EditedFile {
    return file.edited((path, text) => new EditedFile(path, text, this.#helps));
  }

  #offset(place: Place): number {
    return offsetIn(this.#view.state.doc, place);
  }
}

function offsetIn(doc: EditorView["state"]["doc"], { line, column }: Place): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(from + column, to);
}

function markSeverityOf({ severity, verdict }: Finding): Mark["severity"] {
  if (verdict === "undecided") return "hint";
  return severity === "note" ? "info" : severity;
}
