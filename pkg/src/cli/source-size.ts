import type { SourceFile } from "../source-file.js";

/** In bytes: what a file takes beside what its content takes. */
const aFile = 2048;

/** What a file takes, in bytes. */
export function sizeOf(source: SourceFile): number {
  return aFile + ("text" in source ? source.text.length : 0);
}

/** What files take, in bytes. */
export function sizeOfAll(sources: readonly SourceFile[]): number {
  return sources.reduce((sum, source) => sum + sizeOf(source), 0);
}
