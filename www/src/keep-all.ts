/** What the page says to the service worker: keep the parts, too, that are large and not for everybody. */
export const KEEP_ALL = "keep all";
