import { once } from "node:events";

/** Writes page after page, each when the one before has gone: a slow reader gets no heap of them. */
export async function writePages(
  stream: NodeJS.WriteStream,
  pages: Iterable<string>,
  shownAs: (page: string) => string,
): Promise<void> {
  for (const page of pages) {
    if (!stream.write(shownAs(page))) await once(stream, "drain");
  }
}
