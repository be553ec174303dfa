import { lstat, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";

/** Whether a path is a folder or lies below it; both absolute. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Whether there is a folder at a path, and no link to one. */
export function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The folders from a path upwards in which a `.git` is: the roots of work trees, the innermost first. */
export async function repositoriesAbove(path: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let each = path; ; each = dirname(each)) {
    if (await isRepository(each)) folders.push(each);
    if (dirname(each) === each) return folders;
  }
}

/** Whether a folder is the top of a work tree. */
export function isRepository(folder: string): Promise<boolean> {
  return stat(join(folder, ".git")).then(
    () => true,
    () => false,
  );
}
