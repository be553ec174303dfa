import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { neutralVariables, run } from "./command.js";
import { commandPath, projectFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

const isPosix = process.platform === "win32" ? "pipes of Windows are another matter" : false;

/** Files whose report is larger than a pipe, which has room for 64 KiB, and a socket for 200. */
function many(t: TestContext): string {
  const step = (at: number): string => `{step: {identifier: u${at}, type: Run, spec: {image: 'node:${at}'}}}`;
  const steps = Array.from({ length: 40 }, (_, at) => step(at)).join(", ");
  const pipeline = `pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [${steps}]}}}\n`;
  return temporaryFolder(t, Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`${at}.yaml`, pipeline])));
}

/** What a shell's command writes and how it ends; `"$@"` in it is a check of `folder`. */
function shell(command: string, folder: string, args: readonly string[] = []): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command, "bash", process.execPath, commandPath, "check", ...args], { cwd: folder, env: neutralVariables(), encoding: "utf8", maxBuffer: 2 ** 26 });
  return { stdout, stderr, status };
}

test("a file, a pipe and a slow reader get the same bytes", { skip: isPosix }, (t) => {
  const folder = many(t);
  const out = join(temporaryFolder(t), "out");
  for (const args of [[], ["--format", "json"], ["--output", "sarif"]]) {
    const file = shell(`"$@" > '${out}'; exit $?`, folder, args);
    const written = readFileSync(out, "utf8");
    assert.ok(written.length > 300_000, String(written.length));
    assert.deepEqual(file, { stdout: "", stderr: "", status: 1 });
    const whole = { stdout: written, stderr: "", status: 1 };
    assert.deepEqual(shell('"$@"', folder, args), whole);
    assert.deepEqual(shell('"$@" | { sleep 0.5; cat; }; exit ${PIPESTATUS[0]}', folder, args), whole);
    assert.deepEqual(shell(`"$@" > '${out}' && : ; code=$?; "$@" >> '${out}'; cat '${out}'; exit $code`, folder, args), { ...whole, stdout: written + written });
  }
});

test("a slow reader of a pipe that doesn't block gets all of it", { skip: isPosix }, async (t) => {
  const folder = many(t);
  const pipe = join(temporaryFolder(t), "pipe");
  spawnSync("mkfifo", [pipe]);
  if (!existsSync(pipe)) return t.skip("there is no mkfifo");
  // Another program that writes to the same pipe has made it so, which holds for both: Node does that.
  const other = 'process.stdout.write("begin\\n"); setTimeout(() => undefined, 60_000);';
  const words = [process.execPath, commandPath, "check", "--format", "json"];
  const script = `{ ${process.execPath} -e '${other}' & sleep 0.5; "$@"; code=$?; kill $!; exit $code; } > '${pipe}'`;
  const child = spawn("bash", ["-c", script, "bash", ...words], { cwd: folder, env: neutralVariables(), stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const reader = openSync(pipe, "r");
  t.after(() => closeSync(reader));
  // By then it is full.
  await wait(1500);
  const text = await new Promise<string>((resolve) => {
    const { stdout } = spawn("cat", { stdio: [reader, "pipe", "inherit"] });
    let all = "";
    stdout?.setEncoding("utf8").on("data", (part: string) => (all += part)).on("end", () => resolve(all));
  });
  const { stdout } = await run(["check", "--format", "json"], { folder });
  assert.equal(text, `begin\n${stdout}`);
  assert.deepEqual([stderr, (await ended)[0]], ["", 1]);
});

test("what is written to standard output and standard error stays in its order", { skip: isPosix }, (t) => {
  const folder = temporaryFolder(t, { "c.yaml": "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    providerType: Quay\n    auth: {type: Anonymous}\n" });
  const out = join(temporaryFolder(t), "out");
  // The report goes to standard error, and the diff after it to standard output.
  const apart = shell('"$@"', folder, ["--diff"]);
  assert.match(apart.stdout, /^--- /);
  assert.notEqual(apart.stderr, "");
  for (const ways of [`> '${out}' 2>&1`, `2>&1 | cat > '${out}'`]) {
    shell(`"$@" ${ways}`, folder, ["--diff"]);
    assert.equal(readFileSync(out, "utf8"), apart.stderr + apart.stdout, ways);
  }
});

test("readers that go away end the command, and its exit code is that of the check", { skip: isPosix }, (t) => {
  const folder = many(t);
  for (const ways of ['"$@" | head -c 10', '"$@" 2>&1 | head -c 10', '"$@" | true', '"$@" 2>&1 | true']) {
    const { stdout, stderr, status } = shell(`${ways}; exit \${PIPESTATUS[0]}`, folder);
    assert.deepEqual([stderr, status], ["", 1], ways);
    assert.ok(stdout.length <= 10);
  }
  assert.equal(shell('"$@" 2>&1 | true; exit ${PIPESTATUS[0]}', folder, ["--no-such-option"]).status, 2);
});

test("what can't be written is no success, where it goes to standard error, too", { skip: existsSync("/dev/full") ? false : "there is no /dev/full" }, (t) => {
  const folder = many(t);
  assert.deepEqual(shell('"$@" > /dev/full', folder), { stdout: "", stderr: "harness-image-guard: can't write the output: ENOSPC: no space left on device, write\n", status: 4 });
  assert.equal(shell('"$@" 2> /dev/full', folder, ["--no-such-option"]).status, 4);
  // A file that grows no more, which is written to in another way than a device.
  const out = join(temporaryFolder(t), "out");
  const { stderr, status } = shell(`ulimit -f 1; "$@" > '${out}'`, folder);
  assert.deepEqual([stderr, status], ["harness-image-guard: can't write the output: EFBIG: file too large, write\n", 4]);
});

test("a standard output or standard error that is closed takes nothing, and nothing else changes", { skip: isPosix }, () => {
  const whole = shell('"$@"', projectFolder);
  assert.equal(whole.status, 1);
  assert.deepEqual(shell('"$@" >&-', projectFolder), { ...whole, stdout: "" });
  assert.deepEqual(shell('"$@" 2>&-', projectFolder), whole);
  assert.deepEqual(shell('"$@" > /dev/null', projectFolder), { ...whole, stdout: "" });
  // Its own folder is searched all the same.
  assert.deepEqual(shell('"$@" < /dev/null | cat; exit ${PIPESTATUS[0]}', projectFolder), whole);
});
