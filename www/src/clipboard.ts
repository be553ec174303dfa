/**
 * Puts a text into the clipboard, and tells whether that worked: what is `said`, or `otherwise` what
 * to do instead.
 */
export type Copy = (text: string, said: string, otherwise?: string) => Promise<void>;

/** @param say tells something to whoever sits before the page */
export function copier(say: (message: string) => void): Copy {
  return async (text, said, otherwise = "select the text, and copy it by hand") => {
    const message = await navigator.clipboard.writeText(text).then(
      () => said,
      () => `The browser doesn't let this page copy: ${otherwise}.`,
    );
    say(message);
  };
}
