// The service worker: after the first visit, everything works without a network.

import { KEEP_ALL } from "../keep-all.ts";

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Paths of files to fetch when this worker is installed; from the build. */
declare const KEPT: readonly string[];
/** Paths of large files to fetch when the page asks for all, or for one of them; from the build. */
declare const LATER: readonly string[];
/** Changes with the content of the files; from the build. */
declare const VERSION: string;

const PREFIX = "harness-image-guard-";
const NAME = `${PREFIX}${VERSION}`;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(NAME);
      await cache.addAll(KEPT.map((path) => new Request(path, { cache: "no-cache" })));
      // An older version may have kept the same files: their names change with their content.
      for (const path of LATER) {
        const kept = await caches.match(path);
        if (kept !== undefined) await cache.put(path, kept);
      }
      await worker.skipWaiting();
    })(),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === KEEP_ALL) event.waitUntil(keepLater());
});

async function keepLater(): Promise<void> {
  const cache = await caches.open(NAME);
  for (const path of LATER) {
    if ((await cache.match(path)) !== undefined) continue;
    // Offline, or without room: the page asks again at the next visit.
    await cache.add(path).catch(() => undefined);
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== worker.location.origin) return;
  event.respondWith(request.mode === "navigate" ? pageOf(request) : assetOf(request));
});

/** A page from the network, where it may be newer, or else from the cache. */
async function pageOf(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const { pathname } = new URL(request.url);
    const page = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const kept = await caches.match(page, { ignoreSearch: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

/** A page's file from the cache, which is up to date because names change with their content, or else from the network. */
async function assetOf(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(NAME)).put(request, response.clone());
  return response;
}
