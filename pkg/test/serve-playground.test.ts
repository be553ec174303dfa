import assert from "node:assert/strict";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { run } from "./command.js";
import { packageFolder } from "./paths.js";
import { served } from "./serve.js";
import { temporaryFolder } from "./temporary-folder.js";

const page = (policy: string, title = "page"): string => `<!doctype html>\n<meta\n http-equiv="Content-Security-Policy"\n content="${policy}"\n>\n<title>${title}</title>\n`;
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
const wasm = Uint8Array.from([0, 97, 115, 109, 255, 254, 1, 0]);
const built = {
  "dist/index.html": page(policy),
  "dist/other.html": page("default-src 'none'; connect-src https:"),
  "dist/docs/index.html": page(policy, "docs"),
  "dist/assets/module-AbCd_123.wasm": wasm,
  "dist/assets/worker-AbCd_124.js": "self.close();\n",
  "dist/a b.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "secret.txt": "secret\n",
};

for (const args of [[], ["--workers", "2"]]) {
  test(`the playground is served beside the rest, as its pages allow: ${args.join(" ") || "one process"}`, async (t) => {
    const folder = temporaryFolder(t, built);
    const { url, stop, lines } = await served(t, ["--playground", "dist", ...args], folder);
    // It is read once.
    writeFileSync(join(folder, "dist/index.html"), "changed");
    const cases = [
      ["/playground/", "text/html; charset=utf-8", policy, "no-cache"],
      ["/playground/other.html", "text/html; charset=utf-8", "default-src 'none'; connect-src https:", "no-cache"],
      ["/playground/docs/", "text/html; charset=utf-8", policy, "no-cache"],
      ["/playground/assets/worker-AbCd_124.js", "text/javascript; charset=utf-8", policy, "public, max-age=31536000, immutable"],
      ["/playground/assets/module-AbCd_123.wasm", "application/wasm", policy, "public, max-age=31536000, immutable"],
      ["/playground/a%20b.svg", "image/svg+xml", policy, "no-cache"],
    ] as const;
    for (const [path, type, allowed, kept] of cases) {
      const response = await fetch(url + path);
      const { headers } = response;
      assert.deepEqual([response.status, headers.get("content-type"), headers.get("content-security-policy"), headers.get("cache-control"), headers.get("x-content-type-options")], [200, type, `${allowed}; frame-ancestors 'self'`, kept, "nosniff"], path);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (path.endsWith(".wasm")) assert.deepEqual(bytes, wasm);
      const head = await fetch(url + path, { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, String(bytes.length), ""]);
      const again = await fetch(url + path, { headers: { "if-none-match": `"x", W/${headers.get("etag") ?? ""}` } });
      assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", headers.get("etag")]);
    }
    const folderOfIt = await fetch(`${url}/playground`, { redirect: "manual" });
    assert.deepEqual([folderOfIt.status, folderOfIt.headers.get("location")], [308, "/playground/"]);
    assert.match(await (await fetch(`${url}/`)).text(), /GET \/playground/);
    assert.equal((await fetch(`${url}/playground/`, { method: "POST", body: "" })).status, 405);
    assert.equal(await stop(), 0);
    assert.doesNotMatch(lines.join("\n"), /worker-AbCd/);
  });
}

test("nothing but its files can be asked for, whatever a path looks like", async (t) => {
  const folder = temporaryFolder(t, built);
  const { url } = await served(t, ["--playground", "dist"], folder);
  const { request } = await import("node:http");
  const { port } = new URL(url);
  for (const path of ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%5csecret.txt", "....//secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "docs/../../secret.txt", "docs/..%2f..%2fsecret.txt", "index.html%00.js", "%", "%ff", "__proto__", "constructor", "docs", "assets/", "INDEX.HTML"]) {
    const { status, text } = await new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
      const asked = request({ port, host: "127.0.0.1", path: `/playground/${path}` }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode, text: body }));
      });
      asked.on("error", reject).end();
    });
    assert.equal(status, 404, path);
    assert.doesNotMatch(text, /secret|root:/);
  }
});

test("a folder that isn't a built playground, or leads elsewhere, is refused", async (t) => {
  const folder = temporaryFolder(t, { ...built, "empty/x.txt": "x", "plain/index.html": "<title>no policy</title>", "links/index.html": page(policy) });
  symlinkSync(join(folder, "secret.txt"), join(folder, "links/a.txt"));
  for (const [name, message] of [["empty", /no index\.html with a Content-Security-Policy/], ["plain", /no index\.html with a Content-Security-Policy/], ["links", /'a\.txt' of the playground 'links' is a link that leads out of it/], ["secret.txt", /isn't a folder/], ["nowhere", /can't be read: no such file/]] as const) {
    const { exitCode, stderr } = await run(["serve", "--port", "0", "--playground", name], { folder });
    assert.equal(exitCode, 2, name);
    assert.match(stderr, message);
  }
});

const site = join(packageFolder, "../www/dist");

test("the built playground: all that its page names is there", { skip: existsSync(join(site, "index.html")) ? false : "it isn't built" }, async (t) => {
  const { url } = await served(t, ["--playground", site]);
  const text = await (await fetch(`${url}/playground/`)).text();
  const named = [...text.matchAll(/(?:src|href)="(\.\/[^"#]+)"/g)].map(([, path]) => path ?? "");
  assert.ok(named.length > 3);
  for (const path of named) {
    const response = await fetch(new URL(path, `${url}/playground/`));
    assert.equal(response.status, 200, path);
    assert.notEqual(response.headers.get("content-type"), "application/octet-stream", path);
  }
});
