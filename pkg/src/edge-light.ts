import module from "./wasm/harness_image_guard_bg.wasm?module";

import { entryWith } from "./host.js";

export * from "./api.js";

const entry = entryWith(
  () => Promise.resolve(module),
  // A second module, and only where somebody brings Rego.
  async () => {
    const [bindings, { default: module }] = await Promise.all([
      import("./authoring/harness_image_guard.js"),
      import("./authoring/harness_image_guard_bg.wasm?module"),
    ]);
    return { bindings, module };
  },
);

/** Makes a guard, in an edge function, whose bundler asks for `?module`. */
export const createGuard = entry.createGuard;

/** Reads connectors that exist only in the account, in an edge function. */
export const importConnectors = entry.importConnectors;

/** Compiles Rego, in an edge function. */
export const compileRego = entry.compileRego;

/** Reads what Harness would hand to a policy, in an edge function. */
export const readPolicyInput = entry.readPolicyInput;

/** The same as JSON text for a person, in which numbers keep their digits; in an edge function. */
export const showPolicyInput = entry.showPolicyInput;

/** A document as OPA reads it from a file, JSON or YAML, as JSON text; in an edge function. */
export const readDocument = entry.readDocument;

/** Loads files and bundles as OPA does. @internal */
export const loadFiles = entry.loadFiles;

/** Evaluates a query of files as `opa eval` does. @internal */
export const evalCommand = entry.evalCommand;

/** Looks for what policies do that their authors hardly mean, in an edge function. */
export const lintRego = entry.lintRego;

/** What `lintRego` finds, as text for a person. */
export const showLint = entry.showLint;

/** Formats Rego as `opa fmt` does, in an edge function. */
export const formatRego = entry.formatRego;

/** What formatting changes, as a unified diff. */
export const formatDiff = entry.formatDiff;

/** Writes our rules as policies of Harness, in an edge function. */
export const exportPolicies = entry.exportPolicies;

/** Runs the tests in policies, in an edge function. */
export const testRego = entry.testRego;

/** Tests as text: as OPA shows them, or as JUnit's XML. */
export const showTests = entry.showTests;

/** What OPA says of the first test that doesn't pass where coverage was asked for. */
export const showFailure = entry.showFailure;
