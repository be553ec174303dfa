import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { strToU8, zipSync } from "fflate";
import { createHandler } from "harness-image-guard/handler";
import { packTar } from "modern-tar";

import { bundle, hosts, workerIn } from "./host-bundle.js";
import { conversation, type Question } from "./hosts/conversation.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

const files = projectFiles().map((file) => ({ path: file.path, text: "text" in file ? String(file.text) : "" }));
const asEntries = Object.fromEntries(files.map(({ path, text }) => [path, strToU8(text)]));
const tar = await packTar(files.map(({ path, text }) => ({ header: { name: path, size: Buffer.byteLength(text), type: "file" as const }, body: text })));
const yaml = "content-type: application/yaml";

function post(path: string, body: string | Uint8Array, ...headers: readonly string[]): Question {
  return { method: "POST", path, headers: headersOf(headers), body: Buffer.from(body).toString("base64") };
}

function get(path: string, ...headers: readonly string[]): Question {
  return { method: "GET", path, headers: headersOf(headers) };
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
}

const form = [
  "--frontier",
  'Content-Disposition: form-data; name="file"; filename=".harness/pipeline.yaml"',
  "Content-Type: application/octet-stream",
  "",
  files.find(({ path }) => path === ".harness/pipeline.yaml")?.text ?? "",
  "--frontier",
  'Content-Disposition: form-data; name="b.yaml"',
  "",
  "a: 1",
  "--frontier--",
  "",
].join("\r\n");

const json = JSON.stringify({ files });
const types = ["application/json", "text/plain", "application/sarif+json", "text/markdown", "application/vnd.junit+xml", "text/vnd.tap", "application/vnd.reviewdog.rdjson+json"];

const delivery = JSON.stringify({ ref: "refs/heads/main", after: "0123456789abcdef", repository: { full_name: "acme/parcels" } });

const questions: readonly Question[] = [
  get("/health"),
  get("/openapi.json"),
  get("/"),
  ...types.map((type) => post("/v1/check", json, "content-type: application/json", `accept: ${type}`)),
  ...["application/json", "text/csv", "text/markdown", "text/vnd.mermaid"].map((type) => post("/v1/images", json, "content-type: application/json", `accept: ${type}`)),
  ...["application/json", "text/x-diff"].map((type) => post("/v1/fix?unsafe", json, "content-type: application/json", `accept: ${type}`)),
  post("/v1/check", form, "content-type: multipart/form-data; boundary=frontier"),
  post("/v1/check?path=.harness/a.yaml", files[1]?.text ?? "", yaml),
  post("/v1/check?path=.harness/a.yaml", gzipSync(files[1]?.text ?? ""), yaml, "content-encoding: gzip"),
  post("/v1/check", zipSync(asEntries), "content-type: application/zip"),
  post("/v1/check", tar, "content-type: application/x-tar"),
  post("/v1/check", gzipSync(tar), "content-type: application/gzip"),
  post("/v1/data/app", '{"input": {"user": "alice", "n": [1.10, 1e400]}}', "content-type: application/json"),
  post("/v1/data/app/allow", "input: {user: alice}", yaml),
  post("/v1/data/app/conflict", '{"input": {"x": [1, 2]}}', "content-type: application/json"),
  get("/v1/data/app/echo?pretty&input=%7B%22a%22%3A%5B%5D%7D"),
  post("/v0/data/app/allow", "{}", "content-type: application/json"),
  post("/v1/query", '{"query": "x := data.app.echo[_]", "input": [1, {}]}', "content-type: application/json"),
  get("/v1/policies"),
  post("/v1/compile", "{}", "content-type: application/json"),
  post("/pm/api/v1/evaluate", JSON.stringify({ rego: 'package p\ndeny["no"] { input.a }\n', input: { a: 1 } }), "content-type: application/json"),
  post("/webhook/github", delivery, "x-github-event: push", `x-hub-signature-256: sha256=${createHmac("sha256", "a-webhook-secret-of-ours").update(delivery).digest("hex")}`),
  post("/webhook/github", delivery, "x-github-event: push", `x-hub-signature-256: sha256=${"0".repeat(64)}`),
  post("/webhook/gitlab", delivery),
  // What is hostile, or wrong.
  post("/v1/check", zipSync({ "a.yaml": new Uint8Array(2 ** 22) }), "content-type: application/zip"),
  post("/v1/check", gzipSync(new Uint8Array(2 ** 22)), "content-type: application/gzip"),
  post("/v1/check", gzipSync(new Uint8Array(2 ** 22)), yaml, "content-encoding: gzip"),
  post("/v1/check", zipSync({ "../a.yaml": strToU8("a: 1") }), "content-type: application/zip"),
  post("/v1/check", tar.subarray(0, 700), "content-type: application/x-tar"),
  post("/v1/check", gzipSync(tar).subarray(0, 300), "content-type: application/gzip"),
  post("/v1/check", "nonsense", "content-type: application/gzip"),
  post("/v1/check", "nonsense", "content-type: application/zip"),
  post("/v1/check", "nonsense", yaml, "content-encoding: gzip"),
  post("/v1/check", form.slice(0, 200), "content-type: multipart/form-data; boundary=frontier"),
  post("/v1/check", '{"files": [{"path": "a.yaml", "text": "", "__proto__": 1}]}', "content-type: application/json"),
  post("/v1/check", "[".repeat(1000), "content-type: application/json"),
  post("/v1/check", new Uint8Array([0x61, 0xff]), "content-type: application/json"),
  post("/v1/check", new Uint8Array([0x61, 0xff]), yaml),
  post("/v1/check", "", yaml),
  post("/v1/check?format=pdf", json, "content-type: application/json"),
  post("/v1/check", json, "content-type: application/json", "accept: image/png"),
  post("/v1/check", json, "content-type: application/json", "authorization: Bearer wrong-wrong-wrong"),
  get("/v1/check"),
  get("/nothing"),
  { method: "OPTIONS", path: "/v1/check", headers: { origin: "https://portal.example" } },
  { method: "HEAD", path: "/openapi.json", headers: {} },
  get("/metrics"),
];

const expected = await conversation(createHandler, questions);

test("the questions have the answers that they are chosen for", () => {
  const statuses = (JSON.parse(expected) as readonly { readonly status: number }[]).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)].sort(), [200, 204, 400, 401, 404, 405, 406, 413, 500, 501]);
});

for (const [condition, what] of [
  ["workerd", "workerd"],
  ["edge-light", "workerd, as an edge function,"],
] as const) {
  test(`${what} answers requests with the same bytes as Node`, async (t) => {
    const folder = temporaryFolder(t);
    await bundle("handler-worker.js", condition, folder);
    const worker = workerIn(folder, "handler-worker.js");
    t.after(() => worker.dispose());
    const response = await worker.dispatchFetch("http://localhost/", { method: "POST", body: JSON.stringify(questions) });
    assert.equal(await response.text(), expected);
  });
}

test("Deno answers requests with the same bytes as Node", () => {
  const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
  assertSame(process.execPath, [deno, "run", "--quiet", "--no-lock", "--node-modules-dir=manual", "--allow-read", "handler-main.js"]);
});

test("Bun answers requests with the same bytes as Node", (t) => {
  const folder = dirname(createRequire(import.meta.url).resolve("bun/package.json"));
  const bun = join(folder, `../@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`);
  if (!existsSync(bun)) {
    t.skip("there is no Bun for this machine");
    return;
  }
  assertSame(bun, ["handler-main.js"]);
});

function assertSame(program: string, args: readonly string[]): void {
  const { stdout, stderr, status } = spawnSync(program, args, {
    ...{ cwd: hosts, input: JSON.stringify(questions), encoding: "utf8", maxBuffer: 2 ** 26 },
    env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `${expected}\n`);
}
