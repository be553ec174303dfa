import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The built site's folder. */
export const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/** The project's folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The site on a server of its own. */
export interface Site {
  /** Where the playground is: in a folder, as on any host. */
  readonly url: string;
  /** What was asked for, in order. */
  readonly requests: string[];
  /** Scripts to hand out once in the place of those that are asked for, by the beginning of their names. */
  readonly instead: Map<string, string>;
  readonly close: () => Promise<void>;
}

/**
 * The content security policy of a page of the built site.
 *
 * @throws Error where it has none
 */
export function policyOf(page: string): string {
  const [, policy] = /Content-Security-Policy"\s+content="([^"]+)"/.exec(readFileSync(join(dist, page), "utf8")) ?? [];
  if (policy === undefined) throw new Error(`${page} has no Content-Security-Policy`);
  return policy;
}

/** Serves the built site from a folder, under the policy that its pages have, workers included. */
export async function serveSite(): Promise<Site> {
  const folder = "/some/folder/";
  const policies = new Map(["index.html", "fetch-url.html"].map((page) => [page, policyOf(page)]));
  const requests: string[] = [];
  const instead = new Map<string, string>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    requests.push(pathname);
    const below = pathname.startsWith(folder) ? pathname.slice(folder.length) : undefined;
    const path = below === "" ? "index.html" : below;
    try {
      if (path === undefined) throw new Error("not here");
      const name = [...instead.keys()].find((each) => path.startsWith(`assets/${each}-`));
      const content = instead.get(name ?? "") ?? readFileSync(join(dist, normalize(`/${path}`)));
      instead.delete(name ?? "");
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.setHeader("content-security-policy", policies.get(path) ?? policies.get("index.html") ?? "default-src 'none'");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${folder}`,
    requests,
    instead,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
