import { assertAttached, isBytes } from "./bytes.js";
import { HarnessImageGuardError, unreadable } from "./error.js";
import { isObject } from "./json-object.js";
import type { SourceFile } from "./source-file.js";

type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;

/** What is read of a file. */
const fields = Object.keys({
  path: true,
  text: true,
  unreadable: true,
  missing: true,
  location: true,
  configuredPath: true,
  searched: true,
  connectorList: true,
} satisfies Record<KeyOfAny<SourceFile>, true>);

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
    assertReadable(files);
    throw error;
  }
}

function assertReadable(files: unknown): void {
  let place = "files";
  try {
    if (!Array.isArray(files)) return;
    for (const [index, file] of files.entries()) {
      place = `files[${index}]`;
      if (!isObject(file)) continue;
      for (const field of fields) {
        place = `files[${index}].${field}`;
        const value = file[field];
        if (isBytes(value)) assertAttached(value, place);
      }
    }
  } catch (cause) {
    throw cause instanceof HarnessImageGuardError ? cause : unreadable(place, cause);
  }
}
