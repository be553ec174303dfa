import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { IgnoreRules } from "../ignore-rules.js";
import { isFolder, isWithin, repositoriesAbove } from "../paths.js";
import type { Names } from "./folder-watch.js";

/** Which folders are watched, and which names matter in each. */
export class Folders {
  readonly #names = new Map<string, "all" | Set<string>>();

  get all(): ReadonlyMap<string, Names> {
    return this.#names;
  }

  has(folder: string): boolean {
    return this.#names.has(folder);
  }

  /** A file, or what may become one, where it lies and where a link at its place leads. */
  async addFile(absolute: string): Promise<void> {
    const folder = await realpath(dirname(absolute)).catch(() => undefined);
    // Its folder may come, too.
    if (folder === undefined && dirname(absolute) !== absolute) return this.addFile(dirname(absolute));
    if (folder !== undefined) this.#add(folder, basename(absolute));
    const real = await realpath(absolute).catch(() => undefined);
    if (real !== undefined) this.#add(dirname(real), basename(real));
  }

  /** Something that is searched: a folder with all folders below, or a file. */
  async addSearched(absolute: string, noIgnore: boolean): Promise<void> {
    // A folder may be removed and made again.
    await this.addFile(absolute);
    const real = await realpath(absolute).catch(() => undefined);
    if (real === undefined || !(await stat(real)).isDirectory()) return;
    await this.#addTree(real, noIgnore ? IgnoreRules.all : await IgnoreRules.above(real));
    const [repository] = repositoriesAbove(real);
    if (repository === undefined || noIgnore) return;
    for (let each = real; each !== repository && dirname(each) !== each; ) {
      each = dirname(each);
      this.#add(each, ".gitignore");
    }
    // What is tracked is found whatever ignores it.
    const git = join(repository, ".git");
    if (!(await stat(git)).isDirectory()) return;
    this.#add(git, "index");
    if (isFolder(join(git, "info"))) this.#add(join(git, "info"), "exclude");
  }

  /** The folder of a file that a search of some folders has found, with every folder that leads there. */
  addFound(real: string, tops: readonly string[]): void {
    const top = tops.find((each) => isWithin(each, real));
    if (top === undefined) return this.#add(dirname(real), basename(real));
    for (let folder = dirname(real); isWithin(top, folder) && this.#names.get(folder) !== "all"; folder = dirname(folder)) {
      this.#names.set(folder, "all");
    }
  }

  #add(folder: string, name: string): void {
    const names = this.#names.get(folder);
    if (names === undefined) this.#names.set(folder, new Set([name]));
    else if (names !== "all") names.add(name);
  }

  /** All folders below; what is ignored can't hold anything that a search finds, unless it is tracked. */
  async #addTree(folder: string, outer: IgnoreRules): Promise<void> {
    if (this.#names.get(folder) === "all") return;
    this.#names.set(folder, "all");
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const rules = entries.some(({ name }) => name === ".gitignore") ? await outer.within(folder) : outer;
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name === ".git" || (entry.name === "node_modules" && !rules.isAll)) continue;
      const child = join(folder, entry.name);
      if (!rules.ignore(child, true)) await this.#addTree(child, rules);
    }
  }
}
