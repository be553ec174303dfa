// A report stays small, whatever a file holds, and a file of any shape is checked in the time and memory that a build
// server has.
import assert from "node:assert/strict";
import { test } from "node:test";

import { shapes } from "../../benches/growth/shapes.mjs";
import { inFolderOf, run } from "./process.mjs";

const SECONDS = 20;
const BYTES = 2 ** 30;

async function check(files, ...args) {
  return inFolderOf(files, async (folder) => {
    const pieces = [];
    const outcome = await run(["check", ...args, "."], folder, (piece) => pieces.push(piece));
    assert.ok([0, 1, 4].includes(outcome.exitCode), `exit code ${outcome.exitCode}: ${outcome.stderr}`);
    assert.ok(outcome.seconds < SECONDS, `${outcome.seconds} s`);
    assert.ok(outcome.bytes < BYTES, `${Math.round(outcome.bytes / 2 ** 20)} MiB`);
    return { ...outcome, stdout: Buffer.concat(pieces).toString("utf8") };
  });
}

const steps = (number, step) => Array.from({ length: number }, (_, i) => `                - step: ${step(i)}\n`).join("");
const pipeline = (identifier, stepsWritten) =>
  `pipeline:\n  identifier: ${identifier}\n  stages:\n    - stage:\n        identifier: build\n        spec:\n          execution:\n            steps:\n${stepsWritten}`;
const anonymous = (i) => `{identifier: s${i}, type: Run, spec: {image: "node:22"}}`;

test("a long identifier is cut wherever a report names it, with its length", async () => {
  const identifier = "p".repeat(1_000_000);
  const files = [{ path: "pipeline.yaml", text: pipeline(identifier, steps(3000, anonymous)) }];
  for (const format of ["json", "text"]) {
    const { exitCode, stdout } = await check(files, "--format", format);
    assert.equal(exitCode, 1);
    assert.ok(stdout.length < 5_000_000, `${stdout.length} characters`);
    assert.ok(stdout.includes(`pipeline '${"p".repeat(100)}…' (1,000,000 characters) › stage 'build' › step 's7'`));
    assert.ok(!stdout.includes("p".repeat(501)));
  }
});

test("a message cuts a long image, and quotes an ordinary one whole", async () => {
  const image = (length) => `{type: Run, spec: {image: ${"n".repeat(length)}}}`;
  const text = pipeline("p", steps(2, (i) => image(i === 0 ? 500 : 250_000)));
  const { diagnostics } = JSON.parse((await check([{ path: "pipeline.yaml", text }], "--format", "json")).stdout);
  assert.deepEqual(
    diagnostics.map(({ message }) => message.replace(/ is pulled .*/, "")),
    [`\`${"n".repeat(500)}\``, `\`${"n".repeat(100)}…\` (250,000 characters)`],
  );
});

test("the first of a million repeated keys are listed, and all are counted", async () => {
  const files = [{ path: "pipeline.yaml", text: `pipeline:\n  identifier: p\n  stages: []\n${"  k: v\n".repeat(1_000_000)}` }];
  const report = JSON.parse((await check(files, "--format", "json", "--max-findings", "10")).stdout);
  assert.equal(report.diagnostics.length, 10);
  assert.deepEqual(report.diagnostics.map(({ start }) => start.line), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  assert.equal(report.summary.warnings, 999_999);
  assert.deepEqual(report.omitted, [
    { file: "pipeline.yaml", document: 0, rule: "duplicate-key", verdict: "violation", severity: "warning", suppressed: false, count: 999_989, safeFixes: 0, unsafeFixes: 0 },
  ]);
  const { stdout } = await check(files);
  assert.match(stdout, /^warning\[duplicate-key\]: 989999 more in pipeline\.yaml \(document 1\) are counted, but not listed \(`--max-findings`\)$/m);
  assert.match(stdout, /^0 errors and 999999 warnings in 1 file/m);
});

test("--max-findings changes neither the exit code nor the summary, nor what is fixed", async () => {
  const override = (i) => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.c${i}}}}}`;
  const text = `pipeline:\n  identifier: p\n  stages:\n${Array.from({ length: 40 }, (_, i) => `    - stage: ${override(i)}\n`).join("")}`;
  const files = [{ path: "pipeline.yaml", text }];
  const all = await check(files, "--format", "json");
  const few = await check(files, "--format", "json", "--max-findings", "1");
  assert.equal(few.exitCode, all.exitCode);
  const [report, whole] = [few, all].map(({ stdout }) => JSON.parse(stdout));
  assert.deepEqual(report.summary, whole.summary);
  assert.deepEqual(report.diagnostics, whole.diagnostics.slice(0, 1));
  assert.equal(report.omitted[0].safeFixes, 39);
  await inFolderOf(files, async (folder) => {
    const { exitCode, stderr } = await run(["check", "--fix", "--max-findings", "1", "."], folder);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /\bfixed 40 findings in 1 file\b/);
  });
});

test("--max-findings takes only a positive whole number", async () => {
  for (const number of ["0", "-1", "many", "1e3", ""]) {
    const { exitCode, stderr } = await inFolderOf([], (folder) => run(["check", `--max-findings=${number}`, "."], folder));
    assert.equal(exitCode, 2);
    assert.match(stderr, /--max-findings/);
  }
});

// Each is about a megabyte, which is more than people write.
const hostile = {
  "a long identifier of the pipeline": 3000,
  "a long connector": 3000,
  "harnessImage connectors": 4000,
  "harnessImage connectors in one file": 4000,
  "expressions in one string": 100_000,
  "expressions without an end": 100_000,
  "expressions of version 1 in one string": 50_000,
  "placeholders in one string": 100_000,
  "variables": 8000,
  "variables of stages": 4000,
  "elements of an axis, and steps": 8000,
  "a few expressions in many strings": 2000,
  "steps without a connector": 12_000,
  "steps in parallel": 6000,
  "findings on one line, as text": 20_000,
  "a long key around many findings": 3000,
  "a long image in many places": 10_000,
  "aliases of a large value": 10_000,
  "connectors in many scopes": 4000,
  "triggers": 4000,
  "documents": 200_000,
  "empty documents": 300_000,
  "files": 3000,
  "fixes": 8000,
  "anchors and templates in braces": 40_000,
  "brackets": 1_000_000,
  "a long number": 500_000,
};

test("in time and memory: 4000 patterns that 4000 references are compared with", async () => {
  const { files } = shapes["references, and trusted patterns"][1](4000);
  const config = { trustedConnectors: Array.from({ length: 4000 }, (_, i) => `account.t${i}_*`) };
  await check([...files, { path: "harness-image-guard.yaml", text: JSON.stringify(config) }], "--format", "json");
});

for (const [name, number] of Object.entries(hostile)) {
  test(`in time and memory: ${number} × ${name}`, async () => {
    const { files, config } = shapes[name][1](number);
    const configured = config === undefined ? [] : [{ path: "harness-image-guard.yaml", text: JSON.stringify(config) }];
    // So that there is always something to check.
    const pipeline = { path: "zz/pipeline.yaml", text: "pipeline:\n  identifier: p\n  stages: []\n" };
    await check([...files, ...configured, pipeline], "--format", "json");
  });
}
