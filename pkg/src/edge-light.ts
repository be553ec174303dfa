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

/** The interface in an edge function, whose bundler asks for `?module`. Each function is described by its type: `CreateGuard`, `CompileRego`, … */
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
