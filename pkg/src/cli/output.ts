/**
 * Everything that the command writes goes through here. What others wrote (names, files, policies, arguments)
 * must neither steer a terminal nor give orders to a build server that reads the log.
 */

import { inert, inertDiff, inertJson } from "../inert.js";
import { standardError, standardOutput } from "./standard-stream.js";

export { inert, inertCsv, inertDiff, inertJson, shown } from "../inert.js";

/** Writes a text for people to standard output. */
export function print(text: string, color = false): void {
  standardOutput.write(inert(text, color));
}

/** Writes a text for people to standard error. */
export function printError(text: string, color = false): void {
  standardError.write(inert(text, color));
}

/** Writes JSON to standard output. */
export function printJson(text: string): void {
  standardOutput.write(inertJson(text));
}

/** Writes JSON to standard error. */
export function printErrorJson(text: string): void {
  standardError.write(inertJson(text));
}

/** Writes a unified diff to standard output. */
export function printDiff(diff: string): void {
  const { text, changed } = inertDiff(diff);
  standardOutput.write(text);
  if (changed) {
    printError("harness-image-guard: the diff has characters or lines that would act on a terminal or a build server; they are shown escaped, so it can't be applied\n");
  }
}

/** Hands over what was asked for as it is: the content of a file, for a file or a program. */
export function printExact(content: string | Uint8Array): void {
  standardOutput.write(content);
}
