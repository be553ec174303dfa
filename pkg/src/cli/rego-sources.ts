import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import type { Json } from "../policy.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

type Documents = Record<string, Json>;

/** Modules, and the documents that they are evaluated with. */
export interface Sources {
  readonly modules: Record<string, string>;
  readonly data: Documents;
}

/** Modules by path; base documents merged, those of folders under their folder's names. */
export async function load(paths: readonly string[]): Promise<Sources> {
  const modules: Record<string, string> = {};
  const data: Documents = {};
  for (const path of paths) {
    try {
      const isFolder = (await stat(path)).isDirectory();
      const files = isFolder ? await filesBelow(path) : [path];
      for (const file of files) {
        const text = await readFile(file, "utf8");
        if (file.endsWith(".rego")) modules[file] = text;
        else if (file.endsWith(".json")) {
          const under = isFolder ? relative(path, file).split(sep).slice(0, -1) : [];
          merge(data, under, JSON.parse(text) as Json);
        } else if (!isFolder) throw new UsageError(`'${file}' is neither a module (.rego) nor JSON (.json)`);
      }
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof SyntaxError) throw new UsageError(`'${path}' is not JSON: ${error.message}`);
      throw new UsageError(`'${path}' can't be read: ${describeSystemError(error)}`);
    }
  }
  return { modules, data };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? folder, entry.name))
    .filter((file) => file.endsWith(".rego") || /(?:^|[/\\])data\.json$/.test(file))
    .sort();
}

function merge(data: Documents, under: readonly string[], value: Json): void {
  let at = data;
  for (const key of under) {
    const there = at[key];
    const next = isMapping(there) ? there : {};
    at[key] = next;
    at = next;
  }
  if (!isMapping(value)) throw new UsageError("base documents have to be an object");
  for (const [key, field] of Object.entries(value)) {
    const there = at[key];
    if (isMapping(there) && isMapping(field)) merge(there, [], field);
    else at[key] = field;
  }
}

function isMapping(value: Json | undefined): value is Documents {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
