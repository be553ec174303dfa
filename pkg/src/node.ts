import { readFile } from "node:fs/promises";

import { entryWith } from "./host.js";

export * from "./api.js";

const entry = entryWith(
  async () =>
    WebAssembly.compile(
      await readFile(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url)),
    ),
  // A second module, and only where somebody brings Rego.
  async () => {
    const [bindings, bytes] = await Promise.all([
      import("./authoring/harness_image_guard.js"),
      readFile(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
    ]);
    return { bindings, module: await WebAssembly.compile(bytes) };
  },
);

/** Makes a guard, in Node. */
export const createGuard = entry.createGuard;

/** Reads connectors that exist only in the account, in Node. */
export const importConnectors = entry.importConnectors;

/** Compiles Rego, in Node. */
export const compileRego = entry.compileRego;

/** Reads what Harness would hand to a policy, in Node. */
export const readPolicyInput = entry.readPolicyInput;

/** The same as JSON text for a person, in which numbers keep their digits; in Node. */
export const showPolicyInput = entry.showPolicyInput;

/** A document as OPA reads it from a file, JSON or YAML, as JSON text; in Node. */
export const readDocument = entry.readDocument;

/** Loads files and bundles as OPA does, in Node. @internal */
export const loadFiles = entry.loadFiles;

/** Evaluates a query of files as `opa eval` does, in Node. @internal */
export const evalCommand = entry.evalCommand;

/** Looks for what policies do that their authors hardly mean, in Node. */
export const lintRego = entry.lintRego;

/** What `lintRego` finds, as text for a person. */
export const showLint = entry.showLint;

/** Formats Rego as `opa fmt` does, in Node. */
export const formatRego = entry.formatRego;

/** What formatting changes, as a unified diff. */
export const formatDiff = entry.formatDiff;

/** Writes our rules as policies of Harness, in Node. */
export const exportPolicies = entry.exportPolicies;

/** Runs the tests in policies, in Node. */
export const testRego = entry.testRego;

/** Tests as text: as OPA shows them, or as JUnit's XML. */
export const showTests = entry.showTests;

/** What OPA says of the first test that doesn't pass where coverage was asked for. */
export const showFailure = entry.showFailure;
