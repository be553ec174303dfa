import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";

import { isWithin } from "../paths.js";

/** The names that matter in a folder: all, or some. */
export type Names = "all" | ReadonlySet<string>;

/**
 * Watches folders, each by itself and none below it.
 *
 * Node's own watcher of whole trees isn't used: on Linux it watches each file too, goes into `node_modules`, and gives
 * up on a folder that goes away while it looks. Other libraries wait for a tenth of a second whether a file that an
 * editor replaces comes back. Here an event is no more than a hint: whoever gets it looks for himself.
 */
export class FolderWatch {
  readonly #onEvent: (path: string | undefined) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #names: ReadonlyMap<string, Names> = new Map();
  #failure: string | undefined;

  /** @param onEvent gets what has been changed, made or removed; `undefined` where nobody knows what */
  constructor(onEvent: (path: string | undefined) => void) {
    this.#onEvent = onEvent;
  }

  /** Why a folder can't be watched; then somebody has to look from time to time. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Watches these folders, by their paths without links, and no others. */
  set(folders: ReadonlyMap<string, Names>): void {
    this.#names = folders;
    this.#failure = undefined;
    for (const folder of [...this.#watchers.keys()]) if (!folders.has(folder)) this.#end(folder);
    for (const folder of folders.keys()) if (!this.#watchers.has(folder)) this.#begin(folder);
  }

  #begin(folder: string): void {
    try {
      const watcher = watch(folder, (event, name) => this.#seen(folder, name, event === "rename"));
      watcher.on("error", () => {
        this.#end(folder);
        this.#onEvent(undefined);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // It has just gone, which its own folder says as well.
      if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EACCES") this.#failure = code;
    }
  }

  #seen(folder: string, name: string | null, isRenamed: boolean): void {
    if (name === null) return this.#onEvent(undefined);
    const path = join(folder, name);
    // A folder that is moved or made anew is watched no longer, or under its old name.
    if (isRenamed && this.#watchers.has(path)) {
      for (const watched of [...this.#watchers.keys()]) if (isWithin(path, watched)) this.#end(watched);
    }
    const names = this.#names.get(folder);
    if (names === "all" || names?.has(name)) this.#onEvent(path);
  }

  #end(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
