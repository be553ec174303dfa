import { resolve } from "node:path";

import type { ConfigProblem } from "../error.js";
import type { Guard, GuardOptions } from "../guard.js";
import { createGuard, HarnessImageGuardError } from "../node.js";
import type { SourceFile } from "../source-file.js";
import { parseByteSize } from "./byte-size.js";
import type { CommandLine, Options } from "./command-line.js";
import { findConfigFile, type ConfigFile } from "./config-file.js";
import { readContents, readStream } from "./contents.js";
import { discover, type Discovery, type Found, oncePerFile } from "./discovery.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { readNamedFile } from "./named-file.js";
import { printError, shown } from "./output.js";
import { isWithin, relativePath, repositoriesAbove } from "./paths.js";
import { Progress } from "./progress.js";
import { standardError } from "./standard-stream.js";
import { describeSystemError, readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";
import { readNamedPolicy, wrongPolicies } from "./user-policies.js";

/** The options of every command that reads files. */
export const inputOptions = {
  config: {
    value: "FILE",
    description:
      "the configuration; by default the nearest harness-image-guard.yaml\nfrom the working directory upwards",
  },
  "no-config-exceptions": {
    description:
      "ignore what weakens the check in the configuration: rules that are\noff or less severe, exclude, trusted connectors, other registries; a\nwarning lists what was ignored",
  },
  "no-ignore": {
    description: "also check files that Git ignores; the configuration's exclude still\napplies",
  },
  ...followLinksOption,
  include: {
    value: "PATTERN",
    many: true,
    description: "of the files that a search finds, only those that match this pattern,\nwritten as in .gitignore; may be given several times",
  },
  exclude: {
    value: "PATTERN",
    many: true,
    description: "of the files that a search finds, none that match this pattern; may\nbe given several times. It overrides --include",
  },
  "files0-from": {
    value: "FILE",
    description: "also the paths in this file, or from standard input (-), each ending\nwith a NUL, as git diff -z --name-only writes them",
  },
  "stdin-path": {
    value: "PATH",
    description: "the name of standard input in the report",
  },
  "max-file-size": {
    value: "SIZE",
    description: "report a larger file instead of checking it: 16MiB (default); in\nbytes, or with k, M or G",
  },
} as const satisfies Options;

/** What a command works on. */
export interface Inputs {
  readonly guard: Guard;
  /** Every file that was found, and then standard input if it is asked for. */
  readonly sources: readonly SourceFile[];
  /** The files' paths without links, by their paths in the report. */
  readonly places: ReadonlyMap<string, string>;
  /** Where fixes may be written: never where a link leads out, even if files may be read there. */
  readonly writable: Enclosure;
  /** The name of standard input in the report, if it is one of the sources. */
  readonly stdinPath: string | undefined;
  /** The configuration, if there is one. */
  readonly configFile: ConfigFile | undefined;
  /** The absolute paths of what the configuration names: policies, folders of them, and lists of connectors. */
  readonly named: readonly string[];
  /** Whether the configuration may weaken the check. */
  readonly takesExceptions: boolean;
  /** Shows the progress on the terminal. It has to be ended before anything else is shown. */
  readonly progress: Progress;
  /** Why there are no sources; empty if there are. */
  readonly complaint: string;
}

interface Asked {
  readonly paths: readonly string[];
  readonly stdinPath: string | undefined;
}

const defaultMaxFileBytes = 16 * 2 ** 20;

/** The name of standard input in the report, if the command line doesn't name it. It isn't a path. */
export const unnamedInput = "<stdin>";

/**
 * Finds and reads what a command line names, and makes the guard of its configuration.
 *
 * @param guardOptions override the configuration
 * @param hint where to read on, for messages
 * @throws UsageError
 */
export async function openInputs(
  commandLine: CommandLine<typeof inputOptions>,
  guardOptions: GuardOptions,
  hint: string,
): Promise<Inputs> {
  const search = await InputSearch.of(commandLine, hint);
  // Compiling goes on in a thread of its own while the search waits for the disk.
  const [guard, discovery] = await Promise.all([search.guard(guardOptions), search.discover()]);
  printError(search.remarks(discovery, guard));
  const found = search.selected(discovery, guard);
  const progress = new Progress(standardError, found.length);
  const sources = [...(await search.read(found, (done) => progress.read(done, found.length)))];
  const { stdinPath, maxFileBytes, configFile } = search;
  if (stdinPath !== undefined) sources.push(search.configured(await readStandardInput(stdinPath, maxFileBytes)));
  progress.checking(sources.length);
  return {
    guard,
    sources,
    places: placesOf(found),
    writable: await search.writable(),
    stdinPath,
    configFile,
    named: search.named,
    takesExceptions: search.takesExceptions,
    progress,
    complaint: sources.length === 0 ? search.nothingFound(discovery) : "",
  };
}

/** The files' paths without links, by their paths in the report. */
export function placesOf(found: readonly Found[]): ReadonlyMap<string, string> {
  return new Map(found.map(({ path, real }) => [path, real]));
}

/** The paths of a command line and the configuration, in which files are searched for once or repeatedly. */
export class InputSearch {
  readonly maxFileBytes: number;
  readonly configFile: ConfigFile | undefined;
  /** What is named, absolute. */
  readonly paths: readonly string[];
  readonly #options: CommandLine<typeof inputOptions>["options"];
  readonly #asked: Asked;
  readonly #enclosure: Enclosure;
  readonly #isSelected: (absolute: string) => boolean;
  readonly #workingFolder = process.cwd();
  readonly #named = new Set<string>();

  private constructor(
    options: CommandLine<typeof inputOptions>["options"],
    asked: Asked,
    maxFileBytes: number,
    configFile: ConfigFile | undefined,
    enclosure: Enclosure,
    isSelected: (absolute: string) => boolean,
  ) {
    this.#options = options;
    this.#asked = asked;
    this.maxFileBytes = maxFileBytes;
    this.configFile = configFile;
    this.paths = asked.paths.map((path) => resolve(path));
    this.#enclosure = enclosure;
    this.#isSelected = isSelected;
  }

  /**
   * Reads the configuration.
   *
   * @param hint where to read on, for messages
   * @throws UsageError
   */
  static async of({ options, positionals }: CommandLine<typeof inputOptions>, hint: string): Promise<InputSearch> {
    const maxFileBytes = maxFileBytesOf(options["max-file-size"], hint);
    const isOpen = options["follow-links"] === true;
    const list = options["files0-from"];
    const listed = list === undefined ? undefined : await (await import("./path-list.js")).pathsOf(list, isOpen, hint);
    if (list === "-" && positionals.includes("-")) throw new UsageError("standard input ('-') can be read only once", hint);
    const asked = askedFor(positionals, options["stdin-path"], hint, listed);
    const workingFolder = process.cwd();
    const configFile = await findConfigFile(workingFolder, options.config, isOpen);
    const absolute = asked.paths.map((path) => resolve(workingFolder, path));
    const enclosure = await Enclosure.around(absolute, workingFolder, isOpen);
    return new InputSearch(options, asked, maxFileBytes, configFile, enclosure, await selection(options, workingFolder));
  }

  /** Whether the configuration may weaken the check. */
  get takesExceptions(): boolean {
    return this.#options["no-config-exceptions"] !== true;
  }

  /** The name of standard input in the report, if it is to be read. */
  get stdinPath(): string | undefined {
    return this.#asked.stdinPath;
  }

  /** Whether a search leaves out only `.git`. */
  get noIgnore(): boolean {
    return this.#options["no-ignore"] === true;
  }

  /**
   * The guard of the configuration.
   *
   * @throws UsageError
   */
  async guard(options: GuardOptions): Promise<Guard> {
    const exceptions = this.takesExceptions ? {} : { configExceptions: false };
    const onNamed = (absolute: string): unknown => this.#named.add(absolute);
    const part = { partial: options.partial ?? this.#isPart };
    return makeGuard(this.configFile, { ...options, maxFileBytes: this.maxFileBytes, ...part, ...exceptions }, onNamed);
  }

  /** Whether only a part of the files is checked that the configuration is about. */
  get #isPart(): boolean {
    const { include, exclude } = this.#options;
    const { configFile } = this;
    return configFile !== undefined && ((include ?? exclude) !== undefined || !this.paths.some((path) => isWithin(path, configFile.folder)));
  }

  /** The absolute paths of what the configuration names: policies, folders of them, and lists. Known once its guard is made. */
  get named(): readonly string[] {
    return [...this.#named];
  }

  discover(): Promise<Discovery> {
    return discover(this.#asked.paths, this.#workingFolder, {
      enclosure: this.#enclosure,
      noIgnore: this.noIgnore,
      except: this.configFile?.real,
    });
  }

  /** Remarks about a search and about the configuration, a line each. */
  remarks({ notes }: Discovery, guard: Guard): string {
    const { configFile } = this;
    const refused = this.takesExceptions || configFile === undefined ? "" : refusedExceptions(configFile, guard.configExceptions);
    return notes.map((note) => `harness-image-guard: ${note}\n`).join("") + refused;
  }

  /** The files that were found, unless the options and the configuration exclude all of their names. */
  selected({ found }: Discovery, guard: Guard): readonly Found[] {
    const { configFile } = this;
    // A search may find lists of connectors, too, but these are part of each check anyway.
    const named = new Set(guard.connectorFiles.map(({ path }) => resolve(this.#workingFolder, path)));
    const lists = new Set(found.filter(({ absolute }) => named.has(absolute)).map(({ real }) => real));
    const left = found.filter(
      (each) =>
        !lists.has(each.real) &&
        (each.named || this.#isSelected(each.absolute)) &&
        (each.named || configFile === undefined || !guard.excludes(pathIn(configFile, each))),
    );
    return oncePerFile(left);
  }

  /** @param onRead gets the number of files that are done */
  async read(found: readonly Found[], onRead: (done: number) => void = () => undefined): Promise<readonly SourceFile[]> {
    const read = await readContents(found, await baseOf(this.#workingFolder), this.maxFileBytes, onRead);
    return read.map((source) => this.configured(source));
  }

  /** A file with its path from the configuration's folder, which exceptions use. */
  configured(source: SourceFile): SourceFile {
    const { configFile } = this;
    if (configFile === undefined) return source;
    const configuredPath = pathIn(configFile, { absolute: resolve(this.#workingFolder, source.path) });
    return configuredPath === source.path ? source : { ...source, configuredPath };
  }

  /** Where fixes may be written. */
  async writable(): Promise<Enclosure> {
    return this.#options["follow-links"] === true ? Enclosure.around(this.paths, this.#workingFolder) : this.#enclosure;
  }

  /** Why there are no files. */
  nothingFound({ found }: Discovery): string {
    return nothingFound(this.#asked, found.length, this.#options.include ?? this.#options.exclude);
  }
}

/** A folder in its repository, with `/` between folders; empty at the top, and outside of any. */
async function baseOf(folder: string): Promise<string> {
  const [repository = folder] = repositoriesAbove(folder);
  return relativePath(repository, folder);
}

function askedFor(
  positionals: readonly string[],
  stdinPath: string | undefined,
  hint: string,
  listed: readonly string[] | undefined,
): Asked {
  const stdins = positionals.filter((each) => each === "-").length;
  if (positionals.includes("")) throw new UsageError("a PATH is empty", hint);
  if (stdins > 1) throw new UsageError("standard input ('-') can be read only once", hint);
  if (stdins === 0 && stdinPath !== undefined) {
    throw new UsageError("'--stdin-path' names standard input, but no PATH is '-'", hint);
  }
  return {
    // An empty list names nothing, and not everything.
    paths: positionals.length === 0 && listed === undefined ? ["."] : [...positionals.filter((each) => each !== "-"), ...(listed ?? [])],
    stdinPath: stdins === 0 ? undefined : (stdinPath ?? unnamedInput),
  };
}

/** Which files of a search are taken, by `--include` and `--exclude`. */
async function selection(
  { include, exclude }: CommandLine<typeof inputOptions>["options"],
  workingFolder: string,
): Promise<(absolute: string) => boolean> {
  if (include === undefined && exclude === undefined) return () => true;
  const { Patterns } = await import("./patterns.js");
  const included = include && new Patterns(include, workingFolder);
  const excluded = new Patterns(exclude ?? [], workingFolder);
  return (absolute) => included?.match(absolute) !== false && !excluded.match(absolute);
}

function maxFileBytesOf(text: string | undefined, hint: string): number {
  const bytes = text === undefined ? defaultMaxFileBytes : parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError(
    `option '--max-file-size' can't be '${shown(text ?? "")}'; it is a size from 1 to 1GiB, such as 500000, 512k or 16MiB`,
    hint,
  );
}

/**
 * The guard of a configuration, with all that it names.
 *
 * @param onNamed gets the path of each file or folder that it names, before that is read
 * @throws UsageError with what is wrong and where
 */
export async function makeGuard(
  configFile: ConfigFile | undefined,
  guardOptions: GuardOptions,
  onNamed: (absolute: string) => unknown = () => undefined,
): Promise<Guard> {
  try {
    return await createGuard({
      ...(configFile === undefined ? {} : configuredBy(configFile, onNamed)),
      ...guardOptions,
    });
  } catch (error) {
    if (error instanceof HarnessImageGuardError && error.code === "rego") throw wrongPolicies(error);
    if (error instanceof HarnessImageGuardError && error.code === "usage") throw new UsageError(shown(error.message));
    throw wrongConfiguration(error, configFile);
  }
}

/** What `--no-config-exceptions` doesn't take, a line each. */
function refusedExceptions({ path }: ConfigFile, exceptions: readonly ConfigProblem[]): string {
  if (exceptions.length === 0) return "";
  const lines = exceptions.map(
    ({ line, column, message }) => `${shown(path)}:${line}:${column}: warning: ${shown(message)}\n`,
  );
  const count = exceptions.length === 1 ? "an exception" : `${exceptions.length} exceptions`;
  return `harness-image-guard: the configuration makes ${count}, which '--no-config-exceptions' ignores:\n${lines.join("")}`;
}

/** What is wrong with a configuration, as a usage error; any other error as it is. */
export function wrongConfiguration(error: unknown, configFile: ConfigFile | undefined): unknown {
  if (!(error instanceof HarnessImageGuardError) || error.code !== "config") return error;
  const place = configFile?.path ?? "the command line";
  const problems = (error.problems as readonly ConfigProblem[]).map(
    ({ line, column, message }) => `${shown(place)}:${line}:${column}: ${shown(message)}`,
  );
  return new UsageError(["the configuration is wrong", ...problems].join("\n"));
}

/** What a configuration says, and how the files that it names are read. */
export function configuredBy({ path, folder, text, enclosure }: ConfigFile, onNamed: (absolute: string) => unknown): GuardOptions {
  const known = new Map<string, string>();
  let reading: Promise<unknown> = Promise.resolve();
  return {
    config: text,
    configPath: path,
    readPolicy: (policy, { line, column }) => {
      onNamed(resolve(folder, policy));
      // One after the other, so that the first always names what several find.
      const read = reading.then(() => readNamedPolicy(policy, resolve(folder, policy), `${shown(path)}:${line}:${column}`, enclosure, known));
      reading = read.catch(() => undefined);
      return read;
    },
    readConnectorFile: async (list, { line, column }) => {
      const absolute = resolve(folder, list);
      onNamed(absolute);
      const what = `${shown(path)}:${line}:${column}: the list of connectors '${shown(list)}'`;
      const named = relativePath(process.cwd(), absolute);
      return { path: named, text: await readable(what, readNamedFile(absolute, enclosure)) };
    },
  };
}

function pathIn(configFile: ConfigFile, { absolute }: Pick<Found, "absolute">): string {
  return relativePath(configFile.folder, absolute);
}

async function readStandardInput(path: string, maxFileBytes: number): Promise<SourceFile> {
  try {
    return { path, text: await readStream(process.stdin, maxFileBytes) };
  } catch (error) {
    return { path, unreadable: describeSystemError(error) };
  }
}

function nothingFound({ paths }: Asked, discovered: number, patterns: readonly string[] | undefined): string {
  if (paths.length === 0) return "harness-image-guard: '--files0-from' names no file\n";
  const places = paths.map((path) => `'${shown(path)}'`).join(", ");
  return discovered === 0
    ? `harness-image-guard: no *.yaml, *.yml or *.json in ${places}\n`
    : `harness-image-guard: ${patterns === undefined ? "the configuration excludes" : "the configuration, --include or --exclude leave out"} every file in ${places}\n`;
}
