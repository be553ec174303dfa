import type { Options } from "./command-line.js";
import { UsageError } from "./usage-error.js";

/** The options that say which Rego a command reads. */
export const versionOptions = {
  "v0-compatible": { description: "read Rego v0, as Harness and OPA before 1.0 do (default)" },
  "v1-compatible": { description: "read Rego v1, as OPA 1.0 and later do" },
} as const satisfies Options;

/**
 * The Rego that was asked for.
 *
 * @param hint where to read on, for messages
 * @throws UsageError where both are
 */
export function versionOf(
  given: { readonly [Name in keyof typeof versionOptions]?: true },
  hint: string,
): 0 | 1 {
  if (given["v0-compatible"] && given["v1-compatible"]) {
    throw new UsageError("--v0-compatible can't be used with --v1-compatible", hint);
  }
  return given["v1-compatible"] ? 1 : 0;
}
