import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { createGuard, type Report } from "harness-image-guard";

import { LeftAlone, replaceFile } from "../dist/cli/replace-file.js";
import { run } from "./command.js";
import { commandPath } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = `pipeline:
  identifier: p
  stages:
    - stage:
        identifier: build
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec:
              harnessImageConnectorRef: account.other # ours
          execution:
            steps:
              - step:
                  identifier: unit
                  type: Run
                  spec:
                    image: maven:3
`;
const safely = pipeline.replace("account.other", "account.harnessImage");
const wholly = `${safely}                    connectorRef: account.corp\n`;
const config = "defaultConnector: account.corp\n";

function project(t: TestContext): string {
  return temporaryFolder(t, { "harness-image-guard.yaml": config, "p.yaml": pipeline });
}

function text(folder: string, name = "p.yaml"): string {
  return readFileSync(join(folder, name), "utf8");
}

/** Nothing else is left in the folder. */
function names(folder: string): string[] {
  return readdirSync(folder).sort();
}

test("--fix fixes what is safe, and shows what is left", async (t) => {
  const folder = project(t);
  const { stdout, stderr, exitCode } = await run(["check", "--fix"], { folder });
  assert.equal(exitCode, 1);
  assert.equal(text(folder), safely);
  assert.equal(stderr, "harness-image-guard: fixed 1 finding in 1 file\n");
  assert.match(stdout, /no-docker-hub/);
  assert.doesNotMatch(stdout, /harness-image-connector/);
  assert.match(stdout, /^1 fixable with `--fix --unsafe`$/m);
  assert.deepEqual(names(folder), ["harness-image-guard.yaml", "p.yaml"]);
});

test("--fix --unsafe fixes all, and a second time nothing", async (t) => {
  const folder = project(t);
  const first = await run(["check", "--fix", "--unsafe"], { folder });
  assert.equal(first.exitCode, 0);
  assert.equal(text(folder), wholly);
  assert.match(first.stderr, /fixed 2 findings in 1 file/);
  const before = statSync(join(folder, "p.yaml"));
  const second = await run(["check", "--fix", "--unsafe"], { folder });
  assert.deepEqual([second.exitCode, text(folder)], [0, wholly]);
  assert.match(second.stderr, /fixed 0 findings in 0 files/);
  assert.equal(statSync(join(folder, "p.yaml")).ino, before.ino);
});

test("--diff writes nothing, and git makes the same of it", async (t) => {
  const folder = project(t);
  for (const [args, expected] of [
    [["check", "--diff"], safely],
    [["check", "--diff", "--unsafe"], wholly],
  ] as const) {
    writeFileSync(join(folder, "p.yaml"), pipeline);
    const { stdout, stderr, exitCode } = await run(args, { folder });
    assert.equal(exitCode, 1);
    assert.equal(text(folder), pipeline);
    assert.match(stdout, /^--- a\/p\.yaml\n\+\+\+ b\/p\.yaml\n@@ -/);
    assert.match(stderr, /harness-image-connector/);
    execFileSync("git", ["apply", "-"], { cwd: folder, input: stdout });
    assert.equal(text(folder), expected);
  }
});

test("--diff of what is right is empty", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": "pipeline: {identifier: p}\n" });
  const { stdout, exitCode } = await run(["check", "--diff"], { folder });
  assert.deepEqual([stdout, exitCode], ["", 0]);
});

test("--fix with --format json leaves standard output to the report", async (t) => {
  const folder = project(t);
  const { stdout } = await run(["check", "--fix", "--format", "json"], { folder });
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(
    report.diagnostics.map(({ rule, fix }) => [rule, fix?.applicability]),
    [["no-docker-hub", "unsafe"]],
  );
});

test("--fix writes what becomes of standard input, and the report elsewhere", async (t) => {
  const folder = temporaryFolder(t);
  const { stdout, stderr } = await run(["check", "--fix", "-"], { folder, stdin: pipeline });
  assert.equal(stdout, safely);
  assert.match(stderr, /no-docker-hub/);
  const right = await run(["check", "--fix", "-"], { folder, stdin: safely });
  assert.equal(right.stdout, safely);
  const bytes = Uint8Array.of(0x70, 0xff, 0x0a);
  const broken = await run(["check", "--fix", "-"], { folder, stdin: bytes });
  assert.equal(broken.exitCode, 4);
  assert.match(broken.stdout, /^p/);
  assert.deepEqual(names(folder), []);
});

test("a file keeps its permissions, and a link stays a link", async (t) => {
  const folder = temporaryFolder(t, { "real/p.yaml": pipeline });
  chmodSync(join(folder, "real/p.yaml"), 0o764);
  symlinkSync("real/p.yaml", join(folder, "link.yaml"));
  await run(["check", "--fix", "link.yaml"], { folder });
  assert.equal(text(folder, "real/p.yaml"), safely);
  assert.equal(statSync(join(folder, "real/p.yaml")).mode & 0o777, 0o764);
  assert.ok(lstatSync(join(folder, "link.yaml")).isSymbolicLink());
});

test("a file that has changed since it was read is left as it is", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline });
  const path = join(folder, "p.yaml");
  await assert.rejects(
    replaceFile(path, Buffer.from("something else"), safely),
    (error) => error instanceof LeftAlone && /has changed/.test(error.message),
  );
  assert.equal(text(folder), pipeline);
  assert.deepEqual(names(folder), ["p.yaml"]);
});

test("a file that changes while others are read is said, and the exit code is 4", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline, "q.yaml": pipeline });
  const child = spawn(process.execPath, [commandPath, "check", "--fix", "p.yaml", "q.yaml", "-"], {
    cwd: folder,
  });
  let stderr = "";
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  // Standard input is read last, so that the files have been read long before it ends.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  appendFileSync(join(folder, "p.yaml"), "# theirs\n");
  child.stdin.end("a: 1\n");
  assert.equal(await ended, 4);
  assert.match(stderr, /'p\.yaml' is left as it was: it has changed since it was read/);
  assert.match(stderr, /fixed 1 finding in 1 file/);
  assert.equal(text(folder), `${pipeline}# theirs\n`);
  assert.equal(text(folder, "q.yaml"), safely);
});

test("what is no regular file is left as it is", async (t) => {
  const folder = temporaryFolder(t);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await assert.rejects(replaceFile(join(folder, "pipe"), Buffer.from(""), "x"), /it is a pipe/);
  await assert.rejects(replaceFile(join(folder, "gone"), Buffer.from(""), "x"), /no such file/);
});

test("a file that can't be written is left as it is, and said", async (t) => {
  const folder = temporaryFolder(t, { "a/p.yaml": pipeline });
  chmodSync(join(folder, "a/p.yaml"), 0o444);
  // Permissions don't bind root, unless it is started without that privilege. Another user may not be able to
  // read the command, which may be in a folder of root's own.
  const under =
    process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
  const { stderr, exitCode } = await run(["check", "--fix", "a/p.yaml"], { folder, under });
  assert.equal(exitCode, 4, stderr);
  assert.match(stderr, /'a\/p\.yaml' is left as it was: permission denied/);
  assert.equal(text(folder, "a/p.yaml"), pipeline);
  assert.deepEqual(names(join(folder, "a")), ["p.yaml"]);
});

for (const [args, message] of [
  [["check", "--fix", "--diff"], /choose one of them/],
  [["check", "--unsafe"], /needs '--fix' or '--diff'/],
  [["check", "--fix=yes"], /'--fix' takes no value/],
] as const) {
  test(`a wrong command line: ${args.join(" ")}`, async () => {
    const { exitCode, stderr } = await run(args);
    assert.equal(exitCode, 2);
    assert.match(stderr, message);
  });
}

test("guard.fix gives the changed files and what is left", async () => {
  const guard = await createGuard({ config });
  const right = { path: "q.yaml", text: "pipeline: {identifier: q}\n" };
  const safe = guard.fix([{ path: "p.yaml", text: pipeline }, right]);
  assert.deepEqual(safe.files, [{ path: "p.yaml", text: safely, fixes: 1 }]);
  assert.deepEqual(safe.report, guard.check([{ path: "p.yaml", text: safely }, right]));
  const all = guard.fix([{ path: "p.yaml", text: new TextEncoder().encode(pipeline) }], { unsafe: true });
  assert.deepEqual(all.files, [{ path: "p.yaml", text: wholly, fixes: 2 }]);
  assert.deepEqual(guard.fix([{ path: "p.yaml", text: wholly }], { unsafe: true }).files, []);
});

test("the edits of a finding say where and what", async () => {
  const guard = await createGuard();
  const [finding] = guard.check([{ path: "p.yaml", text: pipeline }]).diagnostics;
  assert.equal(finding?.fix?.applicability, "safe");
  const [edit] = finding.fix.edits;
  assert.equal(edit?.text, "account.harnessImage");
  assert.equal(pipeline.slice(edit.start.offset, edit.end.offset), "account.other");
  assert.deepEqual([edit.start.line, edit.start.column], [11, 41]);
});
