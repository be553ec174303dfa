import { KEEP_ALL } from "./keep-all.ts";

/** How long the page waits before it asks for the large parts, in milliseconds. */
const LATER = 1500;

/**
 * Registers the service worker, which makes the page work offline.
 *
 * @param root the site's root, relative to the page
 * @param options `all`: also fetch the large parts in the background, unless the browser is set to save data
 */
export function keepForOffline(root = "./", { all = false } = {}): void {
  if (!("serviceWorker" in navigator)) return;
  const register = (): void => {
    keep(new URL(`${root}sw.js`, document.baseURI), all && !savesData()).catch(() => {
      // The connection is insecure, or the browser refuses: then the page works online only.
    });
  };
  // After everything that the page itself needs.
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
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
