import { link, lstat, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { Enclosure } from "./enclosure.js";
import { isLinkless } from "./second-name.js";
import { isSystemError } from "./system-error.js";
import { removeLeftovers, temporaryIn, writeTemporary } from "./temporary-file.js";

/**
 * Writes a file that isn't there, wholly or not at all: it gets its name when all of it is written.
 *
 * @param absolute its path
 * @param enclosure out of which its folder must not lead
 * @throws Refused; what the operating system says, `EEXIST` where something is there by its name
 */
export async function createFile(absolute: string, text: string, enclosure: Enclosure): Promise<void> {
  const { real: folder } = await enclosure.locate(dirname(absolute));
  await removeLeftovers(folder);
  const [temporary, path] = [temporaryIn(folder), join(folder, basename(absolute))];
  try {
    await writeTemporary(temporary, text);
    await give(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Gives a file a name that is nobody's; unlike renaming, a link replaces nothing. */
async function give(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!isLinkless(error)) throw error;
    const isFree = await lstat(path).then(
      () => false,
      (reason: unknown) => isSystemError(reason, "ENOENT"),
    );
    if (!isFree) throw Object.assign(new Error("file already exists"), { code: "EEXIST" });
    await rename(temporary, path);
  }
}
