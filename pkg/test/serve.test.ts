import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { createHandler, type LogEntry } from "harness-image-guard/handler/check";
import { nodeListener } from "harness-image-guard/handler/node-listener";

import { run } from "./command.js";
import { commandPath } from "./paths.js";
import { projectFiles } from "./project.js";
import { metric, served, until } from "./serve.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

const files = projectFiles();
const body = JSON.stringify({ files });
const json = { "content-type": "application/json" };

function check(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/v1/check`, { method: "POST", headers: { ...json, ...headers }, body });
}

/** As `check`, where the server may not have heard yet that whoever was served before has gone. */
async function checkWhenFree(url: string): Promise<Response> {
  let response = await check(url);
  await until("a check is answered", async () => response.status !== 429 || (response = await check(url)).status !== 429);
  return response;
}

/** Waits until a request is being answered, besides the one that asks. */
async function requestUnderWay(url: string): Promise<void> {
  await until("a request is being answered", async () => (await metric(url, "harness_image_guard_requests_in_flight")) === 2);
}

/** Sends bytes as they are; everything that comes back. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connectionTo(url);
  socket.write(text);
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk);
  return answer;
}

function connectionTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on("error", () => undefined);
}

async function residentBytes(t: TestContext, pid: number | undefined): Promise<number> {
  const { readFile } = await import("node:fs/promises");
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  if (kilobytes === undefined) t.skip("this system doesn't say how much memory a process has");
  return Number(kilobytes ?? 0) * 1024;
}

test("serve answers what check answers, with the configuration where it starts", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "rules: {no-docker-hub: {undecided: warning}}\npolicies: [p.rego]\n",
    "p.rego": 'package pipeline\ndeny[msg] { input.pipeline.identifier == "parcels"; msg := "no parcels" }\n',
    ...Object.fromEntries(files.map(({ path, ...rest }) => [path, "text" in rest ? rest.text : ""])),
  });
  const { url, stop, lines } = await served(t, [], folder);
  const response = await check(url);
  const { stdout, exitCode } = await run(["check", "--format", "json", ...files.map(({ path }) => path)], { folder });
  assert.match(stdout, /no parcels/);
  assert.equal(await response.text(), stdout);
  assert.equal(response.headers.get("harness-image-guard-exit-code"), String(exitCode));
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.equal(await stop(), 0);
  const entries = lines.map((line) => JSON.parse(line) as LogEntry);
  assert.deepEqual(entries.map(({ message, route, client }) => [message, route, client]), [
    ["start", undefined, undefined],
    ["request", "/v1/check", "127.0.0.1"],
    ["request", "/health", "127.0.0.1"],
    ["stop", undefined, undefined],
  ]);
  assert.doesNotMatch(lines.join("\n"), /parcels|pipeline\.yaml/);
});

test("without tokens it is of this machine alone, also by its name", async (t) => {
  const refused = await run(["serve", "--host", "0.0.0.0", "--port", "0"]);
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /anybody could use every route: name the allowed clients with '--tokens FILE'/);
  const { url } = await served(t);
  const { port } = new URL(url);
  for (const [host, status] of [[`localhost:${port}`, 200], [`[::1]:${port}`, 200], ["127.0.0.1", 200], [`rebound.example:${port}`, 421], ["127.0.0.1.evil.example", 421], ["", 421]] as const) {
    assert.match(await raw(url, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`), new RegExp(`^HTTP/1.1 ${status} `), host);
  }
});

test("tokens of a file open what their scopes say", async (t) => {
  const folder = temporaryFolder(t, { tokens: "# who may ask\nci correct-horse-battery check,images\n\nprometheus metrics-only-token-1 metrics\n" });
  const { url, lines } = await served(t, ["--tokens", "tokens", "--host", "0.0.0.0"], folder);
  const local = url.replace("0.0.0.0", "127.0.0.1");
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  assert.equal((await check(local)).status, 401);
  assert.equal((await check(local, as("correct-horse-battery"))).status, 200);
  assert.equal((await check(local, as("metrics-only-token-1"))).status, 403);
  assert.equal((await fetch(`${local}/metrics`, { headers: as("metrics-only-token-1") })).status, 200);
  assert.doesNotMatch(lines.join("\n"), /correct-horse|metrics-only/);
});

test("a command line that is wrong says what and how, and never quotes a token", async (t) => {
  const folder = temporaryFolder(t, { short: "ci secret-1\n", scope: "ci correct-horse-battery chek\n", empty: "# nobody\n", "wrong.yaml": "presets: gar\n" });
  for (const [args, message] of [
    [["x"], /unexpected argument 'x'/],
    [["--port", "99999"], /'--port' has to be a number from 0 to 65535/],
    [["--max-body", "many"], /'--max-body' has to be a size/],
    [["--body-timeout", "soon"], /'--body-timeout' has to be a duration/],
    [["--allow-origin", "https://portal.example/"], /'--allow-origin' can't be 'https:\/\/portal\.example\/': an origin is a scheme and a host/],
    [["--tokens", "short"], /short:1: the token of 'ci' has to have at least 16 characters/],
    [["--tokens", "scope"], /scope:1: there is no scope 'chek'/],
    [["--tokens", "empty"], /has no token/],
    [["--tokens", "gone"], /can't be read: no such file/],
    [["--config", "wrong.yaml"], /wrong\.yaml:1:1: .*presets/],
  ] as const) {
    const { stderr, exitCode } = await run(["serve", ...args], { folder });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /secret-1|correct-horse/);
  }
});

test("an address that somebody else has is an error", async (t) => {
  const { url } = await served(t);
  const { stderr, exitCode } = await run(["serve", "--port", new URL(url).port]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /can't listen at http:\/\/127\.0\.0\.1:\d+: address already in use/);
});

test("a stop waits for the request that is under way, and takes no new one", async (t) => {
  const { url, child, stop } = await served(t);
  const slow = request(`${url}/v1/check`, { method: "POST", headers: { ...json, "content-length": String(Buffer.byteLength(body)) } });
  slow.write(body.slice(0, 100));
  await requestUnderWay(url);
  const ended = stop();
  await until("a new one is refused", () => check(url).then(() => false, () => true));
  assert.equal(child.exitCode, null);
  slow.end(body.slice(100));
  const [response] = (await once(slow, "response")) as [import("node:http").IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.resume();
  const answered = Date.now();
  assert.equal(await ended, 0);
  assert.ok(Date.now() - answered < 3000, "whoever was answered has kept the connection");
});

test("a stop doesn't wait for ever", async (t) => {
  const { url, stop } = await served(t, ["--stop-timeout", "300ms"]);
  const socket = connectionTo(url);
  socket.write("POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\na");
  await requestUnderWay(url);
  const started = Date.now();
  assert.equal(await stop("SIGINT"), 0);
  assert.ok(Date.now() - started < 5000);
});

test("what isn't a request, is too long or doesn't come is refused, and others are answered meanwhile", async (t) => {
  const { url } = await served(t, ["--max-body", "100k", "--body-timeout", "500ms"]);
  const post = "POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const answers = Promise.all([
    raw(url, "nonsense\r\n\r\n"),
    raw(url, `GET / HTTP/1.1\r\nHost: localhost\r\n${"X-A: b\r\n".repeat(5000)}\r\n`),
    raw(url, `${post}Content-Length: 999999999\r\n\r\n{`),
    raw(url, `${post}Content-Length: 100\r\n\r\n{`),
    raw(url, `${post}Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${"a".repeat(4096)}\r\n`.repeat(50)}`),
    raw(url, "GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    raw(url, "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    raw(url, "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  ]);
  assert.equal((await check(url)).status, 200);
  const statuses = (await answers).map((answer) => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "closed");
  assert.deepEqual(statuses, ["400", "431", "413", "408", "413", "400", "closed", "405"]);
});

test("a thousand connections that come and go, and bodies that break off, leave nothing", async (t) => {
  const { url, child, lines } = await served(t, ["--body-timeout", "2s"]);
  const before = await (await check(url)).text();
  const flood = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 100) {
      const sockets = Array.from({ length: 100 }, () => connectionTo(url));
      await Promise.all(sockets.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
      for (const [index, socket] of sockets.entries()) {
        if (index % 2 === 0) socket.write("POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
      }
      await wait(10);
      for (const socket of sockets) socket.destroy();
    }
  };
  await flood(500);
  const usual = await residentBytes(t, child.pid);
  await flood(1000);
  const after = await residentBytes(t, child.pid);
  assert.ok(after < usual + 64 * 2 ** 20, `${usual} -> ${after}`);
  assert.equal(await (await checkWhenFree(url)).text(), before);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^harness_image_guard_requests_in_flight 1$/m);
  assert.ok(lines.length > 0);
  assert.ok(lines.every((line) => (JSON.parse(line) as LogEntry).level !== "error"));
});

test("a reader that doesn't read holds up nobody, and what it left unread is given up with its connection", async (t) => {
  const steps = Array.from({ length: 9000 }, (_, at) => `{step: {identifier: u${at}, type: Run, spec: {image: "maven:${at}"}}}`);
  const text = `pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [${steps.join(", ")}]}}}}]}\n`;
  const { url } = await served(t, ["--max-concurrent", "2"]);
  const large = JSON.stringify({ files: [{ path: "p.yaml", text }] });
  const sockets = [1, 2].map(() => {
    const socket = connectionTo(url);
    socket.pause();
    socket.write(`POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(large)}\r\n\r\n${large}`);
    return socket;
  });
  await wait(3000);
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.equal((await check(url)).status, 429);
  for (const socket of sockets) socket.destroy();
  assert.equal((await checkWhenFree(url)).status, 200);
});

test("whoever leaves out what names the client doesn't end the server", async (t) => {
  const handler = createHandler({ anonymous: true });
  const { url } = await serve(t, nodeListener(handler, ({ headers }) => ({ client: (headers["x-client"] as string).trim() })));
  const answer = await fetch(`${url}/health`);
  assert.deepEqual([answer.status, ((await answer.json()) as { readonly code: string }).code], [500, "internal_error"]);
  assert.equal((await fetch(`${url}/health`, { headers: { "x-client": "a" } })).status, 200);
});

test("whoever goes while the answer is made leaves nothing under way", async (t) => {
  const steps = Array.from({ length: 3000 }, (_, at) => `{step: {identifier: u${at}, type: Run, spec: {image: "maven:${at}"}}}`);
  const text = `pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [${steps.join(", ")}]}}}}]}\n`;
  let answers = 0;
  const handler = createHandler({
    anonymous: true,
    limits: { concurrent: 1 },
    webhooks: {
      secrets: { github: "a-webhook-secret-of-ours" },
      fetchFiles: async () => {
        await wait(300);
        answers += 1;
        return [{ path: "p.yaml", text }];
      },
    },
  });
  const { url } = await serve(t, nodeListener(handler));
  const payload = JSON.stringify({ ref: "refs/heads/main", after: "1".repeat(40), repository: { full_name: "a/b" } });
  const signature = createHmac("sha256", "a-webhook-secret-of-ours").update(payload).digest("hex");
  const socket = connectionTo(url);
  socket.write(`POST /webhook/github HTTP/1.1\r\nHost: localhost\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`);
  await wait(100);
  socket.destroy();
  await until("its answer is made", () => answers > 0);
  assert.equal((await checkWhenFree(url)).status, 200);
});

test("behind a reverse proxy, a client is who the proxy says", async (t) => {
  const folder = temporaryFolder(t, { tokens: "ci correct-horse-battery\n" });
  const { url, lines } = await served(t, ["--client-header", "X-Forwarded-For", "--tokens", "tokens"], folder);
  await check(url, { authorization: "Bearer correct-horse-battery", "x-forwarded-for": "198.51.100.7, 192.0.2.1" });
  await until("it is logged", () => lines.length >= 2);
  const entry = JSON.parse(lines.at(-1) ?? "") as LogEntry;
  assert.deepEqual([entry.client, entry.token, entry.status], ["192.0.2.1", "ci", 200]);
  // A header without an address at its end names nobody, and whose guesses aren't counted could guess on.
  await check(url, { authorization: "Bearer correct-horse-battery", "x-forwarded-for": "198.51.100.7, " });
  await until("it is logged", () => lines.length >= 3);
  assert.equal((JSON.parse(lines.at(-1) ?? "") as LogEntry).client, "127.0.0.1");
});

test("serve answers although nobody reads its log", { timeout: 60_000, skip: process.platform === "win32" ? "there are no named pipes" : false }, async (t) => {
  const pipe = join(temporaryFolder(t), "pipe");
  spawnSync("mkfifo", [pipe]);
  // It has room for 64 KiB.
  const log = openSync(pipe, "r+");
  t.after(() => closeSync(log));
  const child = spawn(process.execPath, [commandPath, "serve", "--port", "0"], { stdio: ["ignore", "ignore", log] });
  t.after(() => child.kill("SIGKILL"));
  const bytes = Buffer.alloc(65_536);
  const { address } = JSON.parse(bytes.toString("utf8", 0, readSync(log, bytes))) as LogEntry;
  for (let asked = 0; asked < 1000; asked += 40) {
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(`${address}/`)));
    for (const answer of answers) assert.equal((await answer.arrayBuffer(), answer.status), 200);
  }
  let length = 0;
  while (length < bytes.length / 2) length += readSync(log, bytes);
  assert.match(bytes.toString("utf8", 0, length), /"route":"\/"/);
});
