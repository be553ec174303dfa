import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";

import { configFileNames } from "./config-file.js";
import { IgnoreRules } from "./ignore-rules.js";
import { describeSystemError, isSystemError } from "./system-error.js";

/** Something to check, or to report as unreadable. */
export interface Found {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  readonly absolute: string;
  /** Whether somebody asked for this very path: then nothing leaves it out. */
  readonly named: boolean;
  /** Why there is nothing to read. */
  readonly unreadable?: string;
  /** Why there is no file at the end of a link. */
  readonly missing?: string;
}

/**
 * Finds what a command's paths stand for: a file for itself, a folder for every `*.yaml`, `*.yml`
 * and `*.json` below it that git would not ignore. Sorted by path; no file comes twice, under
 * whatever names.
 *
 * In a search a link to a file is followed, and a link to a folder is not: as in git, which
 * Harness reads its files from, there is nothing below it.
 */
export async function discover(
  paths: readonly string[],
  workingFolder: string,
): Promise<readonly Found[]> {
  const search = new Search(workingFolder);
  await search.named(paths);
  return search.result();
}

const skippedNames: ReadonlySet<string> = new Set([".git", "node_modules", ...configFileNames]);

class Search {
  readonly #workingFolder: string;
  /** By real path, so that no file is checked twice: a connector found twice would be a duplicate. */
  readonly #found = new Map<string, Found>();
  readonly #folders = new Set<string>();
  readonly #links: string[] = [];

  constructor(workingFolder: string) {
    this.#workingFolder = workingFolder;
  }

  result(): readonly Found[] {
    return [...this.#found.values()].sort((a, b) => compare(a.path, b.path));
  }

  /** Finds what is named, then what lies in named folders, then what links there lead to. */
  async named(paths: readonly string[]): Promise<void> {
    const folders: { readonly absolute: string; readonly real: string }[] = [];
    for (const path of paths) {
      const absolute = resolve(this.#workingFolder, path);
      const target = await targetOf(absolute);
      if ("unreadable" in target) this.#add(absolute, absolute, true, target.unreadable);
      else if (target.stats.isDirectory()) folders.push({ absolute, real: target.real });
      else this.#add(target.real, absolute, true);
    }
    for (const { absolute, real } of folders) {
      await this.#walk(absolute, real, await IgnoreRules.above(absolute));
    }
    for (const link of this.#links.sort(compare)) await this.#follow(link);
  }

  async #walk(absolute: string, real: string, outer: IgnoreRules): Promise<void> {
    if (this.#folders.has(real)) return;
    this.#folders.add(real);
    let entries: Dirent[];
    try {
      entries = await readdir(absolute, { withFileTypes: true });
    } catch (error) {
      this.#add(real, absolute, false, describeSystemError(error));
      return;
    }
    const hasRules = entries.some(({ name }) => name === ".gitignore");
    const rules = hasRules ? await outer.within(absolute) : outer;
    const below: Promise<void>[] = [];
    for (const entry of entries) {
      const isFolder = entry.isDirectory();
      if (skippedNames.has(entry.name) || !(isFolder || isInput(entry.name))) continue;
      const child = join(absolute, entry.name);
      if (rules.ignore(child, isFolder)) continue;
      if (isFolder) below.push(this.#walk(child, join(real, entry.name), rules));
      else if (entry.isFile()) this.#add(join(real, entry.name), child, false);
      else if (entry.isSymbolicLink()) this.#links.push(child);
    }
    await Promise.all(below);
  }

  async #follow(link: string): Promise<void> {
    const target = await targetOf(link);
    if ("unreadable" in target) this.#add(link, link, false, target.unreadable, target.isMissing);
    else if (target.stats.isFile()) this.#add(target.real, link, false);
  }

  #add(real: string, absolute: string, named: boolean, unreadable?: string, isMissing = false): void {
    if (this.#found.has(real)) return;
    const path = relative(this.#workingFolder, absolute).replaceAll(sep, "/") || ".";
    const reason = unreadable === undefined ? {} : isMissing ? { missing: unreadable } : { unreadable };
    this.#found.set(real, { path, absolute, named, ...reason });
  }
}

type Target =
  | { readonly real: string; readonly stats: Stats }
  | {
      readonly unreadable: string;
      /** Whether there is nothing, rather than something that may not be read. */
      readonly isMissing: boolean;
    };

async function targetOf(absolute: string): Promise<Target> {
  try {
    return { stats: await stat(absolute), real: await realpath(absolute) };
  } catch (error) {
    const isMissing = ["ENOENT", "ENOTDIR", "ELOOP"].some((code) => isSystemError(error, code));
    return { unreadable: describeSystemError(error), isMissing };
  }
}

function isInput(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/** By UTF-16 code units: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
