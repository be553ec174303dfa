import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { contentDigest } from "./content-digest.js";
import { OutputFailure } from "./output-failure.js";
import { shown } from "./output.js";
import { exists } from "./paths.js";
import { readRegularFile } from "./regular-file.js";
import { keepAs } from "./second-name.js";
import { describeSystemError, isSystemError } from "./system-error.js";
import { removeLeftovers, temporaryIn, writeTemporary } from "./temporary-file.js";

/** A file to write. */
export interface NewFile {
  /** Its name in the folder. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** What became of a folder. */
export interface Outcome {
  /** The paths of what is written, in order. */
  readonly written: readonly string[];
  /** What was written earlier, isn't now, and is gone. */
  readonly removed: readonly string[];
  /** The same, but left alone, because somebody has changed it. */
  readonly kept: readonly string[];
}

/** In this file, a line for each file that was written: as `sha256sum` writes and checks it. */
const listName = ".harness-image-guard-export";

/** What an export may be called: the list may be somebody else's, and must not take other files away. */
const exported = /^(?:\w+\.(?:rego|policy\.json|policyset\.json)|bundle\.tar\.gz|(?:connector|policies)\.tf|(?:connector|policy_step)\.yaml)$/;

/** In bytes; no list is longer, and no file that is exported larger. */
const most = 2 ** 26;

/**
 * Writes files into a folder, all of them or none, and removes what was written there earlier and isn't now,
 * unless it has been changed since. Each file takes the place of its older one at once, so that also a run
 * that is killed leaves each of them whole.
 *
 * @throws OutputFailure where something can't be written; then everything is as it was
 */
export async function writeInto(folder: string, files: readonly NewFile[]): Promise<Outcome> {
  const list = files.map(({ path, content }) => `${contentDigest(content)}  ${path}\n`).join("");
  const all = [...files, { path: listName, content: new TextEncoder().encode(list) }];
  const stale = await staleFiles(folder, new Set(files.map(({ path }) => path)));
  const aside = new Map<string, string>();
  const undo: (() => Promise<void>)[] = [];
  const olds: string[] = [];
  let at = folder;
  try {
    const made = await mkdir(folder, { recursive: true });
    if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
    await removeLeftovers(folder);
    for (const { path, content } of all) {
      at = join(folder, path);
      await refuseAllButFiles(at);
      const fresh = temporaryIn(folder);
      aside.set(path, fresh);
      undo.push(() => rm(fresh, { force: true }));
      await writeTemporary(fresh, content);
    }
    for (const { path } of all) {
      at = join(folder, path);
      const [there, fresh, old] = [at, aside.get(path) ?? "", temporaryIn(folder)];
      if (exists(there)) {
        olds.push(old);
        await keepAs(there, old);
        await rename(fresh, there);
        undo.push(() => rename(old, there));
      } else {
        await rename(fresh, there);
        undo.push(() => rm(there, { force: true }));
      }
    }
    for (const { path } of stale.unchanged) {
      at = join(folder, path);
      const [there, old] = [at, temporaryIn(folder)];
      await rename(there, old);
      olds.push(old);
      undo.push(() => rename(old, there));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    for (const old of olds) await rm(old, { force: true }).catch(() => undefined);
    if (error instanceof OutputFailure) throw error;
    throw new OutputFailure(`can't write '${shown(at)}': ${describeSystemError(error)}; nothing has been written`);
  }
  for (const old of olds) await rm(old, { force: true });
  const paths = (listed: readonly { readonly path: string }[]): string[] => listed.map(({ path }) => join(folder, path));
  return { written: paths(files), removed: paths(stale.unchanged), kept: paths(stale.changed) };
}

interface Stale {
  readonly unchanged: readonly { readonly path: string }[];
  readonly changed: readonly { readonly path: string }[];
}

/** What the list in a folder names, is there, and isn't written now. */
async function staleFiles(folder: string, written: ReadonlySet<string>): Promise<Stale> {
  const unchanged: { readonly path: string }[] = [];
  const changed: { readonly path: string }[] = [];
  for (const line of (await textIn(join(folder, listName))).split("\n")) {
    const [, hash, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined || !exported.test(path) || written.has(path)) continue;
    const content = await fileIn(join(folder, path));
    if (content === undefined) continue;
    (contentDigest(content) === hash ? unchanged : changed).push({ path });
  }
  return { unchanged, changed };
}

async function textIn(path: string): Promise<string> {
  return Buffer.from((await fileIn(path)) ?? "").toString("utf8");
}

/** A regular file's content; `undefined` where there is no such file, or something else. */
async function fileIn(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readRegularFile(path, most).catch(() => undefined);
  return bytes === undefined || bytes.length > most ? undefined : bytes;
}

async function refuseAllButFiles(path: string): Promise<void> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) {
      throw new OutputFailure(`can't write '${shown(path)}': it exists and isn't a file; nothing has been written`);
    }
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) throw error;
  }
}

