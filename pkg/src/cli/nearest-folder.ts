import { dirname } from "node:path";

import { lstat } from "./file-system.js";
import { isSystemError } from "./system-error.js";

/** The folder itself, or the nearest above it that is there: a link that leads nowhere is there, too. */
export async function nearestFolder(folder: string): Promise<string> {
  const stats = await lstat(folder).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  });
  const above = dirname(folder);
  // On Windows, a drive may not be there.
  return stats !== undefined || above === folder ? folder : nearestFolder(above);
}
