import type { Options } from "../command-line.js";
import { networkOptions } from "../network/options.js";

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
    description: "whose credentials to send: nobody's (default), those in Docker's\nconfig.json, or also those of the credential helpers that it names",
  },
  ...networkOptions,
} as const satisfies Options;

/** What was given of them. */
export interface Given {
  readonly "allow-registry"?: readonly string[];
  readonly credentials?: "nobody" | "docker-config" | "docker-helpers";
  readonly timeout?: string;
  readonly "max-time"?: string;
  readonly "ca-file"?: string;
}
