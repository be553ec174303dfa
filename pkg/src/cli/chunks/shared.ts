import type { SourceFile } from "../../source-file.js";
import type { Chunk } from "./chunk.js";

/** Which thread has which chunk. Any thread may take a free one. */
export class Claims {
  readonly #threads: Int32Array;

  /** @param threads for each chunk the number of its thread, from 1 */
  constructor(threads: Int32Array) {
    this.#threads = threads;
  }

  static of(chunks: number): Claims {
    return new Claims(new Int32Array(new SharedArrayBuffer(chunks * Int32Array.BYTES_PER_ELEMENT)));
  }

  /** To be sent to another thread. */
  get shared(): Int32Array {
    return this.#threads;
  }

  /** Takes the next free chunk for a thread. */
  take(thread: number): number | undefined {
    for (let index = 0; index < this.#threads.length; index += 1) {
      if (Atomics.compareExchange(this.#threads, index, 0, thread) === 0) return index;
    }
    return undefined;
  }

  /** Frees a thread's chunks that aren't done. */
  release(thread: number, isDone: (index: number) => boolean): void {
    for (let index = 0; index < this.#threads.length; index += 1) {
      if (!isDone(index)) Atomics.compareExchange(this.#threads, index, thread, 0);
    }
  }
}

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
