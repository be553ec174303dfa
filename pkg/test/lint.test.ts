import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { HarnessImageGuardError, lintRego, type LintReport } from "harness-image-guard";

import { run } from "./command.js";
import { packageFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const wrong = `package connector

deny["the description has to say who owns it"] {
  not contains(lower(input.entity.description), "owner")
}
`;
const right = `package connector

import future.keywords.contains
import future.keywords.if

deny contains "é: no description" if not input.entity.description
`;

test("lint shows the line, the reason and the better form, exit code 1", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong });
  const { stdout, stderr, exitCode } = await run(["lint", "wrong.rego"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  assert.match(stdout, /^warning\[undefined-under-not\]: .*`input\.entity\.description`/m);
  assert.match(stdout, /^ --> wrong\.rego:4:22\n {2}\|\n4 \| {3}not contains\(lower\(input/m);
  assert.match(stdout, /= help: .*object\.get\(input\.entity, "description"/);
  assert.match(stdout, /^1 warning, 1 note\n$/m);
});

test("the command and lintRego tell the same", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong, "right.rego": right });
  const { stdout, exitCode } = await run(["lint", "--format", "json", "wrong.rego", "right.rego"], { folder });
  const report = JSON.parse(stdout) as LintReport;
  assert.equal(exitCode, 1);
  assert.deepEqual(report, await lintRego({ modules: { "wrong.rego": wrong, "right.rego": right } }));
  assert.deepEqual(
    report.findings.map(({ rule, file, severity }) => [rule, file, severity]),
    [
      ["older-syntax", "wrong.rego", "note"],
      ["undefined-under-not", "wrong.rego", "warning"],
    ],
  );
  const finding = report.findings[1];
  const offset = wrong.indexOf("input.entity");
  assert.deepEqual(finding?.start, { line: 4, column: 22, offset });
  assert.deepEqual(finding?.end.offset, offset + "input.entity.description".length);
});

test("nothing to fix, exit code 0; a note doesn't count", async (t) => {
  const folder = temporaryFolder(t, { "right.rego": right, "old.rego": "package p\ndeny { input.x }\n" });
  assert.equal((await run(["lint", "right.rego"], { folder })).exitCode, 0);
  assert.equal((await run(["lint", "old.rego"], { folder })).exitCode, 0);
});

test("what isn't Rego is shown, and the rest is looked at, exit code 4", async (t) => {
  const folder = temporaryFolder(t, { "broken.rego": "package p\n\ndeny { é := }\n", "wrong.rego": wrong });
  const { stdout, exitCode } = await run(["lint", "broken.rego", "wrong.rego"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /^error\[rego_parse_error\]: .*\n --> broken\.rego:3:\d+\n {2}\|\n3 \| deny \{ é := \}/m);
  assert.match(stdout, /^warning\[undefined-under-not\]/m);
});

test("what a page made of a policy is shown with what to do", async (t) => {
  const folder = temporaryFolder(t, { "p.rego": "package pipeline\n\ndeny[msg] {\n  msg := “no”\n}\n" });
  const { stdout, exitCode } = await run(["lint", "p.rego"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /^error\[rego_parse_error\]: illegal token\n --> p\.rego:4:10\n[^]*= help: replace the curved quotes with "\n/);
});

test("a file that can't be read is said, and the rest is looked at, exit code 4", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong });
  const { stdout, stderr, exitCode } = await run(["lint", "none.rego", "wrong.rego"], { folder });
  assert.deepEqual(
    [stderr, exitCode],
    ["harness-image-guard: 'none.rego' can't be read: no such file or directory\n", 4],
  );
  assert.match(stdout, /^warning\[undefined-under-not\]/m);
});

test("the oldest OPA can be said", async () => {
  const modules = { "right.rego": right };
  const rules = (report: LintReport): string[] => report.findings.map(({ rule }) => rule);
  assert.deepEqual(rules(await lintRego({ modules })), []);
  assert.deepEqual(rules(await lintRego({ modules, oldestOpa: "0.40" })), ["newer-syntax", "newer-syntax"]);
  await assert.rejects(
    lintRego({ modules, oldestOpa: "new" }),
    (error) => error instanceof HarnessImageGuardError && error.code === "usage",
  );
});

test("folders are searched for modules, the working directory without a path", async (t) => {
  const folder = temporaryFolder(t, {
    "policies/deeper/wrong.rego": wrong,
    "policies/right.rego": right,
    "policies/broken.txt": "no module",
    "policies/node_modules/other.rego": "no module",
    "other.rego": "no module",
  });
  const all = await run(["lint", "--format", "json", "policies", "./policies/right.rego"], { folder });
  assert.deepEqual([all.stderr, all.exitCode], ["", 1]);
  const files = (JSON.parse(all.stdout) as LintReport).findings.map(({ file }) => file);
  assert.deepEqual(new Set(files), new Set(["policies/deeper/wrong.rego"]));
  const here = await run(["lint", "--format", "json"], { folder: join(folder, "policies") });
  assert.deepEqual((JSON.parse(here.stdout) as LintReport).findings.map(({ file }) => file)[0], "deeper/wrong.rego");
  const nothing = await run(["lint"], { folder: temporaryFolder(t) });
  assert.deepEqual([nothing.stdout, nothing.stderr, nothing.exitCode], ["", "harness-image-guard: no *.rego in '.'\n", 3]);
});

test("--compile shows what OPA's compiler refuses of the modules together, --strict what is of no use", async (t) => {
  const folder = temporaryFolder(t, {
    "p/lib.rego": "package lib\n\nimport future.keywords.if\n\nf(x) = y if { y := x; z := 1 }\n",
    "p/deny.rego": 'package pipeline\n\nimport data.lib\n\ndeny["no"] { lib.f(input.pipeline, 2, 3) }\n',
  });
  const lint = (...args: string[]) => run(["lint", ...args, "p"], { folder });
  assert.equal((await lint()).exitCode, 0);
  const { stdout, exitCode } = await lint("--compile");
  assert.equal(exitCode, 1);
  assert.match(stdout, /^error\[rego_type_error\]: function data\.lib\.f has arity 1, got 3 arguments\n --> p\/deny\.rego:5:14\n/m);
  assert.match(stdout, /^1 error, 0 warnings, /m);
  const { problems } = JSON.parse((await lint("--strict", "--format", "json")).stdout) as LintReport;
  assert.deepEqual(
    problems.map(({ rule, severity, file, start }) => [rule, severity, file, start.line]),
    [["rego_compile_error", "error", "p/lib.rego", 5]],
  );
});

test("--disable leaves rules out, in text and JSON, and so does lintRego", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong });
  const args = ["lint", "--disable", "undefined-under-not", "--disable", "older-syntax", "wrong.rego"];
  const text = await run(args, { folder });
  assert.deepEqual([text.stdout, text.exitCode], ["0 warnings, 0 notes\n", 0]);
  const json = await run([...args, "--format", "json"], { folder });
  assert.deepEqual(JSON.parse(json.stdout), { findings: [], problems: [] });
  const report = await lintRego({ modules: { "wrong.rego": wrong }, disable: ["older-syntax"] });
  assert.deepEqual(report.findings.map(({ rule }) => rule), ["undefined-under-not"]);
});

test("a rule that is disabled but isn't one is an error, with the one that is meant", async (t) => {
  const { stderr, exitCode } = await run(["lint", "--disable", "outside-modul"], { folder: temporaryFolder(t) });
  assert.equal(exitCode, 2);
  assert.match(stderr, /can't be 'outside-modul': the lint has no such rule; did you mean 'outside-module'\?/);
});

for (const args of [[""], ["--oldest-opa", "new", "p.rego"], ["--no"]]) {
  test(`lint ${args.join(" ")} is wrong, exit code 2`, async (t) => {
    const { stdout, stderr, exitCode } = await run(["lint", ...args], { folder: temporaryFolder(t) });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, /^harness-image-guard: /);
  });
}

test("the lint warns of nothing that its page prefers", async () => {
  const page = readFileSync(join(packageFolder, "../docs/lint.md"), "utf8");
  const blocks = [...page.matchAll(/^(?:Prefer|Or write)[^\n]*:\n\n```rego\n([^]*?)^```$/gm)];
  // The others are only a part of a rule.
  const whole = blocks.map(([, text = ""]) => text).filter((text) => /^deny/m.test(text));
  assert.ok(whole.length >= 5, String(whole.length));
  for (const text of whole) {
    const { findings, problems } = await lintRego({ modules: { "p.rego": `package pipeline\n\n${text}` } });
    const warnings = [...findings.filter(({ severity }) => severity === "warning"), ...problems].map(({ message }) => message);
    assert.deepEqual(warnings, [], text);
  }
});
