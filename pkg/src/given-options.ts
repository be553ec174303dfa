import { HarnessImageGuardError } from "./error.js";
import { assertJson } from "./plain-json.js";
import { nameAt, plainOptions } from "./plain-object.js";

/** What an option has to be. What has to be `any` of several is looked at by whoever uses it. */
type Kind = keyof typeof kinds | "json" | "any";

/** What each option has to be. The type has every name, so that no list of them lacks one. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: Kind };

const kinds = {
  string: ["a string", (value: unknown) => typeof value === "string"],
  function: ["a function", (value: unknown) => typeof value === "function"],
  boolean: ["true or false", (value: unknown) => typeof value === "boolean"],
  count: ["a whole number", (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0],
  milliseconds: ["a number from 0", (value: unknown) => Number.isFinite(value) && (value as number) >= 0],
  date: ["a date", isDate],
} as const;

/** Whether a value is a date in the calendar, of another realm too. */
function isDate(value: unknown): boolean {
  try {
    return !Number.isNaN(Date.prototype.getTime.call(value));
  } catch {
    return false;
  }
}

/**
 * Options as they are now, of which each has a known name, and is what the module can take. The module itself would read a
 * function or `NaN` as if there were none.
 *
 * @param place the option whose value these are, if they aren't all options of a function
 * @throws HarnessImageGuardError with the code `usage`, and the option's name in the message
 */
export function givenOptions<Options>(options: Options, expected: OptionKinds<Options>, place?: string): Options {
  const given = plainOptions(options, place);
  for (const [name, value] of Object.entries(given as object)) {
    if (!Object.hasOwn(expected, name)) throw new HarnessImageGuardError("usage", `there is no option \`${nameAt(place, name)}\`; there are ${namesOf(expected)}`);
    assertKind(nameAt(place, name), value, expected[name as keyof Options]);
  }
  return given;
}

/** The same without what is `null`, which a settings file may have for none. */
export function withoutNulls<Options>(options: Options): Options {
  return Object.fromEntries(Object.entries(options as object).filter(([, value]) => value !== null)) as Options;
}

function assertKind(name: string, value: unknown, kind: Kind): void {
  // `null`, which a settings file may have, is none, where the module takes it for that.
  if (kind === "any" || value === null) return;
  if (kind === "json") return assertJson(value, name);
  const [what, isRight] = kinds[kind];
  if (!isRight(value)) throw new HarnessImageGuardError("usage", `\`${name}\` has to be ${what}`);
}

function namesOf(expected: object): string {
  return Object.keys(expected).map((name) => `\`${name}\``).join(", ");
}
