import { invalid } from "./refusal.js";

/**
 * The parameters of a URL, each of which is known.
 *
 * @throws Refusal with 400 for an unknown one, and for one that is there twice
 */
export function parametersOf<Name extends string>(url: URL, known: readonly Name[]): { readonly [Parameter in Name]?: string } {
  const found: { [Parameter in Name]?: string } = {};
  for (const [name, value] of url.searchParams) {
    const parameter = known.find((each) => each === name);
    if (parameter === undefined) {
      throw invalid(`there is no parameter ${JSON.stringify(name.slice(0, 200))}; ${known.length === 0 ? "there are none" : `there are ${known.join(", ")}`}`);
    }
    if (found[parameter] !== undefined) throw invalid(`the parameter '${parameter}' is there twice`);
    found[parameter] = value;
  }
  return found;
}

/** @throws Refusal with 400 where a parameter is something else */
export function choiceOf<Choice extends string>(name: string, value: string | undefined, choices: readonly Choice[]): Choice | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw invalid(`the parameter '${name}' is one of ${choices.join(", ")}`);
  return choice;
}

/** A parameter that is there or not: `unsafe`, `unsafe=true`. */
export function flagOf(name: string, value: string | undefined): boolean {
  return value !== undefined && choiceOf(name, value === "" ? "true" : value, ["true", "false"]) === "true";
}

/** @throws Refusal with 400 where a parameter isn't a number from 0 to `most` */
export function numberOf(name: string, value: string | undefined, most: number): number {
  if (value === undefined) return 0;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : most + 1;
  if (number > most) throw invalid(`the parameter '${name}' is a number from 0 to ${most}`);
  return number;
}
