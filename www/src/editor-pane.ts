import { element } from "./dom.ts";
import type { Editor, EditorActions } from "./editor.ts";
import type { Finding } from "./messages.ts";
import type { Workspace } from "./workspace.ts";

/** How much of a text is shown before the editor is there, in characters: what fits on a screen. */
const MOST_CHARACTERS = 20_000;

/**
 * The place of the editor. The editor's code is most of the page: until it has loaded, which the first verdict doesn't
 * wait for, the text is shown without it.
 */
export class EditorPane {
  readonly #parent: HTMLElement;
  readonly #workspace: Workspace;
  readonly #actions: EditorActions;
  readonly #early = element("pre", { class: "early-text" });
  #loading: Promise<Editor> | undefined;
  #editor: Editor | undefined;
  #findings: readonly Finding[] = [];
  #isWrapped = false;

  constructor(parent: HTMLElement, workspace: Workspace, actions: EditorActions) {
    this.#parent = parent;
    this.#workspace = workspace;
    this.#actions = actions;
    // It is no longer shown when the editor has its shadow root there.
    parent.append(this.#early);
    for (const event of ["active", "text"] as const) workspace.on(event, () => this.#showEarly());
    this.#showEarly();
  }

  /** Whether the editor is there, or is being loaded. */
  get isAskedFor(): boolean {
    return this.#loading !== undefined;
  }

  /**
   * Loads the editor, unless that is done or under way.
   *
   * @throws Error (as a rejection) if it can't be loaded; another call tries again
   */
  load(): Promise<Editor> {
    this.#loading ??= import("./editor.ts").then(
      ({ Editor }) => {
        const editor = new Editor(this.#parent, this.#workspace, this.#actions);
        editor.wrap(this.#isWrapped);
        editor.mark(this.#findings);
        this.#editor = editor;
        this.#early.remove();
        // For whoever drives the page.
        document.documentElement.dataset["editor"] = "";
        return editor;
      },
      (cause: unknown) => {
        this.#loading = undefined;
        throw new Error("The editor couldn't be loaded. Check the connection, then click into the text.", { cause });
      },
    );
    return this.#loading;
  }

  /** Marks what was found. */
  mark(findings: readonly Finding[]): void {
    this.#findings = findings;
    this.#editor?.mark(findings);
  }

  /** Wraps long lines, or doesn't. */
  wrap(isWrapped: boolean): void {
    this.#isWrapped = isWrapped;
    this.#editor?.wrap(isWrapped);
  }

  #showEarly(): void {
    if (this.#editor === undefined) this.#early.textContent = (this.#workspace.active?.text ?? "").slice(0, MOST_CHARACTERS);
  }
}
