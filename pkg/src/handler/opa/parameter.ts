import { Refusal } from "../refusal.js";

/** The names that OPA has for what it adds to an answer, and we don't. */
const unserved: Readonly<Record<string, string>> = {
  explain: "no trace of an evaluation is kept",
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
