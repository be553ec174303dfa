import { presets } from "../configuration.js";
import type { Options } from "./command-line.js";

const [byDefault, ...others] = presets;

/** The option of commands that take a preset instead of the configuration's. */
export const presetOption = {
  preset: {
    value: "NAME",
    choices: presets,
    description: `the specification of the harnessImage connector: ${byDefault}\n(default), ${others.join(" or ")}; overrides the configuration`,
  },
} as const satisfies Options;
