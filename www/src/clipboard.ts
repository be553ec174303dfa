/**
 * Puts a text into the clipboard, and says whether that worked: what is `said`, or `otherwise` what
 * to do instead; of a text that can't be had, why.
 */
export type Copy = (text: string | Promise<string>, said: string, otherwise?: string) => Promise<void>;

/** @param say says something to whoever sits before the page */
export function copier(say: (message: string) => void): Copy {
  return async (text, said, otherwise = "select the text, and copy it by hand") => {
    const message = await Promise.resolve(text).then(
      (copied) =>
        write(copied).then(
          () => said,
          () => `The browser doesn't let this page copy: ${otherwise}.`,
        ),
      // Below the first line, an error may show where it is.
      (error: unknown) => `Nothing was copied: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`,
    );
    say(message);
  };
}

/** Over a connection that isn't secure there is no clipboard, whatever its type says: that is an error, too. */
async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
