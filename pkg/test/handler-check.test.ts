import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { createHandler as createFullHandler } from "harness-image-guard/handler";
import { createHandler } from "harness-image-guard/handler/check";

import { bundle, workerIn } from "./host-bundle.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

const body = JSON.stringify({ files: projectFiles() });
const init = { method: "POST", headers: { "content-type": "application/json" }, body };

test("the build without Rego checks with the same bytes, and says what it lacks", async () => {
  const [small, full] = [createHandler({ anonymous: true }), createFullHandler({ anonymous: true })];
  const ask = async (handler: typeof small, path: string): Promise<string> => (await handler.fetch(new Request(`http://guard.example${path}`, init))).text();
  for (const path of ["/v1/check", "/v1/images", "/v1/fix"]) assert.equal(await ask(small, path), await ask(full, path));
  assert.match(await ask(small, "/v1/data/a"), /nothing at this path/);
  assert.throws(() => createHandler({ anonymous: true, rego: {} }), { code: "usage", message: /reads no Rego/ });
  assert.throws(() => createHandler({ anonymous: true, guard: { policies: [] } }), { code: "usage", message: /reads no Rego/ });
  await assert.rejects(createHandler({ anonymous: true, guard: { config: "policies: [p.rego]\n", readPolicy: async () => "package pipeline\n" } }).ready(), /reads no Rego/);
});

test("as a worker it has no more than a third of what a free account may upload, and the second module isn't in it", async (t) => {
  const folder = temporaryFolder(t);
  await bundle("check-worker.js", "workerd", folder, true);
  const files = readdirSync(folder);
  assert.equal(files.filter((name) => name.endsWith(".wasm")).length, 1, String(files));
  const compressed = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  t.diagnostic(`${compressed} bytes compressed`);
  assert.ok(compressed < 2 ** 20, String(compressed));
  const worker = workerIn(folder, "check-worker.js");
  t.after(() => worker.dispose());
  const response = await worker.dispatchFetch("http://localhost/v1/check", init);
  assert.equal(await response.text(), await (await createHandler({ anonymous: true }).fetch(new Request("http://guard.example/v1/check", init))).text());
});
