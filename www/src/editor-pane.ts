import { element } from "./dom.ts";
import type { Editor, EditorActions } from "./editor.ts";
import type { Finding } from "./messages.ts";
import type { Workspace } from "./workspace.ts";

/** How many characters are shown before the editor has loaded: what fits on a screen. */
const MOST_CHARACTERS = 20_000;

/**
 * The pane of the editor, whose code is most of the page. The first verdict doesn't wait for it: until it has loaded, the
 * pane shows the plain text.
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
    // The editor's shadow root will hide it.
    parent.append(this.#early);
    for (const event of ["active", "text"] as const) workspace.on(event, () => this.#showEarly());
    this.#showEarly();
  }

  /** Whether the editor has been asked for. */
  get isAskedFor(): boolean {
    return this.#loading !== undefined;
  }

  /**
   * Loads the editor, once.
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
        // For tests, which wait for it.
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

  /** Marks the findings. */
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
