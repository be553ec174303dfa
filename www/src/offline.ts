/**
 * Has the browser keep the page, so that it works without a network from now on.
 *
 * @param root the folder of the whole site, from the page
 */
export function keepForOffline(root = "./"): void {
  if (!("serviceWorker" in navigator)) return;
  // Once the page has nothing better to do.
  addEventListener("load", () => {
    navigator.serviceWorker.register(new URL(`${root}sw.js`, document.baseURI)).catch(() => {
      // Not served over a secure connection, or switched off: then it works with a network only.
    });
  });
}
