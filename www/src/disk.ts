import { CONFIG_PATH, type PlainFile } from "./project.ts";

/** The size of the largest file that is read, in bytes, and of all together. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_BYTES_TOGETHER = 64 * 1024 * 1024;
/** How many files of a folder are read. */
const MOST_FILES = 2000;

const SKIPPED_FOLDERS = new Set([".git", "node_modules"]);

/** What came of reading from a disk: files, a configuration if one was there, and what was left out. */
export interface Opened {
  readonly files: readonly PlainFile[];
  readonly config: string | undefined;
  /** One sentence each, for whoever opened them. */
  readonly left: readonly string[];
}

interface Found {
  readonly path: string;
  readonly file: File;
}

/** Reads files that were chosen; those of a folder know their way in it. */
export function openChosen(files: FileList): Promise<Opened> {
  return read(
    [...files].map((file) => ({ path: withoutRoot(file.webkitRelativePath) || file.name, file })),
  );
}

/** Reads files and folders that were dropped. To be called while the event is under way. */
export async function openDropped(transfer: DataTransfer): Promise<Opened> {
  // An event's items are gone as soon as something is waited for.
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: Found[] = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory === true) await walk(entry as FileSystemDirectoryEntry, "", found);
    else if (file !== null) found.push({ path: file.name, file });
  }
  return read(found);
}

async function walk(folder: FileSystemDirectoryEntry, way: string, found: Found[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // It gives a hundred at a time, and none when there are no more.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (entry.isDirectory) {
        if (SKIPPED_FOLDERS.has(entry.name)) continue;
        await walk(entry as FileSystemDirectoryEntry, `${way}${entry.name}/`, found);
      } else if (found.length <= MOST_FILES) {
        const file = await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject),
        );
        if (isWanted(file.name)) found.push({ path: `${way}${entry.name}`, file });
      }
    }
  }
}

async function read(found: readonly Found[]): Promise<Opened> {
  const wanted = found.filter(
    ({ path }) => isWanted(path) && !path.split("/").some((step) => SKIPPED_FOLDERS.has(step)),
  );
  const left: string[] = [];
  const others = found.length - wanted.length;
  if (others > 0) left.push(`Left out: ${others} that are neither YAML nor JSON nor Rego.`);
  if (wanted.length > MOST_FILES) left.push(`Only the first ${MOST_FILES} files were opened.`);
  const files: PlainFile[] = [];
  let config: string | undefined;
  let together = 0;
  for (const { path, file } of wanted.slice(0, MOST_FILES)) {
    if (file.size > MOST_BYTES || together + file.size > MOST_BYTES_TOGETHER) {
      left.push(`Too large, so it was left out: ${path}`);
      continue;
    }
    together += file.size;
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      if (path === CONFIG_PATH) config = text;
      else files.push({ path, text });
    } catch (error) {
      left.push(
        error instanceof TypeError
          ? `Not UTF-8, so it was left out: ${path}`
          : `It could not be read: ${path}`,
      );
    }
  }
  return { files, config, left };
}

function isWanted(path: string): boolean {
  return /\.(ya?ml|json|rego)$/i.test(path);
}

/** The way of a file below the folder that was chosen. */
function withoutRoot(path: string): string {
  return path.slice(path.indexOf("/") + 1);
}

/** Hands a file to whoever sits before the page. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
