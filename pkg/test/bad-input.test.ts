import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Report } from "harness-image-guard";

import { neutralVariables, run } from "./command.js";
import { commandPath } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const good = "connector: {identifier: x, type: DockerRegistry, spec: {dockerRegistryUrl: https://r.example}}\n";

/** Of how many letters and lines an answer may be that a person is to read. */
const readable = 3000;

interface Case {
  readonly content: string | Uint8Array;
  readonly exitCode: number;
  /** In the text output. */
  readonly says: RegExp;
  /** The `rule` of its only diagnostic; without one there is none. */
  readonly rule?: string;
}

const aliasBomb = `${[..."abcdefghij"]
  .map((name, i, names) => `${name}: &${name} [${Array<string>(10).fill(i === 0 ? "lol" : `*${names[i - 1] ?? ""}`).join(",")}]`)
  .join("\n")}\n`;

const cases: Readonly<Record<string, Case>> = {
  "an empty file": { content: "", exitCode: 3, says: /1 file[^]*nothing has been checked/ },
  "only comments": { content: "# a\n# b\n", exitCode: 3, says: /1 file[^]*nothing has been checked/ },
  "a scalar": { content: "just a text\n", exitCode: 3, says: /1 file[^]*nothing has been checked/ },
  "a list": { content: "- a\n- b\n", exitCode: 3, says: /1 file[^]*nothing has been checked/ },
  "invalid UTF-8": {
    content: Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a),
    exitCode: 4,
    says: /not UTF-8[^]*bad\.yaml/,
    rule: "unreadable",
  },
  "a NUL": { content: "a: b\0c\n", exitCode: 4, says: /bad\.yaml:1:5/, rule: "syntax" },
  "YAML that doesn't parse": { content: "a: [1\nb: 2\n", exitCode: 4, says: /bad\.yaml:\d+:\d+/, rule: "syntax" },
  "20 MB": {
    content: Buffer.alloc(20_000_000, "a: 1234567\n"),
    exitCode: 4,
    says: /16777216[^]*bad\.yaml/,
    rule: "limit",
  },
  "10,000 levels of nesting in flow style": {
    content: `pipeline: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`,
    exitCode: 4,
    says: /nested more than \d+ levels deep\n.*bad\.yaml:1:\d+/,
    rule: "too-deep",
  },
  "10,000 levels of nesting in block style": {
    content: `pipeline:\n${"- ".repeat(10_000)}x\n`,
    exitCode: 4,
    says: /nested more than \d+ levels deep\n.*bad\.yaml:2:\d+/,
    rule: "too-deep",
  },
  "an alias bomb": { content: aliasBomb, exitCode: 4, says: /alias/i, rule: "limit" },
  "an alias that holds itself": { content: "a: &a [*a]\n", exitCode: 4, says: /alias|anchor/i, rule: "syntax" },
};

for (const [what, { content, exitCode, says, rule }] of Object.entries(cases)) {
  test(`${what}: exit code ${exitCode}, and the file beside it is checked all the same`, async (t) => {
    const folder = temporaryFolder(t, { "bad.yaml": content, "good.yaml": good });
    const [text, json] = await Promise.all([
      run(["check", "bad.yaml"], { folder }),
      run(["check", "--format", "json", "bad.yaml", "good.yaml"], { folder }),
    ]);
    assert.deepEqual([text.stderr, text.exitCode], ["", exitCode], text.stdout.slice(0, readable));
    assert.match(text.stdout, says);
    assert.ok(text.stdout.length < readable, `${text.stdout.length} letters are no message`);
    // There is something to check now, beside it.
    assert.equal(json.exitCode, exitCode === 3 ? 0 : exitCode);
    const report = JSON.parse(json.stdout) as Report;
    assert.deepEqual(
      report.diagnostics.map((each) => [each.rule, each.verdict, each.file]),
      rule === undefined ? [] : [[rule, "error", "bad.yaml"]],
    );
    const [bad, beside] = report.files;
    assert.equal(bad?.path, "bad.yaml");
    assert.equal(beside?.documents[0]?.status, "pass");
  });
}

test("a path that doesn't exist: exit code 4, and the others are checked", async (t) => {
  const folder = temporaryFolder(t, { "good.yaml": good });
  const { stdout, stderr, exitCode } = await run(["check", "gone.yaml", "good.yaml"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 4]);
  assert.match(stdout, /no such file or directory\n.*gone\.yaml/);
  assert.match(stdout, /2 files/);
});

test("a folder that can't be read: exit code 4, and the others are checked", async (t) => {
  // Root may read everything, unless it is started without that privilege.
  const under =
    process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
  const [program, ...args] = [...under, "true"];
  if (spawnSync(program ?? "true", args).status !== 0) {
    t.skip("this is root, and setpriv can't take root's privileges away");
    return;
  }
  const folder = temporaryFolder(t, { "good.yaml": good });
  mkdirSync(join(folder, "locked"));
  chmodSync(join(folder, "locked"), 0o000);
  const { stdout, stderr, exitCode } = await run(["check"], { folder, under });
  assert.deepEqual([stderr, exitCode], ["", 4]);
  assert.match(stdout, /permission denied\n.*locked/);
  assert.match(stdout, /2 files/);
});

test("a broken pipe ends the command quietly, with the exit code of what it found", async (t) => {
  const pipeline = (i: number): string =>
    `pipeline: {identifier: p${i}, stages: [{stage: {type: Custom, spec: {execution: {steps: [{step: {type: Run, spec: {image: "a:1"}}}]}}}}]}\n`;
  const folder = temporaryFolder(
    t,
    Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`p${i}.yaml`, pipeline(i)])),
  );
  const child = spawn(process.execPath, [commandPath, "check"], {
    cwd: folder,
    env: neutralVariables(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.destroy();
  const [exitCode] = (await once(child, "close")) as [number | null];
  assert.equal(stderr, "");
  assert.equal(exitCode, 1);
});

test("an output that can't be written is no success", async (t) => {
  const folder = temporaryFolder(t, { "good.yaml": good });
  const script = 'exec "$@" > /dev/full';
  const { stderr, exitCode } = await run(["check"], { folder, under: ["bash", "-c", script, "bash"] });
  assert.equal(exitCode, 4);
  assert.match(stderr, /can't write the output/);
});
