import { assertAttached, isBytes } from "../bytes.js";
import { HarnessImageGuardError } from "../error.js";
import { isObject } from "../json-object.js";
import type { SourceFile } from "../source-file.js";

/**
 * The contents of files that have one, by their paths, as bytes.
 *
 * @throws HarnessImageGuardError with the code `usage` where they aren't files as `check` takes them
 */
export function contentsOf(files: readonly SourceFile[]): ReadonlyMap<string, Uint8Array> {
  if (!Array.isArray(files)) throw new HarnessImageGuardError("usage", "the files have to be an array of {path, text}");
  const encoder = new TextEncoder();
  const contents = new Map<string, Uint8Array>();
  for (const [index, file] of (files as readonly unknown[]).entries()) {
    const { path, text } = isObject(file) ? file : {};
    if (typeof path !== "string") throw new HarnessImageGuardError("usage", "each file needs a `path` that is a string");
    if (typeof text === "string") contents.set(path, encoder.encode(text));
    else if (isBytes(text)) {
      assertAttached(text, `files[${index}].text`);
      contents.set(path, text);
    } else if (text !== undefined) throw new HarnessImageGuardError("usage", `the file ${path} needs a \`text\` that is a string or a Uint8Array`);
  }
  return contents;
}
