/** A row of the tree: a file, or a folder; a folder that contains only another one shares its row. */
export type Row =
  | { readonly kind: "folder"; readonly path: string; readonly label: string; readonly depth: number }
  | { readonly kind: "file"; readonly path: string; readonly name: string; readonly depth: number };

const names = new Intl.Collator("en", { numeric: true });

/**
 * The rows of a tree of paths: sorted, folders before files.
 *
 * @param isClosed whether a folder's content is left out
 */
export function rowsOf(paths: readonly string[], isClosed: (folder: string) => boolean): Row[] {
  const split = paths.map((path) => ({ path, steps: path.split("/") })).sort((a, b) => compare(a.steps, b.steps));
  const children = new Map<string, Set<string>>();
  for (const { path, steps } of split) {
    for (const [folder, step] of foldersOf(path).map((folder, index) => [folder, steps[index + 1] ?? ""] as const)) {
      const known = children.get(folder) ?? new Set();
      children.set(folder, known.add(`${step}${steps.length === folder.split("/").length + 1 ? "" : "/"}`));
    }
  }
  const rows: Row[] = [];
  const depths = new Map<string, number>();
  for (const { path, steps } of split) {
    const folders = foldersOf(path);
    let depth = 0;
    let label = "";
    let isHidden = false;
    for (const [index, folder] of folders.entries()) {
      label += `${label === "" ? "" : "/"}${steps[index] ?? ""}`;
      const [only = "", ...others] = children.get(folder) ?? [];
      // A folder that contains only another one shares its row.
      if (others.length === 0 && only.endsWith("/")) continue;
      if (!isHidden && !depths.has(folder)) rows.push({ kind: "folder", path: folder, label, depth });
      depths.set(folder, depth);
      isHidden ||= isClosed(folder);
      depth += 1;
      label = "";
    }
    if (!isHidden) rows.push({ kind: "file", path, name: steps.at(-1) ?? path, depth });
  }
  return rows;
}

/** The folders that a file is in, from the outermost. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** Compares paths in the order of the tree. */
export function comparePaths(a: string, b: string): number {
  return compare(a.split("/"), b.split("/"));
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; ; index += 1) {
    const [one, other] = [a[index], b[index]];
    if (one === undefined || other === undefined) return a.length - b.length;
    if (one === other) continue;
    const [isFile, isOtherFile] = [index === a.length - 1, index === b.length - 1];
    return isFile === isOtherFile ? names.compare(one, other) : isFile ? 1 : -1;
  }
}
