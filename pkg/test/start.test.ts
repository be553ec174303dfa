import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";

import { load } from "js-yaml";

import { neutralVariables, run } from "./command.js";
import { commandPath, packageFolder } from "./paths.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = join(packageFolder, "..");
const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { readonly version: string };

const connector = (url: string): string =>
  `connector:\n  identifier: harnessImage\n  name: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: ${url}\n    providerType: Other\n    auth: {type: Anonymous}\n`;
const wrong = "pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: 'node:20'}}}]}}}\n";

const everything = ["init", "--ci", "harness", "--ci", "github", "--ci", "gitlab", "--ci", "pre-commit"];

test("init writes a configuration, a connector and what runs the check, and the check takes them", async (t) => {
  const folder = temporaryFolder(t);
  const { stdout, stderr, exitCode } = await run(everything, { folder });
  assert.deepEqual([stdout, exitCode], ["", 0]);
  const written = [...stderr.matchAll(/^harness-image-guard: wrote '(.*)'$/gm)].map(([, file]) => String(file));
  assert.deepEqual(written, ["harness-image-guard.yaml", ".harness/harnessImage.yaml", ".harness/harness-image-guard-step.yaml", ".github/workflows/harness-image-guard-check.yaml", ".gitlab/harness-image-guard-job.yml", ".pre-commit-config.yaml"]);
  for (const file of written) assert.equal(typeof load(readFileSync(join(folder, file), "utf8")), "object", file);
  // Alpine's and the slim images have no Git, without which a check knows no tracked files.
  for (const file of written) assert.doesNotMatch(readFileSync(join(folder, file), "utf8"), /image: node:\S*(?:alpine|slim)/, file);
  const check = await run(["check"], { folder });
  assert.equal(check.exitCode, 0, check.stdout);
  assert.match(check.stdout, /2 documents checked/);
  // No file is taken for a configuration where it lies.
  for (const file of written) {
    const { stderr } = await run(["config", "print"], { folder: join(folder, dirname(file)) });
    assert.equal(stderr, "", file);
  }
  // What is commented out is right as well, key by key.
  const text = readFileSync(join(folder, "harness-image-guard.yaml"), "utf8");
  assert.match(text, /^# trustedConnectors: \["account\.corp_\*"\]$/m, "an example says more than an empty default");
  const keys = text.split("\n").filter((line) => /^# \w+: [[{"]/.test(line) && !/^# (?:policies|connectorFiles):/.test(line));
  assert.ok(keys.length > 5);
  for (const key of keys) {
    writeFileSync(join(folder, "one.yaml"), `${key.slice(2)}\n`);
    const { stderr } = await run(["config", "print", "--config", "one.yaml"], { folder });
    assert.equal(stderr, "", key);
  }
});

for (const [url, preset] of [
  ["https://app.harness.io/registry", "app-harness"],
  ["https://us-docker.pkg.dev/gar-prod-setup/harness-public", "gar"],
  ["https://public.ecr.aws/harness", "ecr"],
] as const) {
  test(`init takes the preset of the connector that is there: ${preset}`, async (t) => {
    const folder = temporaryFolder(t, { "connectors/image.yaml": connector(url) });
    assert.equal((await run(["init"], { folder })).exitCode, 0);
    assert.match(readFileSync(join(folder, "harness-image-guard.yaml"), "utf8"), new RegExp(`^preset: ${preset}$`, "m"));
    assert.ok(!existsSync(join(folder, ".harness")), "there is a connector already");
    assert.equal((await run(["check"], { folder })).exitCode, 0);
  });

  test(`init takes it from the connector's URL alone: ${preset}`, async (t) => {
    const others = "# was https://app.harness.io/registry, https://public.ecr.aws/harness and https://us-docker.pkg.dev/gar-prod-setup/harness-public\n";
    const folder = temporaryFolder(t, { "image.yaml": others + connector(url).replace("Anonymous", "UsernamePassword") });
    assert.equal((await run(["init"], { folder })).exitCode, 0);
    assert.match(readFileSync(join(folder, "harness-image-guard.yaml"), "utf8"), new RegExp(`^preset: ${preset}$`, "m"));
  });

  test(`init --preset ${preset} writes a connector that the check takes`, async (t) => {
    const folder = temporaryFolder(t);
    await run(["init", "--preset", preset], { folder });
    assert.ok(readFileSync(join(folder, ".harness/harnessImage.yaml"), "utf8").includes(url));
    assert.equal((await run(["check"], { folder })).exitCode, 0);
  });
}

test("init takes for the harnessImage connector what the rules take for it", async (t) => {
  const folder = temporaryFolder(t, { "image.yaml": connector("https://public.ecr.aws/harness").replace("identifier: harnessImage", "identifier: harnessimage") });
  await run(["init"], { folder });
  assert.ok(!existsSync(join(folder, ".harness")));
  assert.match(readFileSync(join(folder, "harness-image-guard.yaml"), "utf8"), /^preset: ecr$/m);
});

test("a harnessImage connector that is right by no preset is one all the same", async (t) => {
  const folder = temporaryFolder(t, { "image.yaml": connector("https://r.example/mirror") });
  await run(["init"], { folder });
  assert.ok(!existsSync(join(folder, ".harness")));
});

test("init never overwrites, and says what it left", async (t) => {
  const folder = temporaryFolder(t, { "harness-image-guard.yml": "preset: gar\n", ".pre-commit-config.yaml": "repos: []\n" });
  const { stderr, exitCode } = await run(["init", "--ci", "pre-commit"], { folder });
  assert.equal(exitCode, 0);
  assert.match(stderr, /'harness-image-guard\.yml' exists, and is left as it is\n.*'\.pre-commit-config\.yaml' exists, and is left as it is\n.*wrote '\.harness\/harnessImage\.yaml'\n/);
  assert.equal(readFileSync(join(folder, ".pre-commit-config.yaml"), "utf8"), "repos: []\n");
  assert.ok(!existsSync(join(folder, "harness-image-guard.yaml")));
});

/** What `init` does on a terminal, where somebody types these lines, each when a question has come. */
async function answered(t: TestContext, folder: string, lines: readonly string[], args = ""): Promise<string | undefined> {
  if (spawnSync("script", ["--version"]).status !== 0) {
    t.skip("there is no 'script', which makes a terminal");
    return undefined;
  }
  const words = `'${process.execPath}' '${commandPath}' init ${args}; echo "exit code $?"`;
  const child = spawn("script", ["--quiet", "--flush", "--command", words, "/dev/null"], { cwd: folder, env: { ...neutralVariables(), TERM: "dumb" } });
  t.after(() => child.kill("SIGKILL"));
  let screen = "";
  let asked = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    for (; asked < (screen.match(/\[[^\]\n]*\]:? /g)?.length ?? 0) && asked < lines.length; asked += 1) child.stdin.write(lines[asked] ?? "");
  });
  await new Promise((resolve) => child.on("close", resolve));
  return screen;
}

test("on a terminal, init asks, and writes what was agreed", async (t) => {
  const folder = temporaryFolder(t, { ".gitlab-ci.yml": "a: {script: b}\n" });
  const screen = await answered(t, folder, ["gcr\n", "2\n", "none\n", "y\n"]);
  if (screen === undefined) return;
  // What isn't among the answers is asked for again; GitLab is offered where its file is.
  assert.match(screen, /\[app-harness\]: [^]*\[app-harness\]: [^]*\[gitlab\]: [^]*Write them\? \[Y\/n\]/);
  assert.match(readFileSync(join(folder, "harness-image-guard.yaml"), "utf8"), /^preset: ecr$/m);
  assert.ok(!existsSync(join(folder, ".gitlab")));
  assert.match(screen, /exit code 0/);
});

for (const [what, lines, complaint] of [
  ["no", ["\n", "\n", "n\n"], /nothing has been written\r?\nexit code 0/],
  ["Ctrl-D", ["\n", "\u0004"], /stopped: nothing has been written\r?\n[^]*exit code 2/],
  ["Ctrl-C", ["\n", "\n", "\u0003"], /stopped: nothing has been written\r?\n[^]*exit code 2/],
] as const) {
  test(`init writes nothing after ${what}`, async (t) => {
    const folder = temporaryFolder(t);
    const screen = await answered(t, folder, lines);
    if (screen === undefined) return;
    assert.match(screen, complaint);
    assert.deepEqual(readdirSync(folder), []);
  });
}

test("init asks nothing where an option says what to do", async (t) => {
  const folder = temporaryFolder(t);
  const screen = await answered(t, folder, [], "--yes");
  if (screen === undefined) return;
  assert.doesNotMatch(screen, /\[/);
  assert.ok(existsSync(join(folder, "harness-image-guard.yaml")));
});

test("init --dry-run writes nothing, and a wrong command line is exit code 2", async (t) => {
  const folder = temporaryFolder(t);
  assert.match((await run([...everything, "--dry-run"], { folder })).stderr, /would write '\.pre-commit-config\.yaml'/);
  for (const [args, message] of [[["--ci", "travis"], /can't be 'travis'; it is one of harness, github/], [["--ci", "toString"], /can't be/], [["sub"], /unexpected argument 'sub'/]] as const) {
    const { stderr, exitCode } = await run(["init", ...args], { folder });
    assert.equal(exitCode, 2);
    assert.match(stderr, message);
  }
  assert.deepEqual(readdirSync(folder), []);
});

/** pre-commit, where it is installed. */
function preCommit(): readonly string[] | undefined {
  const ways = [["pre-commit"], ["python3", "-m", "pre_commit"]] as const;
  return ways.find(([program, ...args]) => spawnSync(program, [...args, "--version"]).status === 0);
}

/** A repository in which the package is installed, as npm links it. */
function installedIn(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = repository(t, { ".gitignore": "node_modules\n", "package.json": "{}\n", "p.yaml": wrong, ...files });
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  symlinkSync(join(packageFolder, "bin/harness-image-guard.js"), join(folder, "node_modules/.bin/harness-image-guard"));
  return folder;
}

test("the hooks of pre-commit run: all files, and only what a commit changes", async (t) => {
  const [program, ...args] = preCommit() ?? [];
  if (program === undefined) return t.skip("there is no pre-commit");
  const hooks = repository(t, { ".pre-commit-hooks.yaml": readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8") });
  const revision = git(hooks, "rev-parse", "HEAD").trim();
  const ids = (load(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as readonly { readonly id: string }[]).map(({ id }) => id);
  assert.deepEqual(ids, ["harness-image-guard", "harness-image-guard-changed"]);
  const connector = "connector: {identifier: c, type: DockerRegistry, spec: {dockerRegistryUrl: 'https://r.example', providerType: Other, auth: {type: Anonymous}}}\n";
  const folder = installedIn(t, { "c.yaml": connector, ".pre-commit-config.yaml": `repos:\n  - repo: ${hooks}\n    rev: ${revision}\n    hooks: [${ids.map((id) => `{id: ${id}}`).join(", ")}]\n` });
  const hook = (id: string, files: readonly string[] = ["--files", "p.yaml"]) => {
    const env = { ...neutralVariables(), PRE_COMMIT_HOME: join(temporaryFolder(t), "home"), GIT_CONFIG_GLOBAL: "/dev/null" };
    return spawnSync(program, [...args, "run", id, ...files], { cwd: folder, encoding: "utf8", env });
  };
  const all = hook("harness-image-guard");
  assert.equal(all.status, 1, all.stdout + all.stderr);
  assert.match(all.stdout, /error\[no-docker-hub\]: `node:20`/);
  const changed = hook("harness-image-guard-changed");
  assert.equal(changed.status, 0, changed.stdout + changed.stderr);
  writeFileSync(join(folder, "p.yaml"), wrong.replace("node:20", "node:21"));
  git(folder, "add", "p.yaml");
  assert.match(hook("harness-image-guard-changed").stdout, /error\[no-docker-hub\]: `node:21`/);
  git(folder, "checkout", "--quiet", "HEAD", "p.yaml");
  git(folder, "rm", "--quiet", "c.yaml");
  assert.match(hook("harness-image-guard-changed", []).stdout, /error\[no-docker-hub\]: `node:20`/, "a commit that only deletes a connector");
});

test("the configuration of pre-commit that init writes runs", async (t) => {
  const [program, ...args] = preCommit() ?? [];
  if (program === undefined) return t.skip("there is no pre-commit");
  const folder = installedIn(t, {});
  await run(["init", "--ci", "pre-commit"], { folder });
  git(folder, "add", "--all");
  const env = { ...neutralVariables(), PRE_COMMIT_HOME: join(temporaryFolder(t), "home"), GIT_CONFIG_GLOBAL: "/dev/null" };
  const { stdout, status } = spawnSync(program, [...args, "run"], { cwd: folder, encoding: "utf8", env });
  assert.equal(status, 1, stdout);
  assert.match(stdout, /error\[no-docker-hub\]: `node:20`/);
});

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly { readonly shell: string; readonly run: string; readonly env: Readonly<Record<string, string>>; readonly "working-directory"?: string }[] };
}

const action = load(readFileSync(join(root, "action.yml"), "utf8")) as Action;

/** The package with what it needs, so that npm asks no registry for it. */
function bundled(t: TestContext): string {
  const folder = temporaryFolder(t);
  const copy = join(folder, "package");
  for (const part of ["bin", "dist", "schema", "package.json"]) cpSync(join(packageFolder, part), join(copy, part), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(copy, "package.json"), "utf8")) as Record<string, unknown>;
  const needed = Object.keys(manifest["dependencies"] as object);
  for (const name of needed) cpSync(join(root, "node_modules", name), join(copy, "node_modules", name), { recursive: true });
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...manifest, bundleDependencies: needed, devDependencies: undefined }));
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: copy, stdio: "ignore" });
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return join(folder, tarball);
}

/** Runs the action's steps as a runner does: in bash, with the inputs in variables. */
function act(t: TestContext, workspace: string, inputs: Readonly<Record<string, string>>): { readonly stdout: string; readonly status: number | null } {
  const temp = temporaryFolder(t);
  const given = (name: string): string => inputs[name] ?? action.inputs[name]?.default ?? "";
  const filled = (text: string): string => text.replace(/\$\{\{ (?:inputs\.(\w+)|runner\.temp) \}\}/g, (_, name: string | undefined) => (name === undefined ? temp : given(name)));
  let stdout = "";
  for (const step of action.runs.steps) {
    assert.deepEqual([step.shell, /\$\{\{/.test(step.run)], ["bash", false], "an input in a script would be part of it");
    const env = { ...neutralVariables(), RUNNER_TEMP: temp, ...Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value)])) };
    const ran = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], { cwd: filled(step["working-directory"] ?? workspace), encoding: "utf8", env });
    stdout = ran.stdout;
    if (ran.status !== 0) return { stdout: stdout + ran.stderr, status: ran.status };
  }
  return { stdout, status: 0 };
}

test("the action installs this version, and its steps annotate what is found", (t) => {
  assert.equal(action.runs.using, "composite");
  assert.equal(action.inputs["package"]?.default, `harness-image-guard@${version}`);
  const tarball = bundled(t);
  const workspace = temporaryFolder(t, { "p.yaml": wrong, "a b.yaml": wrong, ".npmrc": "registry=http://127.0.0.1:9/\nignore-scripts=false\n" });
  const all = act(t, workspace, { package: tarball });
  assert.equal(all.status, 1, all.stdout);
  assert.equal(all.stdout.match(/^::error title=harness-image-guard%3A no-docker-hub,file=(?:p|a b)\.yaml,line=4,/gm)?.length, 2);
  const chosen = act(t, workspace, { package: tarball, arguments: "--exit-zero\n\na b.yaml\n" });
  assert.equal(chosen.status, 0, chosen.stdout);
  assert.equal(chosen.stdout.match(/^::error /gm)?.length, 1);
  const hostile = act(t, workspace, { package: tarball, arguments: '$(touch pwned)\n"; touch pwned #' });
  assert.equal(hostile.status, 4, hostile.stdout);
  assert.ok(!existsSync(join(workspace, "pwned")));
});
