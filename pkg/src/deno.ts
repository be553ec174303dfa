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

/** The interface in Deno; from the file system, that takes `--allow-read`. Each function is described by its type: `CreateGuard`, `CompileRego`, … */
export const {
  compileRego,
  createGuard,
  exportPolicies,
  formatDiff,
  formatRego,
  importConnectors,
  lintRego,
  readDocument,
  readPolicyInput,
  showFailure,
  showLint,
  showPolicyInput,
  showTests,
  testRego,
} = entry;

/** What the command and the handler also need. @internal */
export const { evalCommand, loadFiles } = entry;
