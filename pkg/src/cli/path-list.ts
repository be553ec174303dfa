import { resolve } from "node:path";

import { readStream } from "./contents.js";
import { Enclosure } from "./enclosure.js";
import { readNamedFile } from "./named-file.js";
import { shown } from "./output.js";
import { readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** In bytes; a list of a million long paths is smaller. */
const most = 2 ** 28;

/**
 * The paths of `--files0-from`, each of which ends with a NUL. None of them is an option, or standard input.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError where the list can't be read, or one of its paths is empty
 */
export async function pathsOf(list: string, isOpen: boolean, hint: string): Promise<readonly string[]> {
  const what = `the list of paths '${shown(list)}'`;
  const reading = async (): Promise<Uint8Array> =>
    list === "-" ? readStream(process.stdin, most) : readNamedFile(list, await Enclosure.around([resolve(list)], process.cwd(), isOpen));
  const bytes = await readable(what, reading());
  if (bytes.length > most) throw new UsageError(`${what} is larger than 256 MiB`, hint);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${what} isn't UTF-8, so files would be missing`, hint);
  }
  if (text !== "" && !text.includes("\0") && text.includes("\n")) {
    throw new UsageError(`${what} has a path on each line, and no NUL: write it with '-z' or '-print0'`, hint);
  }
  const paths = text.replace(/\0$/, "").split("\0");
  if (text === "") return [];
  if (paths.includes("")) throw new UsageError(`${what} has an empty path`, hint);
  return paths;
}
