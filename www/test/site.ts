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
};

/** A request to the site. */
export interface SiteRequest {
  readonly path: string;
  /** With the query. */
  readonly url: string;
  readonly body: string;
}

/** A server of the built site. */
export interface Site {
  /** The playground's address, in a folder, as it may be on any host. */
  readonly url: string;
  /** All requests, in order. */
  readonly requests: SiteRequest[];
  /** Scripts to serve once instead of the built ones, by the beginning of their names. */
  readonly instead: Map<string, string>;
  readonly close: () => Promise<void>;
}

/**
 * The content security policy of a page of the built site.
 *
 * @throws Error if it has none
 */
export function policyOf(page: string): string {
  const [, policy] = /Content-Security-Policy"\s+content="([^"]+)"/.exec(readFileSync(join(dist, page), "utf8")) ?? [];
  if (policy === undefined) throw new Error(`${page} has no Content-Security-Policy`);
  return policy;
}

/** Serves the built site from a folder, with its pages' content security policy on every response, for workers, too. */
export async function serveSite(): Promise<Site> {
  const folder = "/some/folder/";
  const policies = new Map(["index.html", "fetch-url.html"].map((page) => [page, policyOf(page)]));
  const requests: SiteRequest[] = [];
  const instead = new Map<string, string>();
  const server = createServer((request, response) => {
    const { url = "/" } = request;
    const { pathname } = new URL(url, "http://localhost");
    const made = { path: pathname, url, body: "" };
    requests.push(made);
    request.setEncoding("utf8").on("data", (chunk: string) => (made.body += chunk));
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
