import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";

import { createHandler } from "harness-image-guard/handler/check";

import { options } from "../dist/cli/serve/command.js";
import { packageFolder } from "./paths.js";
import { bodyOf, serve } from "./server.js";

// The examples, each started by the lines of its own page. Packages that a line would install are there already.

const root = join(packageFolder, "..");
const examples = join(root, "examples/edge");
const binaries = [join(root, "node_modules/.bin"), join(packageFolder, "node_modules/.bin")].join(delimiter);
const environment = { ...process.env, PATH: `${binaries}${delimiter}${process.env["PATH"] ?? ""}`, NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", CI: "1" };

/** The lines of a page's shell blocks. */
function linesOf(folder: string): readonly string[] {
  const blocks = readFileSync(join(folder, "README.md"), "utf8").matchAll(/^```sh\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, text = ""]) => text.trimEnd().split("\n"));
}

/** Runs the lines of a page until its service answers, and then those that ask it; what they print. */
async function started(t: TestContext, name: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(examples, name);
  let output = "";
  for (const line of linesOf(folder)) {
    if (line.startsWith("npm install ")) continue;
    const port = /(?:--port |PORT=)(\d+)/.exec(line)?.[1];
    if (port !== undefined && !line.startsWith("curl ")) {
      await start(t, line, folder, port, variables);
      continue;
    }
    const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd: folder, env: environment });
    output += stdout;
  }
  return output;
}

async function start(t: TestContext, line: string, folder: string, port: string, variables: Readonly<Record<string, string>>): Promise<void> {
  // A group of its own: what npx starts ends with it.
  const child = spawn("sh", ["-c", line], { cwd: folder, env: { ...environment, ...variables }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  const ended = once(child, "exit");
  t.after(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  });
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await fetch(`http://127.0.0.1:${port}/health`).then(({ ok }) => ok, () => false)) return;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${line}\n${output}`);
}

const build = join(root, "examples/.harness/orgs/default/projects/shop/pipelines/build.yaml");

/** That what was printed is what a check finds in the pipeline that the pages send. */
async function assertReport(output: string): Promise<void> {
  const handler = createHandler({ anonymous: true, guard: { config: { preset: "gar" } } });
  const headers = { "content-type": "application/yaml", accept: "text/plain" };
  const response = await handler.fetch(new Request("http://guard.example/v1/check", { method: "POST", body: readFileSync(build), headers }));
  const expected = await response.text();
  assert.match(expected, /error\[/);
  assert.equal(output, expected);
}

test("the worker answers, started by its page's lines", async (t) => {
  await assertReport(await started(t, "worker"));
  rmSync(join(examples, "worker/.wrangler"), { recursive: true, force: true });
});

test("the worker is what a free account may upload, and starts as wrangler deploys it", async () => {
  const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");
  const { stdout, stderr, status } = spawnSync(process.execPath, [wrangler, "deploy", "--dry-run"], { cwd: join(examples, "worker"), encoding: "utf8", env: environment });
  assert.equal(status, 0, stderr);
  const kilobytes = Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1]);
  assert.ok(kilobytes > 0 && kilobytes < 1024, stdout);
});

test("the service in Deno answers, started by its page's lines", async (t) => {
  await assertReport(await started(t, "deno"));
});

test("the service on Node answers, started by its page's lines", async (t) => {
  t.after(() => rmSync(join(examples, "node/tokens"), { force: true }));
  await assertReport(await started(t, "node"));
});

test("the unit and the container start the command with options that there are", () => {
  const unit = readFileSync(join(examples, "node/harness-image-guard.service"), "utf8");
  const container = readFileSync(join(examples, "node/Containerfile"), "utf8");
  const fromUnit = /^ExecStart=.* serve (.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
  const fromContainer = (JSON.parse(/^CMD (.*)$/m.exec(container)?.[1] ?? "[]") as readonly string[]).slice(2);
  for (const args of [fromUnit, fromContainer]) {
    const names = args.filter((arg) => arg.startsWith("--")).map((arg) => arg.slice(2));
    assert.ok(names.includes("tokens"));
    for (const name of names) assert.ok(Object.hasOwn(options, name), name);
  }
});

test("the webhook answers a push to GitHub with a check run that has its findings, started by its page's lines", async (t) => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const asked: (string | undefined)[] = [];
  const runs: Readonly<Record<string, unknown>>[] = [];
  const { url } = await serve(t, (request, response) => {
    asked.push(request.headers["authorization"]);
    const answer = (status: number, body: string): void => void response.writeHead(status, { "content-type": "application/json" }).end(body);
    if (request.url === `/repos/acme/shop/git/trees/${commit}?recursive=1`) {
      const tree = [
        { type: "blob", mode: "100644", path: ".harness/build.yaml", sha: "aa" },
        { type: "blob", mode: "100644", path: "README.md", sha: "bb" },
        { type: "blob", mode: "120000", path: "link.yaml", sha: "cc" },
        { type: "tree", mode: "040000", path: ".harness", sha: "dd" },
      ];
      answer(200, JSON.stringify({ tree, truncated: false }));
    } else if (request.url === "/repos/acme/shop/git/blobs/aa") answer(200, readFileSync(build, "utf8"));
    else if (request.url === "/repos/acme/shop/check-runs") {
      void bodyOf(request).then((body) => {
        runs.push(JSON.parse(body) as Readonly<Record<string, unknown>>);
        answer(201, "{}");
      });
    } else answer(404, "{}");
  });
  await started(t, "webhook", { GITHUB_API: url });
  const body = JSON.stringify({ ref: "refs/heads/main", after: commit, repository: { full_name: "acme/shop" } });
  const push = (signature: string) =>
    fetch("http://127.0.0.1:8790/webhook/github", { method: "POST", body, headers: { "x-github-event": "push", "x-hub-signature-256": signature } });
  const right = `sha256=${createHmac("sha256", "one-long-random-secret").update(body).digest("hex")}`;
  assert.equal((await push(`sha256=${"0".repeat(64)}`)).status, 401);
  assert.equal((await push(right)).status, 200);
  assert.equal((await push(right)).status, 200);
  assert.equal(runs.length, 1);
  const { head_sha, conclusion, output } = runs[0] as { readonly head_sha: string; readonly conclusion: string; readonly output: { readonly annotations: readonly { readonly path: string }[] } };
  assert.deepEqual([head_sha, conclusion], [commit, "failure"]);
  assert.deepEqual([...new Set(output.annotations.map(({ path }) => path))], [".harness/build.yaml", "link.yaml"]);
  assert.deepEqual(new Set(asked), new Set(["Bearer a-token-of-an-app"]));
  assert.equal((await fetch("http://127.0.0.1:8790/v1/check", { method: "POST", body: "" })).status, 401);
});
