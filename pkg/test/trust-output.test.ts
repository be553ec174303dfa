import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { inert, inertJson, shown } from "../dist/cli/output.js";
import { type Outcome, run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Output that can't act: what others wrote gives no orders to a terminal, a build server or a spreadsheet. */
const acting = "\u001b[2J\u009b1m\u0085\u202e\u2066\u200b\u2028\u2029\ufeff\u{e0041}";
const orders = "\n::error::gotcha\r##[error]gotcha\n  ##vso[task.complete]\n\u00a0::stop-commands::x";
const evil = `x${acting}${orders}`;

/** What must not be in any output. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const order = /^\s*(?:::|##)|##(?:vso|teamcity)?\[/m;

function assertInert({ stdout, stderr }: Outcome, what: string): void {
  // The rows of CSV end so.
  for (const text of [what.endsWith("csv") ? stdout.replaceAll("\r\n", "\n") : stdout, stderr]) {
    assert.doesNotMatch(text, hidden, what);
    assert.doesNotMatch(text, order, what);
  }
}

/** As JSON, YAML and Rego all write it. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) =>
    /\p{Surrogate}/u.test(unit) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const pipeline = (name: string): string =>
  `pipeline:\n  identifier: ${quoted(name)}\n  name: ${quoted(name)}\n  stages:\n    - stage:\n        identifier: ${quoted(`s${name}`)}\n        type: CI\n        spec:\n          execution:\n            steps:\n              - step: {identifier: ${quoted(`t${name}`)}, type: Run, spec: {image: ${quoted(`=cmd|${name}`)}, connectorRef: ${quoted(`@${name}`)}}}\n`;

test("nothing acts in a check, however files, names and policies are written", async (t) => {
  const path = `::error::${acting.replaceAll("\u0000", "")}\n::warning::p.yaml`;
  const policy = `package pipeline\n\ndeny[msg] { msg := input.pipeline.name }\n\ndeny[msg] { msg := sprintf("%s", [input.pipeline.identifier]) }\n`;
  const folder = temporaryFolder(t, {
    [path]: pipeline(evil),
    "q.yaml": `pipeline: ${quoted(evil)}\nx: [\n`,
    "::error::.rego": policy,
    "broken.yaml": `pipeline:\n  name: a\u202eb\u0085c\u2028::error::x\n  \u001b]0;x\u0007: }\n`,
  });
  for (const args of [
    ["check"], ["check", "--verbose"], ["check", "--format", "json"], ["check", "--policy", "::error::.rego"],
    ["check", "--policy", "::error::.rego", "--format", "json"], ["check", path], ["check", `no${path}`], ["check", `--${path}`],
    ["check", "--format", path], ["check", "--config", path], ["check", "--preset", evil], ["check", "--policy", `${path},entity=${evil}`],
    ["check", "--policy", `q.yaml,${evil}=${evil}`], ["check", "--max-file-size", evil], ["check", "--metadata", path], ["check", "--rule", evil],
    ["check", "-", "--stdin-path", path], ["check", "--diff"], ["images"], ["images", "--format", "json"], ["images", "--format", "csv"],
    ["images", "--format", "markdown"], ["images", "--format", "mermaid"], ["input", path], ["input", `no${path}`], ["input", path, path], ["explain", evil],
    ["lint", "."], ["lint", path], ["lint", "--format", "json", "."], ["fmt", `no${path}.rego`], ["fmt", path], ["fmt", "--list", "."], ["test", path],
    ["export", "--to", "rego", "--out", "out", "--rule", evil], ["export", evil], [evil], [`-${evil}`],
    ["check", "--output", `sarif=${path}`, "--output", `tap=${path}`], ["check", "--output", evil], ["check", "--output", `tap=no/${path}`],
    ["check", "--output", "junit"], ["check", "--output", "checkstyle"],
    ["init", "--ci", evil], ["init", evil], ["check", `@${path}`], ["check", "--files0-from", path], ["check", "--include", path], ["config", "print", "--config", path], ["config", evil], ["completion", evil], ["man", evil],
    ["baseline", "write"], ["baseline", "write", "--baseline", path], ["baseline", evil], ["check", "--baseline", path], ["check", "--baseline", `no${path}`],
    ["check", "--baseline", "harness-image-guard-baseline.json"], ["check", "--changed-since", evil], ["check", "--statistics"], ["check", "--quiet"],
    ["check", "--shard", evil], ["check", "--shard", "1/1", "--output", "json"], ["check", "--shard", "1/1", "--output", `json=shard${path}`],
    ["serve", "--workers", evil], ["serve", "--playground", path], ["serve", "--playground", `no${path}`],
    ["report", evil], ["report", "merge", path], ["report", "merge", `no${path}`], ["report", "merge", `shard${path}`], ["report", "merge", `shard${path}`, "--output", "sarif"],
    ["check", "--output", "sarif"], ["check", "--output", "gitlab"], ["check", "--output", "rdjson"],
  ]) {
    const stdin = args.includes("-") ? pipeline(evil) : "";
    const outcome = await run(args, { folder, stdin });
    assertInert(outcome, args.join(" "));
    assert.notEqual(outcome.exitCode, 70, `${args.join(" ")}\n${outcome.stderr}`);
  }
  const { stdout } = await run(["check", "--policy", "::error::.rego", path], { folder });
  assert.match(stdout, /error\[\S+\]: x\\u\{1b\}\[2J\\u\{9b\}1m\\u\{85\}\\u\{202e\}\\u\{2066\}\\u\{200b\}\\u\{2028\}\\u\{2029\}\\u\{feff\}\\u\{e0041\}\\n::error::gotcha\\r/);
});

test("a report in JSON is exact, and acts on nothing", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline(evil), "d.rego": "package pipeline\n\ndeny[msg] { msg := input.pipeline.name }\n" });
  const { stdout } = await run(["check", "--format", "json", "--policy", "d.rego"], { folder });
  const report = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly message: string }[] };
  assert.ok(report.diagnostics.some(({ message }) => message === evil));
  const images = JSON.parse((await run(["images", "--format", "json"], { folder })).stdout) as { readonly images: readonly { readonly image: string }[] };
  assert.equal(images.images[0]?.image, `=cmd|${evil}`);
  const input = await run(["input", "p.yaml"], { folder });
  assert.equal((JSON.parse(input.stdout) as { readonly pipeline: { readonly name: string } }).pipeline.name, evil);
  assertInert(input, "input");
});

test("no spreadsheet computes a cell", async (t) => {
  const image = (name: string): string => pipeline("p").replace(/image: "[^"]*"/, `image: ${quoted(name)}`);
  const formulas = ["=1+1", "+1", "-1", "@a", "=HYPERLINK(\"http://x\",\"y\")"];
  const folder = temporaryFolder(t, Object.fromEntries(formulas.map((formula, i) => [`${i}.yaml`, image(formula)])));
  writeFileSync(join(folder, "=9.yaml"), image("a"));
  const { stdout } = await run(["images", "--format", "csv"], { folder });
  const rows = stdout.trimEnd().split("\r\n");
  assert.equal(rows.length, formulas.length + 2);
  assert.ok(rows.some((row) => row.startsWith('"\'=9.yaml",')));
  for (const row of rows.slice(1)) {
    assert.doesNotMatch(row, /(?:^|,)"?[=+\-@\t\r]/, row);
    assert.match(row, /,"'@p",/);
  }
});

test("nothing acts in the answers of eval and in what policies print", async (t) => {
  const folder = temporaryFolder(t, {
    "p.rego": `package p\n\nimport rego.v1\n\nevil := ${quoted(evil)}\n\nprinted if {\n\tprint(evil, [evil])\n}\n\ntest_printed if {\n\tprint(evil)\n\tevil == "other"\n}\n\nboth := "a"\n\nboth := evil if evil\n`,
  });
  for (const format of ["json", "values", "bindings", "pretty", "raw", "discard"]) {
    for (const query of ["data.p.evil", "data.p.both", evil]) {
      const outcome = await run(["eval", "-d", "p.rego", "-f", format, query], { folder });
      assertInert(outcome, `${format} ${query}`);
    }
  }
  const printed = await run(["eval", "-d", "p.rego", "data.p.printed"], { folder });
  assert.equal(printed.stderr.split("\n").length, 2, "one line for one print");
  assert.match(printed.stderr, /^x\\u\{1b\}/);
  const json = await run(["eval", "-d", "p.rego", "-f", "values", "data.p.evil"], { folder });
  assert.deepEqual(JSON.parse(json.stdout), [evil]);
  const raw = await run(["eval", "-d", "p.rego", "-f", "raw", "data.p.evil"], { folder });
  assert.match(raw.stderr, /they are shown escaped/);
  const collection = await run(["eval", "-d", "p.rego", "-f", "raw", "[data.p.evil]"], { folder });
  assertInert(collection, "raw JSON");
  assert.deepEqual([JSON.parse(collection.stdout), collection.stderr], [[evil], ""]);
  for (const args of [[], ["-v"], ["-f", "json"], ["-f", "junit"], ["-c"], ["-v", "-f", "junit"]]) {
    assertInert(await run(["test", ...args, "p.rego"], { folder }), `test ${args.join(" ")}`);
  }
});

test("a diff that would act is shown escaped, and says that it can't be applied", async (t) => {
  const right = "providerType: Other";
  const file = (comment: string): string =>
    `connector:\n  identifier: harnessImage\n  name: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    ${comment}\n    providerType: Quay\n    auth: {type: Anonymous}\n`;
  const folder = temporaryFolder(t, {
    "c.yaml": file(`a: |\n      ::error::gotcha\n      b\u202ec`),
    "d.yaml": file("# plain").replaceAll("\n", "\r\n"),
  });
  const evilDiff = await run(["check", "--diff", "c.yaml"], { folder });
  assertInert(evilDiff, "diff");
  assert.ok(evilDiff.stdout.includes(right));
  assert.match(evilDiff.stderr, /they are shown escaped, so it can't be applied/);
  const plain = await run(["check", "--diff", "d.yaml"], { folder });
  assert.doesNotMatch(plain.stderr, /escaped/);
  assert.ok(plain.stdout.includes(`+    ${right}\r\n`));
});

test("colors are ours alone", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("a\u001b[31mred\u001b[0m"), "\u001b[31mq.yaml": "pipeline: [\n" });
  const { stdout, stderr } = await run(["check", "--verbose"], { folder, variables: { FORCE_COLOR: "1" } });
  assert.ok(stdout.includes("\u001b[1;31m"));
  assert.doesNotMatch((stdout + stderr).replaceAll(/\u001b\[(?:0|1|2|1;3[136])m/g, ""), hidden);
});

test("what is hidden is the same to the module and the command", async (t) => {
  const characters = Array.from({ length: 0xe0100 }, (_, code) => code)
    .filter((code) => code < 0x3000 || (code > 0xfd00 && code < 0x10000) || code >= 0xe0000)
    .filter((code) => code !== 0)
    .map((code) => String.fromCodePoint(code))
    .filter((character) => !/\p{Surrogate}/u.test(character));
  // In pieces: what a report quotes of a long string is cut.
  const names = Array.from({ length: Math.ceil(characters.length / 100) }, (_, i) =>
    characters.slice(i * 100, (i + 1) * 100).join(""),
  );
  const pipelines = names.map((name) => `pipeline: {"identifier": "p", "name": ${quoted(name)}, "stages": []}\n`);
  const folder = temporaryFolder(t, {
    "p.yaml": pipelines.join("---\n"),
    "d.rego": "package pipeline\n\ndeny[msg] { msg := input.pipeline.name }\n",
  });
  const { stdout } = await run(["check", "--policy", "d.rego"], { folder });
  const messages = stdout.split("\n").filter((line) => line.startsWith("error[d.rego]: "));
  assert.deepEqual(messages.map((line) => line.slice("error[d.rego]: ".length)), names.map(shown));
});

test("a text in which nothing acts stays as it is", () => {
  for (const text of ["", "a\n\tb\n", "a::b ## c #[d] ä日😀e\u0301❤\ufe0f\n", "C:\\new\\run"]) {
    assert.equal(inert(text), text);
    assert.equal(inertJson(JSON.stringify(text)), JSON.stringify(text));
  }
  assert.equal(inert("::a\n \u3000##b\nc ##[d] ##vso[e]"), "\\u{3a}:a\n \u3000\\u{23}#b\nc \\u{23}#[d] \\u{23}#vso[e]");
  assert.deepEqual(JSON.parse(inertJson(JSON.stringify(evil))), evil);
});

test("the command writes by one module alone, and that by one of its own", () => {
  const folder = fileURLToPath(new URL("../src/cli/", import.meta.url));
  const writers = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".ts") && /(?:stdout|stderr|standardOutput|standardError|byNode)\.write\(|writeSync\(|console\./.test(readFileSync(join(folder, name), "utf8")));
  assert.deepEqual(writers.sort(), ["output.ts", "standard-stream.ts"]);
});
