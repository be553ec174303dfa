import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import type { LogEntry } from "harness-image-guard/handler";

import { run } from "./command.js";
import { metric, served, type Served, until } from "./serve.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";

/** A request on a connection of its own, which the next worker gets. */
function check(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/v1/check`, { method: "POST", headers: { "content-type": "application/yaml", connection: "close", ...headers }, body: pipeline });
}

/** The process ids of the workers, as the system has them. */
function workersOf({ child }: Served): readonly number[] {
  const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
  return text.trim().split(" ").filter((each) => each !== "").map(Number);
}

const entries = ({ lines }: Served): readonly LogEntry[] => lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogEntry);
const isLinux = process.platform === "linux";

test("several workers answer at one address, and count together", { skip: !isLinux }, async (t) => {
  const server = await served(t, ["--workers", "2"]);
  assert.equal(workersOf(server).length, 2);
  const answers = new Set<string>();
  for (let at = 0; at < 12; at += 1) answers.add(await (await check(server.url)).text());
  assert.equal(answers.size, 1);
  assert.equal(await metric(server.url, 'harness_image_guard_requests_total{route="/v1/check",method="POST",status="200"}'), 12);
  assert.equal(await metric(server.url, 'harness_image_guard_request_duration_seconds_count{route="/v1/check"}'), 12);
  assert.equal(await metric(server.url, 'harness_image_guard_findings_total{rule="no-docker-hub",verdict="violation"}'), 12);
  assert.equal(await metric(server.url, "harness_image_guard_workers"), 2);
  assert.equal(await server.stop(), 0);
  assert.deepEqual(entries(server).filter(({ message }) => message !== "request").map(({ message }) => message), ["start", "stop"]);
});

test("a worker that breaks is replaced, by what was read at the start, and what it counted stays", { skip: !isLinux }, async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "policies: [p.rego]\nconnectorFiles: [list.yaml]\n",
    "p.rego": 'package pipeline\ndeny[msg] { msg := "as it was" }\n',
    "list.yaml": "connectors:\n  - {identifier: corp, type: DockerRegistry, url: https://r.example}\n",
  });
  const server = await served(t, ["--workers", "2"], folder);
  const before = await (await check(server.url)).text();
  assert.match(before, /as it was/);
  for (let at = 0; at < 5; at += 1) await check(server.url);
  const requests = 'harness_image_guard_requests_total{route="/v1/check",method="POST",status="200"}';
  // Whoever asks for metrics has the last counts.
  assert.equal(await metric(server.url, requests), 6);
  for (const file of ["p.rego", "list.yaml", "harness-image-guard.yaml"]) writeFileSync(join(folder, file), "changed: [");
  const killed = workersOf(server);
  for (const pid of killed) process.kill(pid, "SIGKILL");
  await until("two others answer", async () => {
    const now = workersOf(server);
    return now.length === 2 && now.every((pid) => !killed.includes(pid)) && (await check(server.url).then((each) => each.ok, () => false));
  });
  assert.equal(await (await check(server.url)).text(), before);
  assert.ok((await metric(server.url, requests)) >= 8);
  assert.equal(await metric(server.url, "harness_image_guard_worker_restarts_total"), 2);
  const ends = entries(server).filter(({ message }) => message === "worker");
  assert.deepEqual(ends.map(({ level, worker }) => [level, killed.includes(worker ?? 0)]), [["error", true], ["error", true]]);
  assert.match(ends[0]?.fault ?? "", /^the worker ended by signal SIGKILL; another one starts in 100 ms$/);
  assert.equal(await server.stop(), 0);
});

test("a worker that breaks again and again is replaced later each time", { skip: !isLinux }, async (t) => {
  const server = await served(t, ["--workers", "1"]);
  assert.deepEqual(workersOf(server), [], "one worker is this very process");
  const two = await served(t, ["--workers", "2"]);
  const [stable] = workersOf(two);
  for (const pause of [100, 200, 400]) {
    await until("a second worker", () => workersOf(two).length === 2);
    for (const pid of workersOf(two)) if (pid !== stable) process.kill(pid, "SIGKILL");
    await until(`a pause of ${pause} ms`, () => entries(two).some(({ fault }) => fault?.endsWith(`another one starts in ${pause} ms`)));
  }
  assert.equal((await check(two.url)).status, 200);
});

test("a stop answers what is under way in every worker, and then all processes are gone", { skip: !isLinux }, async (t) => {
  const server = await served(t, ["--workers", "2"]);
  const { port } = new URL(server.url);
  const slow = Array.from({ length: 4 }, () => {
    const asked = request({ port, host: "127.0.0.1", method: "POST", path: "/v1/check", headers: { "content-type": "application/yaml", "content-length": pipeline.length } });
    asked.write(pipeline.slice(0, 10));
    return asked;
  });
  const answers = slow.map(async (asked) => ((await once(asked, "response")) as [{ readonly statusCode: number }])[0].statusCode);
  await sleep(300);
  const workers = workersOf(server);
  const stopped = server.stop("SIGINT");
  await sleep(300);
  for (const asked of slow) asked.end(pipeline.slice(10));
  assert.deepEqual(await Promise.all(answers), [200, 200, 200, 200]);
  assert.equal(await stopped, 0);
  await until("no worker is left", () => workers.every((pid) => !isAlive(pid)));
});

test("workers end where the primary is killed", { skip: !isLinux }, async (t) => {
  const server = await served(t, ["--workers", "2"]);
  const workers = workersOf(server);
  await server.stop("SIGKILL");
  await until("no worker is left", () => workers.every((pid) => !isAlive(pid)));
});

test("an address that can't be had is an error, and leaves no process", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const { exitCode, stderr } = await run(["serve", "--workers", "2", "--port", String(port)]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /can't listen at http:\/\/127\.0\.0\.1:\d+: address already in use/);
  for (const wrong of ["0", "257", "two"]) assert.equal((await run(["serve", "--workers", wrong])).exitCode, 2);
});

test("a client has no more wrong tokens in all than with one worker", async (t) => {
  const folder = temporaryFolder(t, { tokens: "a one-long-random-secret\n" });
  const { url } = await served(t, ["--workers", "2", "--tokens", "tokens"], folder);
  const statuses: number[] = [];
  for (let at = 0; at < 26; at += 1) statuses.push((await check(url, { authorization: "Bearer wrong" })).status);
  assert.equal(statuses.filter((status) => status === 401).length, 20);
  assert.equal(statuses.at(-1), 429);
});

test("a connection that stays open doesn't keep the others waiting", async (t) => {
  const { url } = await served(t, ["--workers", "2"]);
  const { hostname, port } = new URL(url);
  const open = Array.from({ length: 10 }, () => connect(Number(port), hostname).on("error", () => undefined));
  t.after(() => open.forEach((socket) => socket.destroy()));
  assert.equal((await check(url)).status, 200);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
