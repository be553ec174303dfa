import { createTarDecoder, type ParsedTarEntry } from "modern-tar";

import { counted, joined, streamOf, type Bytes } from "../byte-stream.js";
import { invalid, Refusal, tooLarge } from "../refusal.js";
import type { ArchiveLimits, Entry } from "./entry.js";

/**
 * The files and links of a tar that are wanted; it is read as it comes out of `gzip`, and never there as a whole.
 *
 * @throws Refusal with 400 or 413
 */
export async function* untarred(
  bytes: Bytes,
  isGzipped: boolean,
  wanted: (path: string) => boolean,
  { unpackedBytes, entries }: ArchiveLimits,
): AsyncGenerator<Entry> {
  const most = `the archive is larger than ${unpackedBytes} bytes when it is unpacked`;
  const packed = streamOf(bytes);
  const stream = isGzipped ? (packed.pipeThrough(new DecompressionStream("gzip")) as ReadableStream<Bytes>) : packed;
  const { readable, writable } = createTarDecoder({ strict: true });
  const feeding = feed(writable, counted(stream, unpackedBytes, most));
  // Whatever stops it, the reader hears of it, too.
  feeding.catch(() => undefined);
  const reader = readable.getReader();
  let count = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      count += 1;
      if (count > entries) throw tooLarge(`the archive has more than ${entries} entries`);
      const entry = await entryOf(value, wanted);
      if (entry !== undefined) yield entry;
    }
    await feeding;
  } catch (error) {
    throw error instanceof Refusal ? error : invalid("the archive can't be read: it isn't a tar archive, is damaged, or ends early");
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** @throws Refusal whatever counting throws */
async function feed(writable: WritableStream<Uint8Array>, chunks: AsyncIterable<Bytes>): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  } catch (error) {
    void writer.abort(error).catch(() => undefined);
    throw error;
  }
}

async function entryOf({ header, body }: ParsedTarEntry, wanted: (path: string) => boolean): Promise<Entry | undefined> {
  const { name: path, type = "file", linkname = "" } = header;
  if (!wanted(path) || type === "directory") {
    await body.cancel();
    return undefined;
  }
  switch (type) {
    case "file":
      return { kind: "file", path, content: await joined(chunksOf(body as ReadableStream<Bytes>)) };
    case "link":
    case "symlink":
      await body.cancel();
      return { kind: "link", path, target: linkname, isHard: type === "link" };
    default:
      throw invalid(`the archive can't be read: ${JSON.stringify(path)} in it is neither a file nor a link`);
  }
}

function chunksOf(stream: ReadableStream<Bytes>): AsyncIterable<Bytes> {
  return counted(stream, Number.POSITIVE_INFINITY, "");
}
