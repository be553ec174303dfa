import type { SourceFile } from "../../source-file.js";
import type { Chunk } from "./chunk.js";

/** Chunks whose contents are in shared memory. */
export function shared(chunks: readonly Chunk[]): readonly Chunk[] {
  const encoder = new TextEncoder();
  const sources = [...new Set(chunks.flatMap(({ own }) => own))];
  const contents = new Map(sources.flatMap((source) => ("text" in source ? [[source, typeof source.text === "string" ? encoder.encode(source.text) : source.text] as const] : [])));
  const memory = new SharedArrayBuffer([...contents.values()].reduce((sum, { length }) => sum + length, 0));
  const placed = new Map<SourceFile, SourceFile>();
  let offset = 0;
  for (const [source, content] of contents) {
    const text = new Uint8Array(memory, offset, content.length);
    text.set(content);
    offset += content.length;
    placed.set(source, { ...source, text });
  }
  const of = (source: SourceFile): SourceFile => placed.get(source) ?? source;
  return chunks.map(({ own, connectors }) => ({ own: own.map(of), connectors: connectors.map(of) }));
}
