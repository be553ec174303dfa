import type { SourceFile } from "../../source-file.js";
import { sizeOfAll } from "../source-size.js";

/** In bytes: so many are checked before the next chunk begins. */
export const chunkBytes = 2 ** 19;

/** Whether files take so much that they may be better checked by chunks. */
export function areLarge(sources: readonly SourceFile[]): boolean {
  return sizeOfAll(sources) >= 2 * chunkBytes;
}
