import type { CompileRego, CreateGuard } from "./api.js";
import { Guard, type GuardBindings } from "./guard.js";
import { Instance, type Loaded } from "./instance.js";
import { Policy, type PolicyBindings } from "./policy.js";
import * as guardBindings from "./wasm/harness_image_guard.js";

/** The bindings of the second module, which does what the first does, and reads Rego. */
export type AuthoringBindings = GuardBindings & PolicyBindings;

/** What a host's entry gives. */
export interface Entry {
  readonly createGuard: CreateGuard;
  readonly compileRego: CompileRego;
}

/**
 * The interface of one host; each entry of the package is one call of this.
 *
 * @param load how that host gets at the compiled module
 * @param loadAuthoring how it gets at the second module; asked where somebody brings Rego
 */
export function entryWith(
  load: () => Promise<WebAssembly.Module>,
  loadAuthoring: () => Promise<Loaded<AuthoringBindings>>,
): Entry {
  const instance = new Instance<GuardBindings>(async () => ({
    bindings: guardBindings,
    module: await load(),
  }));
  const authoring = new Instance(loadAuthoring);
  return {
    createGuard: async (options = {}) => {
      const needed: Instance<GuardBindings> =
        options.policies === undefined ? instance : (authoring as Instance<GuardBindings>);
      await needed.start();
      return new Guard(needed, options);
    },
    compileRego: async (options) => {
      await authoring.start();
      return new Policy(authoring, options);
    },
  };
}
