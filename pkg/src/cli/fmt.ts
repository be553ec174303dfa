import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { formatDiff, formatRego } from "../node.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { readStream } from "./contents.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { leftOut } from "./modules.js";
import { matchesName } from "./name-pattern.js";
import { readNamedFile } from "./named-file.js";
import { print, printDiff, printError, printExact, shown } from "./output.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { LeftAlone, replaceFile } from "./replace-file.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = {
  write: { short: "w", description: "write the formatted modules to their files instead of to standard output" },
  list: { short: "l", description: "only list the files that aren't formatted" },
  diff: { short: "d", description: "only show what would change, as a unified diff" },
  fail: { description: "exit with 1 if a file isn't formatted" },
  "check-result": {
    value: "BOOL",
    choices: ["true", "false"],
    description: "whether to check that the result is Rego: true (default) or false",
  },
  ...versionOptions,
  "rego-v1": { description: "rewrite Rego v0 so that OPA before and since 1.0 reads it: import\nrego.v1, if, contains" },
  ignore: {
    value: "PATTERN",
    many: true,
    description: "names of files and folders to leave out, such as '*_old.rego' or '.*';\nmay be given several times",
  },
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

/** What `opa fmt` has and this hasn't, and why. */
const refused: Readonly<Record<string, string>> = {
  capabilities: "only OPA 0.70 and, with --v1-compatible, OPA 1.22 are imitated",
  "drop-v0-imports": "modules are written as OPA 1.22 writes them without it; remove the imports by hand",
  "v0-v1": "use --rego-v1, which rewrites Rego v0 as OPA 0.70 does",
};

const hint = "'harness-image-guard fmt --help' lists the options";

const help = `Formats Rego exactly as opa fmt does: that of OPA 0.70, or with --v1-compatible that of
OPA 1.22.

Usage: harness-image-guard fmt [OPTION…] [PATH…]

A PATH is a module (.rego), a folder of modules, or - for standard input, which is the default.

Options:
${describeOptions(options)}

Exit codes:
  0   everything is formatted, or has been formatted now
  1   with --fail: something isn't formatted
  2   the command line is wrong
  4   a file can't be read or written, or isn't Rego; the other files were formatted
  70  an internal error
`;

/**
 * `harness-image-guard fmt`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function fmt(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint, refused);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const regoVersion = versionOf(given, hint);
  if (given["rego-v1"] && regoVersion === 1) {
    throw new UsageError("--rego-v1 rewrites Rego v0, so it can't be used with --v1-compatible", hint);
  }
  const sources = await read(positionals, given.ignore ?? [], given["follow-links"] === true);
  printError(sources.unreadable.join(""));
  if (given.write && sources.modules.some(({ path }) => path === undefined)) {
    throw new UsageError("--write needs a file to write to, and standard input isn't one", hint);
  }
  /** Files that have been formatted by one of their names. */
  const written = new Set<string>();
  let code: number = sources.unreadable.length > 0 ? ExitCode.incomplete : ExitCode.ok;
  for (const module of sources.modules) {
    const name = module.path ?? "stdin";
    const { modules, message } = await formatRego({
      modules: { [name]: module.text },
      regoVersion,
      ...(given["rego-v1"] ? { forBothVersions: true } : {}),
      // OPA doesn't look at what becomes of standard input.
      checkResult: module.path !== undefined && given["check-result"] !== "false",
    });
    const formatted = modules[name];
    if (formatted === undefined) {
      printError(`${message}\n`);
      code = ExitCode.incomplete;
      continue;
    }
    const done = await present(module, formatted, given, written);
    if (done === ExitCode.incomplete || code === ExitCode.ok) code = done;
  }
  return code;
}

type Given = ReturnType<typeof parseCommandLine<typeof options>>["options"];

/** Shows or writes one module; the exit code for it. */
async function present(module: Module, formatted: string, given: Given, written: Set<string>): Promise<number> {
  const name = module.path ?? "stdin";
  const changed = formatted !== module.text;
  if (given.list) {
    if (changed) print(`${shown(name)}\n`);
  } else if (given.diff) {
    printDiff(await formatDiff(name, module.text, formatted));
  } else if (given.fail && changed) {
    printError(`harness-image-guard: '${shown(name)}' isn't formatted\n`);
  } else if (!given.write) {
    printExact(formatted);
  } else if (changed && module.path !== undefined) {
    try {
      if (module.real === undefined) throw new LeftAlone("it is reached through a link that leads out of the repository, or out of the folders that you named");
      if (!written.has(module.real)) await replaceFile(module.real, module.bytes, formatted);
      written.add(module.real);
    } catch (error) {
      if (!(error instanceof LeftAlone)) throw error;
      printError(`harness-image-guard: '${shown(name)}' can't be written: ${error.message}\n`);
      return ExitCode.incomplete;
    }
  }
  return given.fail && changed ? ExitCode.findings : ExitCode.ok;
}

interface Module {
  /** None for standard input. */
  readonly path?: string;
  /** Where it may be written, without links; nowhere, where a link leads out. */
  readonly real?: string | undefined;
  readonly bytes: Uint8Array;
  readonly text: string;
}

interface Sources {
  readonly modules: readonly Module[];
  /** What is said of each file that can't be read, a line each. */
  readonly unreadable: readonly string[];
}

async function read(paths: readonly string[], ignored: readonly string[], isOpen: boolean): Promise<Sources> {
  const enclosure = await Enclosure.around(paths.map((path) => resolve(path)), process.cwd(), isOpen);
  const patterns = ignored.flatMap((list) => list.split(","));
  const modules: Module[] = [];
  const unreadable: string[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const writable = isOpen ? await Enclosure.around(paths.map((path) => resolve(path)), process.cwd()) : enclosure;
  const add = (bytes: Uint8Array, path?: string, real?: string): void => {
    try {
      modules.push({ bytes, text: decoder.decode(bytes), real, ...(path === undefined ? {} : { path }) });
    } catch {
      unreadable.push(`harness-image-guard: '${shown(path ?? "stdin")}' can't be read: it isn't UTF-8\n`);
    }
  };
  for (const path of paths.length === 0 ? ["-"] : paths) {
    if (path === "-") {
      add(await readStream(process.stdin, Number.MAX_SAFE_INTEGER - 1));
      continue;
    }
    const unread = (name: string, error: unknown): void => {
      if (error instanceof UsageError) throw error;
      unreadable.push(`harness-image-guard: '${shown(name)}' can't be read: ${describeSystemError(error)}\n`);
    };
    const files = await filesAt(path, patterns, enclosure).catch((error: unknown) => unread(path, error));
    for (const file of files ?? []) {
      try {
        const { real } = await enclosure.locate(resolve(file));
        add(await readNamedFile(file, enclosure), file, writable.holds(real) ? real : undefined);
      } catch (error) {
        unread(file, error);
      }
    }
  }
  return { modules, unreadable };
}

async function filesAt(path: string, ignored: readonly string[], enclosure: Enclosure): Promise<readonly string[]> {
  if (!(await enclosure.locate(resolve(path))).stats.isDirectory()) {
    if (path.endsWith(".rego")) return [path];
    throw new UsageError(`'${shown(path)}' isn't a module: its name doesn't end with .rego`, hint);
  }
  const found: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (leftOut.has(entry.name) || ignored.some((pattern) => matchesName(pattern, entry.name))) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) found.push(...(await filesAt(child, ignored, enclosure)));
    // What is neither a file nor a link to one is refused where it is read.
    else if (entry.name.endsWith(".rego")) found.push(child);
  }
  return found.sort();
}
