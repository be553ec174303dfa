import { relative, sep } from "node:path";

import { createGuard, HarnessImageGuardError } from "../node.js";
import type { SourceFile } from "../source-file.js";
import { parseByteSize } from "./byte-size.js";
import {
  describeOptions,
  parseCommandLine,
  type CommandLine,
  type Options,
} from "./command-line.js";
import { findConfigFile, type ConfigFile } from "./config-file.js";
import { readContents, readStream } from "./contents.js";
import { discover, type Found } from "./discovery.js";
import { ExitCode } from "./exit-code.js";
import { Progress } from "./progress.js";
import { describeSystemError } from "./system-error.js";
import { wantsColor } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const options = {
  format: {
    value: "FORMAT",
    choices: ["text", "json"],
    description: "how to show what was found: text (default) or json",
  },
  config: {
    value: "FILE",
    description:
      "the configuration; without it, the nearest harness-image-guard.yaml\nfrom the working directory upwards",
  },
  preset: {
    value: "NAME",
    choices: ["app-harness", "gar", "ecr"],
    description:
      "the specification of the harnessImage connector: app-harness (default),\ngar or ecr; outranks the configuration",
  },
  "fail-on": {
    value: "SEVERITY",
    choices: ["error", "warning", "note"],
    description: "the least severity that ends in exit code 1: error (default),\nwarning or note",
  },
  "stdin-path": {
    value: "PATH",
    description: "what to call standard input in the report",
  },
  "max-file-size": {
    value: "SIZE",
    description: "report a larger file instead of checking it: 16MiB (default);\nbytes, or with k, M, G",
  },
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard check --help' lists the options";

const help = `Checks where the images of Harness pipelines come from.

Usage: harness-image-guard check [OPTION…] [PATH…]

A PATH is a file, a folder that is searched for *.yaml, *.yml and *.json (but not
what .gitignore, node_modules or the configuration leave out), or - for standard
input. Without one, the working directory is searched. Files that are no Harness
files are passed over; connectors and pipelines are decided together.

Options:
${describeOptions(options)}

Colours: on a terminal, unless NO_COLOR is set; FORCE_COLOR asks for them elsewhere.

Exit codes:
  0   nothing at or above the severity of --fail-on
  1   findings
  2   the command line or the configuration is wrong
  3   nothing to check: no file, or none of Harness
  4   something could not be read or parsed; the rest was checked
  70  a fault of this program
`;

const defaultMaxFileBytes = 16 * 2 ** 20;

type Arguments = CommandLine<typeof options>;

/**
 * `harness-image-guard check`: everything is handed over in one check, so that connectors and
 * pipelines are decided by one another.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function check(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args, options, hint);
  if (commandLine.options.help) {
    process.stdout.write(help);
    return ExitCode.ok;
  }
  const maxFileBytes = maxFileBytesOf(commandLine);
  const inputs = inputsOf(commandLine);
  const workingFolder = process.cwd();

  const configFile = await findConfigFile(workingFolder, commandLine.options.config);
  // Compiling goes on in a thread of its own while the search waits for the disk.
  const [guard, discovered] = await Promise.all([
    makeGuard(configFile, commandLine.options.preset, maxFileBytes),
    discover(inputs.paths, workingFolder),
  ]);
  const found = discovered.filter(
    (each) => each.named || configFile === undefined || !guard.excludes(pathIn(configFile, each)),
  );

  const progress = new Progress(process.stderr, found.length);
  const sources = [...(await readContents(found, maxFileBytes, (done) => {
    progress.read(done, found.length);
  }))];
  if (inputs.stdinPath !== undefined) {
    sources.push(await readStandardInput(inputs.stdinPath, maxFileBytes));
  }
  progress.checking(sources.length);
  const format = commandLine.options.format ?? "text";
  const { output, exitCode } = guard.run(sources, {
    format,
    color:
      format === "text" &&
      // Undefined, whatever its type says, where it is none.
      wantsColor({ isTerminal: Boolean(process.stdout.isTTY), variables: process.env }),
    failOn: commandLine.options["fail-on"] ?? "error",
  });
  progress.end();

  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = exitCode;
  process.stdout.write(output);
  if (sources.length === 0) process.stderr.write(nothingFound(inputs, discovered.length));
  return exitCode;
}

interface Inputs {
  readonly paths: readonly string[];
  /** What the report calls standard input, if it is to be read. */
  readonly stdinPath: string | undefined;
}

function inputsOf({ positionals, options }: Arguments): Inputs {
  const stdins = positionals.filter((each) => each === "-").length;
  if (positionals.includes("")) throw new UsageError("a PATH is empty", hint);
  if (stdins > 1) throw new UsageError("standard input ('-') can be read only once", hint);
  if (stdins === 0 && options["stdin-path"] !== undefined) {
    throw new UsageError("'--stdin-path' names standard input, but no PATH is '-'", hint);
  }
  return {
    paths: positionals.length === 0 ? ["."] : positionals.filter((each) => each !== "-"),
    stdinPath: stdins === 0 ? undefined : (options["stdin-path"] ?? "<stdin>"),
  };
}

function maxFileBytesOf({ options }: Arguments): number {
  const text = options["max-file-size"];
  const bytes = text === undefined ? defaultMaxFileBytes : parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(
    `option '--max-file-size' can't be '${text}'; it is a size from 1 to 1GiB, such as 500000, 512k or 16MiB`,
    hint,
  );
}

async function makeGuard(
  configFile: ConfigFile | undefined,
  preset: Arguments["options"]["preset"],
  maxFileBytes: number,
): ReturnType<typeof createGuard> {
  try {
    return await createGuard({
      ...(configFile === undefined ? {} : { config: configFile.text, configPath: configFile.path }),
      ...(preset === undefined ? {} : { preset }),
      maxFileBytes,
    });
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "config") throw error;
    const place = configFile?.path ?? "the command line";
    const problems = error.problems.map(
      ({ line, column, message }) => `${place}:${line}:${column}: ${message}`,
    );
    throw new UsageError(["the configuration is wrong", ...problems].join("\n"));
  }
}

function pathIn(configFile: ConfigFile, { absolute }: Found): string {
  return relative(configFile.folder, absolute).replaceAll(sep, "/");
}

async function readStandardInput(path: string, maxFileBytes: number): Promise<SourceFile> {
  try {
    return { path, text: await readStream(process.stdin, maxFileBytes) };
  } catch (error) {
    return { path, unreadable: describeSystemError(error) };
  }
}

function nothingFound({ paths }: Inputs, discovered: number): string {
  const places = paths.map((path) => `'${path}'`).join(", ");
  return discovered === 0
    ? `harness-image-guard: no *.yaml, *.yml or *.json in ${places}\n`
    : `harness-image-guard: the configuration excludes every file in ${places}\n`;
}
