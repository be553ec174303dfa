import { plainChange, type Change, type PlainChange } from "./change.ts";
import { Emitter } from "./emitter.ts";
import type { Workspace } from "./workspace.ts";

/** How many changes can be undone. */
const MOST = 20;

/**
 * The changes of the project other than edits of a text. Each can be undone, so that opening, clearing or removing
 * something loses no work.
 *
 * `change`: the list of changes has changed.
 */
export class History extends Emitter<"change"> {
  readonly #workspace: Workspace;
  #changes: readonly Change[];
  /** The workspace's revision after the last change. */
  #revision = -1;

  constructor(workspace: Workspace, changes: readonly PlainChange[]) {
    super();
    this.#workspace = workspace;
    this.#changes = changes;
  }

  /** The change that would be undone next. */
  get last(): Change | undefined {
    return this.#changes.at(-1);
  }

  /** Whether the workspace is still as the last change left it. */
  get isLatest(): boolean {
    return this.last !== undefined && this.#revision === this.#workspace.revision;
  }

  /** The changes in a form that can be stored. */
  get changes(): readonly PlainChange[] {
    return this.#changes.map(plainChange);
  }

  /** Does something that can be undone; `false` if it changed nothing. */
  record(label: string, work: () => void): boolean {
    const before = this.#workspace.snapshot();
    work();
    return this.#push(this.#workspace.since(before, label));
  }

  /** Undoes the last change, and returns its opposite, for `redo`. */
  undo(): Change | undefined {
    const change = this.last;
    if (change === undefined) return undefined;
    this.#changes = this.#changes.slice(0, -1);
    const opposite = this.#workspace.put(change);
    this.#revision = this.#workspace.revision;
    this.emit("change");
    return opposite;
  }

  /** Makes a change again that was undone. */
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
