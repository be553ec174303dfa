import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { formatRego, HarnessImageGuardError } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const wrong = `package   p
deny[msg] {
input.x   # why
msg=1 }
`;
const right = `package p

deny[msg] {
	input.x # why
	msg = 1
}
`;
const v1 = `package p

deny contains $"{input.x} is wrong" if {
	input.x
}
`;

test("fmt shows modules formatted, from files, folders and standard input", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong, "sub/right.rego": right, "sub/notes.txt": "no Rego" });
  assert.deepEqual(await run(["fmt", "wrong.rego"], { folder }), { stdout: right, stderr: "", exitCode: 0 });
  assert.deepEqual(await run(["fmt", "."], { folder }), { stdout: right + right, stderr: "", exitCode: 0 });
  for (const args of [["fmt"], ["fmt", "-"]]) {
    assert.deepEqual(await run(args, { folder, stdin: wrong }), { stdout: right, stderr: "", exitCode: 0 });
  }
});

test("fmt --write changes what isn't formatted, and nothing else", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong, "right.rego": right });
  const before = statSync(join(folder, "right.rego"));
  assert.deepEqual(await run(["fmt", "-w", "."], { folder }), { stdout: "", stderr: "", exitCode: 0 });
  assert.equal(readFileSync(join(folder, "wrong.rego"), "utf8"), right);
  assert.equal(statSync(join(folder, "right.rego")).ino, before.ino);
});

test("fmt --list and --diff tell what would change, --fail makes it exit code 1", async (t) => {
  const folder = temporaryFolder(t, { "wrong.rego": wrong, "right.rego": right });
  assert.deepEqual(await run(["fmt", "-l", "."], { folder }), { stdout: "wrong.rego\n", stderr: "", exitCode: 0 });
  assert.deepEqual(await run(["fmt", "-l", "--fail", "."], { folder }), { stdout: "wrong.rego\n", stderr: "", exitCode: 1 });
  const { stdout, exitCode } = await run(["fmt", "-d", "."], { folder });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^--- a\/wrong\.rego\n\+\+\+ b\/wrong\.rego\n@@ -1,4 \+1,6 @@\n-package {3}p\n/);
  const failed = await run(["fmt", "--fail", "wrong.rego"], { folder });
  assert.deepEqual([failed.stdout, failed.exitCode], ["", 1]);
  assert.match(failed.stderr, /'wrong\.rego' isn't formatted/);
  assert.equal((await run(["fmt", "--fail", "--ignore", "wr*", "."], { folder })).exitCode, 0);
  assert.equal(readFileSync(join(folder, "wrong.rego"), "utf8"), wrong);
});

test("a link in a folder counts as the module to which it leads", async (t) => {
  const folder = temporaryFolder(t, { "modules/real.txt": wrong });
  symlinkSync("real.txt", join(folder, "modules/l.rego"));
  const name = join("modules", "l.rego");
  assert.deepEqual(await run(["fmt", "--list", "--fail", "modules"], { folder }), { stdout: `${name}\n`, stderr: "", exitCode: 1 });
  symlinkSync("real.txt", join(folder, "modules/m.rego"));
  assert.deepEqual(await run(["fmt", "--write", "modules", name], { folder }), { stdout: "", stderr: "", exitCode: 0 });
  assert.equal(readFileSync(join(folder, "modules/real.txt"), "utf8"), right);
  assert.ok(lstatSync(join(folder, name)).isSymbolicLink());
});

test("what can't be read in a folder is named, and the rest is formatted, exit code 4", async (t) => {
  const outside = temporaryFolder(t, { "hidden.rego": wrong });
  const folder = temporaryFolder(t, { "modules/wrong.rego": wrong });
  symlinkSync(join(outside, "hidden.rego"), join(folder, "modules/out.rego"));
  symlinkSync("nowhere", join(folder, "modules/gone.rego"));
  mkdirSync(join(folder, "modules/below"));
  symlinkSync("below", join(folder, "modules/folder.rego"));
  if (process.platform !== "win32") execFileSync("mkfifo", [join(folder, "modules/pipe.rego")]);
  const { stdout, stderr, exitCode } = await run(["fmt", "--list", "modules"], { folder });
  assert.deepEqual([stdout, exitCode], [`${join("modules", "wrong.rego")}\n`, 4]);
  const names = ["folder", "gone", "out", ...(process.platform === "win32" ? [] : ["pipe"])];
  assert.deepEqual(stderr.match(/'modules.\w+\.rego' can't be read/g), names.map((each) => `'${join("modules", `${each}.rego`)}' can't be read`));
  assert.match(stderr, /out\.rego' can't be read: it is a link to .*, which leads out of /);
});

test("Rego v1 is formatted as OPA 1.22 does, and v0 made fit for both", async (t) => {
  const folder = temporaryFolder(t, { "v1.rego": v1, "v0.rego": right });
  assert.deepEqual(await run(["fmt", "--v1-compatible", "v1.rego"], { folder }), { stdout: v1, stderr: "", exitCode: 0 });
  const { stdout } = await run(["fmt", "--rego-v1", "v0.rego"], { folder });
  assert.equal(stdout, right.replace("deny[msg] {", "import rego.v1\n\ndeny contains msg if {"));
  const both = await run(["fmt", "--rego-v1", "--v1-compatible", "v1.rego"], { folder });
  assert.equal(both.exitCode, 2);
});

test("what isn't Rego is told with its line, and the rest is formatted, exit code 4", async (t) => {
  const folder = temporaryFolder(t, { "a.rego": "package a\n\np { := }\n", "b.rego": wrong, "c.rego": new Uint8Array([0xff]) });
  const { stdout, stderr, exitCode } = await run(["fmt", "."], { folder });
  assert.deepEqual([stdout, exitCode], [right, 4]);
  assert.match(stderr, /^a\.rego:3:5: rego_parse_error: unexpected assign token.*\n\tp \{ := \}\n\t {4}\^$/m);
  assert.match(stderr, /'c\.rego' can't be read: it isn't UTF-8/);
  assert.equal((await run(["fmt", "missing.rego"], { folder })).exitCode, 4);
  const named = await run(["fmt", "notes.txt"], { folder: temporaryFolder(t, { "notes.txt": "x" }) });
  assert.equal(named.exitCode, 2);
});

test("formatRego formats what it can, and says what is wrong with the rest", async () => {
  const { modules, problems, message } = await formatRego({ modules: { "a.rego": wrong, "b.rego": "package b\np { plus(1) }" } });
  assert.deepEqual(modules, { "a.rego": right });
  assert.deepEqual(
    problems.map(({ code, file, line, message }) => [code, file, line, message]),
    [["rego_type_error", "b.rego", 2, "plus: arity mismatch"]],
  );
  assert.match(message, /have: \(number\)/);
  assert.deepEqual((await formatRego({ modules: { "v1.rego": v1 }, regoVersion: 1 })).modules, { "v1.rego": v1 });
  await assert.rejects(
    formatRego({ modules: {}, regoVersion: 1, forBothVersions: true }),
    (error) => error instanceof HarnessImageGuardError && error.code === "usage",
  );
});
