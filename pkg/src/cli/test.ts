import { compileRego, HarnessImageGuardError } from "../node.js";
import type { TestReport } from "../policy.js";
import { describeOptions, parseCommandLine, type Options } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { load } from "./rego-sources.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { UsageError } from "./usage-error.js";

const options = {
  ...versionOptions,
  verbose: { short: "v", description: "show tests that pass, and what is printed" },
  coverage: { short: "c", description: "report the lines that the tests reach, as JSON; of tests only those\nthat fail are shown, on standard error" },
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard test --help' lists the options";

const help = `Runs the tests of policies: every rule whose name begins with test_ has to be true.

Usage: harness-image-guard test [OPTION…] [PATH…]

A PATH is a module (.rego), base documents (.json, .yaml), or a folder of these. Without
one, the working directory is searched.

Options:
${describeOptions(options)}

Exit codes:
  0   every test passes
  2   a test fails, or a policy or the command line is wrong
  70  a fault of this program
`;

const rule = "-".repeat(80);

/**
 * `harness-image-guard test`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function test(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    process.stdout.write(help);
    return ExitCode.ok;
  }
  const regoVersion = versionOf(given, hint);
  const paths = positionals.length === 0 ? ["."] : positionals;
  try {
    const loaded = await load(paths, regoVersion);
    if (Object.keys(loaded.modules).length === 0) {
      throw new UsageError(`there is no module (.rego) in ${paths.map((path) => `'${path}'`).join(", ")}`);
    }
    const policy = await compileRego({ ...loaded, regoVersion });
    const { tests, coverage } = policy.test();
    const failed = tests.some(({ status }) => status === "fail" || status === "error");
    if (given.coverage) {
      if (failed) process.stderr.write(shown(tests, false));
      process.stdout.write(`${JSON.stringify(coverage, null, 2)}\n`);
    } else {
      process.stdout.write(shown(tests, given.verbose ?? false));
    }
    return failed ? ExitCode.usage : ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") throw error;
    process.stderr.write(`${error.message}\n`);
    return ExitCode.usage;
  }
}

type Tests = TestReport["tests"];

const words = { pass: "PASS", fail: "FAIL", error: "ERROR", skip: "SKIPPED" } as const;

function shown(tests: Tests, isVerbose: boolean): string {
  if (tests.length === 0) return "no tests\n";
  const lines: string[] = [];
  const listed = tests.filter(({ status }) => isVerbose || status !== "pass");
  let file: string | undefined;
  for (const each of listed) {
    if (each.file !== file) lines.push(...(file === undefined ? [] : [""]), `${each.file}:`);
    file = each.file;
    lines.push(`${each.package}.${each.name}: ${words[each.status]}`);
    if (each.message !== null) lines.push(...each.message.split("\n").map((line) => `  ${line}`));
    if (isVerbose || each.status === "fail") lines.push(...each.printed.map((line) => `  ${line}`));
  }
  if (listed.length > 0) lines.push(rule);
  for (const [status, word] of Object.entries(words)) {
    const count = tests.filter((each) => each.status === status).length;
    if (count > 0) lines.push(`${word}: ${count}/${tests.length}`);
  }
  return `${lines.join("\n")}\n`;
}
