import type { SourceFile } from "../source-file.js";

/** The contents of files that have one, by their paths, as bytes. */
export function contentsOf(files: readonly SourceFile[]): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder();
  const contents = new Map<string, Uint8Array>();
  for (const file of files) {
    if ("text" in file) contents.set(file.path, typeof file.text === "string" ? encoder.encode(file.text) : file.text);
  }
  return contents;
}
