import type { PolicyLimits } from "../policy.js";
import { parseByteSize } from "./byte-size.js";
import type { Options } from "./command-line.js";
import { shown } from "./output.js";
import { UsageError } from "./usage-error.js";

/** The options of commands that evaluate policies, by which their bounds are raised or lowered. */
export const limitOptions = {
  "max-steps": {
    value: "NUMBER",
    description: "the most steps that compiling, or one evaluation, may take;\n50000000 by default",
  },
  "max-bytes": {
    value: "SIZE",
    description: "the most memory that they may use, such as 256MiB; 128MiB by\ndefault. A result may have an eighth of it",
  },
} as const satisfies Options;

/** @throws UsageError where a bound isn't a number */
export function limitsOf(
  given: { readonly "max-steps"?: string; readonly "max-bytes"?: string },
  hint: string,
): PolicyLimits {
  const { "max-steps": steps, "max-bytes": bytes } = given;
  if (steps !== undefined && !/^[1-9]\d{0,14}$/.test(steps)) {
    throw new UsageError(`'--max-steps' has to be a number from 1, not '${steps}'`, hint);
  }
  return {
    ...(steps === undefined ? {} : { maxSteps: Number(steps) }),
    ...(bytes === undefined ? {} : { maxBytes: byteSizeOf("max-bytes", bytes, "256MiB", hint) }),
  };
}

/**
 * The bytes of an option's size.
 *
 * @param name of the option, without `--`
 * @param example for the message
 * @throws UsageError where it is none
 */
export function byteSizeOf(name: string, text: string, example: string, hint: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(`'--${name}' has to be a size from 1 to 1GiB, such as ${example}, not '${shown(text)}'`, hint);
}
