import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";

import { neutralVariables, run } from "./command.js";
import { commandPath, packageFolder, projectFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

// What a process waits for and nobody sees: a clock shows it on an idle machine only.

test("a check of a few files doesn't let V8 optimise code that ends with the process", () => {
  const { stdout } = spawnSync(process.execPath, ["--trace-wasm-compilation-times", commandPath, "check", projectFolder], { encoding: "utf8" });
  const compiled = stdout.split("\n").filter((line) => line.startsWith("Compiled function"));
  assert.ok(compiled.length > 100, "V8 says what it compiles");
  assert.deepEqual(compiled.filter((line) => !line.includes("Liftoff")), []);
});

test("a check loads one file of the package beside its bindings", (t) => {
  const folder = temporaryFolder(t);
  const { status, stdout } = spawnSync(process.execPath, [commandPath, "check", projectFolder], { encoding: "utf8", env: { ...neutralVariables(), NODE_V8_COVERAGE: folder } });
  assert.equal(status, 1);
  assert.match(stdout, /no-docker-hub/);
  const [file = ""] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { readonly result: readonly { readonly url: string }[] };
  const within = pathToFileURL(packageFolder).href;
  const loaded = result.flatMap(({ url }) => (url.startsWith(within) ? [url.slice(within.length)] : []));
  assert.deepEqual(loaded.sort(), ["bin/harness-image-guard.js", "dist/check.cjs"]);
});

test("that file is what the modules of the package say now", (t) => {
  const bundle = join(packageFolder, "dist", "check.cjs");
  const again = join(packageFolder, "dist", `check-${process.pid}.cjs`);
  t.after(() => rmSync(again, { force: true }));
  execFileSync(process.execPath, [join(packageFolder, "../scripts/bundle-check.mjs"), join(packageFolder, "dist"), again]);
  assert.ok(readFileSync(again).equals(readFileSync(bundle)), "dist/check.cjs is older than the modules: run make build");
});

test("what ends without an answer is no success", async () => {
  const never = "data:text/javascript,WebAssembly.compile=()=>new%20Promise(()=>undefined)";
  const { exitCode, stderr } = await run(["check", projectFolder], { variables: { NODE_OPTIONS: `--import=${never}` } });
  assert.equal(exitCode, 70);
  assert.match(stderr, /the work never ended/);
});
