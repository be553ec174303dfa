import type { Dirent } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

import { isInput } from "../input-file.js";
import type { Enclosure } from "./enclosure.js";
import { lstat, readdir, realpath } from "./file-system.js";
import { GitFailure } from "./git.js";
import { IgnoreRules } from "./ignore-rules.js";
import { shown } from "./output.js";
import { isRepository, isWithin, relativePath, repositoriesAbove } from "./paths.js";
import { isDescriptor, kindOf } from "./regular-file.js";
import { describeSystemError, isSystemError } from "./system-error.js";
import { ignoredFolders, workTreeAt, type WorkTree } from "./work-tree.js";

/** Something to check, or to report as unreadable. */
export interface Found {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  readonly absolute: string;
  /** The path without links, by which it is read. */
  readonly real: string;
  /** Whether somebody named this very path, so that nothing may leave it out. */
  readonly named: boolean;
  /** Why there is nothing to read. */
  readonly unreadable?: string;
  /** Why there is no file at the end of a link. */
  readonly missing?: string;
}

/** What a search found. */
export interface Discovery {
  /** In the order of the search. A file may occur several times, under its own name and the names of links. */
  readonly found: readonly Found[];
  /** Remarks about the search, a sentence each. */
  readonly notes: readonly string[];
}

/** How a search goes. */
export interface SearchOptions {
  /** No link is followed out of it. */
  readonly enclosure: Enclosure;
  /** Whether nothing is left out but `.git`. */
  readonly noIgnore?: boolean;
  /** A file that a search leaves out, by its path without links: the configuration. */
  readonly except?: string | undefined;
}

/**
 * Finds the files that a command's paths name: files, and in folders all `*.yaml`, `*.yml` and `*.json`. In a Git work tree,
 * these are the files that are tracked or aren't ignored; elsewhere, those that no `.gitignore` below lists.
 *
 * A search follows a link to a file, but not a link to a folder: in Git, from which Harness reads its files, there is
 * nothing below such a link.
 */
export async function discover(
  paths: readonly string[],
  workingFolder: string,
  options: SearchOptions,
): Promise<Discovery> {
  const search = new Search(workingFolder, options);
  await search.named(paths);
  return search.result();
}

class Search {
  readonly #workingFolder: string;
  readonly #options: SearchOptions;
  /** By path without links, and then by name: what excludes a file may match only one of its names. */
  readonly #found = new Map<string, Map<string, Found>>();
  /** By the names under which they were searched. */
  readonly #folders = new Set<string>();
  readonly #links: string[] = [];
  /** The files of which Git writes something else than is committed, without links, and why. */
  readonly #rewritten = new Map<string, string>();
  readonly #notes: string[] = [];

  constructor(workingFolder: string, options: SearchOptions) {
    this.#workingFolder = workingFolder;
    this.#options = options;
  }

  result(): Discovery {
    return { found: [...this.#found.values()].flatMap((names) => [...names.values()]), notes: this.#notes };
  }

  /** Finds what is named, then what lies in named folders, then what links there lead to. */
  async named(paths: readonly string[]): Promise<void> {
    const folders: Folder[] = [];
    for (const path of paths) {
      const absolute = resolve(this.#workingFolder, path);
      if (isDescriptor(absolute)) {
        this.#add(absolute, absolute, true);
        continue;
      }
      const target = await this.#target(absolute);
      if ("unreadable" in target) this.#add(absolute, absolute, true, target.unreadable);
      else if (target.kind === "a folder") folders.push({ absolute, real: target.real });
      else this.#add(target.real, absolute, true, refusal(target.kind));
    }
    for (const [top, within] of await byRepository(folders)) {
      if (this.#options.noIgnore) await this.#walkAll(within, IgnoreRules.all);
      else if (top === undefined) await this.#walkAll(within, IgnoreRules.none);
      else await this.#workTree(top, within, true);
    }
    for (const link of this.#links.sort(compare)) await this.#follow(link);
  }

  /** Finds what Git lists in some folders of a work tree. */
  async #workTree(top: string, folders: readonly Folder[], isNamed: boolean): Promise<void> {
    const inside = folders.map((folder) => ({ ...folder, way: wayFrom(top, folder.real) }));
    let tree: WorkTree;
    let ignored: ReadonlySet<string>;
    try {
      const ways = inside.map(({ way }) => way);
      tree = await workTreeAt(top, ways.includes("") ? [] : ways);
      ignored = isNamed ? await ignoredFolders(top, ways) : new Set();
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      this.#notes.push(
        `Git can't say which files of '${shown(top)}' are tracked, so no file is left out, not even those that .gitignore lists: ${error.message}`,
      );
      return this.#walkAll(folders, IgnoreRules.all);
    }
    for (const [path, reason] of tree.rewritten) this.#rewritten.set(join(top, path), reason);
    for (const { absolute, real, way } of inside) {
      const below = (path: string): boolean => way === "" || path === way || path.startsWith(`${way}/`);
      if (this.#folders.has(absolute)) continue;
      const placed = (path: string): string => join(absolute, ...path.slice(way === "" ? 0 : way.length + 1).split("/"));
      await this.#listed(tree, below, placed);
      for (const path of tree.repositories.filter(below)) await this.#repository(placed(path));
      if (ignored.has(way)) await this.#walk({ absolute, real }, await IgnoreRules.above(absolute));
      else this.#folders.add(absolute);
    }
  }

  /** Finds the files of a list that are there. */
  async #listed(tree: WorkTree, below: (path: string) => boolean, placed: (path: string) => string): Promise<void> {
    /** Folders without links. */
    const reals = new Map<string, string>();
    let absent = 0;
    for (const path of tree.nameless.filter((name) => isInput(name) && below(name))) {
      this.#add(placed(path), placed(path), false, "its name isn't UTF-8");
    }
    for (const path of tree.files) {
      if (!isInput(path) || !below(path)) continue;
      const absolute = placed(path);
      const folder = dirname(absolute);
      try {
        const entry = await lstat(absolute);
        const real = reals.get(folder) ?? (await realpath(folder));
        reals.set(folder, real);
        // Its folder may have become a link.
        const isElsewhere = entry.isSymbolicLink() || !this.#options.enclosure.holds(real);
        if (isElsewhere) this.#links.push(absolute);
        else if (!entry.isDirectory()) {
          const refused = tree.rewritten.get(path) ?? refusal(kindOf(entry));
          this.#add(join(real, basename(absolute)), absolute, false, refused);
        }
      } catch (error) {
        const isAbsent = isSystemError(error, "ENOENT") || isSystemError(error, "ENOTDIR");
        if (!isAbsent) this.#add(absolute, absolute, false, describeSystemError(error));
        // Otherwise it was removed, or never checked out.
        else if (tree.sparse.has(path)) absent += 1;
      }
    }
    if (absent > 0) {
      this.#notes.push(
        `${absent} tracked ${absent === 1 ? "file isn't" : "files aren't"} in the work tree because of the sparse checkout, and not checked`,
      );
    }
  }

  /** Finds what lies in a repository within another one. */
  async #repository(absolute: string): Promise<void> {
    const target = await this.#target(absolute);
    if ("unreadable" in target) return;
    if (target.kind !== "a folder") {
      // To Git it is a repository, but there is something else.
      if (isInput(absolute)) this.#links.push(absolute);
      return;
    }
    const folder = { absolute, real: target.real };
    if (isRepository(absolute)) await this.#workTree(target.real, [folder], false);
    else await this.#walk(folder, IgnoreRules.none);
  }

  async #walkAll(folders: readonly Folder[], rules: IgnoreRules): Promise<void> {
    for (const folder of folders) await this.#walk(folder, rules);
  }

  async #walk({ absolute, real }: Folder, outer: IgnoreRules): Promise<void> {
    if (this.#folders.has(absolute)) return;
    this.#folders.add(absolute);
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
      const child = join(absolute, entry.name);
      if (entry.name === ".git" || !(isFolder || isInput(entry.name))) continue;
      if (entry.name === "node_modules" && !rules.isAll) continue;
      if (rules.ignore(child, isFolder)) continue;
      if (isFolder) below.push(this.#folder({ absolute: child, real: join(real, entry.name) }, rules));
      else if (entry.isSymbolicLink()) this.#links.push(child);
      else if (entry.isFile()) this.#add(join(real, entry.name), child, false);
      else this.#add(join(real, entry.name), child, false, refusal(kindOf(await lstat(child))));
    }
    await Promise.all(below);
  }

  /** Continues in a folder, which may be a repository. */
  async #folder(folder: Folder, rules: IgnoreRules): Promise<void> {
    if (rules.isAll || !isRepository(folder.absolute)) await this.#walk(folder, rules);
    else await this.#workTree(folder.real, [folder], false);
  }

  async #follow(link: string): Promise<void> {
    const target = await this.#target(link);
    if ("unreadable" in target) this.#add(link, link, false, target.unreadable, target.isMissing);
    // For Git, there is nothing below a link to a folder.
    else if (target.kind !== "a folder") this.#add(target.real, link, false, this.#rewritten.get(target.real) ?? refusal(target.kind));
  }

  async #target(absolute: string): Promise<Target> {
    try {
      const { real, stats } = await this.#options.enclosure.locate(absolute);
      return { real, kind: kindOf(stats) };
    } catch (error) {
      const isMissing = ["ENOENT", "ENOTDIR", "ELOOP"].some((code) => isSystemError(error, code));
      return { unreadable: describeSystemError(error), isMissing };
    }
  }

  #add(real: string, absolute: string, named: boolean, unreadable?: string, isMissing = false): void {
    const names = this.#found.get(real) ?? new Map<string, Found>();
    if (names.has(absolute) || (!named && real === this.#options.except)) return;
    const path = relativePath(this.#workingFolder, absolute) || ".";
    const reason = unreadable === undefined ? {} : isMissing ? { missing: unreadable } : { unreadable };
    // What can't be read under one name isn't read under another.
    const [first] = names.values();
    const own = first?.unreadable === undefined ? {} : { unreadable: first.unreadable };
    this.#found.set(real, names.set(absolute, { path, absolute, real, named, ...reason, ...own }));
  }
}

/**
 * Each file once, sorted by path, because a connector that is found twice would be a duplicate. Of several names, one that
 * somebody named counts, or else one in `.harness/`, where nothing is ignored, or else the first.
 */
export function oncePerFile(found: readonly Found[]): readonly Found[] {
  const best = new Map<string, Found>();
  for (const each of found) {
    const other = best.get(each.real);
    if (other === undefined || (!other.named && isHarness(each) && !isHarness(other))) best.set(each.real, each);
  }
  return [...best.values()].sort((a, b) => compare(a.path, b.path));
}

function isHarness({ absolute }: Found): boolean {
  return absolute.split(sep).includes(".harness");
}

interface Folder {
  readonly absolute: string;
  /** Without links. */
  readonly real: string;
}

type Target =
  | { readonly real: string; readonly kind: string }
  | {
      readonly unreadable: string;
      /** Whether there is nothing, rather than something that may not be read. */
      readonly isMissing: boolean;
    };

/** Folders by the work tree in which they are. */
async function byRepository(folders: readonly Folder[]): Promise<ReadonlyMap<string | undefined, readonly Folder[]>> {
  const groups = new Map<string | undefined, Folder[]>();
  for (const folder of folders) {
    const [top] = repositoriesAbove(folder.real);
    groups.set(top, [...(groups.get(top) ?? []), folder]);
  }
  return groups;
}

/** The way from a work tree's top, with `/`. */
function wayFrom(top: string, folder: string): string {
  return isWithin(top, folder) ? relativePath(top, folder) : "";
}

function refusal(kind: string): string | undefined {
  return kind === "a file" ? undefined : `it is ${kind}, and only regular files are read`;
}

/** By UTF-16 code units: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
