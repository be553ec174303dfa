import { readdir, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";

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
 * @throws UsageError where it can't be read
 */
export async function findModules(path: string, absolute: string, what: string): Promise<readonly FoundModule[]> {
  if (!(await readable(what, stat(absolute))).isDirectory()) return [{ path, absolute, searched: false }];
  const found: FoundModule[] = [];
  const folders = [{ path: path.replace(/[/\\]+$/, "") || path, absolute }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const reading = readdir(folder.absolute, { withFileTypes: true });
    for (const entry of await readable(folder.path === path ? what : `'${folder.path}'`, reading)) {
      const child = {
        path: folder.path === "." ? entry.name : `${folder.path}/${entry.name}`.replace(/^\/\//, "/"),
        absolute: join(folder.absolute, entry.name),
      };
      if (entry.isDirectory() && !leftOut.has(entry.name)) folders.push(child);
      else if (entry.name.endsWith(".rego") && (await isFile(entry, child.absolute))) found.push({ ...child, searched: true });
    }
  }
  return found
    .map((module) => ({ ...module, path: module.path.replaceAll(sep, "/") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const leftOut: ReadonlySet<string> = new Set([".git", "node_modules"]);

async function isFile(entry: { isFile(): boolean; isSymbolicLink(): boolean }, absolute: string): Promise<boolean> {
  return entry.isFile() || (entry.isSymbolicLink() && (await readable(`'${absolute}'`, stat(absolute))).isFile());
}

/**
 * The same with their texts.
 *
 * @throws UsageError where one can't be read
 */
export async function readModules(path: string, absolute: string, what: string): Promise<readonly ModuleText[]> {
  const found = await findModules(path, absolute, what);
  return Promise.all(
    found.map(async (module) => ({
      ...module,
      text: await readable(module.searched ? `'${module.path}'` : what, readFile(module.absolute, "utf8")),
    })),
  );
}
