import type { Dirent } from "node:fs";
import { join, sep } from "node:path";

import type { Enclosure } from "./enclosure.js";
import { readdir } from "./file-system.js";
import { readNamedText } from "./named-file.js";
import { shown } from "./output.js";
import { isDescriptor } from "./regular-file.js";
import { readable } from "./system-error.js";

/** A module of Rego that a path stands for. */
export interface FoundModule {
  /** The path as it was given, and for one in a folder the way from there; with `/`. */
  readonly path: string;
  readonly absolute: string;
  /** Whether a folder was searched for it: nobody named this very file. */
  readonly searched: boolean;
}

/** The modules of a path, with their texts. */
export interface ModuleText extends FoundModule {
  readonly text: string;
}

/**
 * The modules that a path stands for: a file for itself, a folder for every `*.rego` below it, sorted. Links to
 * folders are not followed, and `.git` and `node_modules` are left out.
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
  if (isDescriptor(absolute)) return [{ path, absolute, searched: false }];
  const { stats } = await readable(what, enclosure.locate(absolute));
  if (!stats.isDirectory()) return [{ path, absolute, searched: false }];
  const found: FoundModule[] = [];
  const folders = [{ path: path.replace(/[/\\]+$/, "") || path, absolute }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const reading = readdir(folder.absolute, { withFileTypes: true });
    for (const entry of await readable(folder.path === path ? what : `'${shown(folder.path)}'`, reading)) {
      const child = {
        path: folder.path === "." ? entry.name : `${folder.path}/${entry.name}`.replace(/^\/\//, "/"),
        absolute: join(folder.absolute, entry.name),
      };
      if (entry.isDirectory() && !leftOut.has(entry.name)) folders.push(child);
      else if (entry.name.endsWith(".rego") && !(await isFolder(entry, child.absolute, enclosure))) {
        found.push({ ...child, searched: true });
      }
    }
  }
  return found
    .map((module) => ({ ...module, path: module.path.replaceAll(sep, "/") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const leftOut: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** A link to a folder is passed over; what is neither a folder nor a file is refused where it is read. */
async function isFolder(entry: Dirent, absolute: string, enclosure: Enclosure): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return (await readable(`'${shown(absolute)}'`, enclosure.locate(absolute))).stats.isDirectory();
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
