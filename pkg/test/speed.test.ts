import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test, type TestContext } from "node:test";

import { neutralVariables, run } from "./command.js";
import { commandPath, packageFolder, projectFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

// What a process waits for and nobody sees: a clock shows it on an idle machine only.

for (const [what, args] of [
  ["a check of a few files", ["check", projectFolder]],
  ["a check by one's own policy", ["check", "--policy", "p.rego", projectFolder]],
  ["an evaluation", ["eval", "--data", "p.rego", "[x | x := numbers.range(1, 2000)[_]; x % 7 == 0]"]],
] as const) {
  test(`${what} doesn't let V8 optimize code that ends with the process`, (t) => {
    const folder = temporaryFolder(t, { "p.rego": 'package pipeline\n\ndeny[msg] { input.pipeline.identifier == "none"; msg := "no" }\n' });
    const { stdout } = spawnSync(process.execPath, ["--trace-wasm-compilation-times", commandPath, ...args], { cwd: folder, encoding: "utf8" });
    const compiled = stdout.split("\n").filter((line) => line.startsWith("Compiled function"));
    assert.ok(compiled.length > 100, "V8 says what it compiles");
    assert.deepEqual(compiled.filter((line) => !line.includes("Liftoff")), []);
  });
}

test("a check of one file makes V8 compile no more than its share of the module", () => {
  const file = join(projectFolder, ".harness/pipeline.yaml");
  const { stdout } = spawnSync(process.execPath, ["--trace-wasm-compilation-times", commandPath, "check", file], { encoding: "utf8", env: neutralVariables() });
  const sizes = [...stdout.matchAll(/^Compiled function .* bodysize (\d+) /gm)].map(([, size]) => Number(size));
  assert.ok(sizes.length > 100, "V8 says what it compiles");
  const compiled = sizes.reduce((all, size) => all + size, 0);
  const { first_check_compiled_bytes: budget } = JSON.parse(readFileSync(join(packageFolder, "../size-budget.json"), "utf8")) as { readonly first_check_compiled_bytes: number };
  // A function is compiled whole, with what is inlined into it: what few checks need is `#[cold]`.
  assert.ok(compiled <= budget, `${compiled} bytes; size-budget.json has ${budget}`);
});

/** The package's own code that a check loads. */
function loadedBy(t: TestContext, args: readonly string[]): readonly string[] {
  const folder = temporaryFolder(t);
  const { status, stdout } = spawnSync(process.execPath, [commandPath, "check", ...args], { encoding: "utf8", env: { ...neutralVariables(), NODE_V8_COVERAGE: folder } });
  assert.equal(status, 1);
  assert.match(stdout, /no-docker-hub/);
  const [file = ""] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { readonly result: readonly { readonly url: string }[] };
  const within = pathToFileURL(packageFolder).href;
  const loaded = result.flatMap(({ url }) => (url.startsWith(within) ? [url.slice(within.length)] : []));
  return loaded.sort();
}

test("a check loads one file of the package's code, and a second one for what is rarely asked for", (t) => {
  const always = ["bin/harness-image-guard.js", "dist/check.cjs"];
  assert.deepEqual(loadedBy(t, [projectFolder]), always);
  assert.deepEqual(loadedBy(t, ["--output", "sarif", projectFolder]), [always[0], "dist/check-more.cjs", always[1]]);
});

for (const args of [[], ["--quiet"], ["--format", "json"]]) {
  test(`${["check", ...args].join(" ")} loads nothing of Node that takes long, and is for others`, (t) => {
    const folder = temporaryFolder(t, { "loaded.cjs": 'process.on("exit", () => require("node:fs").writeFileSync(`${__dirname}/loaded`, process.moduleLoadList.join("\\n")));' });
    const { status, stdout } = spawnSync(process.execPath, ["--require", join(folder, "loaded.cjs"), commandPath, "check", ...args, join(projectFolder, ".harness/pipeline.yaml")], { encoding: "utf8", env: neutralVariables() });
    assert.equal(status, 1, stdout);
    const loaded = readFileSync(join(folder, "loaded"), "utf8").split("\n");
    assert.ok(loaded.includes("NativeModule v8"), "Node says what it loads");
    const heavy = ["child_process", "crypto", "fs/promises", "net", "os", "tty", "worker_threads"];
    assert.deepEqual(heavy.filter((name) => loaded.includes(`NativeModule ${name}`)), []);
  });
}

test("these files are what the modules of the package say now, and no module is in both", (t) => {
  const dist = join(packageFolder, "dist");
  const again = temporaryFolder(t);
  execFileSync(process.execPath, [join(packageFolder, "../scripts/bundle-check.mjs"), dist, again]);
  const texts = ["check.cjs", "check-more.cjs"].map((name) => {
    const text = readFileSync(join(dist, name), "utf8");
    assert.ok(readFileSync(join(again, name), "utf8") === text, `dist/${name} is older than the modules: run make build`);
    return text;
  });
  // Whatever is twice would be two: an error would not be of the class that it is compared with.
  const [always = new Set(), asked = new Set()] = texts.map((text) => new Set([...text.matchAll(/^\s*\/\/ (\S+\.js)$/gm)].map(([, name]) => name)));
  assert.ok(always.has("cli/check.js") && asked.has("cli/outputs.js"));
  assert.deepEqual([...always].filter((name) => asked.has(name)), []);
});

test("the package is imported in two files, which are what its modules say now", (t) => {
  const folder = temporaryFolder(t);
  const program = 'const { createGuard } = await import("harness-image-guard"); (await createGuard()).check([]);';
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: packageFolder, encoding: "utf8", env: { ...neutralVariables(), NODE_V8_COVERAGE: folder } });
  assert.equal(status, 0, stderr);
  const [file = ""] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { readonly result: readonly { readonly url: string }[] };
  const within = pathToFileURL(join(packageFolder, "dist/")).href;
  const loaded = result.flatMap(({ url }) => (url.startsWith(within) ? [url.slice(within.length)] : []));
  assert.deepEqual(loaded.sort(), ["node/error.js", "node/index.js"]);
  const again = join(temporaryFolder(t), "node");
  execFileSync(process.execPath, [join(packageFolder, "../scripts/bundle-entries.mjs"), packageFolder, again]);
  const dist = join(packageFolder, "dist/node");
  const textsIn = (each: string): Readonly<Record<string, string>> => Object.fromEntries(readdirSync(each).map((name) => [name, readFileSync(join(each, name), "utf8")]));
  assert.ok(JSON.stringify(textsIn(again)) === JSON.stringify(textsIn(dist)), "dist/node is older than the modules: run make build");
});

test("what ends without an answer is no success", async () => {
  const never = "data:text/javascript,Promise.all=()=>new%20Promise(()=>undefined)";
  const { exitCode, stderr } = await run(["check", projectFolder], { variables: { NODE_OPTIONS: `--import=${never}` } });
  assert.equal(exitCode, 70);
  assert.match(stderr, /the work never ended/);
});
