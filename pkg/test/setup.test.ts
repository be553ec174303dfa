import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { load } from "js-yaml";

import { account, type AccountServer, accountServer, type Held, secrets, send, token } from "./account-server.js";
import { neutralVariables, type Outcome, run } from "./command.js";
import { commandPath } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const stage = (override: string): string =>
  `pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {connectorRef: account.k, namespace: n${override}}}, execution: {steps: []}}}\n`;

const usual = { "p.yaml": stage("") };

function variables(url: string): Readonly<Record<string, string>> {
  return { HARNESS_ENDPOINT: `${url}/gateway`, HARNESS_PLATFORM_API_KEY: token, HARNESS_ACCOUNT_ID: "", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
}

async function setUp(folder: string, url: string, args: readonly string[] = []): Promise<Outcome> {
  const outcome = await run(["setup", ...args], { folder, variables: variables(url) });
  for (const secret of secrets) assert.ok(!(outcome.stdout + outcome.stderr).includes(secret), `${secret} is shown:\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

const writes = ({ requests }: AccountServer): readonly string[] => requests.filter((request) => /^(?:PUT|POST) \S*\/connectors\?/.test(request));
const specOf = (held: Held | undefined): Held => held?.["spec"] as Held;

test("without an account: what the connector has to be, what to look for, which stages are wrong, and how to keep it so", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": stage(", harnessImageConnectorRef: account.hub"), "q.yaml": stage("") });
  const { stdout, stderr, exitCode } = await run(["setup", "--delegate", "eu"], { folder, variables: { HARNESS_PLATFORM_API_KEY: "" } });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  const [shown = ""] = /^connector:\n(?: {2}.*\n)*/m.exec(stdout) ?? [];
  assert.deepEqual(load(shown), {
    connector: {
      name: "harnessImage",
      identifier: "harnessImage",
      type: "DockerRegistry",
      spec: { dockerRegistryUrl: "https://app.harness.io/registry", providerType: "Other", auth: { type: "Anonymous" }, delegateSelectors: ["eu"], executeOnDelegate: true },
    },
  });
  assert.match(stdout, /1\. The connector `account\.harnessImage`: create it, or update it if there is one\./);
  assert.match(stdout, /2\. Delegates: those with `eu`\.\n3\. Test the connection: Account Settings › Connectors › harnessImage › Test/);
  // The other stage is right when the connector is there.
  assert.match(stdout, /4\. Stages: 1 place with another connector, or none\.\n {3}p\.yaml:4:\d+ {2}pipeline 'p' › stage 's'\n {3}harness-image-guard check --rule harness-image-connector --fix\n/);
  assert.match(stdout, /5\. Keep it so: .*\n {3}harness-image-guard export --to terraform/);
  const fixed = await run(["check", "--rule", "harness-image-connector", "--fix", "p.yaml"], { folder });
  assert.equal(fixed.exitCode, 0, fixed.stdout);
});

test("the connector that is there is updated: first shown as a diff without credentials, and only with --apply", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, usual);
  const shown = await setUp(folder, server.url);
  assert.equal(shown.exitCode, 1, shown.stderr);
  assert.match(shown.stdout, /update it\.\n/);
  assert.match(shown.stdout, /^-\s+dockerRegistryUrl: https:\/\/r\.example\/team\n\+\s+dockerRegistryUrl: https:\/\/app\.harness\.io\/registry\n/m);
  assert.match(shown.stdout, /^-\s+passwordRef: "\(not shown\)"$/m);
  assert.deepEqual(writes(server), []);

  const refused = await setUp(folder, server.url, ["--apply"]);
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /asks before each step, and there is no terminal: '--yes'/);

  const applied = await setUp(folder, server.url, ["--apply", "--yes", "--delegate", "eu"]);
  assert.equal(applied.exitCode, 0, applied.stdout + applied.stderr);
  assert.match(applied.stdout, /Updated\.\n2\. Delegates: those with `eu`\.\n3\. The connection is tested: Harness can connect\.\n4\. Stages: none/);
  assert.equal(writes(server).length, 1);
  assert.match(writes(server)[0] ?? "", new RegExp(`^PUT /gateway/ng/api/connectors\\?accountIdentifier=${account}$`));
  assert.deepEqual(specOf(server.held.get("harnessImage")), {
    dockerRegistryUrl: "https://app.harness.io/registry", providerType: "Other", delegateSelectors: ["eu"], executeOnDelegate: true, auth: { type: "Anonymous" },
  });

  const again = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.equal(again.exitCode, 0, again.stdout);
  assert.match(again.stdout, /^1\. The connector `account\.harnessImage` is as it is specified\.\n/);
  assert.equal(writes(server).length, 1, "running it twice changes nothing");
});

test("one that isn't there is created, and a connection that fails is said", async (t) => {
  const server = await accountServer(t, { account: ["corp"] });
  const folder = temporaryFolder(t, { ...usual, "harness-image-guard.yaml": "harnessImage: {url: 'https://r.example/x'}\n" });
  const { stdout, exitCode } = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /create it\.\n[^]*Created\.\n[^]*3\. The connection is tested: Harness can't connect\./);
  assert.equal(specOf(server.held.get("harnessImage"))["dockerRegistryUrl"], "https://r.example/x");
  const again = await setUp(folder, server.url);
  assert.equal(again.exitCode, 0, "nothing is left to do for the connector");
});

test("credentials that are there are kept, and those that nobody has given are asked for in Harness", async (t) => {
  const server = await accountServer(t);
  const configuration = "harnessImage: {url: 'https://r.example/other', auth: UsernamePassword}\n";
  const folder = temporaryFolder(t, { ...usual, "harness-image-guard.yaml": configuration });
  const curl = await setUp(folder, server.url, ["--as", "curl"]);
  assert.match(curl.stdout, /There are credentials in it, which aren't shown: '--apply' does it/);
  assert.equal((await setUp(folder, server.url, ["--apply", "--yes"])).exitCode, 1);
  assert.deepEqual((specOf(server.held.get("harnessImage"))["auth"] as Held)["spec"], { username: "robot-of-the-registry", usernameRef: null, passwordRef: "account.registry_password" });

  const empty = await accountServer(t, { account: [] });
  const { stdout, exitCode } = await setUp(folder, empty.url, ["--apply", "--yes"]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /needs a user and a secret with the password, which only you know/);
  assert.deepEqual(writes(empty), []);
});

test("the curl that is shown does it", async (t) => {
  for (const content of [{ account: ["corp"] }, { account: ["harnessImage"] }]) {
    const server = await accountServer(t, content);
    const folder = temporaryFolder(t, usual);
    const { stdout } = await setUp(folder, server.url, ["--as", "curl"]);
    const [command = ""] = /^curl [^]*?'$(?!\s*--)/m.exec(stdout.replace(/ \\\n/g, " ")) ?? [];
    assert.match(command, content.account[0] === "corp" ? /--request POST/ : /--request PUT/);
    await promisify(execFile)("bash", ["-c", command], { env: { ...process.env, ...variables(server.url) } });
    const after = await setUp(folder, server.url);
    assert.equal(after.exitCode, 0, after.stdout + command);
    assert.match(after.stdout, /is as it is specified/);
  }
});

test("as Terraform, with the delegates, and how to import the connector that is there", async (t) => {
  const server = await accountServer(t);
  const { stdout } = await setUp(temporaryFolder(t, usual), server.url, ["--as", "terraform", "--delegate", "eu", "--delegate", "us"]);
  assert.match(stdout, /terraform import harness_platform_connector_docker\.harness_image harnessImage\nresource "harness_platform_connector_docker" "harness_image" \{\n[^}]*delegate_selectors = \["eu","us"\]\n {2}execute_on_delegate = true\n\}\n/);
});

for (const [what, status, code, complaint] of [
  ["a token that may see nothing", 403, "NG_ACCESS_DENIED", /the token may not see them/],
  ["a server that isn't Harness's", 404, undefined, /there is nothing by that name \(HTTP 404\)/],
] as const) {
  test(`${what} is no account without the connector`, async (t) => {
    const server = await accountServer(t, undefined, ({ path }, response) => {
      if (!path.includes("/connectors/")) return false;
      send(response, status, { status: "ERROR", ...(code === undefined ? {} : { code }), message: "hunter2" });
      return true;
    });
    const { stdout, stderr, exitCode } = await setUp(temporaryFolder(t, usual), server.url, ["--apply", "--yes"]);
    assert.deepEqual([stdout, exitCode], ["", 4]);
    assert.match(stderr, complaint);
    assert.deepEqual(writes(server), []);
  });
}

test("an update that Harness refuses, or takes and doesn't do, is an error", async (t) => {
  const refusing = await accountServer(t, undefined, ({ path }, response) => {
    if (path !== "/ng/api/connectors") return false;
    send(response, 500, { status: "ERROR", code: "UNKNOWN_ERROR", message: "hunter2" });
    return true;
  });
  const folder = temporaryFolder(t, usual);
  const refused = await setUp(folder, refusing.url, ["--apply", "--yes"]);
  assert.equal(refused.exitCode, 4);
  assert.match(refused.stderr, /Harness answers with an error \(HTTP 500, UNKNOWN_ERROR\)/);
  assert.equal(writes(refusing).length, 1, "what may have been done isn't tried again");

  const forgetful = await accountServer(t, undefined, ({ path }, response) => {
    if (path !== "/ng/api/connectors") return false;
    send(response, 200, { status: "SUCCESS", data: {} });
    return true;
  });
  const forgotten = await setUp(folder, forgetful.url, ["--apply", "--yes"]);
  assert.equal(forgotten.exitCode, 4);
  assert.match(forgotten.stderr, /Harness has taken the connector, but doesn't have it as it was written/);
});

test("on a terminal, each step is asked for, and no means no; what changed meanwhile isn't overwritten", async (t) => {
  if (spawnSync("script", ["--version"]).status !== 0) return t.skip("there is no 'script', which makes a terminal");
  for (const [answers, change, number] of [
    [["n\n"], false, 0],
    [["y\n", "n\n"], false, 1],
    [["y\n"], true, 0],
  ] as const) {
    const server = await accountServer(t);
    const folder = temporaryFolder(t, usual);
    const words = `'${process.execPath}' '${commandPath}' setup --apply`;
    const child = spawn("script", ["--quiet", "--flush", "--command", words, "/dev/null"], {
      cwd: folder,
      env: { ...neutralVariables(), ...variables(server.url), TERM: "dumb" },
    });
    t.after(() => child.kill("SIGKILL"));
    let screen = "";
    let asked = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      screen += text;
      for (; asked < screen.split("[y/N] ").length - 1 && asked < answers.length; asked += 1) {
        if (change) server.held.set("harnessImage", { ...server.held.get("harnessImage"), description: "somebody's" });
        child.stdin.write(answers[asked] ?? "");
      }
    });
    await new Promise((resolve) => child.on("close", resolve));
    assert.equal(writes(server).length, number, screen);
    assert.ok(!server.requests.some((request) => request.includes("testConnection")), screen);
    if (change) assert.match(screen, /the connector has changed since it was shown: run 'setup' again/);
  }
});

