import { helpOption, type Options } from "../command-line.js";
import { outOption } from "../connector-list.js";
import { networkOptions } from "../network/options.js";

/** What the command line of `connectors fetch` may have. */
export const fetchOptions = {
  scope: {
    value: "SCOPE",
    many: true,
    description: "only this scope: account, ORG or ORG/PROJECT, by their identifiers;\nmay be given several times. By default: the account, its\norganizations, and their projects",
  },
  ...outOption,
  ...networkOptions,
  ...helpOption,
} as const satisfies Options;
