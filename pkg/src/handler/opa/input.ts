import { bodyOf, textOf } from "../body.js";
import { assertNesting } from "../json.js";
import type { Limits } from "../limits.js";
import { invalid } from "../refusal.js";
import { endOfValue, membersOf, type RawJson } from "./raw-json.js";

/** Reads YAML as OPA does, as JSON text. */
export type ReadDocument = (text: string) => Promise<string>;

/**
 * The JSON of a request, as OPA reads it: what follows the first value is passed over.
 *
 * @returns `undefined` where the body is empty
 * @throws Refusal with 400, 408 or 413
 */
export async function sentJson(request: Request, limits: Limits, readDocument: ReadDocument): Promise<RawJson | undefined> {
  const text = textOf(await bodyOf(request, limits));
  if (text.trim() === "") return undefined;
  if ((request.headers.get("content-type") ?? "").includes("yaml")) {
    return readDocument(text).catch((error: unknown) => {
      throw malformed("body", error instanceof Error ? error.message : String(error));
    });
  }
  return firstValue(text, "body", limits);
}

/**
 * The input of `POST /v1/data`.
 *
 * @returns `undefined` where there is none
 * @throws Refusal with 400 where the request isn't an object
 */
export function inputOf(sent: RawJson | undefined): RawJson | undefined {
  if (sent === undefined) return undefined;
  if (!sent.startsWith("{")) throw malformed("body", "it has to be an object with the key 'input'");
  let input: RawJson | undefined;
  // Go finds a key by its name whatever the case.
  for (const [key, value] of membersOf(sent)) if (key.toLowerCase() === "input") input = value;
  return input === "null" ? undefined : input;
}

/**
 * The first value of a text, which is JSON.
 *
 * @param what what messages call the text: `body`
 * @throws Refusal with 400
 */
export function firstValue(text: string, what: string, { nesting }: Limits): RawJson {
  const value = text.slice(0, endOfValue(text, 0)).trim();
  assertNesting(value, nesting);
  try {
    JSON.parse(value);
  } catch {
    throw malformed(what, "it isn't JSON");
  }
  return value;
}

function malformed(what: string, why: string) {
  return invalid(`${what} contains malformed input document: ${why}`);
}
