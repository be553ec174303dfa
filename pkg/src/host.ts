import type { CreateGuard } from "./api.js";
import { Guard } from "./guard.js";
import { Instance } from "./instance.js";

/**
 * `createGuard` of one host; each entry of the package is one call of this.
 *
 * @param load how that host gets at the compiled module
 */
export function createGuardWith(load: () => Promise<WebAssembly.Module>): CreateGuard {
  const instance = new Instance(load);
  return async (options = {}) => {
    await instance.start();
    return new Guard(instance, options);
  };
}
