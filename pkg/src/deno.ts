import { entryWith } from "./host.js";

export * from "./api.js";

const entry = entryWith(
  async () => {
    const response = await fetch(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url));
    return WebAssembly.compile(await response.arrayBuffer());
  },
  // A second module, and only where somebody brings Rego.
  async () => {
    const [bindings, response] = await Promise.all([
      import("./authoring/harness_image_guard.js"),
      fetch(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
    ]);
    return { bindings, module: await WebAssembly.compile(await response.arrayBuffer()) };
  },
);

/** Makes a guard, in Deno; from the file system, that takes `--allow-read`. */
export const createGuard = entry.createGuard;

/** Reads connectors that exist only in the account, in Deno. */
export const importConnectors = entry.importConnectors;

/** Compiles Rego, in Deno. */
export const compileRego = entry.compileRego;

/** Reads what Harness would hand to a policy, in Deno. */
export const readPolicyInput = entry.readPolicyInput;

/** The same as JSON text for a person, in which numbers keep their digits; in Deno. */
export const showPolicyInput = entry.showPolicyInput;

/** A document as OPA reads it from a file, JSON or YAML, as JSON text; in Deno. */
export const readDocument = entry.readDocument;

/** Loads files and bundles as OPA does. @internal */
export const loadFiles = entry.loadFiles;

/** Evaluates a query of files as `opa eval` does. @internal */
export const evalCommand = entry.evalCommand;

/** Looks for what policies do that their authors hardly mean, in Deno. */
export const lintRego = entry.lintRego;

/** What `lintRego` finds, as text for a person. */
export const showLint = entry.showLint;

/** Formats Rego as `opa fmt` does, in Deno. */
export const formatRego = entry.formatRego;

/** What formatting changes, as a unified diff. */
export const formatDiff = entry.formatDiff;

/** Writes our rules as policies of Harness, in Deno. */
export const exportPolicies = entry.exportPolicies;

/** Runs the tests in policies, in Deno. */
export const testRego = entry.testRego;

/** Tests as text: as OPA shows them, or as JUnit's XML. */
export const showTests = entry.showTests;

/** What OPA says of the first test that doesn't pass where coverage was asked for. */
export const showFailure = entry.showFailure;
