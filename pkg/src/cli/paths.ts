import { existsSync, lstatSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";

/** Whether a path is a folder or lies below it; both absolute. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The path from a folder to something, with `/` on every system; empty for the folder itself. */
export function relativePath(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, "/");
}

/** Whether something has this path; a link that leads nowhere has it, too. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Whoever reads or writes it learns why.
    return false;
  }
}

/** Whether there is a folder at a path, and no link to one. */
export function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** Whether there is a link at a path. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false;
  }
}

/** The folders from a path upwards in which a `.git` is: the roots of work trees, the innermost first. */
export function repositoriesAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let each = path; ; each = dirname(each)) {
    if (isRepository(each)) folders.push(each);
    if (dirname(each) === each) return folders;
  }
}

/** Whether a folder is the top of a work tree. */
export function isRepository(folder: string): boolean {
  return existsSync(join(folder, ".git"));
}
