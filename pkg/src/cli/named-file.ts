import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import { largestFile } from "./byte-size.js";
import { readStream } from "./contents.js";
import { Refused, type Enclosure } from "./enclosure.js";
import { isDescriptor, readRegularFile } from "./regular-file.js";

/**
 * The bytes of a configuration, a policy or a document.
 *
 * @param path a regular file, or a descriptor of this process (`/dev/stdin`, `<(…)`)
 * @throws Refused where it is neither, leads out of the enclosure or is too large; what the operating system says
 */
export async function readNamedFile(path: string, enclosure: Enclosure): Promise<Uint8Array> {
  const absolute = resolve(path);
  const bytes = isDescriptor(absolute)
    ? await readStream(createReadStream(absolute), largestFile)
    : await readRegularFile((await enclosure.locate(absolute)).real, largestFile);
  if (bytes.length > largestFile) throw new Refused("it is larger than 1 GiB");
  return bytes;
}

/** The same as text; what isn't UTF-8 is replaced. */
export async function readNamedText(path: string, enclosure: Enclosure): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await readNamedFile(path, enclosure));
}
