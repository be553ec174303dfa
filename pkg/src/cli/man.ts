import { commandTables, generalOptions, oneLine } from "./command-tables.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { print, printExact, shown } from "./output.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";

/** What the command line may have. */
export const options = { ...helpOption } as const satisfies Options;

const hint = "'harness-image-guard man --help' says how it is used";

const help = `Prints the manual page.

Usage: harness-image-guard man

  harness-image-guard man | man -l -
  harness-image-guard man > /usr/local/share/man/man1/harness-image-guard.1

Options:
${describeOptions(options)}
`;

/**
 * `harness-image-guard man`: made of the tables of options that the help is made of.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function man(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': the page is about all commands`, hint);
  printExact(await page());
  return ExitCode.ok;
}

async function page(): Promise<string> {
  const tables = await commandTables();
  const sections = tables.map(({ name, description, verbs, options }) => {
    const verb = verbs === undefined ? "" : ` ${verbs.join("|")}`;
    return `.SS harness\\-image\\-guard ${roff(`${name}${verb}`)}\n${line(`${description.charAt(0).toUpperCase()}${description.slice(1)}.`)}${optionsOf(options)}`;
  });
  return `.TH HARNESS\\-IMAGE\\-GUARD 1 "" "harness\\-image\\-guard ${roff(version())}"
.SH NAME
harness\\-image\\-guard \\- says where the images of Harness pipelines come from, and whether that is allowed
.SH SYNOPSIS
.B harness\\-image\\-guard
.I COMMAND
.RI [ OPTION ...]
.RI [ PATH ...]
.SH DESCRIPTION
Rego policies decide where the images that Harness files name may come from. Nothing is sent over a network, unless a command says so.
${optionsOf(generalOptions)}.SH COMMANDS
${sections.join("")}.SH EXIT STATUS
${exitCodes.map(([code, meaning]) => `.TP\n.B ${code}\n${line(meaning)}`).join("")}`;
}

/** Of check and what is like it; the help of a command has its own. */
const exitCodes = [
  ["0", "no findings at or above the severity of --fail-on"],
  ["1", "findings"],
  ["2", "the command line or the configuration is wrong"],
  ["3", "nothing to check"],
  ["4", "a file couldn't be read, parsed or judged to its end, an output couldn't be written, or a server didn't answer; the rest was done"],
  ["70", "an internal error"],
] as const;

function optionsOf(options: Options): string {
  return Object.entries(options)
    .map(([name, { short, value, description }]) => {
      const long = `\\fB\\-\\-${roff(name)}\\fR${value === undefined ? "" : ` \\fI${roff(value)}\\fR`}`;
      return `.TP\n${short === undefined ? "" : `\\fB\\-${short}\\fR, `}${long}\n${line(oneLine(description))}`;
    })
    .join("");
}

function line(text: string): string {
  return `${roff(text).replace(/^[.']/, "\\&$&")}\n`;
}

/** Text in which nothing is a request, an escape or a typographic dash. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga").replaceAll("…", "...");
}
