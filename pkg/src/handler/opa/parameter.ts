import { query } from "../operation.js";
import { invalid, Refusal } from "../refusal.js";

/** A parameter that is set or not, as OpenAPI describes it. */
export function flag(name: string, description: string): object {
  return query(name, description, { type: "boolean", default: false });
}

/** The flag that all of OPA's routes have. */
export const pretty = flag("pretty", "Whether the response is indented.");

/** The flag of routes that evaluate. */
export const metrics = flag("metrics", "Whether the response says how long the evaluation took.");

/** The names that OPA has for what it adds to an answer, and we don't. */
const unserved: Readonly<Record<string, string>> = {
  explain: "evaluations aren't traced",
  "rule-labels": "labels of rules aren't collected",
};

/**
 * Whether a parameter is set, as OPA reads it: `pretty`, `pretty=true`.
 *
 * @throws Refusal with 501 for those that aren't served, where they would change the answer
 */
export function flagsOf(url: URL): (name: string) => boolean {
  for (const [name, why] of Object.entries(unserved)) {
    const isAsked = name === "explain" ? url.searchParams.getAll(name).some((mode) => ["notes", "fails", "full", "debug"].includes(mode)) : isSet(url, name);
    if (isAsked) throw new Refusal(501, "not_implemented", `the parameter '${name}' isn't served: ${why}`);
  }
  return (name) => isSet(url, name);
}

function isSet(url: URL, name: string): boolean {
  const values = url.searchParams.getAll(name);
  return (values.length === 1 && values[0] === "") || values.some((value) => value.toLowerCase() === "true");
}

/**
 * A step of a path, or a path, as it was before it was escaped for a URL.
 *
 * @throws Refusal with 400
 */
export function unescaped(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    throw invalid(`invalid path: '${written.slice(0, 200)}' isn't escaped as in a URL`);
  }
}
