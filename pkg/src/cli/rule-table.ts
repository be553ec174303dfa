import { readFileSync } from "node:fs";

/** One rule of ours. */
export interface Rule {
  readonly rule: string;
  /** What it asks for, in one line. */
  readonly title: string;
  /** What its violations count as, unless the configuration says otherwise. */
  readonly severity: string;
  /** What it is about. */
  readonly entities: readonly string[];
}

/** The rules of ours, by their identities in order: made of the rules' own METADATA when the package is built. */
export function rulesOf(): readonly Rule[] {
  return JSON.parse(readFileSync(new URL("../pages/rules.json", import.meta.url), "utf8")) as readonly Rule[];
}
