import type { Action, Notice } from "./notice.ts";
import type { Storage } from "./storage.ts";
import type { Workspace } from "./workspace.ts";

/** How long after a change the project is stored, in milliseconds. */
const KEEP_AFTER = 400;

/** Stores the project in the browser, soon after each change and before the page is left. */
export class Keeping {
  readonly #workspace: Workspace;
  readonly #storage: Storage;
  readonly #notice: Notice;
  readonly #instead: Action;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWarned = false;

  /** @param instead what to offer when storage is full */
  constructor(workspace: Workspace, storage: Storage, notice: Notice, instead: Action) {
    this.#workspace = workspace;
    this.#storage = storage;
    this.#notice = notice;
    this.#instead = instead;
    for (const event of ["files", "text", "config", "policy"] as const) workspace.on(event, () => this.#soon());
    for (const [target, event] of [[window, "pagehide"], [document, "visibilitychange"]] as const) {
      target.addEventListener(event, () => {
        if (this.#timer !== undefined) this.#now();
      });
    }
  }

  /** Deletes what is stored, and cancels what is scheduled. */
  forget(): void {
    this.#stop();
    this.#storage.forget();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#now(), KEEP_AFTER);
  }

  #now(): void {
    this.#stop();
    if (this.#storage.keep(this.#workspace.project) || this.#isWarned) return;
    this.#isWarned = true;
    this.#notice.also("The browser has no room for this project: it won't be here after a reload.", this.#instead);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
