import type { SourceFile } from "../../source-file.js";
import { byBytes } from "../byte-order.js";
import { mayHoldConnector } from "../connector-hint.js";
import { sizeOf, sizeOfAll } from "../source-size.js";
import { areLarge, chunkBytes } from "./size.js";

/** Files that are checked together. */
export interface Chunk {
  readonly own: readonly SourceFile[];
  /** Every other file that may have a connector: the findings in a file depend only on those. */
  readonly connectors: readonly SourceFile[];
}

/** A chunk is at least so many times as large as all connectors, because each chunk checks these again. */
const timesConnectors = 8;

/**
 * The chunks of a check, or none if it is better done at once. They depend only on the files and not on the machine, and so
 * do the findings.
 */
export function chunksOf(sources: readonly SourceFile[]): readonly Chunk[] {
  if (!areLarge(sources)) return [];
  const all = sizeOfAll(sources);
  const connectors = sources.filter(mayHoldConnector);
  const least = Math.max(chunkBytes, timesConnectors * sizeOfAll(connectors));
  const count = Math.floor(all / least);
  if (count < 2) return [];
  const chunks: Chunk[] = [];
  let own: SourceFile[] = [];
  let done = 0;
  for (const source of [...sources].sort((one, other) => byBytes(one.path, other.path))) {
    own.push(source);
    done += sizeOf(source);
    if (done < (all / count) * (chunks.length + 1)) continue;
    chunks.push({ own, connectors: without(connectors, own) });
    own = [];
  }
  if (own.length > 0) chunks.push({ own, connectors: without(connectors, own) });
  return chunks;
}

function without(connectors: readonly SourceFile[], own: readonly SourceFile[]): readonly SourceFile[] {
  const these = new Set(own);
  return connectors.filter((source) => !these.has(source));
}
