/**
 * Copies a text to the clipboard, and shows a message: `done`; or, if the browser refuses, the `alternative`; or why the
 * text couldn't be made.
 */
export type Copy = (text: string | Promise<string>, done: string, alternative?: string) => Promise<void>;

/** @param say shows a message */
export function copier(say: (message: string) => void): Copy {
  return async (text, done, alternative = "select the text, and copy it by hand") => {
    const message = await Promise.resolve(text).then(
      (copied) =>
        write(copied).then(
          () => done,
          () => `The browser doesn't let this page copy: ${alternative}.`,
        ),
      // An error's other lines show its place.
      (error: unknown) => `Nothing was copied: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`,
    );
    say(message);
  };
}

/** Async, so that a missing clipboard, as over an insecure connection, rejects too. */
async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
