import type { CompileRego, CreateGuard } from "./api.js";
import { Guard } from "./guard.js";
import { Instance, type Loaded } from "./instance.js";
import { Policy, type PolicyBindings } from "./policy.js";
import * as guardBindings from "./wasm/harness_image_guard.js";

/**
 * `createGuard` of one host; each entry of the package is one call of this.
 *
 * @param load how that host gets at the compiled module
 */
export function createGuardWith(load: () => Promise<WebAssembly.Module>): CreateGuard {
  const instance = new Instance(async () => ({ bindings: guardBindings, module: await load() }));
  return async (options = {}) => {
    await instance.start();
    return new Guard(instance, options);
  };
}

/**
 * `compileRego` of one host.
 *
 * @param load how that host gets at the second module, which reads Rego; asked when it is needed
 */
export function compileRegoWith(load: () => Promise<Loaded<PolicyBindings>>): CompileRego {
  const instance = new Instance(load);
  return async (options) => {
    await instance.start();
    return new Policy(instance, options);
  };
}
