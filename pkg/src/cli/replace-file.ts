import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { describeSystemError } from "./system-error.js";

/** Why a file was left as it was. */
export class LeftAlone extends Error {}

/**
 * Gives a file a new content, wholly or not at all: it is written beside the old one and takes its
 * place. The file keeps its permissions; of a link, the file that it leads to is replaced.
 *
 * @param before what was read: a file that has changed since is left as it is
 * @throws LeftAlone
 */
export async function replaceFile(
  path: string,
  before: Uint8Array,
  after: string,
): Promise<void> {
  try {
    const target = await realpath(path);
    const stats = await stat(target);
    if (!stats.isFile()) throw new LeftAlone("it is no regular file");
    // Who may write in the folder could take the place even of a file that is protected.
    await access(target, constants.W_OK);
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    try {
      await writeNew(temporary, after, stats.mode & 0o7777);
      if (!(await readFile(target)).equals(before)) {
        throw new LeftAlone("it has changed since it was read");
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof LeftAlone) throw error;
    throw new LeftAlone(describeSystemError(error), { cause: error });
  }
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    // The mode of a new file goes through the process's mask.
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
