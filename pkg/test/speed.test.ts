import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { commandPath, projectFolder } from "./paths.js";

// What a process waits for and nobody sees: a clock shows it on an idle machine only.

test("a check of a few files doesn't let V8 optimise code that ends with the process", () => {
  const { stdout } = spawnSync(process.execPath, ["--trace-wasm-compilation-times", commandPath, "check", projectFolder], { encoding: "utf8" });
  const compiled = stdout.split("\n").filter((line) => line.startsWith("Compiled function"));
  assert.ok(compiled.length > 100, "V8 says what it compiles");
  assert.deepEqual(compiled.filter((line) => !line.includes("Liftoff")), []);
});
