import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { HarnessImageGuardError, loadFiles } from "../node.js";
import type { FileContent, Loaded, LoadedBundle, LoadedFile } from "../policy.js";
import { readStream } from "./contents.js";
import { Enclosure } from "./enclosure.js";
import { leftOut } from "./modules.js";
import { matchesName } from "./name-pattern.js";
import { readNamedFile } from "./named-file.js";
import { isDescriptor } from "./regular-file.js";
import { asGoSaysIt } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** What is loaded, and what is left out. */
export interface LoadOptions {
  /** Bundles, folders or archives. */
  readonly bundles?: readonly string[];
  /** Patterns of names of files and folders that are left out, where they weren't named themselves. */
  readonly ignore?: readonly string[];
  /** Whether links may lead anywhere. */
  readonly isOpen?: boolean;
}

/**
 * Loads modules and base documents as OPA does: those of folders under their folders' names, those of
 * `a.b:path` under these keys.
 *
 * @throws UsageError where a file can't be read or isn't a document; HarnessImageGuardError with the code `rego`
 * where only modules are wrong
 */
export async function load(
  paths: readonly string[],
  regoVersion: 0 | 1,
  { bundles = [], ignore = [], isOpen = false }: LoadOptions = {},
): Promise<Loaded> {
  const files = await findFiles(paths, { ignore, isOpen });
  const found = await findBundles(bundles, { ignore, isOpen });
  try {
    return await loadFiles(files, found, regoVersion);
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "usage") throw error;
    throw new UsageError(error.message);
  }
}

/** What is left out, and where links may lead. */
export type FindOptions = Pick<LoadOptions, "ignore" | "isOpen">;

/** The files of `--data`: what can't be found or read is among them, with the reason. */
export async function findFiles(paths: readonly string[], options: FindOptions): Promise<LoadedFile[]> {
  const found: LoadedFile[] = [];
  const enclosure = await enclosureOf(paths.map((named) => splitPrefix(named).path), options);
  const { ignore = [] } = options;
  for (const named of paths) {
    const { under, path } = splitPrefix(named);
    for await (const file of walk(path, { under, ignore, enclosure, isNamed: true })) found.push(file);
  }
  return found;
}

/** The bundles of `--bundle`, each a folder or an archive. */
export async function findBundles(paths: readonly string[], options: FindOptions): Promise<LoadedBundle[]> {
  const found: LoadedBundle[] = [];
  const enclosure = await enclosureOf(paths.map(withoutScheme), options);
  for (const named of paths) {
    const path = withoutScheme(named);
    try {
      const isFolder = !isDescriptor(path) && (await enclosure.locate(resolve(path))).stats.isDirectory();
      if (isFolder) found.push({ path, files: await bundled(path, options.ignore ?? [], enclosure) });
      else found.push({ path, content: await contentOf(path, enclosure) });
    } catch (error) {
      found.push({ path, content: `error reading ${JSON.stringify(path)}: ${asGoSaysIt(error, "stat", path)}` });
    }
  }
  return found;
}

/** The files of a bundle's folder that OPA looks at, by their paths from there. */
async function bundled(folder: string, ignore: readonly string[], enclosure: Enclosure) {
  const files: { readonly path: string; readonly content: FileContent }[] = [];
  const isOfABundle = /(?:^|\/)(?:data\.json|data\.ya?ml|patch\.json|[^/]*\.manifest|[^/]*\.rego)$/;
  const start = folder === "." ? "" : join(folder, "/");
  const wanted = (path: string): boolean => isOfABundle.test(path);
  for await (const { path, content } of walk(folder, { under: [], ignore, enclosure, isNamed: true, wanted })) {
    files.push({ path: path.slice(start.length), content });
  }
  return files;
}

interface Walk {
  readonly under: readonly string[];
  readonly ignore: readonly string[];
  /** Out of which no link leads. */
  readonly enclosure: Enclosure;
  readonly isNamed: boolean;
  /** Which files are read; without it, all. */
  readonly wanted?: (path: string) => boolean;
  /** The folders on the way, as they are called without links. */
  readonly way?: readonly string[];
}

/** A file, or those of a folder, in the order of their names. */
async function* walk(path: string, options: Walk): AsyncGenerator<LoadedFile> {
  const { under, ignore, enclosure, isNamed, wanted = () => true, way = [] } = options;
  const unreadable = (content: string): LoadedFile => ({ path, under, isNamed, content });
  let here: string | undefined;
  try {
    const located = isDescriptor(path) ? undefined : await enclosure.locate(resolve(path));
    if (located?.stats.isDirectory()) here = located.real;
  } catch (error) {
    yield unreadable(asGoSaysIt(error, "stat", path));
    return;
  }
  if (here === undefined) {
    if (isNamed || (isKnown(path) && wanted(path))) {
      yield { path, under, isNamed, content: await contentOf(path, enclosure) };
    }
    return;
  }
  try {
    if (way.includes(here)) {
      yield unreadable(`stat ${path}: too many levels of symbolic links`);
      return;
    }
    const below = isNamed ? under : [...under, baseOf(path)];
    for (const name of (await readdir(path)).sort()) {
      if (leftOut.has(name) || ignore.some((pattern) => matchesName(pattern, name))) continue;
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

async function contentOf(path: string, enclosure: Enclosure): Promise<FileContent> {
  try {
    return await readNamedFile(path, enclosure);
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
export async function readBytes(file: string, options: FindOptions = {}): Promise<Uint8Array> {
  if (file === "-") return standardInput();
  const path = withoutScheme(file);
  return readNamedFile(path, await enclosureOf([path], options));
}

function enclosureOf(paths: readonly string[], { isOpen = false }: FindOptions): Promise<Enclosure> {
  return Enclosure.around(paths.map((path) => resolve(path)), process.cwd(), isOpen);
}

/** Everything that comes in by standard input. */
export function standardInput(): Promise<Uint8Array> {
  return readStream(process.stdin, Number.MAX_SAFE_INTEGER - 1);
}
