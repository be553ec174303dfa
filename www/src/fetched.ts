/** Why a part of the page can't be loaded offline. */
export const UNFETCHED =
  "This part of the page hasn't been fetched yet, and there is no connection. Once it has been fetched, it works offline, too.";

/**
 * Waits for a part of the page that is loaded on demand.
 *
 * @throws Error (as a rejection) with a sentence that says why it can't be loaded
 */
export async function fetched<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part;
  } catch (cause) {
    throw new Error(
      navigator.onLine ? "This part of the page couldn't be loaded. Check the connection, then choose it again." : UNFETCHED,
      { cause },
    );
  }
}
