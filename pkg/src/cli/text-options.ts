import type { CommandLine, Options } from "./command-line.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that shows a report: what its text has. */
export const textOptions = {
  quiet: { short: "q", description: "show only findings: no counts, no status messages" },
  "show-suppressed": { description: "also show what exceptions and the baseline suppress, and why" },
  statistics: { description: "show how many findings each rule has, instead of the findings" },
  verbose: { description: "also list every file that isn't applicable, and why" },
} as const satisfies Options;

/**
 * @param isText whether an output is text
 * @throws UsageError where these options don't go together
 */
export function assertTextOptions({ quiet, statistics, verbose }: CommandLine<typeof textOptions>["options"], isText: boolean, hint: string): void {
  if (quiet && verbose) throw new UsageError("'--quiet' can't be used with '--verbose'", hint);
  if (statistics && quiet) throw new UsageError("'--statistics' can't be used with '--quiet', which leaves counts out", hint);
  if (statistics && !isText) throw new UsageError("'--statistics' changes the text output, and no output is text", hint);
}
