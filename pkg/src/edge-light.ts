import module from "./wasm/harness_image_guard_bg.wasm?module";

import type { CompileRego, CreateGuard } from "./api.js";
import { compileRegoWith, createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in an edge function, whose bundler asks for `?module`. */
export const createGuard: CreateGuard = createGuardWith(() => Promise.resolve(module));

/** Compiles Rego, in an edge function. */
export const compileRego: CompileRego = compileRegoWith(async () => {
  const [bindings, { default: module }] = await Promise.all([
    import("./authoring/harness_image_guard.js"),
    import("./authoring/harness_image_guard_bg.wasm?module"),
  ]);
  return { bindings, module };
});
