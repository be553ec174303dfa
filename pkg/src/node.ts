import { readFile } from "node:fs/promises";

import type { CompileRego, CreateGuard } from "./api.js";
import { compileRegoWith, createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in Node. */
export const createGuard: CreateGuard = createGuardWith(async () =>
  WebAssembly.compile(
    await readFile(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url)),
  ),
);

/** Compiles Rego, in Node. */
export const compileRego: CompileRego = compileRegoWith(async () => {
  const [bindings, bytes] = await Promise.all([
    import("./authoring/harness_image_guard.js"),
    readFile(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
  ]);
  return { bindings, module: await WebAssembly.compile(bytes) };
});
