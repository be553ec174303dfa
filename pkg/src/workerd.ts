import module from "./wasm/harness_image_guard_bg.wasm";

import type { CompileRego, CreateGuard } from "./api.js";
import { compileRegoWith, createGuardWith } from "./host.js";

export * from "./api.js";

/** Makes a guard, in workerd, which compiles modules ahead and hands them over by import. */
export const createGuard: CreateGuard = createGuardWith(() => Promise.resolve(module));

/** Compiles Rego, in workerd; bundlers keep the module for it apart until it is asked for. */
export const compileRego: CompileRego = compileRegoWith(async () => {
  const [bindings, { default: module }] = await Promise.all([
    import("./authoring/harness_image_guard.js"),
    import("./authoring/harness_image_guard_bg.wasm"),
  ]);
  return { bindings, module };
});
