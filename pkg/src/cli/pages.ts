import { inert } from "./output.js";
import type { StandardStream } from "./standard-stream.js";

/** Writes page after page, each when the one before has gone: a slow reader gets no heap of them. */
export async function writePages(
  stream: StandardStream,
  pages: Iterable<string>,
  shownAs: (page: string) => string,
): Promise<void> {
  for (const page of pages) {
    stream.write(shownAs(page));
    await stream.drained();
  }
}

/** Pages for people, in which nothing acts on a terminal or a build server. */
export function* inertPages(pages: Iterable<string>, color: boolean): Generator<string> {
  for (const page of pages) yield inert(page, color);
}
