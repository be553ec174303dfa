import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Report } from "harness-image-guard";

import { commandTables } from "../dist/cli/command-tables.js";
import { commands } from "../dist/cli/commands.js";
import { run } from "./command.js";
import { packageFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = (name: string): string =>
  `pipeline:\n  identifier: ${name}\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: "node:20"}}}]}}}\n`;

async function checked(folder: string, args: readonly string[], stdin = ""): Promise<readonly string[]> {
  const { stdout, stderr } = await run(["check", "--format", "json", ...args], { folder, stdin });
  assert.ok(stdout.startsWith("{"), stderr);
  return (JSON.parse(stdout) as Report).files.map(({ path }) => path);
}

/** What is configured like the rules, and isn't written in Rego. */
const native = { "duplicate-key": "warning", "image-exists": "error" };

test("--list-rules lists every rule that the configuration can name, as its METADATA has it", async () => {
  const { stdout, exitCode } = await run(["check", "--list-rules", "--format", "json"]);
  assert.equal(exitCode, 0);
  const rules = JSON.parse(stdout) as readonly { readonly rule: string; readonly title: string; readonly severity: string; readonly entities: readonly string[] }[];
  const schema = JSON.parse(readFileSync(join(packageFolder, "schema/harness-image-guard.schema.json"), "utf8")) as { readonly properties: { readonly rules: { readonly properties: object } } };
  assert.deepEqual(rules.map(({ rule }) => rule), Object.keys(schema.properties.rules.properties));
  for (const { rule, title, severity, entities } of rules.filter((each) => !Object.hasOwn(native, each.rule))) {
    const metadata = readFileSync(join(packageFolder, "../policies", rule.replaceAll("-", "_"), "rule.rego"), "utf8");
    assert.ok(metadata.includes(`# title: ${title}\n`), title);
    assert.ok(metadata.includes(`#   severity: ${severity}\n`));
    assert.ok(metadata.includes(`#   entities: [${entities.join(", ")}]\n`));
  }
  for (const [rule, severity] of Object.entries(native)) {
    const found = rules.find((each) => each.rule === rule);
    assert.deepEqual([found?.severity, found?.entities], [severity, []]);
  }
  const text = await run(["check", "--list-rules"]);
  assert.equal(text.stdout.trimEnd().split("\n").length, rules.length);
  assert.match(text.stdout, /^ {2}no-docker-hub +error +Nothing is pulled straight from Docker Hub$/m);
});

test("whatever an option may be is in its description, and in the message where it is something else", async () => {
  for (const { name, options } of await commandTables()) {
    for (const [option, { choices, description }] of Object.entries(options)) {
      for (const choice of choices ?? []) assert.match(description, new RegExp(`(?<![\\w-])${choice}(?![\\w-])`), `${name} --${option}`);
    }
  }
  const { stderr } = await run(["eval", "--format", "xyz", "1"]);
  assert.match(stderr, /option '--format' can't be 'xyz'; it is one of 'json', 'values', 'bindings', 'pretty', 'raw', 'discard'\n/);
});

test("config print: each value, and where it comes from", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "# ours\npreset: gar\n'trustedConnectors': [account.a]\nharnessImage: {auth: UsernamePassword}\nrules:\n  # quieter\n  no-docker-hub: {severity: warning}\npolicies: [own.rego]\n",
    "own.rego": 'package pipeline\n\ndeny[msg] { input.pipeline.x; msg := "x" }\n',
    "sub/x": "",
  });
  const { stdout, stderr, exitCode } = await run(["config", "print", "--preset", "ecr"], { folder: join(folder, "sub") });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.match(stdout, /^# \.\.\/harness-image-guard\.yaml\n/);
  assert.match(stdout, /^preset: "ecr" +# --preset$/m);
  assert.match(stdout, /^trustedConnectors: \["account\.a"\] +# \.\.\/harness-image-guard\.yaml:3$/m);
  assert.match(stdout, /^ {2}no-docker-hub: \{"severity":"warning"\} +# \.\.\/harness-image-guard\.yaml:7$/m);
  assert.match(stdout, /^ {2}harness-image-connector: "error" +# default$/m);
  assert.match(stdout, /^expressions: "decide" +# default$/m);
  // Field by field over the preset.
  assert.match(stdout, /^harnessImage:\n {2}url: "https:\/\/public\.ecr\.aws\/harness" +# preset\n {2}providerType: "Other" +# preset\n {2}auth: "UsernamePassword" +# \.\.\/harness-image-guard\.yaml:4\nrules:\n/m);
  const json = JSON.parse((await run(["config", "print", "--format", "json"], { folder })).stdout) as { readonly values: Readonly<Record<string, unknown>> };
  assert.deepEqual(json.values["preset"], { value: "gar", from: "configuration", place: "harness-image-guard.yaml:2" });
  // What is printed is a configuration itself.
  writeFileSync(join(folder, "printed.yaml"), stdout);
  writeFileSync(join(folder, "p.yaml"), pipeline("p"));
  assert.equal((await run(["check", "--config", "printed.yaml", "p.yaml"], { folder })).exitCode, 0);
});

test("config print: the place of a key is under the key that it belongs to", async (t) => {
  const others = "connectors:\n  account.a:\n    url: https://r.example\n    type: DockerRegistry\n";
  for (const [text, line] of [
    [`harnessImage: {url: "https://r.example/h"}\n${others}`, 1],
    [`${others}harnessImage: {url: "https://r.example/h"}\n`, 5],
    [`${others}harnessImage:\n  # url: x\n\n  "url": https://r.example/h\n`, 8],
    [`harnessImage:\n  providerType: Other\n  url: https://r.example/h\n${others}`, 3],
    [`{harnessImage: {url: "https://r.example/h"}}\n`, null],
  ] as const) {
    const folder = temporaryFolder(t, { "harness-image-guard.yaml": text });
    const { stdout } = await run(["config", "print", "--format", "json"], { folder });
    const { values } = JSON.parse(stdout) as { readonly values: Readonly<Record<string, { readonly place: string | null }>> };
    assert.equal(values["harnessImage.url"]?.place, `harness-image-guard.yaml${line === null ? "" : `:${line}`}`, text);
  }
});

test("config print has every key that has a value by default, and a check takes them all", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p") });
  const { stdout } = await run(["config", "print"], { folder });
  const { properties } = JSON.parse(readFileSync(join(packageFolder, "schema/harness-image-guard.schema.json"), "utf8")) as { readonly properties: object };
  const missing = Object.keys(properties).filter((key) => !new RegExp(`^${key}:`, "m").test(stdout));
  assert.deepEqual(missing, ["connectorsMaxAge", "defaultConnector"], "without them, nothing is taken");
  assert.match(stdout, /^exceptionsRequire: \["rule","until","reason"\] +# default$/m);
  writeFileSync(join(folder, "printed.yaml"), stdout);
  assert.equal((await run(["check", "--config", "printed.yaml", "p.yaml"], { folder })).exitCode, 1);
});

test("config print without a configuration, and with a wrong one", async (t) => {
  const folder = temporaryFolder(t, { "wrong.yaml": "preset: gcr\n" });
  assert.match((await run(["config", "print"], { folder })).stdout, /^# no configuration: every value is the default\n/);
  const { stdout, stderr, exitCode } = await run(["config", "print", "--config", "wrong.yaml"], { folder });
  assert.deepEqual([stdout, exitCode], ["", 2]);
  assert.match(stderr, /^wrong\.yaml:1:9: /m);
  assert.match((await run(["config", "pritn"], { folder })).stderr, /did you mean 'print'\?/);
});

test("--files0-from takes names as they are, from a file or standard input", async (t) => {
  const names = ["a b.yaml", "-x.yaml", "@y.yaml", "-", "line\nbreak.yaml"];
  const folder = temporaryFolder(t, { ...Object.fromEntries(names.map((name) => [name, pipeline("p")])), "other.yaml": pipeline("o") });
  const list = names.map((name) => `${name}\0`).join("");
  writeFileSync(join(folder, "list"), list);
  const sorted = [...names].sort();
  assert.deepEqual(await checked(folder, ["--files0-from", "list"]), sorted);
  assert.deepEqual(await checked(folder, ["--files0-from", "-"], list), sorted);
  assert.deepEqual(await checked(folder, ["--files0-from", "list", "other.yaml"]), [...names, "other.yaml"].sort());
});

test("--files0-from: an empty list is nothing to check, and not everything; a wrong one is an error", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p") });
  const empty = await run(["check", "--files0-from", "-"], { folder });
  assert.equal(empty.exitCode, 3);
  assert.match(empty.stderr, /'--files0-from' names no file/);
  for (const [stdin, message] of [["p.yaml\n", /no NUL: write it with '-z'/], ["p.yaml\0\0", /has an empty path/], [Uint8Array.of(0xff, 0), /isn't UTF-8/]] as const) {
    const { stdout, stderr, exitCode } = await run(["check", "--files0-from", "-"], { folder, stdin });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
  }
  assert.equal((await run(["check", "--files0-from", "gone"], { folder })).exitCode, 2);
  assert.equal((await run(["check", "--files0-from", "-", "-"], { folder })).exitCode, 2);
  assert.equal((await run(["check", "--files0-from", "-"], { folder, stdin: "gone.yaml\0" })).exitCode, 4);
});

test("--include and --exclude choose among what a search finds, and not among what is named", async (t) => {
  const folder = temporaryFolder(t, Object.fromEntries(["a/p.yaml", "a/b/q.yaml", "c/r.yaml", "s.yml"].map((path) => [path, pipeline("p")])));
  assert.deepEqual(await checked(folder, ["--include", "a/**"]), ["a/b/q.yaml", "a/p.yaml"]);
  assert.deepEqual(await checked(folder, ["--include", "a", "--include", "*.yml"]), ["a/b/q.yaml", "a/p.yaml", "s.yml"]);
  assert.deepEqual(await checked(folder, ["--include", "a", "--exclude", "b/"]), ["a/p.yaml"]);
  assert.deepEqual(await checked(folder, ["--exclude", "*.yaml"]), ["s.yml"]);
  assert.deepEqual(await checked(folder, ["--exclude", "*.yaml", "c/r.yaml"]), ["c/r.yaml"]);
  const { exitCode, stderr } = await run(["check", "--include", "no/such"], { folder });
  assert.equal(exitCode, 3);
  assert.match(stderr, /--include or --exclude leave out every file/);
});

test("@FILE has an argument on each line", async (t) => {
  const folder = temporaryFolder(t, { args: "--include\na b\n\n--exclude=*.yml\r\n", "a b/p.yaml": pipeline("p"), "a b/q.yml": pipeline("q"), "c.yaml": pipeline("c") });
  assert.deepEqual(await checked(folder, ["@args"]), ["a b/p.yaml"]);
  assert.equal((await run(["check", "@gone"], { folder })).exitCode, 2);
  assert.equal((await run(["check", "--", "@args"], { folder })).exitCode, 4, "after --, it is a PATH");
});

test("a file that somebody has called @FILE hands over no options", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p"), "@x.yaml": pipeline("x"), "x.yaml": "--exit-zero\n" });
  const { stdout, stderr, exitCode } = await run(["check", "@x.yaml", "p.yaml"], { folder });
  assert.deepEqual([stdout, exitCode], ["", 2]);
  assert.match(stderr, /a file is called '@x\.yaml': write '\.\/@x\.yaml' to check it/);
  assert.equal((await run(["check", "./@x.yaml", "p.yaml"], { folder })).exitCode, 1);
  rmSync(join(folder, "@x.yaml"));
  symlinkSync("nowhere", join(folder, "@x.yaml"));
  const link = await run(["check", "@x.yaml", "p.yaml"], { folder });
  assert.deepEqual([link.stdout, link.exitCode], ["", 2]);
  assert.match(link.stderr, /a file is called '@x\.yaml'/);
});

test("a file that somebody has called like an option is none", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p"), "--config=x.yaml": pipeline("x"), "x.yaml": "rules: {no-docker-hub: off}\n", "--exit-zero": "", "-q": "" });
  for (const name of ["--config=x.yaml", "--exit-zero", "-q"]) {
    const { stdout, stderr, exitCode } = await run(["check", "p.yaml", name], { folder });
    assert.deepEqual([stdout, exitCode], ["", 2], name);
    assert.match(stderr, new RegExp(`a file is called '${name}': write './${name}' to name it`));
  }
  assert.equal((await run(["check", "p.yaml", "./--config=x.yaml"], { folder })).exitCode, 1);
  assert.equal((await run(["check", "--", "p.yaml", "--config=x.yaml"], { folder })).exitCode, 1);
});

/** What bash offers after these words, of which the last is being written. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `source <("$1" "$2" completion bash); shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _harness_image_guard; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const command = join(packageFolder, "bin/harness-image-guard.js");
  const out = execFileSync("bash", ["-c", script, "bash", process.execPath, command, "harness-image-guard", ...words], { cwd: packageFolder, encoding: "utf8" });
  return out.trim().split("\n");
}

test("bash completes commands, options, values and files", () => {
  assert.deepEqual(offered("ch"), ["check"]);
  assert.deepEqual(offered("check", "--chan"), ["--changed-since"]);
  assert.deepEqual(offered("check", "--format", ""), ["text", "json"]);
  assert.deepEqual(offered("check", "--format", "=", "j"), ["json"]);
  assert.deepEqual(offered("check", "--output", "sa"), ["sarif"]);
  assert.deepEqual(offered("check", "--rule", "no-"), ["no-docker-hub"]);
  assert.deepEqual(offered("baseline", "w"), ["write"]);
  assert.deepEqual(offered("check", "--config", "pack"), ["package.json"]);
  assert.deepEqual(offered("check", "sche"), ["schema"]);
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`${shell} reads its completion, which has every command and option`, async (t) => {
    const { stdout, stderr, exitCode } = await run(["completion", shell]);
    assert.deepEqual([stderr, exitCode], ["", 0]);
    for (const [name, { load }] of Object.entries(commands)) {
      assert.match(stdout, new RegExp(`\\b${name}\\b`));
      for (const option of Object.keys((await load()).options)) assert.match(stdout, new RegExp(`(?:--|-l )${option}\\b`));
    }
    const file = join(temporaryFolder(t), "completion");
    writeFileSync(file, stdout);
    const read = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    if (read.error !== undefined) return t.diagnostic(`there is no ${shell} to read it`);
    assert.deepEqual([read.stderr, read.status], ["", 0]);
  });
}

test("fish offers what it is asked for", async (t) => {
  const file = join(temporaryFolder(t), "completion.fish");
  writeFileSync(file, (await run(["completion", "fish"])).stdout);
  const ask = (line: string) => spawnSync("fish", ["--no-config", "-c", `source ${file}; complete -C '${line}'`], { encoding: "utf8" });
  const { error, stdout } = ask("harness-image-guard check --fail-on ");
  if (error !== undefined) return t.skip("there is no fish");
  assert.deepEqual(stdout.trim().split("\n").map((line) => line.split("\t")[0]).sort(), ["error", "note", "warning"]);
  assert.match(ask("harness-image-guard check --chang").stdout, /^--changed-since\treport only files/);
});

test("a wrong shell: exit code 2", async () => {
  for (const args of [["completion"], ["completion", "powershell"], ["completion", "bash", "zsh"], ["man", "check"]]) {
    const { stdout, exitCode } = await run(args);
    assert.deepEqual([stdout, exitCode], ["", 2]);
  }
  assert.match((await run(["completion", "fihs"])).stderr, /did you mean 'fish'\?/);
});

test("the manual page has every command and option, and a reader of such pages complains of nothing", async (t) => {
  const { stdout, stderr, exitCode } = await run(["man"]);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  for (const [name, { load }] of Object.entries(commands)) {
    assert.match(stdout, new RegExp(`^\\.SS harness\\\\-image\\\\-guard ${name}`, "m"));
    for (const option of Object.keys((await load()).options)) assert.ok(stdout.includes(`\\-\\-${option.replaceAll("-", "\\-")}\\fR`), option);
  }
  const read = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], { input: stdout, encoding: "utf8" });
  if (read.error !== undefined) return t.diagnostic("there is no mandoc to read it");
  // It is of no day: the same package prints the same page.
  assert.deepEqual(read.stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date")), []);
});
