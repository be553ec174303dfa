import { tooLarge } from "./refusal.js";

/** Bytes with a buffer of their own, as streams and blobs take them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The same bytes, counted.
 *
 * @param message what is said of more than `most`
 * @throws Refusal with 413
 */
export async function* counted(stream: ReadableStream<Bytes>, most: number, message: string): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      length += value.length;
      if (length > most) throw tooLarge(message);
      yield value;
    }
  } finally {
    // Whoever sends or unpacks may stop; nobody waits for that.
    void reader.cancel().catch(() => undefined);
  }
}

/**
 * All of the bytes in one. Each chunk is copied when it comes: whoever sends a body byte by byte would otherwise make us
 * keep, for each byte, an object and the buffer in which it arrived.
 */
export async function joined(chunks: AsyncIterable<Bytes>): Promise<Bytes> {
  let bytes: Bytes = new Uint8Array();
  let length = 0;
  for await (const chunk of chunks) {
    const needed = length + chunk.length;
    if (needed > bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * bytes.length));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(chunk, length);
    length = needed;
  }
  return bytes.subarray(0, length);
}

/** A stream of bytes that are there already. */
export function streamOf(bytes: Bytes): ReadableStream<Bytes> {
  return new Blob([bytes]).stream() as ReadableStream<Bytes>;
}
