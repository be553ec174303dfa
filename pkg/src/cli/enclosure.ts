import type { Stats } from "node:fs";
import { dirname, sep } from "node:path";

import type { Option } from "./command-line.js";
import { readlink, realpath, stat } from "./file-system.js";
import { shown } from "./output.js";
import { isWithin, repositoriesAbove } from "./paths.js";

/** The option of every command that reads files. */
export const followLinksOption = {
  "follow-links": {
    description: "also follow links that lead out of the repository, or out of the\nfolders that you name",
  },
} as const satisfies Readonly<Record<string, Option>>;

/** A file isn't read, for this reason. Nothing of its content is in it. */
export class Refused extends Error {}

/** Where a path leads. */
export interface Located {
  /** The path without links. */
  readonly real: string;
  readonly stats: Stats;
}

/**
 * The folders out of which no link is followed: the authors of the files in them must not choose what else on the machine
 * is read, and shown in a report.
 *
 * For a path that somebody named, this is its repository or, without one, the folder itself, or that of the file.
 */
export class Enclosure {
  /** Paths without links; `undefined` if links may lead anywhere. */
  readonly #roots: readonly string[] | undefined;

  private constructor(roots: readonly string[] | undefined) {
    this.#roots = roots;
  }

  /**
   * @param paths what somebody named, absolute
   * @param workingFolder a path below it must not lead out of it, or of its repository
   * @param isOpen whether links may lead anywhere
   */
  static async around(paths: readonly string[], workingFolder: string, isOpen = false): Promise<Enclosure> {
    if (isOpen) return new Enclosure(undefined);
    const [outer = workingFolder] = repositoriesAbove(workingFolder);
    const roots = await Promise.all(paths.map((path) => rootOf(path, outer)));
    return new Enclosure([...new Set(roots)]);
  }

  /** These folders and those of another enclosure. */
  with(other: Enclosure): Enclosure {
    const isOpen = this.#roots === undefined || other.#roots === undefined;
    return new Enclosure(isOpen ? undefined : [...this.#roots, ...other.#roots]);
  }

  /**
   * Where a path leads.
   *
   * @throws Refused if that is outside; errors of the operating system
   */
  async locate(absolute: string): Promise<Located> {
    const real = await realpath(absolute);
    if (!this.admits(absolute, real)) throw new Refused(await this.#why(absolute, real));
    return { real, stats: await stat(real) };
  }

  /** Whether a path without links is inside. */
  holds(real: string): boolean {
    return this.#roots === undefined || this.#roots.some((root) => isWithin(root, real));
  }

  /**
   * Whether a path may lead where it leads. What Git keeps in `.git` is no file of the repository, and may hold
   * credentials: no link leads there, but somebody may name it.
   *
   * @param real the path without links
   */
  admits(absolute: string, real: string): boolean {
    return this.#roots === undefined || (this.holds(real) && (isGits(absolute) || !isGits(real)));
  }

  async #why(absolute: string, real: string): Promise<string> {
    const roots = (this.#roots ?? []).map((root) => `'${shown(root)}'`).join(", ");
    const target = await readlink(absolute).catch(() => undefined);
    const what = target === undefined ? "it leads" : `it is a link to '${shown(target)}', which leads`;
    const where = this.holds(real) ? "into '.git'" : `out of ${roots}`;
    return `${what} ${where}; '--follow-links' reads it anyway`;
  }
}

function isGits(path: string): boolean {
  return path.split(sep).includes(".git");
}

async function rootOf(path: string, outer: string): Promise<string> {
  const base = isWithin(outer, path) ? await realpath(outer) : undefined;
  for (const candidate of [...repositoriesAbove(path), await folderOf(path)]) {
    const real = await realpath(candidate).catch(() => undefined);
    // A link may be named, too, by a pattern that the shell expands: it is no folder of its own then.
    if (real !== undefined && (base === undefined || isWithin(base, real))) return real;
  }
  return base ?? path;
}

async function folderOf(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder ? path : dirname(path);
}
