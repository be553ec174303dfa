import { invalid } from "./refusal.js";

/**
 * Reads JSON that a stranger wrote.
 *
 * @param nesting how deep it may be nested
 * @throws Refusal with 400
 */
export function parsedJson(text: string, nesting: number): unknown {
  assertNesting(text, nesting);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`the body isn't JSON: ${shortened(error)}`);
  }
}

/** What a parser says, without the part of the body that it may quote. */
function shortened(error: unknown): string {
  const place = error instanceof Error ? /\bposition (\d+)/.exec(error.message)?.[1] : undefined;
  return place === undefined ? "its syntax is wrong" : `its syntax is wrong at position ${place}`;
}

/** @throws Refusal with 400 where arrays and objects are nested deeper */
export function assertNesting(text: string, nesting: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > nesting) throw invalid(`the body is nested deeper than ${nesting}`);
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
}

/** Where the string ends that begins at a quotation mark: at its other one, or with the text. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}
