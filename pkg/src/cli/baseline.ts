import { resolve } from "node:path";

import { plural } from "../plural.js";
import type { Report } from "../report.js";
import { baselineText, compareWith, entriesOf, Naming, readBaseline, shownGone, type Entry } from "./baseline-file.js";
import { checkingOptions, guardOptionsOf, isLookedFor, verifyIfAsked } from "./checking.js";
import { expanded } from "./argument-file.js";
import { describeOptions, helpOption, type Options, parseCommandLine, subcommandOf } from "./command-line.js";
import { Enclosure } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { openInputs } from "./inputs.js";
import { readNamedText } from "./named-file.js";
import { print, printError, shown } from "./output.js";
import { placeOf } from "./place.js";
import { writeOutputs } from "./output-files.js";
import { isSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const defaultFile = "harness-image-guard-baseline.json";

/** What the command line may have. */
export const options = {
  baseline: { value: "FILE", description: `the baseline; ${defaultFile} by default` },
  ...checkingOptions,
  ...helpOption,
} as const satisfies Options;

/** Its subcommands. */
export const verbs = ["write", "update"] as const;

const hint = "'harness-image-guard baseline --help' lists the options";

const help = `Records what a check finds now, so that 'check --baseline FILE' reports only what is new.

Usage: harness-image-guard baseline write|update [OPTION…] [PATH…]

  write    records all findings
  update   removes findings that have gone, and follows files that have moved; adds nothing

A PATH is as for 'check'. A finding is recognized by its rule, by the pipeline, stage and
step that it is in, and by what is written there, not by its line. Files that can't be read
or parsed are never recorded.

Options:
${describeOptions(options)}

Exit codes:
  0   the baseline is written
  2   the command line, the configuration or the baseline is wrong
  3   nothing to check; nothing is written
  4   a file couldn't be read or parsed, and the baseline has the rest; or the baseline
      can't be written
  70  an internal error
`;

/**
 * `harness-image-guard baseline`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function baseline(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(await expanded(args, hint), options, hint);
  const given = commandLine.options;
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [written = "", ...positionals] = commandLine.positionals;
  const verb = subcommandOf("baseline", written, verbs, hint);
  const file = given.baseline ?? defaultFile;
  const isOpen = given["follow-links"] === true;
  const before = verb === "update" ? await readBaseline(file, isOpen) : undefined;
  if (verb === "write") await refuseOthers(file, isOpen);
  const inputs = await openInputs({ options: given, positionals }, { ...(await guardOptionsOf(given, hint)), maxFindings: 999_999_999 }, hint);
  await verifyIfAsked(inputs, given, hint);
  const place = await placeOf(file);
  const sources = inputs.sources.filter(({ path }) => place === undefined || inputs.places.get(path) !== place);
  const { exitCode, pages } = inputs.guard.run(sources, { format: "json", color: false, failOn: "error" });
  const report = JSON.parse([...pages].join("")) as Report;
  inputs.progress.end();
  if (exitCode === ExitCode.nothing) {
    printError(inputs.complaint || "harness-image-guard: there is no Harness file here that the rules are about: nothing has been written\n");
    return exitCode;
  }
  const naming = new Naming(file);
  const compared = before && (await compareWith(before, report, sources, { naming, name: file, isLookedFor: (rule) => isLookedFor(given, rule) }));
  const entries = compared?.left ?? (await entriesOf(report, sources, naming));
  await writeOutputs([{ file, text: baselineText(entries) }]);
  if (compared !== undefined) printError(shownGone(compared.gone, file, true));
  printError(`harness-image-guard: '${shown(file)}' has ${plural(sum(entries), "finding")}\n`);
  if (exitCode !== ExitCode.incomplete) return ExitCode.ok;
  printError("harness-image-guard: some files couldn't be read or parsed, and aren't in the baseline; 'harness-image-guard check' lists them\n");
  return exitCode;
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { count }) => total + count, 0);
}

/** A slip in the name must not cost a file of something else. */
async function refuseOthers(file: string, isOpen: boolean): Promise<void> {
  const enclosure = await Enclosure.around([resolve(file)], process.cwd(), isOpen);
  const text = await readNamedText(file, enclosure).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return "";
    // What else is wrong with it is said when it is written.
    return `"schemaVersion" "findings"`;
  });
  if (text.trim() !== "" && !(text.includes('"schemaVersion"') && text.includes('"findings"'))) {
    throw new UsageError(`'${shown(file)}' isn't a baseline, and is left as it is`, hint);
  }
}
