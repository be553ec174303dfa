import { constants, type Stats } from "node:fs";
import { access, type FileHandle, lstat, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

import { kindOf, readRegularFile } from "./regular-file.js";
import { describeSystemError } from "./system-error.js";
import { removeLeftovers, temporaryIn, writeTemporary } from "./temporary-file.js";

/** Why a file was left as it was. */
export class LeftAlone extends Error {}

/**
 * Gives a file a new content, wholly or not at all: it is written beside the old one and takes its
 * place. The file keeps its owner, group and mode, or is left as it is.
 *
 * @param real the path without links: one that has become a link since is left as it is
 * @param before what was read: a file that has changed since is left as it is
 * @throws LeftAlone
 */
export async function replaceFile(real: string, before: Uint8Array, after: string): Promise<void> {
  try {
    const stats = await lstat(real);
    refuse(stats);
    // Who may write in the folder could take the place even of a file that is protected.
    await access(real, constants.W_OK);
    await removeLeftovers(dirname(real));
    const temporary = temporaryIn(dirname(real));
    try {
      // Nobody else may read it before it has its owner and mode.
      await writeTemporary(temporary, after, (file) => keep(file, stats), 0o600);
      const now = await readRegularFile(real, before.length);
      if (!Buffer.from(now).equals(before)) throw new LeftAlone("it has changed since it was read");
      await rename(temporary, real);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof LeftAlone) throw error;
    throw new LeftAlone(describeSystemError(error), { cause: error });
  }
}

function refuse(stats: Stats): void {
  if (stats.isSymbolicLink()) throw new LeftAlone("it has become a link since it was read");
  if (!stats.isFile()) throw new LeftAlone(`it is ${kindOf(stats)}`);
  if (stats.nlink > 1) {
    throw new LeftAlone(
      `it is a hard link, and the file has ${stats.nlink} names: this one would be severed from the others; copy it, or fix it by hand`,
    );
  }
}

/** Gives a new file the owner, group and mode of another one. */
async function keep(file: FileHandle, like: Stats): Promise<void> {
  const { uid, gid } = await file.stat();
  if (uid !== like.uid || gid !== like.gid) {
    await file.chown(like.uid, like.gid).catch((error: unknown) => {
      throw new LeftAlone(
        `it belongs to user ${like.uid} and group ${like.gid}, which only they or root can keep (${describeSystemError(error)})`,
        { cause: error },
      );
    });
  }
  // After the owner, for a change of that takes bits away; and the mode of a new file goes through a mask.
  await file.chmod(like.mode & 0o7777);
  const now = await file.stat();
  const isKept = now.uid === like.uid && now.gid === like.gid && (now.mode & 0o7777) === (like.mode & 0o7777);
  if (!isKept) throw new LeftAlone("its owner, group and mode can't be kept");
}
