// Load on `serve` over the loopback, beside `opa run --server` where there is an OPA 1.22: requests a second, processor
// time, the 50th and 99th percentiles of latency in milliseconds, and memory. Fails where an answer differs from the first
// one, or memory grows after the first half of the requests.
//
//   node benches/edge/soak.mjs [REQUESTS]     100,000 for each row by default

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const requests = Number(process.argv[2] ?? 100_000);
const connections = 16;
/** In MiB: how much memory may vary with when garbage is collected. */
const tolerated = 64;

const command = fileURLToPath(new URL("../../pkg/bin/harness-image-guard.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "harness-image-guard-soak-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "p.rego"), 'package app\n\nimport rego.v1\n\ndefault allow := false\n\nallow if {\n\tsome role in input.roles\n\tdata.roles[role][_] == input.action\n}\n');
writeFileSync(join(folder, "data.json"), JSON.stringify({ roles: { admin: ["read", "write"], reader: ["read"] } }));
writeFileSync(join(folder, "none.yaml"), "");
const token = "a-token-of-twenty-characters";
writeFileSync(join(folder, "tokens"), `soak ${token}\n`);

const pipeline = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";
const decision = { path: "/v1/data/app/allow", type: "application/json", body: JSON.stringify({ input: { roles: ["reader"], action: "read" } }) };
const check = { path: "/v1/check", type: "application/yaml", body: pipeline };
/** So large that most of the time is the check's, and not the client's. */
const large = { ...check, body: pipeline.replace(/\{step: .*?\}\}\}(?=\])/, (step) => Array.from({ length: 300 }, (_, at) => step.replace("u,", `u${at},`)).join(", ")), name: "/v1/check, 300 steps", part: 0.02 };

let failures = 0;
const fail = (message) => {
  failures += 1;
  console.error(`FAILED: ${message}`);
};

/** The sum of a figure over a process and its workers; NaN where there is no /proc. */
function sumOver(pid, figureOf) {
  try {
    const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter((each) => each !== "");
    return workers.reduce((sum, worker) => sum + sumOver(worker, figureOf), figureOf(`/proc/${pid}`));
  } catch {
    return Number.NaN;
  }
}

/** The memory of a process with its workers, in MiB. */
function memoryOf(pid) {
  return sumOver(pid, (folder) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, "utf8"))?.[1]) / 1024);
}

/** The processor time of a process with its workers, in milliseconds. */
function processorTimeOf(pid) {
  return sumOver(pid, (folder) => {
    const [, user, system] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`${folder}/stat`, "utf8"));
    return 10 * (Number(user) + Number(system));
  });
}

const mebibytes = (memory) => (Number.isNaN(memory) ? "?" : memory.toFixed(0));

async function ours(args = [], name = "serve") {
  const child = spawn(process.execPath, [command, "serve", "--port", "0", "--config", "none.yaml", "--data", "p.rego", "--data", "data.json", "--v1-compatible", "--max-concurrent", "64", ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      const entry = JSON.parse(line);
      if (entry.message === "start") resolve(entry.address);
      if (entry.level === "error") fail(line);
    });
    child.once("exit", () => reject(new Error("serve doesn't start")));
  });
  return { name, url, child };
}

async function opa() {
  const go = join(process.env.GOPATH ?? join(homedir(), "go"), "bin");
  const program = ["opa-1.22", "opa"].flatMap((name) => [name, join(go, name)]).find((each) => spawnSync(each, ["version"], { encoding: "utf8" }).stdout?.startsWith("Version: 1.22."));
  if (program === undefined) return undefined;
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address();
  free.close();
  const child = spawn(program, ["run", "--server", "--addr", `127.0.0.1:${port}`, "--log-level", "error", "p.rego", "data.json"], { cwd: folder, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200 && !(await fetch(`${url}/health`).then(({ ok }) => ok, () => false)); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  return { name: "opa run --server", url, child };
}

function ask(url, agent, { path, type, body }, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { method: "POST", agent, headers: { "content-type": type, "content-length": Buffer.byteLength(body), ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text: text.replace(/"decision_id":"[^"]*",?/, "") }));
    });
    asked.on("error", reject).end(body);
  });
}

async function load(server, what, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const expected = await ask(server.url, agent, what);
  if (expected.status !== 200) fail(`${server.name}: ${expected.text}`);
  const durations = new Float64Array(count);
  let [next, wrong] = [0, 0];
  const started = performance.now();
  const worker = async () => {
    while (next < count) {
      const at = next;
      next += 1;
      const begun = performance.now();
      const { status, text } = await ask(server.url, agent, what);
      durations[at] = performance.now() - begun;
      if (status !== 200 || text !== expected.text) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  if (wrong > 0) fail(`${server.name}: ${wrong} answers of ${count} are wrong`);
  durations.sort();
  const percentile = (part) => durations[Math.min(count - 1, Math.floor(count * part))].toFixed(2);
  return { rate: Math.round(count / seconds), p50: percentile(0.5), p99: percentile(0.99) };
}

async function row(server, what) {
  const count = Math.ceil(requests * (what.part ?? 1));
  await load(server, what, Math.ceil(count / 10));
  const before = memoryOf(server.child.pid);
  await load(server, what, Math.ceil(count / 2));
  const middle = memoryOf(server.child.pid);
  const worked = processorTimeOf(server.child.pid);
  const { rate, p50, p99 } = await load(server, what, Math.ceil(count / 2));
  const work = (processorTimeOf(server.child.pid) - worked) / Math.ceil(count / 2);
  const after = memoryOf(server.child.pid);
  if (server.name.startsWith("serve") && after > middle + tolerated) fail(`memory grows: ${middle.toFixed(0)} MiB, then ${after.toFixed(0)}`);
  console.log(`| ${server.name} | ${what.name ?? what.path} | ${rate} | ${work.toFixed(2)} | ${p50} | ${p99} | ${mebibytes(before)} → ${mebibytes(middle)} → ${mebibytes(after)} |`);
}

/** Connections that come, send half of a request or nothing, and go. */
async function connectionFlood(url, count) {
  const { hostname, port } = new URL(url);
  for (let at = 0; at < count; at += 100) {
    const sockets = Array.from({ length: 100 }, () => connect(Number(port), hostname).on("error", () => undefined));
    await Promise.all(sockets.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    for (const [index, socket] of sockets.entries()) if (index % 2 === 0) socket.write("POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    for (const socket of sockets) socket.destroy();
  }
}

/** Sends wrong tokens, and returns how often each status came back. */
async function guesses(url, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map();
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const { status } = await ask(url, agent, check, { authorization: `Bearer guess-${next}-of-many-guesses` });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return statuses;
}

console.log("| server | route | requests a second | processor ms a request | p50 ms | p99 ms | memory MiB: warm, half, end |\n|---|---|---|---|---|---|---|");
const server = await ours();
await row(server, check);
await row(server, large);
await row(server, decision);
const several = await ours(["--workers", "2"], "serve --workers 2");
await row(several, check);
await row(several, large);
await row(several, decision);
several.child.kill();
const peer = await opa();
if (peer === undefined) console.log("there is no OPA 1.22 to compare with");
else {
  await row(peer, decision);
  peer.child.kill();
}

const healthy = await ask(server.url, undefined, check);
const usual = memoryOf(server.child.pid);
await connectionFlood(server.url, Math.ceil(requests / 10));
const flooded = memoryOf(server.child.pid);
console.log(`${Math.ceil(requests / 10)} connections opened and dropped: ${mebibytes(usual)} → ${mebibytes(flooded)} MiB`);
if (flooded > usual + tolerated) fail("dropped connections leave memory");
if ((await ask(server.url, undefined, check)).text !== healthy.text) fail("after dropped connections, the answer has changed");
server.child.kill();

const guarded = await ours(["--tokens", "tokens"]);
await guesses(guarded.url, Math.ceil(requests / 10));
const before = memoryOf(guarded.child.pid);
const statuses = await guesses(guarded.url, requests);
const after = memoryOf(guarded.child.pid);
console.log(`${requests} wrong tokens: ${[...statuses].map(([status, count]) => `${count} times ${status}`).join(", ")}; ${mebibytes(before)} → ${mebibytes(after)} MiB`);
if ([...statuses.keys()].some((status) => status !== 401 && status !== 429)) fail(`a wrong token isn't answered with 401 or 429: ${[...statuses.keys()].join(", ")}`);
if (after > before + tolerated) fail("wrong tokens leave memory");
guarded.child.kill();
process.exitCode = failures === 0 ? 0 : 1;
