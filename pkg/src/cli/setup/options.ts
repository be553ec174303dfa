import { type CommandLine, helpOption, type Options } from "../command-line.js";
import { inputOptions } from "../inputs.js";
import { networkOptions } from "../network/options.js";
import { presetOption } from "../preset-option.js";

/** What the command line may have. */
export const options = {
  as: {
    value: "FORM",
    choices: ["yaml", "terraform", "curl"],
    description: "how to show the changes: yaml (default), terraform, or curl, which\ncalls Harness's API",
  },
  delegate: {
    value: "SELECTOR",
    many: true,
    description: "connect through delegates that have this selector; may be given\nseveral times. By default, the selectors stay as they are",
  },
  "no-policies": { description: "leave Harness's policies and policy sets alone" },
  apply: { description: "make the changes by Harness's API, and ask before each step" },
  yes: { short: "y", description: "with --apply: don't ask" },
  ...presetOption,
  ...inputOptions,
  ...networkOptions,
  ...helpOption,
} as const satisfies Options;

/** Where to read on, for messages. */
export const hint = "'harness-image-guard setup --help' lists the options";

/** What was given of it. */
export type Arguments = CommandLine<typeof options>["options"];
