import { join, sep } from "node:path";

import type { Enclosure } from "./enclosure.js";
import { readdir, stat } from "./file-system.js";
import { readNamedText } from "./named-file.js";
import { shown } from "./output.js";
import { isDescriptor } from "./regular-file.js";
import { readable } from "./system-error.js";

/** A module of Rego that a path names. */
export interface FoundModule {
  /** The path as it was given, and for one in a folder the way from there; with `/`. */
  readonly path: string;
  readonly absolute: string;
  /** The path without links. */
  readonly real: string;
  /** Whether a folder was searched for it: nobody named this very file. */
  readonly searched: boolean;
}

/** The modules of a path, with their texts. */
export interface ModuleText extends FoundModule {
  readonly text: string;
}

/**
 * The modules that a path names: a file itself, or every `*.rego` in a folder and below it, sorted. Links are
 * followed, and no module comes twice. `.git` and `node_modules` are left out.
 *
 * @param what how a message begins that something can't be read
 * @param enclosure out of which no link leads
 * @throws UsageError where it can't be read
 */
export async function findModules(
  path: string,
  absolute: string,
  what: string,
  enclosure: Enclosure,
): Promise<readonly FoundModule[]> {
  if (isDescriptor(absolute)) return [{ path, absolute, real: absolute, searched: false }];
  const { real, stats } = await readable(what, enclosure.locate(absolute));
  if (!stats.isDirectory()) return [{ path, absolute, real, searched: false }];
  const search = new ModuleSearch(path, what, enclosure);
  await search.folder({ path: path.replace(/[/\\]+$/, "") || path, absolute, real });
  return search.found
    .map((module) => ({ ...module, path: module.path.replaceAll(sep, "/"), searched: true }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Place = Pick<FoundModule, "path" | "absolute" | "real">;

/** The names that a search for Rego leaves out: no policy is in such a folder, and many files are. */
export const leftOut: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** The search of a folder. */
class ModuleSearch {
  readonly #path: string;
  readonly #what: string;
  readonly #enclosure: Enclosure;
  /** By real path: links may lead to one folder twice, or back to one that they are in. */
  readonly #folders = new Set<string>();
  readonly #modules = new Map<string, Place>();

  constructor(path: string, what: string, enclosure: Enclosure) {
    this.#path = path;
    this.#what = what;
    this.#enclosure = enclosure;
  }

  get found(): readonly Place[] {
    return [...this.#modules.values()];
  }

  /** Finds what is in a folder, and then what links in it lead to: what has a name of its own has that one. */
  async folder(top: Place): Promise<void> {
    const folders = [top];
    const links: Omit<Place, "real">[] = [];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      if (this.#folders.has(folder.real)) continue;
      this.#folders.add(folder.real);
      const reading = readdir(folder.absolute, { withFileTypes: true });
      for (const entry of await readable(folder.path === this.#path ? this.#what : `'${shown(folder.path)}'`, reading)) {
        if (leftOut.has(entry.name)) continue;
        const child = {
          path: folder.path === "." ? entry.name : `${folder.path}/${entry.name}`.replace(/^\/\//, "/"),
          absolute: join(folder.absolute, entry.name),
          real: join(folder.real, entry.name),
        };
        if (entry.isSymbolicLink()) links.push(child);
        else if (entry.isDirectory()) folders.push(child);
        // What isn't a file is refused where it is read.
        else if (isModule(entry.name)) this.#modules.set(child.real, child);
      }
    }
    for (const link of links.sort((a, b) => (a.path < b.path ? -1 : 1))) await this.#follow(link);
  }

  async #follow(link: Omit<Place, "real">): Promise<void> {
    // A link that leads nowhere, or to something else, is none of the modules'.
    const leadsToFolder = await stat(link.absolute).then((stats) => stats.isDirectory(), () => false);
    if (!leadsToFolder && !isModule(link.path)) return;
    const { real } = await readable(`'${shown(link.path)}'`, this.#enclosure.locate(link.absolute));
    if (leadsToFolder) await this.folder({ ...link, real });
    else if (!this.#modules.has(real)) this.#modules.set(real, { ...link, real });
  }
}

function isModule(path: string): boolean {
  return path.endsWith(".rego");
}

/**
 * The same with their texts.
 *
 * @throws UsageError where one can't be read
 */
export async function readModules(
  path: string,
  absolute: string,
  what: string,
  enclosure: Enclosure,
): Promise<readonly ModuleText[]> {
  const found = await findModules(path, absolute, what, enclosure);
  return Promise.all(
    found.map(async (module) => ({
      ...module,
      text: await readable(module.searched ? `'${shown(module.path)}'` : what, readNamedText(module.absolute, enclosure)),
    })),
  );
}
