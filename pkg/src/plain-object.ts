import { HarnessImageGuardError } from "./error.js";

/** Whether a value is an object as `{…}` or a reader of JSON makes it, of another realm too, and of no class. */
export function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Options before they are taken apart: what isn't an object, or keeps its values elsewhere, would be as if there were none.
 *
 * @throws HarnessImageGuardError with the code `usage`
 */
export function plainOptions<Options>(options: Options): Options {
  if (!isPlainObject(options)) throw new HarnessImageGuardError("usage", "the options have to be an object, as in `{…}`");
  return options;
}
