import { HarnessImageGuardError, unreadable } from "./error.js";

/** Whether a value is an object as `{…}` or a reader of JSON makes it, of another realm too, and of no class. */
export function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Options as they are now, each read once; `undefined` is as if it weren't there. What isn't an object, or keeps its values
 * elsewhere, would be as if there were none.
 *
 * @param place the option whose value these are, if they aren't all options of a function
 * @throws HarnessImageGuardError with the code `usage`
 */
export function plainOptions<Options>(options: Options, place?: string): Options {
  const values = namesOf(options, place).map((name) => [name, valueOf(options as object, name, place)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Options;
}

/** An option's name in messages. */
export function nameAt(place: string | undefined, name: string): string {
  return place === undefined ? name : `${place}.${name}`;
}

function namesOf(options: unknown, place: string | undefined): readonly string[] {
  try {
    if (isPlainObject(options)) return Object.keys(options as object);
  } catch (cause) {
    throw unreadable(place ?? "options", cause);
  }
  throw new HarnessImageGuardError("usage", `${place === undefined ? "the options have" : `\`${place}\` has`} to be an object, as in \`{…}\``);
}

function valueOf(options: object, name: string, place: string | undefined): unknown {
  try {
    return (options as Readonly<Record<string, unknown>>)[name];
  } catch (cause) {
    throw unreadable(nameAt(place, name), cause);
  }
}
