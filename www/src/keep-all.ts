/** The page's message to the service worker that it should keep the large parts, too. */
export const KEEP_ALL = "keep all";
