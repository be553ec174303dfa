import { createReadStream } from "node:fs";
import { posix } from "node:path";

import type { SourceFile } from "../source-file.js";
import type { Found } from "./discovery.js";
import { atOnce, byThreads, isDescriptor, readRegularFile, type Calls } from "./regular-file.js";
import { describeSystemError } from "./system-error.js";

/** How many files are read at a time: enough to keep a disk or a network file system busy, far below the limit of open files. */
const readTogether = 32;

/** Up to so many files are read with synchronous calls. */
const few = 8;

/**
 * Reads what was found, in its order.
 *
 * @param base the working folder in its repository; empty at the top
 * @param maxBytes a file is read up to one byte more than this, to see whether it is too large
 * @param onRead gets the number of files that are done
 */
export async function readContents(
  found: readonly Found[],
  base: string,
  maxBytes: number,
  onRead: (done: number) => void,
): Promise<readonly SourceFile[]> {
  const sources: SourceFile[] = new Array<SourceFile>(found.length);
  const calls = found.length > few ? byThreads() : atOnce;
  let next = 0;
  let done = 0;
  const reader = async (): Promise<void> => {
    for (let i = next++; i < found.length; i = next++) {
      const file = found[i];
      if (file === undefined) return;
      sources[i] = await readOne(file, base, maxBytes, calls);
      onRead(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readTogether, found.length) }, reader));
  return sources;
}

async function readOne(found: Found, base: string, maxBytes: number, calls: Calls): Promise<SourceFile> {
  const { real, unreadable, missing } = found;
  const about = {
    path: found.path,
    searched: !found.named,
    ...(base === "" ? {} : { location: posix.join(base, found.path) }),
  };
  if (missing !== undefined) return { ...about, missing };
  if (unreadable !== undefined) return { ...about, unreadable };
  try {
    const reading = isDescriptor(real) ? readStream(createReadStream(real), maxBytes) : readRegularFile(real, maxBytes, calls);
    return { ...about, text: await reading };
  } catch (error) {
    return { ...about, unreadable: describeSystemError(error) };
  }
}

/** Reads a stream, but no more than one byte over `maxBytes`. */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes + 1);
}
