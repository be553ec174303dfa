import { entryWith } from "./host.js";

export * from "./api.js";

const entry = entryWith(
  async () => {
    // Written out in full: bundlers find the file by this very expression.
    const response = await fetch(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url));
    return compiled(response);
  },
  // A second module, and only where somebody brings Rego.
  async () => {
    const [bindings, response] = await Promise.all([
      import("./authoring/harness_image_guard.js"),
      // Written out in full: bundlers find the file by this very expression.
      fetch(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
    ]);
    return { bindings, module: await compiled(response) };
  },
);

/** Makes a guard, in a browser. */
export const createGuard = entry.createGuard;

/** Reads connectors that exist only in the account, in a browser. */
export const importConnectors = entry.importConnectors;

/** Compiles Rego, in a browser. */
export const compileRego = entry.compileRego;

/** Reads what Harness would hand to a policy, in a browser. */
export const readPolicyInput = entry.readPolicyInput;

/** The same as JSON text for a person, in which numbers keep their digits; in a browser. */
export const showPolicyInput = entry.showPolicyInput;

/** A document as OPA reads it from a file, JSON or YAML, as JSON text; in a browser. */
export const readDocument = entry.readDocument;

/** Loads files and bundles as OPA does. @internal */
export const loadFiles = entry.loadFiles;

/** Evaluates a query of files as `opa eval` does. @internal */
export const evalCommand = entry.evalCommand;

/** Looks for what policies do that their authors hardly mean, in a browser. */
export const lintRego = entry.lintRego;

/** What `lintRego` finds, as text for a person. */
export const showLint = entry.showLint;

/** Formats Rego as `opa fmt` does, in a browser. */
export const formatRego = entry.formatRego;

/** What formatting changes, as a unified diff. */
export const formatDiff = entry.formatDiff;

/** Writes our rules as policies of Harness, in a browser. */
export const exportPolicies = entry.exportPolicies;

async function compiled(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  // Compiling while it arrives is refused for any other type, and not every server knows this one.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** Runs the tests in policies, in a browser. */
export const testRego = entry.testRego;

/** Tests as text: as OPA shows them, or as JUnit's XML. */
export const showTests = entry.showTests;

/** What OPA says of the first test that doesn't pass where coverage was asked for. */
export const showFailure = entry.showFailure;
