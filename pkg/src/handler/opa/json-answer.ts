import type { Answer } from "../answer.js";
import { indented, type RawJson } from "./raw-json.js";

/** An object as OPA's server writes it: members without a value are left out. */
export function jsonAnswer(members: Readonly<Record<string, RawJson | undefined>>, pretty: boolean): Answer {
  const written = Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [`${JSON.stringify(name)}:${value}`]));
  return valueAnswer(`{${written.join(",")}}`, pretty);
}

/** Any value as OPA's server writes it. */
export function valueAnswer(value: RawJson, pretty: boolean): Answer {
  return { type: "application/json", body: `${pretty ? indented(value) : value}\n` };
}
