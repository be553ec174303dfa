import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { load } from "js-yaml";

import { account, type AccountServer, accountServer, type Held, secrets, send, token } from "./account-server.js";
import { neutralVariables, type Outcome, run } from "./command.js";
import { commandPath, packageFolder } from "./paths.js";
import { certificates } from "./certificates.js";
import { mishaps, patience, type Sentences, waiting } from "./mishap.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

const stage = (override: string): string =>
  `pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {connectorRef: account.k, namespace: n${override}}}, execution: {steps: []}}}\n`;

const repository = join(packageFolder, "..");

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
  assert.match(stdout, /5\. Keep it that way: 8 policies in 5 policy sets of Harness\.\n {3}harness-image-guard export --to terraform/);
  const fixed = await run(["check", "--rule", "harness-image-connector", "--fix", "p.yaml"], { folder });
  assert.equal(fixed.exitCode, 0, fixed.stdout);
});

test("what isn't known of the stages isn't right: a file that can't be read, and a rule that is off", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, { ...usual, "broken.yaml": "pipeline: [\n" });
  const broken = await setUp(folder, server.url, ["--apply", "--yes", "--no-policies"]);
  assert.equal(broken.exitCode, 4, broken.stdout);
  assert.match(broken.stdout, /^4\. Stages: 1 error in the files, so some may not be known; 'check' says more\.$/m);
  assert.equal(broken.stderr, "harness-image-guard: broken.yaml:1:11: this `[` is never closed\n");
  const both = await setUp(temporaryFolder(t, { "p.yaml": stage(", harnessImageConnectorRef: account.hub"), "broken.yaml": "pipeline: [\n" }), server.url, ["--no-policies"]);
  assert.equal(both.exitCode, 4, both.stdout);
  assert.match(both.stdout, /^4\. Stages: 1 place with another connector, or none\.\n(?: {3}.*\n)* {3}1 error in the files, so some may not be known; 'check' says more\.$/m);
  // Nothing is changed by a configuration by which the stages can't be looked at.
  const other = await accountServer(t);
  const off = temporaryFolder(t, { "p.yaml": stage(", harnessImageConnectorRef: account.hub"), "harness-image-guard.yaml": 'rules: {harness-image-connector: "off"}\n' });
  const refused = await setUp(off, other.url, ["--apply", "--yes", "--no-policies"]);
  assert.deepEqual([refused.exitCode, refused.stdout, writes(other)], [2, "", []]);
  assert.match(refused.stderr, /`harness-image-connector` is requested by name, but the configuration switches it off/);
  const taken = await setUp(off, other.url, ["--no-policies", "--no-config-exceptions"]);
  assert.match(taken.stdout, /^4\. Stages: 1 place with another connector, or none\.$/m);
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
  assert.match(again.stdout, /^1\. The connector `account\.harnessImage` is as specified\.\n/);
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
  assert.equal(again.exitCode, 0, "nothing is left to do");
});

test("credentials that are there are kept, and those that nobody has given are asked for in Harness", async (t) => {
  const server = await accountServer(t);
  const configuration = "harnessImage: {url: 'https://r.example/other', auth: UsernamePassword}\n";
  const folder = temporaryFolder(t, { ...usual, "harness-image-guard.yaml": configuration });
  const curl = await setUp(folder, server.url, ["--as", "curl"]);
  assert.match(curl.stdout, /It has credentials, which aren't shown: use '--apply'/);
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
    assert.match(after.stdout, /is as specified/);
  }
});

test("as Terraform, with the delegates, and how to import the connector that is there", async (t) => {
  const server = await accountServer(t);
  const { stdout } = await setUp(temporaryFolder(t, usual), server.url, ["--as", "terraform", "--delegate", "eu", "--delegate", "us"]);
  assert.match(stdout, /terraform import harness_platform_connector_docker\.harness_image harnessImage\nresource "harness_platform_connector_docker" "harness_image" \{\n[^}]*\n\n {2}delegate_selectors {2}= \["eu","us"\]\n {2}execute_on_delegate = true\n\}\n/);
});

test("delegates and references to secrets of the configuration are written, and --delegate goes before them", async (t) => {
  const server = await accountServer(t);
  const configuration =
    "harnessImage: {url: 'https://r.example/other', auth: UsernamePassword, usernameRef: account.pull_user, passwordRef: account.pull_password, delegateSelectors: [eu], executeOnDelegate: false}\n";
  const folder = temporaryFolder(t, { ...usual, "harness-image-guard.yaml": configuration });
  const shown = await setUp(folder, server.url);
  assert.doesNotMatch(shown.stdout, /pull_user|pull_password|asks|only you know/, "no secret is named");
  assert.match(shown.stdout, /2\. Delegates: those with `eu`\./);
  const applied = await setUp(folder, server.url, ["--apply", "--yes"]);
  const { auth, delegateSelectors, executeOnDelegate } = specOf(server.held.get("harnessImage"));
  assert.deepEqual(
    { auth, delegateSelectors, executeOnDelegate },
    { auth: { type: "UsernamePassword", spec: { usernameRef: "account.pull_user", passwordRef: "account.pull_password" } }, delegateSelectors: ["eu"], executeOnDelegate: false },
    applied.stdout + applied.stderr,
  );
  const again = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.match(again.stdout, /is as specified/);
  assert.equal(writes(server).length, 1, "running it twice changes nothing");
  const terraform = await setUp(folder, server.url, ["--as", "terraform", "--delegate", "us"]);
  assert.equal(terraform.stdout.match(/delegate_selectors/g)?.length, 1);
  assert.match(terraform.stdout, /delegate_selectors {2}= \["us"\]\n {2}execute_on_delegate = true\n\}/);
});

test("with --no-config-exceptions, nothing that weakens the configuration reaches the account, and what makes it stricter does", async (t) => {
  const server = await accountServer(t);
  const configuration = "harnessImage: {url: 'https://evil.example/x'}\nrules:\n  harness-image-registry: off\n  no-docker-hub: {undecided: error}\n";
  const folder = temporaryFolder(t, { ...usual, "harness-image-guard.yaml": configuration });
  const { stdout, stderr, exitCode } = await setUp(folder, server.url, ["--no-config-exceptions", "--apply", "--yes"]);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stderr, /`harnessImage\.url` changes what the connector has to be/);
  assert.equal(specOf(server.held.get("harnessImage"))["dockerRegistryUrl"], "https://app.harness.io/registry");
  assert.doesNotMatch(stdout, /^\+.*evil\.example/m);
  assert.match(stdout, /'harness-image-guard export --to rego --out policies --no-config-exceptions'/);
  const policies = [...server.policies].map(([identifier, { rego }]) => [identifier, String(rego)] as const);
  assert.ok(policies.some(([identifier]) => identifier === "harness_image_registry_connector"), "the rule that is off is there");
  assert.ok(policies.every(([, rego]) => !rego.includes("evil.example")));

  const out = temporaryFolder(t);
  await run(["export", "--to", "rego", "--out", out, "--no-config-exceptions"], { folder });
  for (const [identifier, rego] of policies) assert.equal(readFileSync(join(out, `${identifier}.rego`), "utf8"), rego, identifier);
  await run(["export", "--to", "rego", "--out", join(out, "usual"), "--no-config-exceptions"], { folder: temporaryFolder(t) });
  assert.notEqual(readFileSync(join(out, "usual/no_docker_hub_pipeline.rego"), "utf8"), readFileSync(join(out, "no_docker_hub_pipeline.rego"), "utf8"), "undecided places are errors");
});

test("a connector of a project is none of the account", async (t) => {
  const connector = { identifier: "harnessImage", orgIdentifier: "default", projectIdentifier: "shop", type: "DockerRegistry", spec: {} };
  const server = await accountServer(t, undefined, ({ path }, response) => {
    if (!path.endsWith("/connectors/harnessImage")) return false;
    send(response, 200, { status: "SUCCESS", data: { connector } });
    return true;
  });
  const { stdout, stderr, exitCode } = await setUp(temporaryFolder(t, usual), server.url, ["--apply", "--yes"]);
  assert.deepEqual([stdout, exitCode], ["", 4]);
  assert.match(stderr, /an entry of the response is of another scope \('default\/shop'\)/);
  assert.deepEqual(writes(server), []);
});

for (const [what, status, code, complaint] of [
  ["a token that may see nothing", 403, "NG_ACCESS_DENIED", /the token may not view them/],
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
  assert.match(forgotten.stderr, /Harness accepted the connector, but didn't store it as it was sent/);
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
    const words = `'${process.execPath}' '${commandPath}' setup --apply --no-policies`;
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

const policyWrites = ({ requests }: AccountServer): readonly string[] => requests.filter((request) => /^(?:PATCH|POST|PUT) \S*\/pm\//.test(request));

test("policies and policy sets are created after they are shown, and a second run writes nothing", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, usual);
  const shown = await setUp(folder, server.url);
  assert.equal(shown.exitCode, 1);
  assert.deepEqual(policyWrites(server), []);
  assert.match(shown.stdout, /5\. Keep it that way: 8 policies in 5 policy sets\. To do:\n {3}create the policy harness_image_connector_pipeline: Stages use the harnessImage connector - pipeline \(\d+ lines of Rego\)\n/);
  assert.match(shown.stdout, /^ {3}create the policy set harness_image_guard_connector_onsave \(connector, onsave\): harness_image_registry_connector \(error\), no_docker_hub_connector \(error\)$/m);

  const applied = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.equal(applied.exitCode, 0, applied.stdout + applied.stderr);
  // A set is created, and then gets its policies.
  assert.equal(policyWrites(server).length, 8 + 2 * 5);
  const text = (name: string): string => readFileSync(join(repository, "examples/harness", name), "utf8");
  for (const [identifier, { rego }] of server.policies) assert.equal(rego, text(`${identifier}.rego`), identifier);
  const terraform = text("policies.tf");
  for (const [identifier, set] of server.policySets) {
    const [resource = ""] = new RegExp(`^resource "harness_platform_policyset" "${identifier}" \\{[^]*?^\\}`, "m").exec(terraform) ?? [];
    const members = [...resource.matchAll(/policy\.(\w+)\.identifier\s+severity += "(\w+)"/g)].map(([, policy, severity]) => ({ identifier: policy, severity }));
    assert.deepEqual((set["policies"] as readonly Held[]).map((each) => ({ identifier: each["identifier"], severity: each["severity"] })), members);
    for (const key of ["name", "type", "action"]) assert.ok(resource.includes(`= "${String(set[key])}"`), `${identifier} ${key}`);
    assert.equal(set["enabled"], true);
  }

  const again = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.equal(again.exitCode, 0);
  assert.match(again.stdout, /5\. Keep it that way: 8 policies in 5 policy sets are as specified\.\n$/);
  assert.equal(policyWrites(server).length, 8 + 2 * 5);
});

test("policies that somebody has changed are shown as a diff; what else is in a set stays, and so do names", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, usual);
  assert.equal((await setUp(folder, server.url, ["--apply", "--yes"])).exitCode, 0);
  const policy = server.policies.get("no_docker_hub_pipeline");
  server.policies.set("no_docker_hub_pipeline", { ...policy, name: "Ours", rego: `${String(policy?.["rego"])}\nallow := true\n` });
  server.policies.set("mine", { identifier: "mine", name: "Mine", rego: "package pipeline\n" });
  const set = server.policySets.get("harness_image_guard_pipeline_onrun");
  const mine = { identifier: "mine", severity: "warning" };
  server.policySets.set("harness_image_guard_pipeline_onrun", { ...set, name: "Ours", enabled: false, policies: [mine] });
  const shown = await setUp(folder, server.url);
  assert.equal(shown.exitCode, 1);
  assert.match(shown.stdout, /update the policy no_docker_hub_pipeline:\n\n--- a\/no_docker_hub_pipeline\.rego\n[^]*\n-allow := true\n/);
  assert.match(shown.stdout, /update the policy set harness_image_guard_pipeline_onrun: enabled false becomes true; with harness_image_connector_pipeline \(error\); with harness_images_only_pipeline \(warning\); with no_docker_hub_pipeline \(error\)\n/);
  assert.equal((await setUp(folder, server.url, ["--apply", "--yes"])).exitCode, 0);
  assert.equal(server.policies.get("no_docker_hub_pipeline")?.["name"], "Ours");
  const after = server.policySets.get("harness_image_guard_pipeline_onrun");
  assert.equal(after?.["name"], "Ours");
  assert.deepEqual((after?.["policies"] as readonly Held[]).map(({ identifier }) => identifier), ["harness_image_connector_pipeline", "harness_images_only_pipeline", "no_docker_hub_pipeline", "mine"]);
  assert.equal((await setUp(folder, server.url)).exitCode, 0);
});

test("a policy that is kept in Git is left as it is, and --no-policies leaves all of them alone", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, usual);
  server.policies.set("no_docker_hub_pipeline", { identifier: "no_docker_hub_pipeline", name: "Ours", rego: "package pipeline\n", git_repo: "policies" });
  const { stdout, exitCode } = await setUp(folder, server.url, ["--apply", "--yes"]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /Left the policy no_docker_hub_pipeline as it is: it is kept in Git, and has to be changed there\./);
  assert.equal(server.policies.get("no_docker_hub_pipeline")?.["rego"], "package pipeline\n");
  const asked = server.requests.length;
  const without = await setUp(folder, server.url, ["--no-policies"]);
  assert.equal(without.exitCode, 0, without.stdout);
  assert.match(without.stdout, /5\. Keep it that way: Harness's policies are left alone/);
  const since = server.requests.slice(asked);
  assert.ok(since.length > 0 && since.every((request) => !request.includes("/pm/")), since.join("\n"));
});

test("a token that may not see policies is said, and the connector is looked after all the same", async (t) => {
  const server = await accountServer(t, undefined, ({ path }, response) => {
    if (!path.startsWith("/pm/")) return false;
    send(response, 403, { name: "forbidden", message: "hunter2" });
    return true;
  });
  const { stdout, stderr, exitCode } = await setUp(temporaryFolder(t, usual), server.url, ["--apply", "--yes"]);
  assert.equal(exitCode, 4);
  assert.match(stdout, /Updated\.[^]*5\. Keep it that way: the state of Harness's policies is unknown\.\n/);
  assert.match(stderr, /the policies: the token may not view them \(HTTP 403\); '--no-policies' leaves them alone\n/);
});

test("a policy that Harness refuses, or takes and doesn't keep, is an error, and nothing after it is written", async (t) => {
  for (const [status, body, complaint] of [
    [400, { name: "bad_request", message: "hunter2" }, /Harness answers with an error \(HTTP 400\)/],
    [204, undefined, /Harness accepted the policy harness_image_connector_pipeline, but didn't store it as it was sent/],
  ] as const) {
    const server = await accountServer(t, undefined, ({ path }, response) => {
      if (path !== "/pm/api/v1/policies") return false;
      if (body === undefined) response.writeHead(204).end();
      else send(response, status, body);
      return true;
    });
    const { stderr, exitCode } = await setUp(temporaryFolder(t, usual), server.url, ["--apply", "--yes"]);
    assert.equal(exitCode, 4);
    assert.match(stderr, complaint);
    assert.equal(policyWrites(server).length, 1, "what may have been done isn't tried again");
  }
});

test("the curl that is shown writes the policies and their sets, new ones and those that are there", async (t) => {
  const server = await accountServer(t);
  const folder = temporaryFolder(t, usual);
  server.policies.set("no_docker_hub_pipeline", { identifier: "no_docker_hub_pipeline", name: "x", rego: "package pipeline\n" });
  const { stdout } = await setUp(folder, server.url, ["--as", "curl"]);
  const [script = ""] = /^harness-image-guard export --to harness-api [^]*/m.exec(stdout) ?? [];
  const command = `harness-image-guard() { '${process.execPath}' '${commandPath}' "$@"; }; set -e; ${script}`;
  await promisify(execFile)("bash", ["-c", command], { cwd: folder, env: { ...process.env, ...variables(server.url) } });
  const after = await setUp(folder, server.url);
  assert.match(after.stdout, /5\. Keep it that way: 8 policies in 5 policy sets are as specified\./);
});

test("as Terraform, what is there is imported", async (t) => {
  const server = await accountServer(t);
  server.policies.set("no_docker_hub_pipeline", { identifier: "no_docker_hub_pipeline", name: "x", rego: "package pipeline\n" });
  const { stdout } = await setUp(temporaryFolder(t, usual), server.url, ["--as", "terraform"]);
  assert.match(stdout, /terraform -chdir=policies apply\n {3}terraform -chdir=policies import harness_platform_policy\.no_docker_hub_pipeline no_docker_hub_pipeline\n$/);
});

/** What is said of Harness, if it does something wrong. */
const sentences: Sentences = {
  "401": /Harness doesn't know the token of HARNESS_PLATFORM_API_KEY, or it has expired \(HTTP 401\)/,
  "403": /the token may not view them \(HTTP 403\)/,
  "404": /there is nothing by that name \(HTTP 404\)/,
  "429 again and again": /Harness reports too many requests \(HTTP 429\)/,
  "500": /Harness answers with an error \(HTTP 500\)/,
  "a redirect to a foreign host": /it redirects to another address, where the token isn't sent \(HTTP 302\)/,
  "JSON that isn't": /the response isn't JSON/,
  ...waiting,
};

test("what Harness can do wrong has its sentence, exit code 4, within its bound, and nothing after it is written", { concurrency: 4 }, async (all) => {
  const each = (Object.keys(mishaps) as (keyof typeof mishaps)[]).flatMap((what) =>
    ([["/ng/api/connectors/", "the connector is read", 0], ["/ng/api/connectors", "the connector is written", 1], ["/pm/api/v1/", "policies are read", 1]] as const).map(([asked, when, written]) =>
      all.test(`${what}, when ${when}`, async (t) => {
        const server = await accountServer(t, undefined, ({ path }, response, request) => {
          const isMeant = asked.endsWith("/") ? path.startsWith(asked) && !path.includes("testConnection") : path === asked;
          if (isMeant) mishaps[what](request, response);
          return isMeant;
        });
        const folder = temporaryFolder(t, usual);
        const before = Date.now();
        const { stderr, exitCode } = await setUp(folder, server.url, ["--apply", "--yes", ...patience(what)]);
        assert.equal(exitCode, 4);
        // What may have been done isn't done again, however long somebody would have to wait.
        assert.match(stderr, sentences[what === "429 for an hour" && when === "the connector is written" ? "429 again and again" : what]);
        assert.equal(writes(server).length, written);
        assert.deepEqual(policyWrites(server), []);
        assert.deepEqual(readdirSync(folder), Object.keys(usual), "nothing is written here");
        assert.ok(Date.now() - before < 60_000);
      }),
    ),
  );
  await Promise.all(each);
});

test("a certificate of nobody's, and one for another host: nothing is sent", async (t) => {
  const made = certificates(t);
  let requests = 0;
  const { url } = await serve(t, () => void requests++, made.of("other.example"));
  for (const [args, complaint] of [
    [[], /no trusted authority has signed its certificate/],
    [["--ca-file", made.authority], /its certificate is for another host/],
  ] as const) {
    const { stderr, exitCode } = await setUp(temporaryFolder(t, usual), url, ["--apply", "--yes", ...args]);
    assert.equal(exitCode, 4);
    assert.match(stderr, complaint);
  }
  assert.equal(requests, 0);
});
