import { plainChange, type Change, type PlainChange } from "./change.ts";
import { Emitter } from "./emitter.ts";
import type { Workspace } from "./workspace.ts";

/** How many changes can be undone. */
const MOST = 20;

/**
 * The changes of the project that are more than an edit of a text, each of which can be undone:
 * nothing that was written is lost by opening, clearing or removing something.
 *
 * `change`: there is more or less to undo.
 */
export class History extends Emitter<"change"> {
  readonly #workspace: Workspace;
  #changes: readonly Change[];
  /** What the workspace was like after the last change. */
  #revision = -1;

  constructor(workspace: Workspace, changes: readonly PlainChange[]) {
    super();
    this.#workspace = workspace;
    this.#changes = changes;
  }

  /** What would be undone next. */
  get last(): Change | undefined {
    return this.#changes.at(-1);
  }

  /** Whether nothing was changed after that. */
  get isLatest(): boolean {
    return this.last !== undefined && this.#revision === this.#workspace.revision;
  }

  /** What can be undone, as it can be kept. */
  get changes(): readonly PlainChange[] {
    return this.#changes.map(plainChange);
  }

  /** Does something, so that it can be undone; `false` if nothing came of it. */
  record(label: string, work: () => void): boolean {
    const before = this.#workspace.snapshot();
    work();
    return this.#push(this.#workspace.since(before, label));
  }

  /** Undoes the last change, which can itself be undone by `record`ing its opposite: see `redo`. */
  undo(): Change | undefined {
    const change = this.last;
    if (change === undefined) return undefined;
    this.#changes = this.#changes.slice(0, -1);
    const opposite = this.#workspace.put(change);
    this.#revision = this.#workspace.revision;
    this.emit("change");
    return opposite;
  }

  /** Does again what was undone. */
  redo(opposite: Change): void {
    this.#push(this.#workspace.put(opposite));
  }

  forget(): void {
    this.#changes = [];
    this.emit("change");
  }

  #push(change: Change | undefined): boolean {
    if (change === undefined) return false;
    this.#changes = [...this.#changes, change].slice(-MOST);
    this.#revision = this.#workspace.revision;
    this.emit("change");
    return true;
  }
}
