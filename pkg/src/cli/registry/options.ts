import type { Options } from "../command-line.js";
import { networkOptions } from "../network/options.js";
import { UsageError } from "../usage-error.js";

/** The options of every command that asks registries. */
export const registryOptions = {
  "allow-registry": {
    value: "HOST",
    many: true,
    description: "a registry that may be asked, such as docker.io or r.example:5000;\nmay be given several times",
  },
  credentials: {
    value: "WHOSE",
    choices: ["nobody", "docker-config", "docker-helpers"],
    description: "the credentials to send: nobody (none, the default), docker-config\n(those in Docker's config.json) or docker-helpers (also those of the\ncredential helpers that it names)",
  },
  ...networkOptions,
} as const satisfies Options;

/** The options of every command that also asks registries if it is asked to. */
export const verifyOptions = {
  verify: {
    description:
      "ask the registries whether the images that will be pulled exist; only\nthose of the presets, and those that --allow-registry names",
  },
  ...registryOptions,
} as const satisfies Options;

/**
 * Whether registries are to be asked.
 *
 * @throws UsageError where something says how, and nothing that they are
 */
export function asksRegistries(given: Given & { readonly verify?: true }, hint: string): boolean {
  if (given.verify) return true;
  const stray = Object.keys(registryOptions).find((name) => Object.hasOwn(given, name));
  if (stray !== undefined) throw new UsageError(`'--${stray}' needs '--verify'`, hint);
  return false;
}

/** What was given of them. */
export interface Given {
  readonly "allow-registry"?: readonly string[];
  readonly credentials?: "nobody" | "docker-config" | "docker-helpers";
  readonly timeout?: string;
  readonly "max-time"?: string;
  readonly "ca-file"?: string;
}
