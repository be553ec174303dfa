import { unreadable } from "./error.js";
import { isObject } from "./json-object.js";

/** What is read of a file. */
const fields = ["path", "text", "unreadable", "missing", "location", "configuredPath", "searched", "connectorList"];

/**
 * Does something with files that somebody gave. What a field of theirs throws would be lost: to the module, there is no
 * such field.
 *
 * @throws HarnessImageGuardError with the code `usage` for a field that can't be read; else whatever `work` throws
 */
export function withGivenFiles<T>(files: unknown, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (Array.isArray(files)) assertReadable(files);
    throw error;
  }
}

function assertReadable(files: readonly unknown[]): void {
  for (const [index, file] of files.entries()) {
    if (!isObject(file)) continue;
    for (const field of fields) {
      try {
        void file[field];
      } catch (cause) {
        throw unreadable(`files[${index}].${field}`, cause);
      }
    }
  }
}
