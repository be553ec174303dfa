import { resolve } from "node:path";

import { createFile } from "./create-file.js";
import type { Options } from "./command-line.js";
import { Enclosure } from "./enclosure.js";
import { readNamedFile } from "./named-file.js";
import { OutputFailure } from "./output-failure.js";
import { shown } from "./output.js";
import { LeftAlone, replaceFile } from "./replace-file.js";
import { describeSystemError, isSystemError } from "./system-error.js";

/** Where a list is written if nobody says where. */
export const defaultList = "harness-connectors.yaml";

/** The option of every command that writes a list. */
export const outOption = {
  out: { value: "FILE", description: "the list to write: harness-connectors.yaml by default, or - for\nstandard output" },
} as const satisfies Options;

/**
 * Writes a list of connectors, wholly or not at all: a file that wasn't there, or instead of an older one.
 *
 * @throws OutputFailure where it can't be written, or would be where a link leads out
 */
export async function writeList(path: string, text: string): Promise<void> {
  const absolute = resolve(path);
  const enclosure = await Enclosure.around([absolute], process.cwd());
  try {
    await createFile(absolute, text, enclosure);
  } catch (error) {
    if (!isSystemError(error, "EEXIST")) throw new OutputFailure(`can't write '${shown(path)}': ${describeSystemError(error)}`);
    try {
      const { real } = await enclosure.locate(absolute);
      await replaceFile(real, await readNamedFile(path, enclosure), text);
    } catch (failure) {
      const reason = failure instanceof LeftAlone ? failure.message : describeSystemError(failure);
      throw new OutputFailure(`can't write '${shown(path)}': ${reason}`);
    }
  }
}
