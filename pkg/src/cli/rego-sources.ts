import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

import { HarnessImageGuardError, loadFiles, readDocument } from "../node.js";
import type { FileContent, Loaded, LoadedBundle, LoadedFile } from "../policy.js";
import { readStream } from "./contents.js";
import { matchesName } from "./name-pattern.js";
import { asGoSaysIt } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** What is left out of folders: no policy is in it, and many documents. */
const leftOut: readonly string[] = [".git", "node_modules"];

/** What is loaded, and what is left out. */
export interface LoadOptions {
  /** Bundles, folders or archives. */
  readonly bundles?: readonly string[];
  /** Patterns of names of files and folders that are left out, where they weren't named themselves. */
  readonly ignore?: readonly string[];
}

/**
 * Loads modules and base documents as OPA does: those of folders under their folders' names, those of
 * `a.b:path` under these keys.
 *
 * @throws UsageError where a file can't be read or is no document; HarnessImageGuardError with the code `rego`
 * where only modules are wrong
 */
export async function load(
  paths: readonly string[],
  regoVersion: 0 | 1,
  { bundles = [], ignore = [] }: LoadOptions = {},
): Promise<Loaded> {
  const [files, found] = [await findFiles(paths, ignore), await findBundles(bundles, ignore)];
  try {
    return await loadFiles(files, found, regoVersion);
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "usage") throw error;
    throw new UsageError(error.message);
  }
}

/** The files of `--data`: what can't be found or read is among them, with the reason. */
export async function findFiles(paths: readonly string[], ignore: readonly string[]): Promise<LoadedFile[]> {
  const found: LoadedFile[] = [];
  for (const named of paths) {
    const { under, path } = splitPrefix(named);
    for await (const file of walk(path, { under, ignore, isNamed: true })) found.push(file);
  }
  return found;
}

/** The bundles of `--bundle`, each a folder or an archive. */
export async function findBundles(paths: readonly string[], ignore: readonly string[]): Promise<LoadedBundle[]> {
  const found: LoadedBundle[] = [];
  for (const named of paths) {
    const path = withoutScheme(named);
    try {
      if ((await stat(path)).isDirectory()) found.push({ path, files: await bundled(path, ignore) });
      else found.push({ path, content: await contentOf(path) });
    } catch (error) {
      found.push({ path, content: `error reading ${JSON.stringify(path)}: ${asGoSaysIt(error, "stat", path)}` });
    }
  }
  return found;
}

/** The files of a bundle's folder that OPA looks at, by their paths from there. */
async function bundled(folder: string, ignore: readonly string[]) {
  const files: { readonly path: string; readonly content: FileContent }[] = [];
  const isOfABundle = /(?:^|\/)(?:data\.json|data\.ya?ml|patch\.json|[^/]*\.manifest|[^/]*\.rego)$/;
  const start = folder === "." ? "" : join(folder, "/");
  const wanted = (path: string): boolean => isOfABundle.test(path);
  for await (const { path, content } of walk(folder, { under: [], ignore, isNamed: true, wanted })) {
    files.push({ path: path.slice(start.length), content });
  }
  return files;
}

interface Walk {
  readonly under: readonly string[];
  readonly ignore: readonly string[];
  readonly isNamed: boolean;
  /** Which files are read; without it, all. */
  readonly wanted?: (path: string) => boolean;
  /** The folders on the way, as they are called without links. */
  readonly way?: readonly string[];
}

/** A file, or those of a folder, in the order of their names. */
async function* walk(path: string, options: Walk): AsyncGenerator<LoadedFile> {
  const { under, ignore, isNamed, wanted = () => true, way = [] } = options;
  const unreadable = (content: string): LoadedFile => ({ path, under, isNamed, content });
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    yield unreadable(asGoSaysIt(error, "stat", path));
    return;
  }
  if (!isFolder) {
    if (isNamed || (isKnown(path) && wanted(path))) yield { path, under, isNamed, content: await contentOf(path) };
    return;
  }
  try {
    const here = await realpath(path);
    if (way.includes(here)) {
      yield unreadable(`stat ${path}: too many levels of symbolic links`);
      return;
    }
    const below = isNamed ? under : [...under, baseOf(path)];
    for (const name of (await readdir(path)).sort()) {
      if (leftOut.includes(name) || ignore.some((pattern) => matchesName(pattern, name))) continue;
      yield* walk(join(path, name), { ...options, under: below, isNamed: false, way: [...way, here] });
    }
  } catch (error) {
    yield unreadable(asGoSaysIt(error, "open", path));
  }
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether OPA reads a file that wasn't named itself. */
function isKnown(path: string): boolean {
  return /\.(?:rego|json|ya?ml|tar\.gz|manifest)$/.test(path);
}

async function contentOf(path: string): Promise<FileContent> {
  try {
    return await readFile(path);
  } catch (error) {
    return asGoSaysIt(error, "open", path);
  }
}

/** `a.b:path` as keys and a path; a URL has no keys. */
function splitPrefix(named: string): { readonly under: readonly string[]; readonly path: string } {
  const colon = named.indexOf(":");
  if (colon <= 0 || named.startsWith("://", colon)) return { under: [], path: withoutScheme(named) };
  return { under: named.slice(0, colon).split("."), path: withoutScheme(named.slice(colon + 1)) };
}

function withoutScheme(path: string): string {
  return path.startsWith("file://") ? decodeURIComponent(path.slice("file://".length)) : path;
}

/** The bytes of a file; `-` is standard input. */
export async function bytesOf(file: string): Promise<Uint8Array> {
  return file === "-" ? standardInput() : readFile(withoutScheme(file));
}

/** Everything that comes in by standard input. */
export function standardInput(): Promise<Uint8Array> {
  return readStream(process.stdin, Number.MAX_SAFE_INTEGER - 1);
}

/**
 * The JSON text of a document in a file.
 *
 * @throws UsageError
 */
export async function documentText(file: string, regoVersion: 0 | 1): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await bytesOf(file);
  } catch (error) {
    throw new UsageError(asGoSaysIt(error, "open", file));
  }
  try {
    return await readDocument(new TextDecoder().decode(bytes), regoVersion);
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "usage") throw error;
    throw new UsageError(`'${file}' can't be read as a document: ${error.message}`);
  }
}
