import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";

import { type Chunk, chunksOf } from "../dist/cli/chunks/chunk.js";
import { checkByThreads, type ThreadOptions } from "../dist/cli/chunks/threads.js";
import type { SourceFile } from "../dist/source-file.js";
import type { Guard } from "../dist/guard.js";
import { createGuard } from "../dist/node.js";
import { neutralVariables, run } from "./command.js";
import { commandPath, packageFolder } from "./paths.js";
import { connectorBody, type Files, pipeline, randomTree } from "./random-tree.js";
import { temporaryFolder } from "./temporary-folder.js";

/** What a guard also has, for the command. */
interface CommandGuard {
  judge(files: readonly SourceFile[], failOn: "error"): { readonly report: object; readonly exitCode: number };
  show(report: object, files: readonly SourceFile[], options: { readonly color: boolean; readonly failOn: "error" }): Iterable<string>;
}

const today = "2027-03-01";
const comments = "# What nobody reads.\n".repeat(1500);

/** The files, of which those that hold no connector are so large that they are checked in several chunks. */
function large(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, /connector|harness-image-guard|lists/.test(path) ? text : text + comments]));
}

const formats = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "checkstyle", "tap", "rdjson"] as const;

/** What a check writes in every format, with what it prints. */
async function written(t: TestContext, folder: string, ...args: readonly string[]): Promise<readonly unknown[]> {
  const reports = temporaryFolder(t);
  const outputs = formats.flatMap((format) => ["--output", `${format}=${join(reports, format)}`]);
  const files = await run(["check", "--today", today, ...args, ...outputs], { folder });
  const shown = await run(["check", "--today", today, ...args, "--verbose", "--show-suppressed"], { folder, variables: { FORCE_COLOR: "1" } });
  const { stderr } = files;
  return [...formats.map((format) => readFileSync(join(reports, format), "utf8")), files.exitCode, shown, stderr.replaceAll(reports, "")];
}

/** The files as a search in their folder finds them. */
function sourcesOf(files: Files): readonly (SourceFile & { readonly text: string })[] {
  const found = Object.entries(files).filter(([path]) => path !== "harness-image-guard.yaml");
  return found.map(([path, text]) => ({ path, text, searched: true })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

for (const seed of Array.from({ length: Number(process.env["CONCURRENCY_RUNS"] ?? 3) }, (_, at) => at + Number(process.env["CONCURRENCY_SEED"] ?? 1))) {
  test(`a check by several threads writes what a check of all files at once writes: seed ${seed}`, async (t) => {
    const files = large({ ...randomTree(seed), ...Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`more/${at}.yaml`, pipeline(`m${at}`, { connector: "account.c0" })])) });
    const folder = temporaryFolder(t, files);
    const lists = "lists/account.yaml";
    const { [lists]: list = "", "harness-image-guard.yaml": config = "" } = files;
    const isListed = config.includes(lists);
    const sources = sourcesOf(files).filter(({ path }) => !isListed || path !== lists);
    assert.ok(chunksOf(sources).length >= 6, `${chunksOf(sources).length} chunks`);
    const guard: unknown = await createGuard({ config, configPath: "harness-image-guard.yaml", readConnectorFile: async () => ({ path: lists, text: list }), today });
    const { report, exitCode } = (guard as CommandGuard).judge(sources, "error");
    const [one, three] = [await written(t, folder, "--concurrency", "1"), await written(t, folder, "--concurrency", "3")];
    assert.deepEqual(three, one);
    assert.deepEqual(JSON.parse(one[formats.indexOf("json")] as string), report);
    const text = [...(guard as CommandGuard).show(report, sources, { color: false, failOn: "error" })].join("");
    assert.equal(one[formats.indexOf("text")], text);
    assert.equal(one[formats.length], exitCode);
    const printed = await run(["check", "--today", today, "--format", "json", "--concurrency", "2"], { folder });
    assert.equal(printed.stdout, one[formats.indexOf("json")]);
  });
}

const clean = pipeline("clean", { image: "registry.example.com/team/a:1", connector: "account.corp" });
const corp = `connector: {${connectorBody("corp", "https://registry.example.com")}}\n`;
const many = (count: number, text: (at: number) => string): Files => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.yaml`, text(at) + comments]));

test("a connector that only reading the whole file as YAML finds decides about all files", async (t) => {
  const hidden = `a: &k ${" ".repeat(200)}connector\n*k : {${connectorBody("corp", "https://registry.example.com")}}\n`;
  const pulling = many(80, () => pipeline("p", { connector: "account.corp" }));
  const [whole, seen, without] = await Promise.all(
    [{ ...pulling, "z.yaml": hidden }, { ...pulling, "z.yaml": corp }, pulling].map((files) => run(["check", "--concurrency", "2"], { folder: temporaryFolder(t, files) })),
  );
  assert.deepEqual([whole?.exitCode, whole?.stdout], [seen?.exitCode, seen?.stdout]);
  const absent = /`account\.corp`, which isn't among the files checked/;
  assert.deepEqual([seen, without].map((outcome) => absent.test(outcome?.stdout ?? "")), [false, true]);
});

test("what decides about all files together is the same by several threads", async (t) => {
  const files = { ...many(80, (at) => (at % 7 === 0 ? pipeline(`p${at}`) : clean)), "corp.yaml": corp };
  const folder = temporaryFolder(t, files);
  const reports = temporaryFolder(t);
  const known = join(reports, "known.json");
  await run(["baseline", "write", "--baseline", known, "0.yaml", "7.yaml"], { folder });
  for (const options of [["--statistics"], ["--quiet"], ["--max-findings", "1"], ["--exit-zero"], ["--fail-on", "note"], ["--rule", "no-docker-hub"], ["--diff"], ["--shard", "1/2", "--output", "json"], ["--baseline", known]]) {
    const [one, three] = [await run(["check", ...options, "--concurrency", "1"], { folder }), await run(["check", ...options, "--concurrency", "3"], { folder })];
    assert.deepEqual(three, one, options.join(" "));
  }
  const nothing = temporaryFolder(t, many(40, () => "kind: Service\napiVersion: v1\nmetadata: {name: a}\n"));
  assert.equal((await run(["check", "--concurrency", "2"], { folder: nothing })).exitCode, 3);
  const broken = temporaryFolder(t, { ...files, ".harness/b.yaml": "pipeline: {\n" });
  assert.equal((await run(["check", "--concurrency", "2"], { folder: broken })).exitCode, 4);
});

test("chunks depend on the files alone, and hold each of them once", () => {
  const sources = sourcesOf({ ...many(90, () => clean), "corp.yaml": corp });
  const chunks = chunksOf(sources);
  assert.ok(chunks.length > 4, String(chunks.length));
  assert.deepEqual(chunksOf([...sources].reverse()), chunks);
  assert.deepEqual(new Set(chunks.flatMap(({ own }) => own)), new Set(sources));
  assert.ok(chunks.every(({ own, connectors }) => [...own, ...connectors].some(({ path }) => path === "corp.yaml")));
  assert.deepEqual(chunksOf(sources.slice(0, 5)), []);
  // Where most of it are connectors, which each chunk needs, there is nothing to divide.
  assert.deepEqual(chunksOf(sourcesOf(many(60, () => corp))), []);
});

const claimsModule = pathToFileURL(join(packageFolder, "dist/cli/chunks/claims.js")).href;

/** A thread that takes a chunk and then does something else than ours. */
function thread(t: TestContext, script: string): URL {
  return pathToFileURL(join(temporaryFolder(t, { "thread.mjs": `import { parentPort, workerData } from "node:worker_threads";\nimport { Claims } from ${JSON.stringify(claimsModule)};\nconst index = new Claims(workerData.claims).take(workerData.thread);\n${script};\n` }), "thread.mjs"));
}

async function byThreads(t: TestContext, guard: Guard, chunks: readonly Chunk[], script: string | undefined, options: Partial<ThreadOptions> = {}): Promise<{ readonly failures: readonly string[]; readonly results: readonly unknown[] | undefined }> {
  const failures: string[] = [];
  const onFailure = (reason: string): unknown => failures.push(reason);
  const work = { config: undefined, style: undefined, failOn: "error" } as const;
  const entry = script === undefined ? {} : { entry: thread(t, script) };
  const results = await checkByThreads(guard, chunks, { work, count: 3, onDone: () => undefined, onFailure, mostFindings: 100_000, ...entry, ...options });
  return { failures, results };
}

test("what a thread leaves undone, because it breaks, others do", async (t) => {
  // Enough that the other threads begin before the main one has checked all.
  const steps = "{step: {identifier: u, type: Run, spec: {image: maven}}}, ".repeat(20);
  const chunks = chunksOf(sourcesOf({ ...many(120, (at) => pipeline(`p${at}`).replace("steps: [", `steps: [${steps}`)), "corp.yaml": corp }));
  const guard = await createGuard({ today });
  const { results } = await byThreads(t, guard, chunks, undefined, { count: 1 });
  assert.equal(results?.length, chunks.length);
  for (const [script, reason] of [
    ['throw new Error("broken")', /broken/],
    ["process.exit(3)", /ended with 3/],
    ["parentPort.unref()", undefined],
    ['parentPort.postMessage({ failure: `no ${index}` })', /no \d/],
  ] as const) {
    const broken = await byThreads(t, guard, chunks, script);
    assert.deepEqual(broken.results, results, script);
    assert.equal(broken.failures.length > 0, reason !== undefined, script);
    for (const failure of broken.failures) assert.match(failure, reason ?? /^$/);
  }
});

test("more findings than are held as objects are left to a check of all files at once", async (t) => {
  const chunks = chunksOf(sourcesOf(many(40, (at) => pipeline(`p${at}`))));
  const { results } = await byThreads(t, await createGuard({ today }), chunks, undefined, { mostFindings: 3 });
  assert.equal(results, undefined);
});

test("a number of threads that can't be is refused", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": clean });
  for (const wrong of ["0", "-1", "257", "1.5", "many", ""]) {
    const { exitCode, stderr } = await run(["check", `--concurrency=${wrong}`], { folder });
    assert.equal(exitCode, 2, wrong);
    assert.match(stderr, /--concurrency/);
  }
});

test("Ctrl-C in the middle of a check by threads ends it, and writes nothing", { skip: process.platform === "win32" }, async (t) => {
  const step = "{step: {identifier: u, type: Run, spec: {image: maven}}}";
  const folder = temporaryFolder(t, many(60, (at) => pipeline(`p${at}`).replace("steps: [", `steps: [${`${step}, `.repeat(300)}`)));
  const report = join(folder, "report.txt");
  writeFileSync(report, "as it was\n");
  const child = spawn(process.execPath, [commandPath, "check", "--concurrency", "2", "--output", "text=report.txt"], { cwd: folder, env: neutralVariables() });
  const ended = once(child, "exit");
  await new Promise((resolve) => setTimeout(resolve, 600));
  child.kill("SIGINT");
  assert.deepEqual(await ended, [null, "SIGINT"]);
  assert.equal(readFileSync(report, "utf8"), "as it was\n");
  assert.ok(existsSync(report));
});
