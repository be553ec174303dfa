import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { HarnessImageGuardError, readDocument } from "../node.js";
import type { Json } from "../policy.js";
import { readStream } from "./contents.js";
import { readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";

type Documents = Record<string, Json>;

/** Modules, and the documents that they are evaluated with. */
export interface Sources {
  readonly modules: Record<string, string>;
  readonly data: Documents;
}

/**
 * Modules by path; base documents merged, those of folders under their folder's names. Read as OPA reads
 * them, JSON or YAML.
 *
 * @throws UsageError
 */
export async function load(paths: readonly string[], regoVersion: 0 | 1): Promise<Sources> {
  const modules: Record<string, string> = {};
  const data: Documents = {};
  for (const path of paths) {
    const isFolder = await isFolderAt(path);
    for (const file of isFolder ? await filesBelow(path) : [path]) {
      if (isModule(file)) modules[file] = await textOf(file);
      else if (isDocument(file)) {
        const under = isFolder ? relative(path, file).split(sep).slice(0, -1) : [];
        merge(data, under, JSON.parse(await documentText(file, regoVersion)) as Json, file);
      } else throw new UsageError(`'${file}' is neither a module (.rego) nor a document (.json, .yaml, .yml)`);
    }
  }
  return { modules, data };
}

/**
 * The JSON text of a document in a file; `-` is standard input.
 *
 * @throws UsageError
 */
export async function documentText(file: string, regoVersion: 0 | 1): Promise<string> {
  const text = file === "-" ? await standardInput() : await textOf(file);
  try {
    return await readDocument(text, regoVersion);
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "usage") throw error;
    throw new UsageError(`'${file}' can't be read as a document: ${error.message}`);
  }
}

async function standardInput(): Promise<string> {
  return Buffer.from(await readStream(process.stdin, Number.MAX_SAFE_INTEGER - 1)).toString("utf8");
}

async function textOf(file: string): Promise<string> {
  return readable(`'${file}'`, readFile(file, "utf8"));
}

async function isFolderAt(path: string): Promise<boolean> {
  return (await readable(`'${path}'`, stat(path))).isDirectory();
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readable(
    `'${folder}'`,
    readdir(folder, { withFileTypes: true, recursive: true }),
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? folder, entry.name))
    .filter((file) => isModule(file) || isDocument(file))
    .filter((file) => !relative(folder, file).split(sep).some((name) => leftOut.has(name)))
    .sort();
}

const leftOut: ReadonlySet<string> = new Set([".git", "node_modules"]);

function isModule(file: string): boolean {
  return file.endsWith(".rego");
}

function isDocument(file: string): boolean {
  return /\.(?:json|ya?ml)$/.test(file);
}

/** Adds a document to the data; as in OPA, nothing may be said twice. */
function merge(data: Documents, under: readonly string[], value: Json, file: string): void {
  let at = data;
  for (const key of under) {
    const next: Json = at[key] ?? {};
    if (!isMapping(next)) throw twice(under, file);
    at[key] = next;
    at = next;
  }
  if (!isMapping(value)) throw new UsageError(`'${file}' can't be base documents: they have to be an object`);
  for (const [key, field] of Object.entries(value)) {
    const there = at[key];
    if (there === undefined) at[key] = field;
    else if (isMapping(there) && isMapping(field)) merge(there, [], field, file);
    else throw twice([...under, key], file);
  }
}

function twice(path: readonly string[], file: string): UsageError {
  return new UsageError(
    `'${file}' can't be merged with the other base documents: they also have '${path.join(".")}'`,
    "name the folders or files that belong to the policies alone",
  );
}

function isMapping(value: Json): value is Documents {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
