import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";

import { createHandler } from "harness-image-guard/handler/check";

import { options } from "../dist/cli/serve/command.js";
import { certificates } from "./certificates.js";
import { freePort } from "./opa-server.js";
import { packageFolder } from "./paths.js";
import { served } from "./serve.js";
import { bodyOf, serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

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

/** Whether a program is here. */
const isHere = (program: string): boolean => spawnSync(program, ["-v"]).error === undefined || spawnSync(program, ["--version"]).error === undefined;

test("systemd reads the unit, and finds that it may do little", { skip: isHere("systemd-analyze") ? false : "there is no systemd" }, (t) => {
  // The commands lie elsewhere here.
  const unit = readFileSync(join(examples, "node/harness-image-guard.service"), "utf8").replace("/usr/bin/node ", `${process.execPath} `);
  const folder = temporaryFolder(t, { "harness-image-guard.service": unit, "wrong/harness-image-guard.service": unit.replace("ProtectSystem=strict", "ProtectSystem=sometimes") });
  const verified = (file: string) => spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, file)], { encoding: "utf8" });
  const { stderr, status } = verified("harness-image-guard.service");
  assert.deepEqual([stderr, status], ["", 0]);
  assert.match(verified("wrong/harness-image-guard.service").stderr, /protect system/i);
  const security = spawnSync("systemd-analyze", ["security", "--no-pager", "--offline=true", "--threshold=35", join(folder, "harness-image-guard.service")], { encoding: "utf8" });
  assert.equal(security.status, 0, security.stdout + security.stderr);
});

test("nginx before it, by the example's own file: TLS, the client's address, and no header of the client's", { skip: isHere("nginx") ? false : "there is no nginx" }, async (t) => {
  const authority = certificates(t);
  const certificate = authority.of("guard.example");
  const folder = temporaryFolder(t, { tokens: "portal a-token-for-trying-it check\n", "guard.example.pem": certificate.cert, "guard.example.key": certificate.key });
  const { url, lines } = await served(t, ["--preset", "gar", "--tokens", "tokens", "--client-header", "X-Forwarded-For", "--max-concurrent", "2"], folder);
  const port = await freePort();
  const example = readFileSync(join(examples, "node/nginx.conf"), "utf8");
  const here = example.replace("127.0.0.1:8789", new URL(url).host).replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`).replaceAll("/etc/nginx/guard.example", join(folder, "guard.example"));
  assert.equal(here.split(folder).length, 3);
  writeFileSync(join(folder, "example.conf"), here);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((each) => `${each}_temp_path ${folder}/${each};`).join(" ");
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(join(folder, "nginx.conf"), `${user} daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${places} include ${folder}/example.conf; }\n`);
  const args = ["-e", "stderr", "-p", folder, "-c", join(folder, "nginx.conf")];
  const checked = spawnSync("nginx", [...args, "-t"], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /\[(?:warn|emerg)\]/);
  const child = spawn("nginx", args, { stdio: "ignore" });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGQUIT");
    await ended;
  });
  const ca = readFileSync(authority.authority);
  const ask = (body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number | undefined; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, servername: "guard.example", ca, method: "POST", path: "/v1/check", headers: { authorization: "Bearer a-token-for-trying-it", "content-type": "application/yaml", accept: "text/plain", ...headers } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode, text }));
      });
      asked.on("error", reject).end(body);
    });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await ask("", {}).then(() => true, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await assertReport((await ask(readFileSync(build), { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" })).text);
  assert.equal((await ask("a: 1", { authorization: "Bearer another-token-of-somebody" })).status, 401);
  assert.equal((await ask(Buffer.alloc(17 * 2 ** 20, "#"), {})).status, 413);
  const clients = lines.filter((line) => line.startsWith("{")).map((line) => (JSON.parse(line) as { readonly client?: string }).client);
  assert.deepEqual([...new Set(clients.slice(1))], ["127.0.0.1"]);
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
