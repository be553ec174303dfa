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

/** The interface in a browser. Each function is described by its type: `CreateGuard`, `CompileRego`, … */
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

async function compiled(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  // Compiling while it arrives is refused for any other type, and not every server knows this one.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
