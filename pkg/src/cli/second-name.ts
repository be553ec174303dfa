import { constants } from "node:fs";
import { copyFile, link } from "node:fs/promises";

import { isSystemError } from "./system-error.js";

/** What file systems say that know no hard links, or allow none to this file. */
const linkless = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** Whether a file can't have another name, for this reason. */
export function isLinkless(error: unknown): boolean {
  return linkless.some((code) => isSystemError(error, code));
}

/**
 * Keeps a file under another name, too, while a new one takes its place: moved aside, it would be nowhere for a moment, and
 * a run that is killed then would lose it.
 *
 * @param other is nobody's
 */
export async function keepAs(path: string, other: string): Promise<void> {
  try {
    await link(path, other);
  } catch (error) {
    if (!isLinkless(error)) throw error;
    await copyFile(path, other, constants.COPYFILE_EXCL);
  }
}
