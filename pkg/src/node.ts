import { readFile, readFileSync } from "node:fs";
import { promisify } from "node:util";

import { compiled, compiledAside } from "./compilation.js";
import { entryWith } from "./host.js";

export * from "./api.js";

const entry = entryWith(
  async () => compiled(readFileSync(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url))),
  // A second module, and only where somebody brings Rego.
  async () => {
    const [bindings, bytes] = await Promise.all([
      import("./authoring/harness_image_guard.js"),
      // Not that of node:fs/promises, which takes longer to load than the module to read.
      promisify(readFile)(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
    ]);
    return { bindings, module: await compiledAside(bytes) };
  },
);

/** The interface in Node. Each function is described by its type: `CreateGuard`, `CompileRego`, … */
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
