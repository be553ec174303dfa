import { dirname, join } from "node:path";

import type { Ignore } from "ignore";

import { isRepository, relativePath } from "./paths.js";
import { readRegularFile } from "./regular-file.js";

/** Loads a CommonJS package. With `import`, Node would first spend 28 ms on its reader of CommonJS. */
function required(name: string): unknown {
  // Loaded only here: most checks are in a Git work tree, and don't need it.
  return process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);
}

/** In bytes: no `.gitignore` is larger. */
const most = 2 ** 22;

/**
 * How many `**` a pattern may have before its last part, and how many folders a path: the time in which a pattern is
 * matched grows with that power of the folders.
 */
const mostFoldersInside = 2;
const deepest = 256;

interface Level {
  /** The folder of the `.gitignore`, absolute. */
  readonly folder: string;
  readonly matcher: Ignore;
}

/** The `.gitignore` files that apply to a folder: its own and those further out. */
export class IgnoreRules {
  /** No rules. */
  static readonly none = new IgnoreRules([]);
  /** Nothing is ignored, whatever a `.gitignore` says. */
  static readonly all = new IgnoreRules([], true);

  readonly #levels: readonly Level[];
  /** Whether rules are never read. */
  readonly isAll: boolean;

  private constructor(levels: readonly Level[], isAll = false) {
    this.#levels = levels;
    this.isAll = isAll;
  }

  /**
   * The rules that apply to a folder from outside: those of the folders above it, up to the root of its repository;
   * none if it isn't in a repository.
   */
  static async above(folder: string): Promise<IgnoreRules> {
    const folders = await foldersUpToRepository(folder);
    let rules = IgnoreRules.none;
    for (const each of folders) rules = await rules.within(each);
    return rules;
  }

  /** These rules and those of a folder further in. */
  async within(folder: string): Promise<IgnoreRules> {
    if (this.isAll) return this;
    // Like Git, which doesn't follow a link here.
    const bytes = await readRegularFile(join(folder, ".gitignore"), most).catch(() => undefined);
    // Without the rules, more is checked, never less, so this is no reason to stop.
    if (bytes === undefined || bytes.length > most) return this;
    const text = new TextDecoder().decode(bytes);
    if (text.split("\n").some(isEndless)) return this;
    const ignore = required("ignore") as typeof import("ignore");
    // Case-sensitive on every file system, so that the same files are checked on every machine.
    const matcher = ignore({ ignorecase: false }).add(text);
    return new IgnoreRules([{ folder, matcher }, ...this.#levels]);
  }

  /** Whether Git would ignore a file or folder, if it doesn't ignore the folders above. */
  ignore(absolute: string, isFolder: boolean): boolean {
    // The innermost file with a rule about it decides.
    for (const { folder, matcher } of this.#levels) {
      const path = relativePath(folder, absolute);
      if (path.split("/").length > deepest) continue;
      const { ignored, unignored } = matcher.test(isFolder ? `${path}/` : path);
      if (unignored) return false;
      if (ignored && !ignoredByParent(matcher, path)) return true;
    }
    return false;
  }
}

/** Whether matching a pattern could take more time than any path is worth. */
function isEndless(pattern: string): boolean {
  return !pattern.startsWith("#") && pattern.split("**/").length - 1 > mostFoldersInside;
}

/**
 * Whether the rules also ignore a folder above. That folder is searched nevertheless, because it was named on the command
 * line, or because an inner `.gitignore` includes it again; then these rules no longer count below it.
 */
function ignoredByParent(matcher: Ignore, path: string): boolean {
  const end = path.lastIndexOf("/");
  return end > 0 && matcher.test(path.slice(0, end + 1)).ignored;
}

/** From the repository's root down to the folder above `folder`. */
async function foldersUpToRepository(folder: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let each = folder; ; each = dirname(each)) {
    if (each !== folder) folders.unshift(each);
    if (isRepository(each)) return folders;
    if (dirname(each) === each) return [];
  }
}
