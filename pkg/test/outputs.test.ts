import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { writeOutputs } from "../dist/cli/output-files.js";
import { outputFormats } from "../dist/report-format.js";
import { neutralVariables, run } from "./command.js";
import { commandPath, packageFolder, projectFolder } from "./paths.js";
import { repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline =
  "pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: 'node:20'}}}]}}}\n";

test("several outputs at once: each is what it is alone, and the text goes to standard output", async (t) => {
  const out = temporaryFolder(t);
  const args = ["--output", `sarif=${out}/new/a.sarif`, "--output", `junit=${out}/j.xml`, "--output", "text", `--output=json=${out}/a=b.json`];
  const all = await run(["check", ...args], { folder: projectFolder });
  const [text, sarif, junit, json] = await Promise.all(["text", "sarif", "junit", "json"].map((format) => run(["check", "--output", format], { folder: projectFolder })));
  assert.deepEqual(all, text);
  assert.equal(all.exitCode, 1);
  assert.equal(readFileSync(join(out, "new/a.sarif"), "utf8"), sarif?.stdout);
  assert.equal(readFileSync(join(out, "j.xml"), "utf8"), junit?.stdout);
  assert.equal(readFileSync(join(out, "a=b.json"), "utf8"), json?.stdout);
  assert.deepEqual(readdirSync(out).sort(), ["a=b.json", "j.xml", "new"], "nothing is left behind");
});

test("--format is what goes to standard output beside --output", async (t) => {
  const out = temporaryFolder(t);
  const beside = await run(["check", "--format", "json", "--output", `tap=${out}/x.tap`], { folder: projectFolder });
  assert.deepEqual(beside, await run(["check", "--format", "json"], { folder: projectFolder }));
  assert.match(readFileSync(join(out, "x.tap"), "utf8"), /^TAP version 13\n/);
});

test("with files alone, standard error says how it went and what was written", async (t) => {
  const out = temporaryFolder(t);
  const { stdout, stderr, exitCode } = await run(["check", "--output", `text=${out}/report.txt`], { folder: projectFolder, variables: { FORCE_COLOR: "1" } });
  assert.deepEqual([stdout, exitCode], ["", 1]);
  assert.match(stderr, /^harness-image-guard: \d+ errors?, .* in 4 files; wrote '.*report\.txt'\n$/);
  assert.equal(readFileSync(join(out, "report.txt"), "utf8"), (await run(["check"], { folder: projectFolder })).stdout, "without colors");
});

test("a file that is there is replaced as a whole, and keeps its mode", async (t) => {
  const out = temporaryFolder(t, { "x.sarif": "old".repeat(10_000) });
  chmodSync(join(out, "x.sarif"), 0o640);
  await run(["check", "--output", `sarif=${out}/x.sarif`], { folder: projectFolder });
  assert.doesNotThrow(() => JSON.parse(readFileSync(join(out, "x.sarif"), "utf8")) as unknown);
  assert.equal(statSync(join(out, "x.sarif")).mode & 0o777, 0o640);
});

test("at each moment a file is there, the old or the new; where one can't take its place, all the old ones are back", async (t) => {
  const out = temporaryFolder(t, { "a.json": "old", "b.json": "old" });
  const paths = [join(out, "a.json"), join(out, "b.json")];
  const texts = (): readonly string[] => paths.map((path) => readFileSync(path, "utf8"));
  const inodes = paths.map((path) => statSync(path).ino);
  const seen: (readonly string[])[] = [];
  const { rename } = files;
  const renaming = t.mock.method(files, "rename", async (from: string, to: string) => {
    if (to === paths[1] && seen.length === 1) throw Object.assign(new Error("no"), { code: "EIO" });
    await rename(from, to);
    seen.push(texts());
  });
  syncBuiltinESMExports();
  t.after(() => {
    renaming.mock.restore();
    syncBuiltinESMExports();
  });
  const outputs = paths.map((file) => ({ file, text: "new" }));
  await assert.rejects(writeOutputs(outputs), /can't write the output '.*b\.json'/);
  assert.deepEqual(seen, [["new", "old"], ["old", "old"]]);
  assert.deepEqual(paths.map((path) => statSync(path).ino), inodes, "the very same files");
  await writeOutputs(outputs);
  assert.deepEqual(seen.slice(2), [["new", "old"], ["new", "new"]]);
  assert.deepEqual(readdirSync(out).sort(), ["a.json", "b.json"]);
});

for (const [args, message] of [
  [["--output", "xml"], /option '--output' can't be 'xml'; it is one of 'text', 'json', 'sarif'/],
  [["--output", "sarfi=x"], /did you mean 'sarif'\?/],
  [["--output", "toString"], /can't be 'toString'/],
  [["--output"], /'--output' needs a value: FORMAT\[=FILE\]/],
  [["--output", "sarif="], /needs a file after 'sarif='/],
  [["--output", "sarif", "--output", "tap"], /'sarif' and 'tap' would both go to standard output/],
  [["--output", "sarif", "--output", "sarif=-"], /would both go to standard output/],
  [["--output", "text", "--format", "json"], /'text' and 'json' would both go to standard output/],
  [["--output", "sarif=x", "--output", "tap=./y/../x"], /'sarif' and 'tap' would both be written to '\.\/y\/\.\.\/x'/],
] as const) {
  test(`a wrong command line: check ${args.join(" ")}`, async () => {
    const { stdout, stderr, exitCode } = await run(["check", ...args], { folder: projectFolder });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
    assert.match(stderr, /--help/);
    assert.ok(!existsSync(join(projectFolder, "x")));
  });
}

test("two names of one file are one place", async (t) => {
  const out = temporaryFolder(t, { a: "" });
  symlinkSync("a", join(out, "b"));
  const { stderr, exitCode } = await run(["check", "--output", `sarif=${out}/a`, "--output", `tap=${out}/b`], { folder: projectFolder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /would both be written/);
});

test("all files or none: one that can't be written leaves the others as they were, exit code 4", async (t) => {
  const out = temporaryFolder(t, { "a.sarif": "old", "folder/x": "" });
  const args = ["--output", `sarif=${out}/a.sarif`, "--output", `tap=${out}/new/b.tap`, "--output", `junit=${out}/folder`];
  const { stdout, stderr, exitCode } = await run(["check", ...args], { folder: projectFolder });
  assert.deepEqual([stdout, exitCode], ["", 4]);
  assert.match(stderr, /^harness-image-guard: can't write the output '.*folder': a folder is there.*; no output has been written\n$/);
  assert.equal(readFileSync(join(out, "a.sarif"), "utf8"), "old");
  assert.deepEqual(readdirSync(out).sort(), ["a.sarif", "folder"]);
});

test("nothing is written through a link", async (t) => {
  const elsewhere = temporaryFolder(t, { secret: "kept" });
  const folder = repository(t, { "p.yaml": pipeline });
  symlinkSync(join(elsewhere, "secret"), join(folder, "x.sarif"));
  symlinkSync(elsewhere, join(folder, "out"));
  for (const [file, why] of [["x.sarif", /a link is there/], ["out/y.sarif", /its folder leads out to '.*' through a link/], ["out/deep/y.sarif", /leads out/]] as const) {
    const { stderr, exitCode } = await run(["check", "--output", `sarif=${file}`], { folder });
    assert.equal(exitCode, 4);
    assert.match(stderr, why);
  }
  assert.deepEqual(readdirSync(elsewhere), ["secret"]);
  assert.equal(readFileSync(join(elsewhere, "secret"), "utf8"), "kept");
});

test("missing folders are made, outside of the working folder too", async (t) => {
  const outer = temporaryFolder(t, { "work/p.yaml": pipeline });
  const folder = join(outer, "work");
  for (const file of ["new/a.json", "../reports/a.json", "../reports/deep/er/a.json", join(outer, "absolute/new/a.json")]) {
    const { stderr, exitCode } = await run(["check", "--output", `json=${file}`, "p.yaml"], { folder });
    assert.equal(exitCode, 1, stderr);
    assert.ok(existsSync(resolve(folder, file)), file);
  }
});

test("an output outside of the working folder opens no link in it", async (t) => {
  const outer = temporaryFolder(t, { "work/p.yaml": pipeline, "elsewhere/secret": "" });
  const folder = join(outer, "work");
  symlinkSync(join(outer, "elsewhere"), join(folder, "out"));
  symlinkSync(join(outer, "gone"), join(folder, "nowhere"));
  for (const [file, why] of [["out/a.json", /its folder leads out to '.*' through a link/], ["out/new/a.json", /leads out/], ["nowhere/a.json", /no such file/]] as const) {
    const { stderr, exitCode } = await run(["check", "--output", "sarif=../a.sarif", "--output", `json=${file}`, "p.yaml"], { folder });
    assert.equal(exitCode, 4);
    assert.match(stderr, why);
  }
  assert.deepEqual([readdirSync(outer).sort(), readdirSync(join(outer, "elsewhere"))], [["elsewhere", "work"], ["secret"]]);
});

test("a full disk: a clear message, exit code 4, and no half-written file", { skip: !existsSync("/dev/full") && "there is no /dev/full" }, async (t) => {
  const { exitCode, stderr } = await runTo("/dev/full", ["check", "--output", "sarif"]);
  assert.equal(exitCode, 4);
  assert.match(stderr, /can't write the output: .*(?:ENOSPC|no space left)/);
  // As root, a limit on the size of files is the nearest to a full disk.
  const out = temporaryFolder(t, { "a.sarif": "old" });
  const limited = await run(["check", "--output", `sarif=${out}/a.sarif`], { folder: projectFolder, under: ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash"] });
  assert.equal(limited.exitCode, 4);
  assert.match(limited.stderr, /^harness-image-guard: can't write the output '.*a\.sarif': file too large\n$/);
  assert.deepEqual(readdirSync(out), ["a.sarif"]);
  assert.equal(readFileSync(join(out, "a.sarif"), "utf8"), "old");
});

test("a reader that goes away early is nobody's fault: no message, the exit code of the check", async (t) => {
  const folder = temporaryFolder(t, Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`${at}.yaml`, pipeline])));
  const { stderr, exitCode } = await run(["check", "--output", "sarif"], { folder, under: ["bash", "-c", '"$@" | head -c 10 > /dev/null; exit ${PIPESTATUS[0]}', "bash"] });
  assert.deepEqual([stderr, exitCode], ["", 1]);
});

test("with --fix, outputs show what is left; what standard input becomes stays alone on standard output", async (t) => {
  const connector = "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    providerType: Quay\n    auth: {type: Anonymous}\n";
  const folder = temporaryFolder(t, { "c.yaml": connector });
  const { exitCode } = await run(["check", "--fix", "--output", "tap=out.tap"], { folder });
  assert.equal(exitCode, 0);
  assert.equal(readFileSync(join(folder, "out.tap"), "utf8"), "TAP version 13\n1..1\nok 1 - c.yaml\n");
  const piped = await run(["check", "--fix", "--output", "tap", "-"], { folder, stdin: connector });
  assert.equal(piped.stdout, connector.replace("Quay", "Other"));
  assert.match(piped.stderr, /TAP version 13/);
});

test("a check of text runs none of this", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline });
  const coverage = temporaryFolder(t);
  assert.equal((await run(["check", "p.yaml"], { folder, variables: { NODE_V8_COVERAGE: coverage } })).exitCode, 1);
  const [file = ""] = readdirSync(coverage);
  const { result } = JSON.parse(readFileSync(join(coverage, file), "utf8")) as Coverage;
  const loaded = result.map(({ url }) => /\/dist\/(.*)$/.exec(url)?.[1]).filter((name) => name !== undefined);
  assert.deepEqual(loaded, ["check.cjs"]);
  const modules = [...readFileSync(join(packageFolder, "dist/check.cjs"), "utf8").matchAll(/^\/\/ (\S+\.js)$/gm)].map(([, name]) => String(name));
  assert.ok(modules.includes("cli/check.js"), "the file says what it has");
  assert.deepEqual(modules.filter((name) => /formats\/|cli\/(?:reporting|outputs|output-files|fixing|watch)/.test(name)), []);
});

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

async function runTo(device: string, args: readonly string[]): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  const child = spawn("bash", ["-c", `"$@" > ${device}`, "bash", process.execPath, commandPath, ...args], { cwd: projectFolder, env: neutralVariables() });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, stderr };
}

test("every format says which policy could not be evaluated", async (t) => {
  const folder = temporaryFolder(t, {
    "dear.rego": `package pipeline\ndeny["dear"] { x := numbers.range(1, 100000); y := numbers.range(1, 100000); x[_] == y[_] }\n`,
    "p.yaml": "pipeline: {identifier: p, stages: []}\n",
  });
  for (const format of outputFormats) {
    const { stdout, exitCode } = await run(["check", "--policy", "dear.rego", "--max-steps", "200000", "--output", format, "p.yaml"], { folder });
    assert.equal(exitCode, 4, stdout);
    assert.match(stdout, /the policy .{0,9}dear\.rego.{0,9} could not be evaluated/, format);
  }
});
