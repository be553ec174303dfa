import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";

import type { Ignore } from "ignore";

// It is CommonJS: by `import`, Node would first spend 28 ms on starting its reader of CommonJS.
const require = createRequire(import.meta.url);

interface Level {
  /** The folder of the `.gitignore`, absolute. */
  readonly folder: string;
  readonly matcher: Ignore;
}

/** The `.gitignore` files that hold in one folder: its own and those further out. */
export class IgnoreRules {
  readonly #levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  /**
   * The rules that hold in a folder from outside: those of the folders above it, up to the root of
   * its repository; none if it is in no repository.
   */
  static async above(folder: string): Promise<IgnoreRules> {
    const none = new IgnoreRules([]);
    const folders = await foldersUpToRepository(folder);
    let rules = none;
    for (const each of folders) rules = await rules.within(each);
    return rules;
  }

  /** These rules and those of a folder further in. */
  async within(folder: string): Promise<IgnoreRules> {
    const text = await readFile(join(folder, ".gitignore"), "utf8").catch(() => undefined);
    // Without the rules more is checked, never less: no reason to stop.
    if (text === undefined) return this;
    const ignore = require("ignore") as typeof import("ignore");
    // Case counts, whatever the file system: the same files are checked on every machine.
    const matcher = ignore({ ignorecase: false }).add(text.replace(/^\uFEFF/, ""));
    return new IgnoreRules([{ folder, matcher }, ...this.#levels]);
  }

  /** Whether git would leave out a file or folder; folders above it are taken to be in. */
  ignore(absolute: string, isFolder: boolean): boolean {
    // The innermost file that says something decides.
    for (const { folder, matcher } of this.#levels) {
      const path = relative(folder, absolute).replaceAll(sep, "/");
      const { ignored, unignored } = matcher.test(isFolder ? `${path}/` : path);
      if (unignored) return false;
      if (ignored && !ignoredByParent(matcher, path)) return true;
    }
    return false;
  }
}

/**
 * Whether a folder above is ignored too. It is in all the same, for it was named on the command
 * line, or an inner `.gitignore` took it back in, and then this one has no say in it any more.
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
    const isRepository = await stat(join(each, ".git")).then(
      () => true,
      () => false,
    );
    if (isRepository) return folders;
    if (dirname(each) === each) return [];
  }
}
