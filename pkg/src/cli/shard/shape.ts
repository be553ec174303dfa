import { isObject } from "../../json-object.js";

/** What a value of JSON has to be: where it is something else, the place, such as `.files[2].path`. */
export type Shape = (value: unknown, at: string) => string | undefined;

function where(isRight: (value: unknown) => boolean): Shape {
  return (value, at) => (isRight(value) ? undefined : at);
}

export const string = where((value) => typeof value === "string");
export const boolean = where((value) => typeof value === "boolean");
/** A whole number that isn't negative. */
export const count = where((value) => Number.isSafeInteger(value) && (value as number) >= 0);
/** A whole number. */
export const integer = where((value) => Number.isSafeInteger(value));

export function constant(word: unknown): Shape {
  return where((value) => value === word);
}

export function matching(pattern: RegExp): Shape {
  return where((value) => typeof value === "string" && pattern.test(value));
}

export function orNull(shape: Shape): Shape {
  return (value, at) => (value === null ? undefined : shape(value, at));
}

/** One of several shapes. Where it is none of them, the place that is furthest in. */
export function any(shapes: readonly Shape[]): Shape {
  return (value, at) => {
    let furthest = at;
    for (const shape of shapes) {
      const wrong = shape(value, at);
      if (wrong === undefined) return undefined;
      if (wrong.length > furthest.length) furthest = wrong;
    }
    return furthest;
  };
}

export function list(shape: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return at;
    for (const [index, each] of value.entries()) {
      const wrong = shape(each, `${at}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with values of one shape under any keys. */
export function map(shape: Shape): Shape {
  return (value, at) => {
    if (!isObject(value)) return at;
    for (const [key, each] of Object.entries(value)) {
      const wrong = shape(each, `${at}[${JSON.stringify(key)}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with these keys, whatever others it has. */
export function object(shapes: Readonly<Record<string, Shape>>): Shape {
  const all = Object.entries(shapes);
  return (value, at) => {
    if (!isObject(value)) return at;
    for (const [key, shape] of all) {
      const wrong = shape(Object.hasOwn(value, key) ? value[key] : undefined, `${at}.${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}
