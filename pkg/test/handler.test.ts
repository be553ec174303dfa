import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuard } from "harness-image-guard";
import { showReport } from "harness-image-guard/formats";

// Not by the package's name, by which Node gets bindings of its own.
import { createHandler, type Handler, type HandlerOptions, type LogEntry } from "../dist/handler/node.js";
import { WasmGuard } from "../dist/wasm/harness_image_guard.js";
import { projectFiles } from "./project.js";

const origin = "http://guard.example";
const hub = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";
const fixable = "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://index.docker.io/v2/\n    providerType: DockerHub\n    auth: {type: Anonymous}\n";

function open(options: HandlerOptions = {}): Handler {
  return createHandler({ anonymous: true, ...options });
}

function post(path: string, body: BodyInit | null, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request(origin + path, { method: "POST", body, headers, ...(body instanceof ReadableStream ? { duplex: "half" } : {}) } as RequestInit);
}

function postFiles(path: string, files: unknown, headers: Readonly<Record<string, string>> = {}): Request {
  return post(path, JSON.stringify({ files }), { "content-type": "application/json", ...headers });
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
}

async function assertRefused(response: Response, status: number, message: RegExp): Promise<void> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get("content-type"), "application/json");
  const { code, message: said } = JSON.parse(text) as ErrorBody;
  assert.match(code, /^[a-z_]+$/);
  assert.match(said, message);
}

test("the report is the one that the interface gives, in every form that Accept names", async () => {
  const handler = open();
  const files = projectFiles();
  const report = (await createGuard()).check(files);
  for (const [type, format] of [
    ["application/json", "json"],
    ["application/sarif+json", "sarif"],
    ["text/markdown", "markdown"],
    ["application/vnd.junit+xml", "junit"],
    ["application/vnd.checkstyle+xml", "checkstyle"],
    ["text/vnd.tap", "tap"],
    ["application/vnd.gitlab.codequality+json", "gitlab"],
    ["text/vnd.github.workflow-commands", "github"],
    ["application/vnd.reviewdog.rdjson+json", "rdjson"],
  ] as const) {
    const response = await handler.fetch(postFiles("/v1/check", files, { accept: type }));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("harness-image-guard-exit-code"), "1");
    assert.equal(await response.text(), await showReport(report, format, { files }));
    const named = await handler.fetch(postFiles(`/v1/check?format=${format}`, files));
    assert.equal(await named.text(), await showReport(report, format, { files }));
  }
  const text = await handler.fetch(postFiles("/v1/check", files, { accept: "application/xml;q=0.9, text/plain;q=0.5, application/json;q=0" }));
  assert.match(await text.text(), /^ *--> \.harness\/pipeline\.yaml:26:28$/m);
  await assertRefused(await handler.fetch(postFiles("/v1/check", files, { accept: "image/png" })), 406, /there are application\/json, text\/plain/);
  await assertRefused(await handler.fetch(postFiles("/v1/check?format=pdf", files)), 400, /'format' is one of json/);
});

test("one file comes as YAML, several come as JSON or as a form: the report is the same", async () => {
  const handler = open();
  const expected = await showReport((await createGuard()).check([{ path: ".harness/p.yaml", text: hub }]), "json");
  const form = new FormData();
  form.append("file", new Blob([hub]), ".harness/p.yaml");
  const field = new FormData();
  field.append(".harness/p.yaml", hub);
  for (const request of [
    post("/v1/check?path=.harness/p.yaml", hub, { "content-type": "application/yaml; charset=utf-8" }),
    post("/v1/check?path=./.harness//p.yaml", hub, { "content-type": "text/plain" }),
    post("/v1/check", form),
    post("/v1/check", field),
    postFiles("/v1/check", [{ path: ".harness/p.yaml", text: hub }]),
  ]) {
    const response = await handler.fetch(request);
    assert.equal(await response.text(), expected);
  }
});

test("a compressed body is unpacked", async () => {
  const body = new Blob([hub]).stream().pipeThrough(new CompressionStream("gzip"));
  const response = await open().fetch(post("/v1/check", body, { "content-type": "application/yaml", "content-encoding": "gzip" }));
  assert.equal(response.headers.get("harness-image-guard-exit-code"), "1");
  const wrong = await open().fetch(post("/v1/check", hub, { "content-type": "application/yaml", "content-encoding": "gzip" }));
  await assertRefused(wrong, 400, /isn't gzip/);
});

test("fail-on and the exit code are the command's", async () => {
  const handler = open();
  const code = async (body: string, query = ""): Promise<string | null> =>
    (await handler.fetch(post(`/v1/check${query}`, body, { "content-type": "text/yaml" }))).headers.get("harness-image-guard-exit-code");
  assert.equal(await code(hub), "1");
  assert.equal(await code("a: 1\n"), "3");
  assert.equal(await code("pipeline: [\n"), "4");
  assert.equal(await code("pipeline: {identifier: a, stages: []}\n"), "0");
  const note = hub.replace("image: maven", "connectorRef: <+input>, image: maven");
  assert.equal(await code(note), "0");
  assert.equal(await code(note, "?fail-on=note"), "1");
});

test("images are listed in every form", async () => {
  const handler = open();
  for (const [type, shown] of [
    ["application/json", /"fullName": "docker.io\/library\/maven"/],
    ["text/csv", /maven/],
    ["text/markdown", /\| /],
    ["text/vnd.mermaid", /graph|flowchart/],
  ] as const) {
    const response = await handler.fetch(post("/v1/images", hub, { "content-type": "text/yaml", accept: type }));
    assert.equal(response.headers.get("content-type"), type);
    assert.match(await response.text(), shown);
  }
});

test("the images that Harness pulls for itself are listed where they are asked for", async () => {
  const handler = open();
  const stage = "pipeline: {stages: [{stage: {spec: {infrastructure: {type: KubernetesDirect}}}}]}";
  const count = async (parameters: string): Promise<unknown> => {
    const response = await handler.fetch(post(`/v1/images${parameters}`, stage, { "content-type": "text/yaml" }));
    return ((await response.json()) as { readonly summary?: { readonly images: number } }).summary?.images ?? response.status;
  };
  assert.deepEqual([await count(""), await count("?harness-images"), await count("?harness-images=false"), await count("?harness-images=1")], [0, 2, 0, 400]);
});

test("fixes come as files or as a diff, which say the same", async () => {
  const handler = open();
  const request = (accept: string) => post("/v1/fix?path=c.yaml&unsafe", fixable, { "content-type": "text/yaml", accept });
  const fixed = (await createGuard()).fix([{ path: "c.yaml", text: fixable }], { unsafe: true });
  assert.ok(fixed.files.length === 1);
  assert.deepEqual(await (await handler.fetch(request("application/json"))).json(), fixed);
  const diff = await (await handler.fetch(request("text/x-diff"))).text();
  assert.match(diff, /^-.*docker\.io/m);
  assert.match(diff, /^\+.*app\.harness\.io/m);
  await assertRefused(await handler.fetch(post("/v1/fix?unsafe=maybe", fixable, { "content-type": "text/yaml" })), 400, /'unsafe' is one of true, false/);
});

test("the configuration and policies are the host's alone", async () => {
  const policy = { path: "no.rego", text: 'package pipeline\ndeny[msg] { input.pipeline.identifier == "p"; msg := "not p" }\n' };
  const handler = open({ guard: { config: "rules: {no-docker-hub: off}\n", policies: [policy] } });
  const files = [
    { path: "harness-image-guard.yaml", text: "rules: {no-docker-hub: error}\n" },
    { path: "p.yaml", text: hub },
  ];
  const report = (await (await handler.fetch(postFiles("/v1/check", files))).json()) as { readonly diagnostics: readonly { readonly rule: string; readonly message: string }[] };
  assert.ok(report.diagnostics.some(({ message }) => /not p/.test(message)));
  assert.ok(!report.diagnostics.some(({ rule }) => rule === "no-docker-hub"));
  await assertRefused(await handler.fetch(post("/v1/check", JSON.stringify({ files, config: "" }), { "content-type": "application/json" })), 400, /unknown key "config"/);
  await assertRefused(await handler.fetch(postFiles("/v1/check?preset=gar", files)), 400, /no parameter "preset"/);
});

test("a body that can't be read is refused, with what is wrong", async () => {
  const handler = open();
  const json = (text: string): Request => post("/v1/check", text, { "content-type": "application/json" });
  for (const [request, status, message] of [
    [json("{"), 400, /isn't JSON/],
    [json("[]"), 400, /has to be \{"files"/],
    [json('{"files": {}}'), 400, /has to be \{"files"/],
    [json('{"files": [null]}'), 400, /'files\[0\]' has to be an object/],
    [json('{"files": [{"path": "a.yaml", "text": 1}]}'), 400, /both strings/],
    [json('{"files": []}'), 400, /no file/],
    [json('{"files": [{"path": "a.yaml", "text": ""}, {"path": "./a.yaml", "text": ""}]}'), 400, /"a.yaml" is there twice/],
    [json('{"__proto__": {"files": []}}'), 400, /has to be/],
    [json('{"files": [{"path": "a.yaml", "text": "", "__proto__": 1}]}'), 400, /unknown key "__proto__"/],
    [json(`{"files": [{"path": "a.yaml", "text": "", "x": ${"[".repeat(100_000)}`), 400, /nested deeper than 512/],
    [post("/v1/check", new Uint8Array([0xff, 0x7b]), { "content-type": "application/json" }), 400, /isn't UTF-8/],
    [post("/v1/check", "a: 1"), 200, /./],
    [post("/v1/check", new Uint8Array([1])), 415, /'Content-Type' doesn't say/],
    [post("/v1/check", "a: 1", { "content-type": "text/plain; charset=latin1" }), 415, /charset/],
    [post("/v1/check", "a: 1", { "content-type": "text/plain", "content-encoding": "br" }), 415, /Content-Encoding/],
    [post("/v1/check", "--x", { "content-type": "multipart/form-data; boundary=x" }), 400, /multipart/],
    [post("/v1/check?strip=1", "a: 1", { "content-type": "text/plain" }), 400, /'strip' is about/],
    [post("/v1/check?path=a.yaml", '{"files": []}', { "content-type": "application/json" }), 400, /'path' names/],
    [post("/v1/check?path=a&path=b", "a: 1", { "content-type": "text/plain" }), 400, /is there twice/],
  ] as const) {
    const response = await handler.fetch(request);
    if (status === 200) assert.equal(response.status, 200);
    else await assertRefused(response, status, message);
  }
});

for (const path of ["../a.yaml", "a/../../b.yaml", "/etc/a.yaml", "C:/a.yaml", "a\\..\\b.yaml", "a\0.yaml", "", "./", "x".repeat(5000)]) {
  test(`the path ${JSON.stringify(path.slice(0, 20))} is refused: whoever writes the fixed files by it would write elsewhere`, async () => {
    await assertRefused(await open().fetch(postFiles("/v1/fix", [{ path, text: fixable }])), 400, /the path/);
  });
}

test("a file called like a property of every object is a file", async () => {
  const names = ["__proto__", "constructor", "toString"];
  const response = await open().fetch(postFiles("/v1/check", names.map((path) => ({ path, text: hub }))));
  const report = (await response.json()) as { readonly files: readonly { readonly path: string }[] };
  assert.deepEqual(report.files.map(({ path }) => path).sort(), [...names].sort());
});

test("too much is refused with 413: bytes, unpacked bytes, files", async () => {
  const limits = { bodyBytes: 100, unpackedBytes: 1000, files: 2 };
  const handler = open({ limits });
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64)) });
  await assertRefused(await handler.fetch(post("/v1/check", endless, { "content-type": "text/plain" })), 413, /larger than 100 bytes/);
  await assertRefused(await handler.fetch(post("/v1/check", "x".repeat(101), { "content-type": "text/plain" })), 413, /larger than 100 bytes/);
  const bomb = new Blob(["a".repeat(20_000)]).stream().pipeThrough(new CompressionStream("gzip"));
  await assertRefused(await handler.fetch(post("/v1/check", bomb, { "content-type": "text/plain", "content-encoding": "gzip" })), 413, /larger than 1000 bytes when it is unpacked/);
  const three = ["a", "b", "c"].map((path) => ({ path, text: "" }));
  await assertRefused(await handler.fetch(postFiles("/v1/check", three)), 413, /more than 2 files/);
});

test("a body that doesn't arrive is given up, and one that breaks off is refused", async () => {
  const handler = open({ limits: { bodySeconds: 0.05 } });
  const slow = new ReadableStream({ pull: () => new Promise(() => undefined) });
  await assertRefused(await handler.fetch(post("/v1/check", slow, { "content-type": "text/plain" })), 408, /within 0.05 seconds/);
  const half = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode("pipeline:"));
      controller.error(new Error("gone"));
    },
  });
  await assertRefused(await handler.fetch(post("/v1/check", half, { "content-type": "text/plain" })), 400, /ended before/);
});

test("of a body that comes byte by byte, nothing is kept but its bytes", async () => {
  const bytes = new TextEncoder().encode(hub.padEnd(10_000));
  const before = process.memoryUsage().arrayBuffers;
  let [sent, most] = [0, 0];
  const pieces = new ReadableStream({
    pull: (controller) => {
      if (sent === bytes.length) return controller.close();
      // As from a socket: a buffer of which this is a part.
      controller.enqueue(new Uint8Array(65_536).fill(bytes[sent++] ?? 0).subarray(7, 8));
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    },
  });
  const response = await open().fetch(post("/v1/check", pieces, { "content-type": "text/plain" }));
  assert.equal(response.headers.get("harness-image-guard-exit-code"), "1");
  assert.ok(most < 300_000_000, `${most} bytes`);
});

test("a client has only so many requests under way, and others aren't held up by it", async () => {
  const handler = open({ limits: { concurrent: 2, bodySeconds: 5 } });
  const held: ReadableStreamDefaultController[] = [];
  const waiting = [1, 2].map(() => {
    const body = new ReadableStream({ start: (controller) => void held.push(controller) });
    return handler.fetch(post("/v1/check", body, { "content-type": "text/yaml" }), { client: "a" });
  });
  const third = await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }), { client: "a" });
  assert.equal(third.headers.get("retry-after"), "1");
  await assertRefused(third, 429, /2 requests are under way/);
  assert.equal((await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }), { client: "b" })).status, 200);
  for (const controller of held) controller.close();
  for (const response of await Promise.all(waiting)) assert.equal(response.status, 200);
  assert.equal((await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }), { client: "a" })).status, 200);
});

test("a large report is streamed; until it is read, it counts as under way", async () => {
  const handler = open({ limits: { concurrent: 1 } });
  const steps = Array.from({ length: 500 }, (_, at) => `{step: {identifier: u${at}, type: Run, spec: {image: "maven:${at}🐳"}}}`);
  const text = `pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [${steps.join(", ")}]}}}}]}\n`;
  const files = [{ path: "p.yaml", text }];
  const response = await handler.fetch(postFiles("/v1/check", files));
  await assertRefused(await handler.fetch(postFiles("/v1/check", files)), 429, /under way/);
  const expected = await showReport((await createGuard()).check(files), "json");
  assert.ok(expected.length > 2 ** 17);
  assert.equal(await response.text(), expected);
  const left = await handler.fetch(postFiles("/v1/check", files));
  await left.body?.cancel();
  assert.equal((await handler.fetch(postFiles("/v1/check", files))).status, 200);
});

const secrets = ["correct-horse-battery", "metrics-only-token-1"] as const;
const tokens = [{ token: secrets[0], name: "ci" }, { token: secrets[1], scopes: ["metrics"] as const }];

test("without the right token nothing is answered but what says nothing", async () => {
  const handler = createHandler({ tokens });
  const ask = (authorization?: string, path = "/v1/check") =>
    handler.fetch(post(path, hub, { "content-type": "text/yaml", ...(authorization === undefined ? {} : { authorization }) }));
  const missing = await ask();
  assert.match(missing.headers.get("www-authenticate") ?? "", /^Bearer realm=/);
  await assertRefused(missing, 401, /this needs/);
  for (const wrong of ["Bearer", "Bearer x", `Bearer ${secrets[0]}x`, `Bearer ${secrets[0].slice(1)}`, `Basic ${secrets[0]}`]) {
    await assertRefused(await ask(wrong), 401, /wrong/);
  }
  assert.equal((await ask(`Bearer ${secrets[0]}`)).status, 200);
  await assertRefused(await ask(`Bearer ${secrets[1]}`), 403, /has no access to 'check'/);
  const metrics = (secret: string) => handler.fetch(new Request(`${origin}/metrics`, { headers: { authorization: `Bearer ${secret}` } }));
  assert.equal((await metrics(secrets[1])).status, 200);
  for (const path of ["/health", "/", "/openapi.json"]) assert.equal((await handler.fetch(new Request(origin + path))).status, 200);
});

test("who guesses tokens is stopped, and nobody else", async () => {
  const handler = createHandler({ tokens, limits: { wrongTokens: 5 } });
  const ask = async (token: string, client: string | null): Promise<number> =>
    (await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml", authorization: `Bearer ${token}` }), { client })).status;
  for (let at = 0; at < 5; at += 1) assert.equal(await ask(`guess-${at}`, "stranger"), 401);
  assert.equal(await ask("guess-6", "stranger"), 429);
  assert.equal(await ask(secrets[0], "stranger"), 429);
  assert.equal(await ask(secrets[0], "friend"), 200);
  // A header that isn't there is `null`.
  for (const nobody of ["", null]) {
    for (let at = 0; at < 10; at += 1) assert.equal(await ask(`guess-${at}`, nobody), 401);
    assert.equal(await ask(secrets[0], nobody), 200);
  }
});

test("options that would leave a handler open, or closed to all, are refused when it is made", () => {
  for (const [options, message] of [
    [{}, /nobody could use this handler/],
    [{ tokens: [] }, /list of tokens is empty/],
    [{ tokens: [{ token: "short" }] }, /at least 16 characters/],
    [{ tokens: [{ token: "a token with spaces in it" }] }, /without spaces/],
    [{ tokens: [{ token: secrets[0], scopes: ["chek"] }] }, /unknown scope 'chek'/],
    [{ tokens: [{ token: secrets[0], scope: ["check"] }] }, /no option `tokens\[0\]\.scope`; there are `token`, `name`, `scopes`$/],
    [{ tokens, anonymous: true }, /choose one/],
    [{ anonymous: true, cors: { origin: ["*"] } }, /no option `cors\.origin`/],
    [{ anonymous: true, cors: { origins: ["https://portal.example/"] } }, /'https:\/\/portal\.example\/' in 'cors\.origins' isn't an origin/],
    [{ anonymous: true, cors: { origins: ["portal.example"] } }, /isn't an origin/],
    [{ anonymous: true, cors: { origins: ["https://Portal.example"] } }, /isn't an origin/],
    [{ anonymous: true, cors: { origins: ["https://portal.example:443"] } }, /isn't an origin/],
    [{ anonymous: true, cors: { origins: ["https://*.example"] } }, /isn't an origin/],
    [{ anonymous: true, limits: { bodyBytes: 0 } }, /has to be a number above 0/],
    [{ anonymous: true, limits: { bodybytes: 1 } }, /no limit 'bodybytes'/],
  ] as const) {
    assert.throws(() => createHandler(options as unknown as HandlerOptions), { code: "usage", message });
  }
});

test("what there isn't is 404, and a method that there isn't 405 with those that there are", async () => {
  const handler = open();
  for (const path of ["/v1/checks", "/v1/check/", "/__proto__", "/v1//check"]) await assertRefused(await handler.fetch(post(path, hub)), 404, /nothing at this path/);
  const get = await handler.fetch(new Request(`${origin}/v1/check`));
  assert.equal(get.headers.get("allow"), "POST, OPTIONS");
  await assertRefused(get, 405, /takes POST/);
  const head = await handler.fetch(new Request(`${origin}/openapi.json`, { method: "HEAD" }));
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

test("pages of other origins may ask where the host says so", async () => {
  const handler = open({ cors: { origins: ["https://portal.example"] } });
  const asking = (from: string, method = "OPTIONS") => handler.fetch(new Request(`${origin}/v1/check`, { method, headers: { origin: from } }));
  const allowed = await asking("https://portal.example");
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get("access-control-allow-origin"), "https://portal.example");
  assert.match(allowed.headers.get("access-control-allow-headers") ?? "", /authorization/);
  const refused = await asking("https://evil.example");
  assert.equal(refused.headers.get("access-control-allow-origin"), null);
  assert.equal((await asking("https://portal.example", "GET")).headers.get("access-control-allow-origin"), "https://portal.example");
  for (const from of ["http://localhost:5173", "http://[::1]:8080", "chrome-extension://abcdef", "null", "*"]) open({ cors: { origins: [from] } });
  const closed = await open().fetch(new Request(`${origin}/v1/check`, { method: "OPTIONS", headers: { origin: "https://portal.example" } }));
  assert.equal(closed.headers.get("access-control-allow-origin"), null);
});

test("a log has who asked what and how it ended, and nothing of what was sent", async () => {
  const entries: LogEntry[] = [];
  const handler = createHandler({ tokens, log: (entry) => entries.push(entry) });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const secret = "SECRET-CONTENT";
  const requests = [
    post(`/v1/check?path=${secret}.yaml`, hub.replace("maven", secret), { "content-type": "text/yaml", authorization: `Bearer ${secrets[0]}`, traceparent }),
    post("/v1/check", `{"files": ["${secret}`, { "content-type": "application/json", authorization: `Bearer ${secrets[0]}` }),
    post(`/v1/${secret}`, secret, { authorization: `Bearer ${secret}` }),
    new Request(`${origin}/health`, { method: secret.slice(0, 6) }),
  ];
  const [first] = await Promise.all(requests.map((request) => handler.fetch(request, { client: "192.0.2.1" })));
  assert.match(first?.headers.get("traceresponse") ?? "", /^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
  assert.doesNotMatch(JSON.stringify(entries), /SECRET/);
  const checked = entries.find(({ traceId }) => traceId === "0af7651916cd43dd8448eb211c80319c");
  const { time, milliseconds, spanId, ...rest } = checked ?? assert.fail();
  assert.match(time ?? "", /^\d{4}-.*Z$/);
  assert.ok((milliseconds ?? 0) > 0 && /^[\da-f]{16}$/.test(spanId ?? ""));
  assert.deepEqual(rest, { level: "info", message: "request", method: "POST", route: "/v1/check", status: 200, traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331", client: "192.0.2.1", token: "ci", files: 1, findings: 1 });
  assert.deepEqual(entries.map(({ status }) => status).sort(), [200, 400, 404, 405]);
});

test("a response isn't lost with a log that fails", async () => {
  const handler = open({ limits: { concurrent: 1 }, log: () => { throw new Error("the disk is full"); } });
  for (let at = 0; at < 2; at += 1) {
    const response = await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }), { client: "a" });
    assert.equal(response.status, 200);
    await response.text();
  }
});

test("metrics count requests, findings by rule, durations and traps, and have no label that a stranger chooses", async () => {
  const handler = open();
  await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }));
  await handler.fetch(new Request(`${origin}/evil-path`, { method: "EVIL" }));
  const text = await (await handler.fetch(new Request(`${origin}/metrics`))).text();
  assert.match(text, /^harness_image_guard_requests_total\{route="\/v1\/check",method="POST",status="200"\} 1$/m);
  assert.match(text, /^harness_image_guard_findings_total\{rule="no-docker-hub",verdict="violation"\} 1$/m);
  assert.match(text, /^harness_image_guard_request_duration_seconds_bucket\{route="\/v1\/check",le="\+Inf"\} 1$/m);
  assert.match(text, /^harness_image_guard_traps_total 0$/m);
  assert.doesNotMatch(text, /evil/i);
  for (const line of text.trimEnd().split("\n")) assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="[^"]*",?)+\})? [\d.e+-]+)$/);
});

test("after the module has broken, the next request is answered right", async () => {
  const handler = open();
  const ask = () => handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" }));
  const before = await (await ask()).text();
  const { run } = WasmGuard.prototype;
  for (let at = 0; at < 3; at += 1) {
    WasmGuard.prototype.run = function (this: WasmGuard & { __wbg_ptr: number }, files, options) {
      this.__wbg_ptr = 0xffff_fff0;
      return run.call(this, files, options);
    };
    const broken = await ask();
    WasmGuard.prototype.run = run;
    await assertRefused(broken, 500, /internal error/);
    assert.equal(await (await ask()).text(), before);
  }
  assert.match(await (await handler.fetch(new Request(`${origin}/metrics`))).text(), /^harness_image_guard_traps_total 3$/m);
});

test("a configuration that is wrong answers nothing but that, and says why only to the host", async () => {
  const entries: LogEntry[] = [];
  const handler = open({ guard: { config: "presets: gar\n" }, log: (entry) => entries.push(entry) });
  await assert.rejects(handler.ready(), { code: "config" });
  await assertRefused(await handler.fetch(new Request(`${origin}/health`)), 503, /log says why/);
  await assertRefused(await handler.fetch(post("/v1/check", hub, { "content-type": "text/yaml" })), 503, /log says why/);
  assert.match(entries[0]?.fault ?? "", /presets/);
});

test("the description names every route, and each answer that a route gives is in it", async () => {
  const handler = open();
  const description = (await (await handler.fetch(new Request(`${origin}/openapi.json`))).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: object }>>>>;
  };
  const page = await (await handler.fetch(new Request(`${origin}/`))).text();
  const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
  for (const { path, method, operation } of operations) {
    assert.ok(page.includes(`${method.toUpperCase()} ${path}<`), path);
    const response = await handler.fetch(new Request(origin + path, { method: method.toUpperCase(), ...(method === "post" ? { body: hub, headers: { "content-type": "text/yaml" } } : {}) }));
    assert.ok(Object.hasOwn(operation.responses, response.status), `${path}: ${response.status}`);
  }
});
