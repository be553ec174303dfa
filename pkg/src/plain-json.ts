import { HarnessImageGuardError, unreadable } from "./error.js";
import { isPlainObject } from "./plain-object.js";

/**
 * Refuses what `JSON.stringify` would leave out or change in silence. `undefined` is as if it weren't there.
 *
 * @param name what messages call the value: `config`
 * @throws HarnessImageGuardError with the code `usage`
 */
export function assertJson(value: unknown, name: string): void {
  try {
    assertJsonAt(name, value, new Set());
  } catch (cause) {
    throw cause instanceof HarnessImageGuardError ? cause : unreadable(name, cause);
  }
}

function assertJsonAt(place: string, value: unknown, around: Set<unknown>): void {
  const other = otherThanJson(value, around);
  if (other !== undefined) throw new HarnessImageGuardError("usage", `\`${place}\` has to be JSON, but is ${other}`);
  if (typeof value !== "object" || value === null) return;
  const isList = Array.isArray(value);
  around.add(value);
  for (const [key, below] of Object.entries(value)) {
    assertJsonAt(isList ? `${place}[${key}]` : `${place}.${key}`, below, around);
  }
  around.delete(value);
}

/** What a value is that JSON doesn't have. */
function otherThanJson(value: unknown, around: ReadonlySet<unknown>): string | undefined {
  switch (typeof value) {
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    case "bigint":
      return "a BigInt";
    case "number":
      return Number.isFinite(value) ? undefined : String(value);
    case "object":
      if (around.has(value)) return "a circular reference";
      return value === null || Array.isArray(value) || isPlainObject(value) ? undefined : `an instance of ${value.constructor.name}`;
    default:
      return undefined;
  }
}
