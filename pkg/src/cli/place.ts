import { basename, dirname, join, resolve } from "node:path";

import { realpath } from "./file-system.js";

/**
 * Where a file of this name lies, without links on the way to it; `undefined` where there is no such folder. Where the
 * name is a link, the file at its end is another one: whoever makes the link must not choose which file counts as this.
 */
export async function placeOf(name: string): Promise<string | undefined> {
  const absolute = resolve(name);
  const folder = await realpath(dirname(absolute)).catch(() => undefined);
  return folder === undefined ? undefined : join(folder, basename(absolute));
}
