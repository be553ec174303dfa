import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, lintRego } from "harness-image-guard";

import { run } from "./command.js";
import { packageFolder } from "./paths.js";

const root = join(packageFolder, "..");
const rules = readdirSync(join(root, "policies"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(root, "policies", entry.name)).includes("rule.md"))
  .map(({ name }) => name);

test("explain prints the page of every rule as it is", async () => {
  assert.ok(rules.length > 0);
  for (const folder of rules) {
    const { stdout, stderr, exitCode } = await run(["explain", folder.replaceAll("_", "-")]);
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.equal(stdout, readFileSync(join(root, "policies", folder, "rule.md"), "utf8"));
  }
});

test("whatever is in brackets in a report can be explained", async () => {
  const guard = await createGuard({ policies: [{ path: "p.rego", text: "package pipeline\ndeny = x { x := [1, 2][_] }" }] });
  const report = guard.check([
    { path: "a.yaml", text: "pipeline: {a: 1, a: 2, stages: []}" },
    { path: "b.yaml", text: "a: [" },
    { path: "c.yaml", unreadable: "no such file" },
    { path: ".harness/d.yaml", text: "a: 1" },
    { path: "e.yaml", text: `pipeline: ${"[".repeat(500)}` },
  ]);
  const found = new Set(report.diagnostics.map(({ rule }) => rule));
  assert.deepEqual([...found].sort(), ["duplicate-key", "policy", "syntax", "too-deep", "unknown-entity", "unreadable"]);
  const { findings } = await lintRego({ modules: { "p.rego": "package pipeline\nallow { not f(input.x) }\nf(x) { x }" } });
  assert.ok(findings.length > 0);
  for (const rule of [...found, ...findings.map((finding) => finding.rule)]) {
    const { stdout, stderr, exitCode } = await run(["explain", rule]);
    assert.deepEqual([stderr, exitCode], ["", 0], rule);
    assert.ok(stdout.startsWith(`# ${rule}\n\n`), stdout);
  }
});

test("without a rule, all are listed, each with a line of its own", async () => {
  const { stdout, exitCode } = await run(["explain"]);
  assert.equal(exitCode, 0);
  for (const id of [...rules.map((name) => name.replaceAll("_", "-")), "syntax", "not-checked", "never-fails", "wrong-root"]) {
    assert.match(stdout, new RegExp(`^  ${id} +\\S.{10,}$`, "m"));
  }
});

for (const [args, complaint] of [
  [["no-dockerhub"], /^harness-image-guard: there is no rule 'no-dockerhub' to explain; did you mean 'no-docker-hub'\?\n/],
  [["../../package"], /there is no rule '\.\.\/\.\.\/package'/],
  [["syntax", "limit"], /unexpected argument 'limit'/],
] as const) {
  test(`explain ${args.join(" ")} is wrong, exit code 2`, async () => {
    const { stdout, stderr, exitCode } = await run(["explain", ...args]);
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, complaint);
  });
}
