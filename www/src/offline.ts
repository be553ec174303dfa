import { KEEP_ALL } from "./keep-all.ts";

/** How long the page waits before it has what is large fetched, in milliseconds. */
const LATER = 1500;

/**
 * Has the browser keep the page, so that it works without a network from now on.
 *
 * @param root the folder of the whole site, from the page
 * @param options `all`: what is large is fetched in the background, too, unless the browser is to save data
 */
export function keepForOffline(root = "./", { all = false } = {}): void {
  if (!("serviceWorker" in navigator)) return;
  // Once the page has nothing better to do.
  addEventListener("load", () => {
    keep(new URL(`${root}sw.js`, document.baseURI), all && !savesData()).catch(() => {
      // Not served over a secure connection, or switched off: then it works with a network only.
    });
  });
}

async function keep(script: URL, all: boolean): Promise<void> {
  await navigator.serviceWorker.register(script);
  if (!all) return;
  const { active } = await navigator.serviceWorker.ready;
  setTimeout(() => active?.postMessage(KEEP_ALL), LATER);
}

function savesData(): boolean {
  return (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true;
}
