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

/** All of the bytes in one. */
export async function joined(chunks: AsyncIterable<Bytes>): Promise<Bytes> {
  const all: Bytes[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    length += chunk.length;
  }
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of all) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A stream of bytes that are there already. */
export function streamOf(bytes: Bytes): ReadableStream<Bytes> {
  return new Blob([bytes]).stream() as ReadableStream<Bytes>;
}
