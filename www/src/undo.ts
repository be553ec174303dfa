import { fill } from "./dom.ts";
import type { History } from "./history.ts";
import { isUndo } from "./keys.ts";
import type { Action, Notice } from "./notice.ts";
import type { Storage } from "./storage.ts";

/** Undo of changes other than edits of a text: by the notice, the menu and Control-Z. */
export class Undo {
  readonly #changes: History;
  readonly #notice: Notice;
  readonly #storage: Storage;

  constructor(changes: History, notice: Notice, storage: Storage, button: HTMLElement) {
    this.#changes = changes;
    this.#notice = notice;
    this.#storage = storage;
    const show = (): void => {
      button.hidden = changes.last === undefined;
      fill(button, `Undo: ${changes.last?.label ?? ""}`);
    };
    changes.on("change", () => {
      storage.keepChanges(changes.changes);
      show();
    });
    show();
    document.addEventListener("keydown", (event) => {
      if (!isUndo(event) || event.defaultPrevented || changes.last === undefined) return;
      const [target] = event.composedPath();
      if (target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null) return;
      event.preventDefault();
      this.undo();
    });
  }

  /** Does something that can be undone, and offers Undo. */
  change(label: string, work: () => void, messages: readonly string[] = [], ...actions: readonly Action[]): void {
    if (this.#changes.record(label, work)) this.offer(messages, ...actions);
    else this.#notice.say(...messages);
  }

  /** Offers to undo the last change. */
  offer(messages: readonly string[] = [], ...actions: readonly Action[]): void {
    const { last } = this.#changes;
    if (last === undefined) return;
    this.#storage.offer(true);
    this.#notice.offer([`${last.label}.`, ...messages], { label: "Undo", run: () => this.undo() }, ...actions);
  }

  undo(): void {
    const label = this.#changes.last?.label ?? "";
    const opposite = this.#changes.undo();
    this.#storage.offer(false);
    if (opposite === undefined) return;
    this.#notice.offer([`Undone: ${label}.`], {
      label: "Redo",
      run: () => {
        this.#changes.redo(opposite);
        this.offer();
      },
    });
  }

  /** For Control-Z in the editor: undoes the last change if it came after all edits, or there are none; `false` otherwise. */
  before(edits: number): boolean {
    if (this.#changes.last === undefined || (edits > 0 && !this.#changes.isLatest)) return false;
    this.undo();
    return true;
  }
}
