import { lstat, mkdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { Enclosure } from "./enclosure.js";
import { nearestFolder } from "./nearest-folder.js";
import { OutputFailure } from "./output-failure.js";
import { shown } from "./output.js";
import { kindOf } from "./regular-file.js";
import { keepAs } from "./second-name.js";
import { describeSystemError, isSystemError } from "./system-error.js";
import { removeLeftovers, temporaryIn, writeTemporary } from "./temporary-file.js";

/** A file to write, by the name that somebody gave it. */
export interface OutputFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Writes files, all of them or none, each of which takes the place of an older one at once. Folders that aren't there
 * are made. Nothing is written through a link.
 *
 * @throws OutputFailure; then everything is as it was
 */
export async function writeOutputs(files: readonly OutputFile[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  const ready: { readonly file: string; readonly at: string; readonly temporary: string; readonly old: string | undefined }[] = [];
  let writing = "";
  try {
    for (const { file, text } of files) {
      writing = file;
      const at = resolve(file);
      const folder = dirname(at);
      await assertInside(folder);
      const made = await mkdir(folder, { recursive: true });
      if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
      const mode = await modeOf(at);
      await removeLeftovers(folder);
      const temporary = temporaryIn(folder);
      undo.push(() => rm(temporary, { force: true }));
      await writeTemporary(temporary, text, async (written) => {
        if (mode !== undefined) await written.chmod(mode);
      });
      ready.push({ file, at, temporary, old: mode === undefined ? undefined : temporaryIn(folder) });
    }
    for (const { file, at, temporary, old } of ready) {
      writing = file;
      if (old === undefined) {
        await rename(temporary, at);
        undo.push(() => rm(at, { force: true }));
        continue;
      }
      undo.push(() => rm(old, { force: true }));
      await keepAs(at, old);
      await rename(temporary, at);
      undo.push(() => rename(old, at));
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    const reason = error instanceof OutputFailure ? error.message : describeSystemError(error);
    const none = files.length === 1 ? "" : "; no output has been written";
    throw new OutputFailure(`can't write the output '${shown(writing)}': ${reason}${none}`, { cause: error });
  }
  for (const { old } of ready) if (old !== undefined) await rm(old, { force: true });
}

/** A folder that is a link could lead anywhere: whoever writes the files that are checked would choose what is written. */
async function assertInside(folder: string): Promise<void> {
  const nearest = await nearestFolder(folder);
  // Of this folder alone: what encloses another output, further out, would let a link lead there.
  const enclosure = await Enclosure.around([nearest], process.cwd());
  const real = await realpath(nearest);
  if (!enclosure.admits(nearest, real)) throw new OutputFailure(`its folder leads out to '${shown(real)}' through a link`);
}

/** The mode of a file that is there; `undefined` where there is none. */
async function modeOf(path: string): Promise<number | undefined> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  });
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) throw new OutputFailure("a link is there, and nothing is written through links");
  if (!stats.isFile()) throw new OutputFailure(`${kindOf(stats)} is there; without '=FILE', the output goes to standard output`);
  return stats.mode & 0o777;
}
