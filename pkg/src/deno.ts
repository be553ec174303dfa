import type { CompileRego, CreateGuard } from "./api.js";
import { compileRegoWith, createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in Deno; from the file system, that takes `--allow-read`. */
export const createGuard: CreateGuard = createGuardWith(async () => {
  const response = await fetch(new URL("./wasm/harness_image_guard_bg.wasm", import.meta.url));
  return WebAssembly.compile(await response.arrayBuffer());
});

/** Compiles Rego, in Deno; from the file system, that takes `--allow-read`. */
export const compileRego: CompileRego = compileRegoWith(async () => {
  const [bindings, response] = await Promise.all([
    import("./authoring/harness_image_guard.js"),
    fetch(new URL("./authoring/harness_image_guard_bg.wasm", import.meta.url)),
  ]);
  return { bindings, module: await WebAssembly.compile(await response.arrayBuffer()) };
});
