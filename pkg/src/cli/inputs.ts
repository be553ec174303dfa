import { readFile } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";

import type { ConfigProblem } from "../error.js";
import type { Guard, GuardOptions } from "../guard.js";
import { createGuard, HarnessImageGuardError } from "../node.js";
import type { SourceFile } from "../source-file.js";
import { parseByteSize } from "./byte-size.js";
import type { CommandLine, Options } from "./command-line.js";
import { findConfigFile, type ConfigFile } from "./config-file.js";
import { readContents, readStream } from "./contents.js";
import { discover, type Found } from "./discovery.js";
import { Progress } from "./progress.js";
import { describeSystemError, readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";
import { readNamedPolicy, wrongPolicies } from "./user-policies.js";

/** The options of every command that reads files. */
export const inputOptions = {
  config: {
    value: "FILE",
    description:
      "the configuration; without it, the nearest harness-image-guard.yaml\nfrom the working directory upwards",
  },
  "stdin-path": {
    value: "PATH",
    description: "what to call standard input in the report",
  },
  "max-file-size": {
    value: "SIZE",
    description: "report a larger file instead of checking it: 16MiB (default);\nbytes, or with k, M, G",
  },
} as const satisfies Options;

/** What a command works on. */
export interface Inputs {
  readonly guard: Guard;
  /** Every file that was found, and then standard input if it is asked for. */
  readonly sources: readonly SourceFile[];
  /** Where a file lies, by the path that the report has. */
  readonly places: ReadonlyMap<string, string>;
  /** What the report calls standard input, if it is among the sources. */
  readonly stdinPath: string | undefined;
  /** Says on the terminal that work goes on; to be ended before anything is shown. */
  readonly progress: Progress;
  /** Why there are no sources; empty if there are. */
  readonly complaint: string;
}

interface Asked {
  readonly paths: readonly string[];
  readonly stdinPath: string | undefined;
}

const defaultMaxFileBytes = 16 * 2 ** 20;

/**
 * Finds and reads what a command line names, and makes the guard of its configuration.
 *
 * @param guardOptions go before the configuration
 * @param hint where to read on, for messages
 * @throws UsageError
 */
export async function openInputs(
  { options, positionals }: CommandLine<typeof inputOptions>,
  guardOptions: GuardOptions,
  hint: string,
): Promise<Inputs> {
  const maxFileBytes = maxFileBytesOf(options["max-file-size"], hint);
  const asked = askedFor(positionals, options["stdin-path"], hint);
  const workingFolder = process.cwd();
  const configFile = await findConfigFile(workingFolder, options.config);
  // Compiling goes on in a thread of its own while the search waits for the disk.
  const [guard, discovered] = await Promise.all([
    makeGuard(configFile, { ...guardOptions, maxFileBytes }),
    discover(asked.paths, workingFolder),
  ]);
  // Each check has the lists of connectors anyway; a search may find them, too.
  const lists = new Set(guard.connectorFiles.map(({ path }) => resolve(workingFolder, path)));
  const found = discovered.filter(
    (each) =>
      !lists.has(each.absolute) &&
      (each.named || configFile === undefined || !guard.excludes(pathIn(configFile, each))),
  );
  const progress = new Progress(process.stderr, found.length);
  const sources = [
    ...(await readContents(found, maxFileBytes, (done) => {
      progress.read(done, found.length);
    })),
  ];
  if (asked.stdinPath !== undefined) {
    sources.push(await readStandardInput(asked.stdinPath, maxFileBytes));
  }
  progress.checking(sources.length);
  return {
    guard,
    sources,
    places: new Map(found.map(({ path, absolute }) => [path, absolute])),
    stdinPath: asked.stdinPath,
    progress,
    complaint: sources.length === 0 ? nothingFound(asked, discovered.length) : "",
  };
}

function askedFor(
  positionals: readonly string[],
  stdinPath: string | undefined,
  hint: string,
): Asked {
  const stdins = positionals.filter((each) => each === "-").length;
  if (positionals.includes("")) throw new UsageError("a PATH is empty", hint);
  if (stdins > 1) throw new UsageError("standard input ('-') can be read only once", hint);
  if (stdins === 0 && stdinPath !== undefined) {
    throw new UsageError("'--stdin-path' names standard input, but no PATH is '-'", hint);
  }
  return {
    paths: positionals.length === 0 ? ["."] : positionals.filter((each) => each !== "-"),
    stdinPath: stdins === 0 ? undefined : (stdinPath ?? "<stdin>"),
  };
}

function maxFileBytesOf(text: string | undefined, hint: string): number {
  const bytes = text === undefined ? defaultMaxFileBytes : parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(
    `option '--max-file-size' can't be '${text}'; it is a size from 1 to 1GiB, such as 500000, 512k or 16MiB`,
    hint,
  );
}

async function makeGuard(
  configFile: ConfigFile | undefined,
  guardOptions: GuardOptions,
): Promise<Guard> {
  try {
    return await createGuard({
      ...(configFile === undefined ? {} : configuredBy(configFile)),
      ...guardOptions,
    });
  } catch (error) {
    if (error instanceof HarnessImageGuardError && error.code === "rego") throw wrongPolicies(error);
    throw wrongConfiguration(error, configFile);
  }
}

/** What is wrong with a configuration, as a usage error; any other error as it is. */
export function wrongConfiguration(error: unknown, configFile: ConfigFile | undefined): unknown {
  if (!(error instanceof HarnessImageGuardError) || error.code !== "config") return error;
  const place = configFile?.path ?? "the command line";
  const problems = (error.problems as readonly ConfigProblem[]).map(
    ({ line, column, message }) => `${place}:${line}:${column}: ${message}`,
  );
  return new UsageError(["the configuration is wrong", ...problems].join("\n"));
}

function configuredBy({ path, folder, text }: ConfigFile): GuardOptions {
  return {
    config: text,
    configPath: path,
    readPolicy: (policy, { line, column }) =>
      readNamedPolicy(policy, resolve(folder, policy), `${path}:${line}:${column}`),
    readConnectorFile: async (list, { line, column }) => {
      const absolute = resolve(folder, list);
      const what = `${path}:${line}:${column}: the list of connectors '${list}'`;
      const shown = relative(process.cwd(), absolute).replaceAll(sep, "/");
      return { path: shown, text: await readable(what, readFile(absolute)) };
    },
  };
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

function nothingFound({ paths }: Asked, discovered: number): string {
  const places = paths.map((path) => `'${path}'`).join(", ");
  return discovered === 0
    ? `harness-image-guard: no *.yaml, *.yml or *.json in ${places}\n`
    : `harness-image-guard: the configuration excludes every file in ${places}\n`;
}
