import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { bundle, hosts, workerIn } from "./host-bundle.js";
import { answer, type Question } from "./hosts/answer.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

const question: Question = {
  config: "rules: {no-docker-hub: {undecided: warning}}\n",
  files: [...projectFiles(), { path: "gone.yaml", unreadable: "gone" }],
};

for (const [condition, what] of [
  ["workerd", "workerd"],
  ["edge-light", "workerd, as an edge function,"],
] as const) {
  test(`${what} answers the same bytes as Node`, async (t) => {
    const folder = temporaryFolder(t);
    await bundle("worker.js", condition, folder);
    const worker = workerIn(folder, "worker.js");
    t.after(() => worker.dispose());
    const response = await worker.dispatchFetch("http://localhost/", {
      method: "POST",
      body: JSON.stringify(question),
    });
    assert.equal(await response.text(), await answer(question));
  });
}

test("Deno answers the same bytes as Node", async () => {
  const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [deno, "run", "--quiet", "--no-lock", "--node-modules-dir=manual", "--allow-read", "deno-main.js"],
    { cwd: hosts, input: JSON.stringify(question), encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  assert.equal(status, 0, stderr);
  assert.match(stderr, /\/dist\/deno\.js\n$/);
  assert.equal(stdout, `${await answer(question)}\n`);
});

test("Chromium answers the same bytes as Node", async (t) => {
  if (spawnSync("chromium", ["--version"]).status !== 0) {
    t.skip("there is no chromium");
    return;
  }
  const folder = temporaryFolder(t);
  await bundle("page.js", "browser", folder);
  const module = readFileSync(
    new URL("../dist/wasm/harness_image_guard_bg.wasm", import.meta.url),
  );
  const responses: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>> = {
    "/": ["text/html", "<!doctype html><title>test</title><script type=module src=page.js></script>"],
    "/page.js": ["text/javascript", readFileSync(join(folder, "page.js"))],
    "/wasm/harness_image_guard_bg.wasm": ["application/wasm", module],
    "/question": ["application/json", JSON.stringify(question)],
  };
  const server = createServer();
  const answered = new Promise<string>((resolve) => {
    server.on("request", (request, response) => {
      if (request.url === "/answer") {
        let body = "";
        request.setEncoding("utf8").on("data", (text: string) => (body += text));
        request.on("end", () => {
          response.end();
          resolve(body);
        });
        return;
      }
      const [type, body] = responses[request.url ?? ""] ?? [];
      if (type !== undefined) response.setHeader("content-type", type);
      response.writeHead(type === undefined ? 404 : 200).end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });

  const chromium = spawn(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      `--user-data-dir=${join(folder, "profile")}`,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ],
    { stdio: "ignore" },
  );
  const ended = once(chromium, "exit");
  try {
    const text = await Promise.race([
      answered,
      ended.then(([code]) => `chromium ended with ${String(code)} before it had answered`),
    ]);
    assert.equal(text, await answer(question));
  } finally {
    chromium.kill();
    await ended;
  }
});
