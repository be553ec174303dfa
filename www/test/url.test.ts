import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";
import { policyOf } from "./site.js";

const playground = new Playground();

const PIPELINE = "pipeline: {identifier: far, stages: [{stage: {identifier: s, spec: {execution: {steps: [{step: {identifier: t, spec: {image: node}}}]}}}}]}\n";

// Another host, over TLS, which lets other origins read only what is below `/open/`.
const requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
const folder = mkdtempSync(join(tmpdir(), "far-"));
execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "crt", "-days", "2", "-subj", "/CN=localhost"], { cwd: folder, stdio: "ignore" });
const far = createServer({ key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, "crt")) }, (request, response) => {
  const path = request.url ?? "";
  requests.push({ path, headers: request.headers });
  if (path.startsWith("/open/")) response.setHeader("access-control-allow-origin", "*");
  response.setHeader("content-type", path.endsWith(".html") ? "text/html" : "text/plain");
  if (path.includes("plain-http")) response.writeHead(302, { location: playground.site.url }).end();
  else if (path.includes("missing")) response.writeHead(404).end();
  else if (path.includes("large")) response.end(Buffer.alloc(17 * 1024 * 1024, 0x23));
  else if (path.includes("binary")) response.end(Buffer.from([0xff, 0xfe, 0xff]));
  else response.end(path.endsWith(".rego") ? 'package pipeline\n\ndeny["never"] { true }\n' : PIPELINE);
});
let host = "";

before(async () => {
  far.listen(0, "127.0.0.1");
  await once(far, "listening");
  host = `localhost:${(far.address() as AddressInfo).port}`;
});
after(() => {
  far.closeAllConnections();
  far.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page with `?url=`, in a browser that accepts the other host's certificate. */
function opened(url: string, work: (page: PlaygroundPage) => Promise<void>): Promise<void> {
  return playground.fresh(async (page) => {
    await page.page.goto(`${playground.site.url}?url=${encodeURIComponent(url)}`);
    await page.page.locator("#notice:not(:empty)").waitFor();
    await page.checked();
    await work(page);
  }, { ignoreHTTPSErrors: true });
}

test("?url= opens a file of a host that allows it, sends no credentials, and disappears from the address", () =>
  opened(`https://${host}/open/far.yaml?at=main`, async (page) => {
    assert.match(await page.notice(), new RegExp(`far\\.yaml is from ${host}`));
    assert.deepEqual(await page.fileNames(), ["far.yaml"]);
    assert.match(await page.text(), /identifier: far/);
    assert.match(await page.status(), /^1 error/);
    assert.equal(new URL(page.page.url()).search, "");
    const { headers } = requests.find(({ path }) => path === "/open/far.yaml?at=main") ?? {};
    assert.ok(headers !== undefined);
    assert.equal(headers["origin"], "null");
    for (const name of ["cookie", "authorization", "referer"]) assert.equal(headers[name], undefined, name);
    await page.write("pipeline: {identifier: mine}\n");
    await page.page.reload();
    await page.checked();
    assert.match(await page.text(), /identifier: mine/);
    page.assertNoErrors();
  }));

test("?url= with a policy opens it in Your Rego", () =>
  opened(`https://${host}/open/mine.rego`, async (page) => {
    await page.page.locator("#view-policy .cm-line", { hasText: 'deny["never"]' }).waitFor();
    await page.page.locator(".answer", { hasText: "never" }).waitFor();
  }));

test("after ?url=, Undo brings back the work that it replaced", () =>
  playground.fresh(async (page) => {
    await page.page.goto(playground.site.url);
    await page.write("pipeline: {identifier: mine}\n");
    await page.page.goto(`${playground.site.url}?url=https://${host}/open/far.yaml`);
    await page.page.locator("#editor .cm-content", { hasText: "identifier: far" }).waitFor();
    await page.button("Undo").first().click();
    await page.page.locator("#editor .cm-content", { hasText: "identifier: mine" }).waitFor();
  }, { ignoreHTTPSErrors: true }));

for (const [what, url, message] of [
  ["a host that doesn't allow it", () => `https://${host}/closed/far.yaml`, /doesn't let other pages read this file \(CORS\)\. Save the file, and drop it here/],
  ["a file that isn't there", () => `https://${host}/open/missing.yaml`, /answered 404, it has no such file/],
  ["a web page", () => `https://${host}/open/page.html`, /is a web page\. Use the address of the file itself/],
  ["too much", () => `https://${host}/open/large.yaml`, /larger than 16 MiB/],
  ["bytes", () => `https://${host}/open/binary.yaml`, /isn't UTF-8/],
  ["a redirect to a host without TLS", () => `https://${host}/open/plain-http`, /can't be reached/],
  ["an address without TLS", () => `http://${host}/open/far.yaml`, /has to begin with https:/],
  ["an address with a password", () => `https://me:secret@${host}/open/far.yaml`, /contains a name or a password/],
  ["a script", () => "javascript:alert(1)", /has to begin with https:/],
  ["no address", () => "far.yaml", /isn't an address/],
] as const) {
  test(`?url= with ${what} gives a message, and nothing is opened`, () =>
    opened(url(), async (page) => {
      assert.match(await page.notice(), message);
      assert.deepEqual(await page.fileNames(), ["pipeline.yaml", "connector.yaml"]);
      await page.write("pipeline: {identifier: fine}\n");
    }));
}

test("only the sandbox may send requests to other hosts, and it shares no origin with the page", () =>
  playground.visit(async ({ page }) => {
    assert.match(policyOf("index.html"), /connect-src 'self';/);
    assert.match(policyOf("fetch-url.html"), /connect-src https:;/);
    const isApart = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.src = "./fetch-url.html";
      await new Promise((resolve) => {
        frame.addEventListener("load", resolve);
        document.body.append(frame);
      });
      return frame.contentDocument === null;
    });
    assert.equal(isApart, true);
  }));
