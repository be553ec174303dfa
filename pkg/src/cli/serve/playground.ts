import { createHash } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";

import type { PageFile } from "../../handler/playground-routes.js";
import { shown } from "../output.js";
import { isWithin } from "../paths.js";
import { readRegularFile } from "../regular-file.js";
import { readable } from "../system-error.js";
import { UsageError } from "../usage-error.js";

/** In bytes, of all files together: they are kept in memory. */
const mostBytes = 64 * 2 ** 20;
const mostFiles = 2000;

/**
 * The files of a built playground, by their paths with `/`.
 *
 * @throws UsageError where the folder isn't one, a link leads out of it, or there is too much in it
 */
export async function readPlayground(path: string): Promise<ReadonlyMap<string, PageFile>> {
  const what = `the playground '${shown(path)}'`;
  const top = await readable(what, realpath(resolve(path)));
  if (!(await readable(what, stat(top))).isDirectory()) throw new UsageError(`${what} isn't a folder`);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  let left = mostBytes;
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readable(what, readdir(join(top, folder), { withFileTypes: true }))) {
      const name = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(`${name}/`);
        continue;
      }
      const real = await readable(`'${shown(name)}' of ${what}`, realpath(join(top, name)));
      if (!isWithin(top, real)) throw new UsageError(`'${shown(name)}' of ${what} is a link that leads out of it`);
      const bytes = new Uint8Array(await readable(`'${shown(name)}' of ${what}`, readRegularFile(real, left)));
      left -= bytes.length;
      contents.set(name, bytes);
      if (left < 0 || contents.size > mostFiles) throw new UsageError(`${what} has more than ${mostFiles} files or ${mostBytes / 2 ** 20} MiB: name the folder that its build writes, www/dist`);
    }
  }
  const page = contents.get("index.html");
  const policy = page && policyOf(page);
  if (policy === undefined) throw new UsageError(`${what} has no index.html with a Content-Security-Policy: name the folder that its build writes, www/dist`);
  return new Map([...contents].map(([name, bytes]) => [name, fileOf(name, bytes, policy)]));
}

function fileOf(name: string, bytes: Uint8Array<ArrayBuffer>, pagePolicy: string): PageFile {
  const type = types[extname(name).toLowerCase()] ?? "application/octet-stream";
  // A worker has the policy of its own file, and not of the page's.
  const policy = (type.startsWith("text/html") ? policyOf(bytes) : undefined) ?? pagePolicy;
  return {
    type,
    bytes,
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 32)}"`,
    headers: {
      // The build gives these another name when their content changes.
      "cache-control": /^assets\/.*-[\w-]{8}\.\w+$/.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
      // What a page can't say of itself: who may show it in a frame.
      "content-security-policy": `${policy}; frame-ancestors 'self'`,
      "referrer-policy": "no-referrer",
    },
  };
}

/** What a page allows itself. */
function policyOf(page: Uint8Array): string | undefined {
  const [, policy] = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"\r\n]{1,4000})"/.exec(new TextDecoder().decode(page)) ?? [];
  return policy;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".yaml": "application/yaml",
};
