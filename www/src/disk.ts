import { counted } from "./dom.ts";
import { comparePaths, foldersOf } from "./file-tree.ts";
import { CONFIG_PATH, type PlainFile } from "./project.ts";

/** The limits of one file and of all files together, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_BYTES_TOGETHER = 64 * 1024 * 1024;
/** How many files of a folder are read. */
const MOST_FILES = 2000;

/** Folders that aren't searched, as in the command. */
const SKIPPED_FOLDERS = new Set([".git", "node_modules"]);
const IGNORE_FILE = ".gitignore";

/** What was read from a disk: files, a configuration if there was one, and what was skipped. */
export interface Opened {
  readonly files: readonly PlainFile[];
  readonly config: string | undefined;
  /** A sentence for the user about each thing that was skipped. */
  readonly skipped: readonly string[];
}

interface Found {
  readonly path: string;
  readonly file: File;
}

/** What a search found, and the folders that it skipped. */
interface Search {
  readonly found: Found[];
  readonly folders: Set<string>;
}

/** Reads files that were chosen; those of a chosen folder have their paths in it. */
export function openChosen(files: FileList): Promise<Opened> {
  const search: Search = { found: [], folders: new Set() };
  for (const file of files) {
    const path = withoutRoot(file.webkitRelativePath) || file.name;
    const folder = foldersOf(path).find((each) => SKIPPED_FOLDERS.has(each.slice(each.lastIndexOf("/") + 1)));
    if (folder === undefined) search.found.push({ path, file });
    else search.folders.add(folder);
  }
  return read(search);
}

/** Reads files and folders that were dropped. Has to be called during the event. */
export async function openDropped(transfer: DataTransfer): Promise<Opened> {
  // The event's items are gone after the first `await`.
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const search: Search = { found: [], folders: new Set() };
  const folders = entries.filter(({ entry }) => entry?.isDirectory === true).length;
  for (const { entry, file } of entries) {
    // Paths are relative to the folder; of several folders, they need its name.
    if (entry?.isDirectory === true) await walk(entry as FileSystemDirectoryEntry, folders > 1 ? `${entry.name}/` : "", search);
    else if (file !== null) search.found.push({ path: file.name, file });
  }
  return read(search);
}

async function walk(folder: FileSystemDirectoryEntry, prefix: string, { found, folders }: Search): Promise<void> {
  // Not by recursion, because folders may be nested deeply.
  const pending: (readonly [FileSystemDirectoryEntry, string])[] = [[folder, prefix]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [here, path] = next;
    const reader = here.createReader();
    for (;;) {
      // Each call reads up to a hundred entries, and none at the end.
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (entries.length === 0) break;
      for (const entry of entries) {
        const entryPath = `${path}${entry.name}`;
        if (!entry.isDirectory) {
          const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
          found.push({ path: entryPath, file });
        } else if (SKIPPED_FOLDERS.has(entry.name)) folders.add(entryPath);
        else pending.push([entry as FileSystemDirectoryEntry, `${entryPath}/`]);
      }
    }
  }
}

async function read({ found, folders }: Search): Promise<Opened> {
  const named = found.filter(({ path }) => isWanted(path));
  const ignored = await ignoredOf(found);
  const wanted = named.filter(({ path }) => !ignored(path)).sort((a, b) => comparePaths(a.path, b.path));
  const skipped: string[] = [];
  const others = found.filter(({ path }) => !isWanted(path) && !path.endsWith(IGNORE_FILE)).length;
  if (others > 0) skipped.push(`${counted(others, "file")} skipped: not YAML, JSON or Rego`);
  if (folders.size > 0) skipped.push(`${counted(folders.size, "folder")} skipped: ${[...folders].slice(0, 5).join(", ")}${folders.size > 5 ? " …" : ""}`);
  if (named.length > wanted.length) skipped.push(`${counted(named.length - wanted.length, "file")} skipped: listed in ${IGNORE_FILE}`);
  if (wanted.length > MOST_FILES) {
    skipped.push(`${counted(wanted.length - MOST_FILES, "file")} skipped: more than ${MOST_FILES.toLocaleString("en")} can't be opened at once`);
  }
  const files: PlainFile[] = [];
  let config: string | undefined;
  let together = 0;
  for (const { path, file } of wanted.slice(0, MOST_FILES)) {
    if (file.size > MOST_BYTES || together + file.size > MOST_BYTES_TOGETHER) {
      skipped.push(`${path} skipped: too large`);
      continue;
    }
    together += file.size;
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      if (path === CONFIG_PATH) config = text;
      else files.push({ path, text });
    } catch (error) {
      skipped.push(error instanceof TypeError ? `${path} skipped: not UTF-8` : `${path} could not be read`);
    }
  }
  return { files, config, skipped };
}

/** Whether the `.gitignore` files of a folder ignore a path; the innermost file that matches decides. */
async function ignoredOf(found: readonly Found[]): Promise<(path: string) => boolean> {
  const lists = found.filter(({ path, file }) => /(^|\/)\.gitignore$/.test(path) && file.size <= MOST_BYTES);
  if (lists.length === 0) return () => false;
  const { default: ignore } = await import("ignore");
  const matchers = new Map(
    await Promise.all(
      lists.map(async ({ path, file }) => [path.slice(0, -IGNORE_FILE.length), ignore({ ignorecase: false }).add(await file.text())] as const),
    ),
  );
  return (path) => {
    const folders = ["", ...foldersOf(path).map((folder) => `${folder}/`)];
    for (const folder of folders.reverse()) {
      const matched = matchers.get(folder)?.test(path.slice(folder.length));
      if (matched?.unignored === true) return false;
      if (matched?.ignored === true) return true;
    }
    return false;
  };
}

function isWanted(path: string): boolean {
  // Terraform's state may hold connectors.
  return /\.(ya?ml|json|rego|tfstate)$/i.test(path);
}

/** A file's path in the folder that was chosen. */
function withoutRoot(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}

/** Downloads a file. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // By then, the download has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
