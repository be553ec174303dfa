import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { compileRego, HarnessImageGuardError } from "../node.js";
import type { PolicyProblem } from "../error.js";
import type { Json } from "../policy.js";
import { describeOptions, parseCommandLine, type CommandLine, type Options } from "./command-line.js";
import { readStream } from "./contents.js";
import { ExitCode } from "./exit-code.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const options = {
  data: {
    short: "d",
    value: "PATH",
    many: true,
    description: "a module (.rego), base documents (.json), or a folder of these;\nmay be given several times",
  },
  input: { short: "i", value: "FILE", description: "the input, as JSON; - for standard input" },
  "v0-compatible": { description: "read Rego as OPA before 1.0 and Harness do (default)" },
  "v1-compatible": { description: "read Rego as OPA since 1.0 does" },
  strict: { short: "S", description: "refuse what is of no use, as 'opa check --strict' does" },
  "strict-builtin-errors": { description: "an error of a built-in function ends the evaluation" },
  format: {
    short: "f",
    value: "FORMAT",
    choices: ["json", "pretty"],
    description: "how to show the answer: json (default) or pretty",
  },
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard eval --help' lists the options";

const help = `Evaluates a query of Rego as OPA does, and shows the answer in OPA's form.

Usage: harness-image-guard eval [-d PATH…] [-i FILE] [OPTION…] QUERY

Options:
${describeOptions(options)}

Exit codes:
  0   the query was evaluated; an undefined one answers {}
  2   the command line, a policy, the query or an input is wrong, or the evaluation failed
  70  a fault of this program
`;

/**
 * `harness-image-guard eval`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function evaluate(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args, options, hint);
  if (commandLine.options.help) {
    process.stdout.write(help);
    return ExitCode.ok;
  }
  const [query, ...more] = commandLine.positionals;
  if (query === undefined) throw new UsageError("a query is missing", hint);
  if (more.length > 0) throw new UsageError(`one query at a time: '${more.join(" ")}' is too much`, hint);
  const { modules, data } = await load(commandLine.options.data ?? []);
  const input = await readInput(commandLine.options.input);
  const format = commandLine.options.format ?? "json";
  try {
    const policy = await compileRego({
      modules,
      data,
      regoVersion: versionOf(commandLine),
      strict: commandLine.options.strict ?? false,
    });
    const text = policy.askText(query, input, {
      strictBuiltinErrors: commandLine.options["strict-builtin-errors"] ?? false,
    });
    const { printed } = JSON.parse(text) as { readonly printed: readonly string[] };
    for (const line of printed) process.stderr.write(`${line}\n`);
    process.stdout.write(format === "json" ? policy.answerJson(text) : policy.answerPretty(text));
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") throw error;
    const problems = error.problems as readonly PolicyProblem[];
    if (format === "json") process.stdout.write(`${JSON.stringify({ errors: problems.map(opaError) }, null, 2)}\n`);
    else process.stderr.write(`${error.message}\n`);
    return ExitCode.usage;
  }
}

function versionOf({ options: { "v0-compatible": v0, "v1-compatible": v1 } }: CommandLine<typeof options>): 0 | 1 {
  if (v0 && v1) throw new UsageError("--v0-compatible and --v1-compatible exclude each other", hint);
  return v1 ? 1 : 0;
}

function opaError({ code, message, file, line, column }: PolicyProblem): object {
  return line === null
    ? { message, code }
    : { message, code, location: { file: file ?? "", row: line, col: column } };
}

async function readInput(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    if (path !== "-") return await readFile(path, "utf8");
    return Buffer.from(await readStream(process.stdin, Number.MAX_SAFE_INTEGER - 1)).toString("utf8");
  } catch (error) {
    throw new UsageError(`the input '${path}' can't be read: ${describeSystemError(error)}`);
  }
}

type Documents = Record<string, Json>;

interface Sources {
  readonly modules: Record<string, string>;
  readonly data: Documents;
}

/** Modules by path; base documents merged, those of folders under their folder's names. */
export async function load(paths: readonly string[]): Promise<Sources> {
  const modules: Record<string, string> = {};
  const data: Documents = {};
  for (const path of paths) {
    try {
      const isFolder = (await stat(path)).isDirectory();
      const files = isFolder ? await filesBelow(path) : [path];
      for (const file of files) {
        const text = await readFile(file, "utf8");
        if (file.endsWith(".rego")) modules[file] = text;
        else if (file.endsWith(".json")) {
          const under = isFolder ? relative(path, file).split(sep).slice(0, -1) : [];
          merge(data, under, JSON.parse(text) as Json);
        } else if (!isFolder) throw new UsageError(`'${file}' is neither a module (.rego) nor JSON (.json)`);
      }
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof SyntaxError) throw new UsageError(`'${path}' is not JSON: ${error.message}`);
      throw new UsageError(`'${path}' can't be read: ${describeSystemError(error)}`);
    }
  }
  return { modules, data };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? folder, entry.name))
    .filter((file) => file.endsWith(".rego") || /(?:^|[/\\])data\.json$/.test(file))
    .sort();
}

function merge(data: Documents, under: readonly string[], value: Json): void {
  let at = data;
  for (const key of under) {
    const there = at[key];
    const next = isMapping(there) ? there : {};
    at[key] = next;
    at = next;
  }
  if (!isMapping(value)) throw new UsageError("base documents have to be an object");
  for (const [key, field] of Object.entries(value)) {
    const there = at[key];
    if (isMapping(there) && isMapping(field)) merge(there, [], field);
    else at[key] = field;
  }
}

function isMapping(value: Json | undefined): value is Documents {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
