import { evalCommand } from "../node.js";
import { moduleLimits, type EvalOptions } from "../policy.js";
import { evalFormats } from "../rego-options.js";
import { type CommandLine, describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { limitOptions, limitsOf } from "./limits.js";
import { inert, inertJson, print, printError, printJson } from "./output.js";
import { findBundles, findFiles, readBytes, standardInput } from "./rego-sources.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { asGoSaysIt } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const trace = "evaluations aren't traced; '--coverage' reports the lines that are reached, and print() shows values";
const time = "evaluations aren't profiled; 'time' measures the whole command, and limits are counted in steps";
const partial = "there is no partial evaluation: the whole query is evaluated, with the input that is given";
const engine = "there is only one target, which gives the same results as OPA's default";

/** What the command line may have. */
export const options = {
  data: {
    short: "d",
    value: "PATH",
    many: true,
    description:
      "a module (.rego), base documents (.json, .yaml), a bundle (.tar.gz)\nor a folder of these, without .git and node_modules; as a.b:PATH, it\nis loaded below data.a.b; may be given several times",
  },
  bundle: {
    short: "b",
    value: "PATH",
    many: true,
    description: "a bundle (a folder or a .tar.gz), of which only data.json, data.yaml\nand modules are read; may be given several times",
  },
  input: { short: "i", value: "FILE", description: "the input, as JSON or YAML; - for standard input" },
  "stdin-input": { short: "I", description: "read the input from standard input" },
  stdin: { description: "read the query from standard input" },
  package: { value: "NAME", description: "the package that the query is in" },
  import: {
    value: "PATH",
    many: true,
    description: "what the query imports, as in 'data.a.b as c'; may be given several\ntimes",
  },
  ...versionOptions,
  strict: { short: "S", description: "apply strict compiler checks, as 'opa check --strict' does" },
  "strict-builtin-errors": { description: "end the evaluation at an error of a built-in function" },
  format: {
    short: "f",
    value: "FORMAT",
    choices: evalFormats,
    refused: { source: partial },
    description: "how to show the result: json (default), values, bindings, pretty, raw\nor discard",
  },
  "pretty-limit": { value: "NUMBER", description: "has no effect, as in OPA" },
  coverage: { description: "report the lines that the query reaches" },
  fail: { description: "exit with 1 if the query is undefined" },
  "fail-defined": { description: "exit with 1 if the query is defined" },
  ignore: {
    value: "PATTERN[,…]",
    many: true,
    description: "names of files and folders to leave out of folders, such as '.*'",
  },
  ...limitOptions,
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

/** What `opa eval` takes besides. */
const refused: Readonly<Record<string, string>> = {
  explain: trace,
  "var-values": trace,
  profile: time,
  "profile-limit": time,
  "profile-sort": time,
  metrics: time,
  instrument: time,
  count: time,
  timeout: time,
  partial,
  p: partial,
  unknowns: partial,
  u: partial,
  "disable-inlining": partial,
  "shallow-inlining": partial,
  "nondeterminstic-builtins": partial,
  target: engine,
  t: engine,
  optimize: engine,
  O: engine,
  entrypoint: engine,
  e: engine,
  "disable-indexing": engine,
  "disable-early-exit": engine,
  "optimize-store-for-read-speed": engine,
  "coverage-runs": "the lines are counted once, as OPA 0.70 does",
  schema: "input and data aren't checked against schemas before the evaluation",
  s: "input and data aren't checked against schemas before the evaluation",
  capabilities: "the functions are those of OPA 0.70, or of 1.22 with '--v1-compatible'; 'lint --oldest-opa' looks for what older ones lack",
  "show-builtin-errors": "errors of built-in functions aren't collected; '--strict-builtin-errors' shows the first",
};

const hint = "'harness-image-guard eval --help' lists the options";

const help = `Evaluates a Rego query as 'opa eval' does, and prints the same.

Usage: harness-image-guard eval [-d PATH…] [-i FILE] [OPTION…] QUERY

Options:
${describeOptions(options)}

Exit codes:
  0   the query was evaluated; an undefined one gives {}
  1   with --fail, the query is undefined; with --fail-defined, it is defined
  2   the command line, a policy, the query or a document is wrong, or the evaluation failed
  70  an internal error
`;

type Arguments = CommandLine<typeof options>["options"];

/**
 * `harness-image-guard eval`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function evaluate(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint, refused);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  assertTogether(given, positionals);
  const regoVersion = versionOf(given, hint);
  const query = given.stdin ? new TextDecoder().decode(await standardInput()) : (positionals[0] ?? "");
  let input: Uint8Array | undefined;
  try {
    input = await inputOf(given);
  } catch (error) {
    printError(`${asGoSaysIt(error, "open", given.input ?? "-")}\n`);
    return ExitCode.usage;
  }
  const isOpen = given["follow-links"] === true;
  const ignore = (given.ignore ?? []).flatMap((patterns) => patterns.split(","));
  const files = await findFiles(given.data ?? [], { ignore, isOpen });
  // OPA 0.70 takes a bundle whole.
  const bundles = await findBundles(given.bundle ?? [], { ignore: regoVersion === 0 ? [] : ignore, isOpen });
  const { stdout, stderr, result } = await evalCommand(asked(given, query, regoVersion), files, bundles, input);
  printError(stderr);
  show(stdout, given.format ?? "json");
  if (result === "failed") return ExitCode.usage;
  const fails = result === "defined" ? given["fail-defined"] : given.fail;
  return fails ? ExitCode.findings : ExitCode.ok;
}

/** @throws UsageError in OPA's words where the options don't go together */
function assertTogether(given: Arguments, positionals: readonly string[]): void {
  const wrong = (message: string): UsageError => new UsageError(message, hint);
  if (positionals.length > 0 && given.stdin) throw wrong("specify query argument or --stdin but not both");
  if (positionals.length === 0 && !given.stdin) throw wrong("specify query argument or --stdin");
  if (positionals.length > 1) throw wrong("specify at most one query argument");
  if (given.stdin && given["stdin-input"]) throw wrong("specify --stdin or --stdin-input but not both");
  if (given["stdin-input"] && given.input !== undefined) {
    throw wrong("specify --stdin-input or --input but not both");
  }
  if (given.stdin && given.input === "-") throw wrong("specify --stdin or --input - but not both");
  if (given.fail && given["fail-defined"]) throw wrong("specify --fail or --fail-defined but not both");
}

/** Shows the answer: as OPA does, but for what would act on a terminal or a build server. */
function show(answer: string, format: string): void {
  if (format !== "raw" && format !== "pretty") return printJson(answer);
  if (format === "pretty") return print(answer);
  const raw = answer.split("\n").map(stillJson).join("\n");
  print(raw);
  if (inert(raw) !== raw) {
    printError("harness-image-guard: the result has characters or lines that would act on a terminal or a build server; they are shown escaped. '--format json' has them exactly\n");
  }
}

/** A raw line; where it is an array or an object, escaped as JSON has it, so that it stays one. */
function stillJson(line: string): string {
  if (!/^[[{]/.test(line) || inert(line) === line) return line;
  try {
    JSON.parse(line);
  } catch {
    return line;
  }
  return inertJson(line);
}

async function inputOf(given: Arguments): Promise<Uint8Array | undefined> {
  if (given["stdin-input"]) return standardInput();
  return given.input === undefined ? undefined : readBytes(given.input, { isOpen: given["follow-links"] === true });
}

function asked(given: Arguments, query: string, regoVersion: 0 | 1): EvalOptions {
  return {
    query,
    regoVersion,
    ...(given.package === undefined ? {} : { package: given.package }),
    imports: given.import ?? [],
    format: given.format ?? "json",
    strict: given.strict ?? false,
    strictBuiltinErrors: given["strict-builtin-errors"] ?? false,
    coverage: given.coverage ?? false,
    ...moduleLimits(limitsOf(given, hint)),
  };
}
