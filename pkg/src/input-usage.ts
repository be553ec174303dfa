/** What policies can look at of a value: all of it, or what is under some keys and under every other one. */
export type InputUsage = typeof whole | Parts;

interface Parts {
  readonly fields: ReadonlyMap<string, InputUsage>;
  /** Of an object, what is under other keys, and of an array, each item; nothing where they can't be looked at. */
  readonly others: InputUsage | undefined;
}

/** The same as the module writes it; `false` where nothing can be looked at. */
export type WrittenUsage = boolean | readonly [fields: { readonly [key: string]: WrittenUsage }, others: WrittenUsage];

const whole = "whole";

/** The usage of what the module wrote. */
export function inputUsage(written: WrittenUsage): InputUsage {
  if (written === true) return whole;
  if (written === false) return { fields: new Map(), others: undefined };
  const [fields, others] = written;
  const below = Object.entries(fields).map(([key, field]) => [key, inputUsage(field)] as const);
  // Half a surrogate pair is U+FFFD to the module, so that several of JavaScript's keys are one.
  if (below.some(([key]) => isInherited(key) || key.includes("\ufffd"))) return whole;
  return { fields: new Map(below), others: others === false ? undefined : inputUsage(others) };
}

/**
 * A value without what can't be looked at of it. To the module, the JSON of both is the same. What isn't written
 * as it looks (`toJSON`, a class, a boxed value, another realm's) stays as it is.
 */
export function usedOf(value: unknown, usage: InputUsage): unknown {
  if (usage === whole || typeof value !== "object" || value === null || !isPlain(value)) return value;
  const { fields, others } = usage;
  if (Array.isArray(value)) return others === undefined ? [] : usedItems(value, others);
  const used: Record<string, unknown> = {};
  if (others === undefined) {
    for (const [key, below] of fields) {
      if (isWritten.call(value, key)) used[key] = usedOf(value[key], below);
    }
    return used;
  }
  for (const key of Object.keys(value)) {
    if (isInherited(key)) return value;
    used[key] = usedOf(value[key], fields.get(key) ?? others);
  }
  return used;
}

function usedItems(value: readonly unknown[], usage: InputUsage): unknown[] {
  const used = [];
  for (let i = 0; i < value.length; i += 1) used.push(usedOf(value[i], usage));
  return used;
}

const isWritten = Object.prototype.propertyIsEnumerable;

/** Whether every object inherits the key, as it does `__proto__`, which can't be set like others. */
function isInherited(key: string): boolean {
  return key in Object.prototype;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  // What `JSON.rawJSON` makes has no prototype either.
  return !("toJSON" in value) && (prototype !== null || !("rawJSON" in value));
}
