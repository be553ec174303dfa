import { compileRego, HarnessImageGuardError } from "../node.js";
import type { PolicyProblem } from "../error.js";
import { describeOptions, parseCommandLine, type Options } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { documentText, load } from "./rego-sources.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { UsageError } from "./usage-error.js";

const options = {
  data: {
    short: "d",
    value: "PATH",
    many: true,
    description: "a module (.rego), base documents (.json, .yaml), or a folder of these;\nmay be given several times",
  },
  input: { short: "i", value: "FILE", description: "the input, as JSON or YAML; - for standard input" },
  ...versionOptions,
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
  const regoVersion = versionOf(commandLine.options, hint);
  const { modules, data } = await load(commandLine.options.data ?? [], regoVersion);
  const { input: file } = commandLine.options;
  const input = file === undefined ? undefined : await documentText(file, regoVersion);
  const format = commandLine.options.format ?? "json";
  try {
    const policy = await compileRego({
      modules,
      data,
      regoVersion,
      strict: commandLine.options.strict ?? false,
    });
    const { output, printed } = policy.show(query, input, format, {
      strictBuiltinErrors: commandLine.options["strict-builtin-errors"] ?? false,
    });
    for (const line of printed) process.stderr.write(`${line}\n`);
    process.stdout.write(output);
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") throw error;
    const problems = error.problems as readonly PolicyProblem[];
    if (format === "json") process.stdout.write(`${JSON.stringify({ errors: problems.map(opaError) }, null, 2)}\n`);
    else process.stderr.write(`${error.message}\n`);
    return ExitCode.usage;
  }
}

function opaError({ code, message, file, line, column }: PolicyProblem): object {
  return line === null
    ? { message, code }
    : { message, code, location: { file: file ?? "", row: line, col: column } };
}
