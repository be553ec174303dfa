import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import * as node from "harness-image-guard";

import { packageFolder } from "./paths.js";

interface Manifest {
  readonly exports: {
    readonly ".": Readonly<Record<string, string>>;
    readonly "./formats": Readonly<Record<string, string>>;
    readonly "./handler": Readonly<Record<string, string>>;
    readonly "./handler/check": Readonly<Record<string, string>>;
    readonly "./handler/node-listener": Readonly<Record<string, string>>;
    readonly "./schema.json": string;
  };
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(
  readFileSync(join(packageFolder, "package.json"), "utf8"),
) as Manifest;

test("each host finds its own entry before a more general one", () => {
  // A host takes the first condition that it knows, and some know several: Deno also `node`.
  for (const entry of [".", "./handler", "./handler/check"] as const) {
    assert.deepEqual(Object.keys(manifest.exports[entry]), [
      "types",
      "workerd",
      "edge-light",
      "deno",
      "node",
      "browser",
      "default",
    ]);
  }
});

test("what Node has in other files than other hosts is of one kind in each of them", () => {
  // A class that comes from both would be two.
  for (const entry of ["./formats", "./handler/node-listener"] as const) {
    assert.deepEqual(Object.keys(manifest.exports[entry]), ["types", "workerd", "edge-light", "deno", "node", "default"]);
  }
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === "string") continue;
    for (const [condition, path] of Object.entries(entry)) assert.equal(path.startsWith("./dist/node/"), condition === "node", `${name}: ${condition}`);
  }
});

test("an error is of one class, whatever throws it", async () => {
  const { HarnessImageGuardError } = node;
  const [{ createHandler }, { createHandler: createCheckHandler }, { showReport }, { nodeListener }] = await Promise.all([
    import("harness-image-guard/handler"),
    import("harness-image-guard/handler/check"),
    import("harness-image-guard/formats"),
    import("harness-image-guard/handler/node-listener"),
  ]);
  assert.throws(() => createHandler({}), HarnessImageGuardError);
  assert.throws(() => createCheckHandler({ tokens: [] }), HarnessImageGuardError);
  await assert.rejects(showReport({} as Parameters<typeof showReport>[0], "nonsense" as "sarif", { files: [] }), HarnessImageGuardError);
  assert.equal(typeof nodeListener, "function");
});

test("everything that the manifest names is there", () => {
  const { exports, bin } = manifest;
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
  const named = [...entries, ...Object.values(bin)];
  assert.deepEqual(
    named.filter((path) => !existsSync(join(packageFolder, path))),
    [],
  );
});

test("the entries export the same names", async () => {
  const names = Object.keys(node).sort();
  assert.deepEqual(names, [
    "HarnessImageGuardError",
    "compileRego",
    "createGuard",
    "evalCommand",
    "exportPolicies",
    "formatDiff",
    "formatRego",
    "importConnectors",
    "lintRego",
    "loadFiles",
    "readDocument",
    "readPolicyInput",
    "showFailure",
    "showLint",
    "showPolicyInput",
    "showTests",
    "testRego",
  ]);
  for (const entry of ["../dist/browser.js", "../dist/deno.js"]) {
    assert.deepEqual(Object.keys((await import(entry)) as object).sort(), names, entry);
  }
});

test("at runtime nothing else is needed but what reads .gitignore and tar archives, and what asks servers", () => {
  assert.deepEqual(Object.keys(manifest.dependencies), ["ignore", "modern-tar", "undici"]);
});

test("the lock file names no server", () => {
  const lock = readFileSync(join(packageFolder, "..", "package-lock.json"), "utf8");
  assert.doesNotMatch(lock, /"resolved": "(?!pkg"|www")/);
});
