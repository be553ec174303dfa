import { HarnessImageGuardError, showFailure, showTests, testRego } from "../node.js";
import type { CoverageReport } from "../policy.js";
import { testFormats } from "../rego-options.js";
import type { TestReport, TestResult } from "../suite.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { nanoseconds } from "./duration.js";
import { followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { limitOptions, limitsOf } from "./limits.js";
import { print, printError, printJson, shown } from "./output.js";
import { load } from "./rego-sources.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = {
  ...versionOptions,
  run: { short: "r", value: "REGEX", description: "run only tests whose full names (data.p.test_x) match" },
  verbose: { short: "v", description: "also show tests that pass, and in the report why others fail" },
  format: {
    short: "f",
    value: "FORMAT",
    choices: testFormats,
    description: "how to show the tests: pretty (default), json, or junit for build\nservers",
  },
  coverage: { short: "c", description: "report the lines that the tests reach, as JSON, instead of the tests" },
  threshold: { value: "PERCENT", description: "exit with 2 if the coverage is lower. Implies --coverage" },
  timeout: { value: "DURATION", description: "how long a test may take, such as 500ms or 1m30s; 5s by default" },
  bundle: { short: "b", description: "the paths are bundles (folders or .tar.gz), of which only data.json,\ndata.yaml and modules are read" },
  ignore: {
    value: "PATTERN[,…]",
    many: true,
    description: "names of files and folders to leave out, such as '*_old.rego' or '.*';\nmay be given several times",
  },
  count: { value: "N", description: "run the tests N times, or until one fails" },
  "exit-zero-on-skipped": { short: "z", description: "don't exit with 2 because of skipped tests (todo_test_…)" },
  "fail-on-empty": { description: "exit with 1 if there are no tests" },
  sort: {
    value: "ORDER",
    choices: ["none", "duration"],
    description: "the order of the tests in JSON: none (default), or duration, with the\nlongest first",
  },
  ...limitOptions,
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

const bench = "nothing is measured here but how long each test takes once";
const compared = "what ended a test and what was compared is shown for each test that fails";
const schema = "schemas are read where METADATA names them";
const errors = "every error is shown";
const parallel = "tests are run one after another";
const target = "tests are evaluated here, not by a program that OPA compiles";
const watch = "the command runs once";

/** What `opa test` takes besides. */
const refused: Readonly<Record<string, string>> = {
  bench,
  benchmem: bench,
  capabilities: "what older versions of OPA can't read is found by 'harness-image-guard lint --oldest-opa'",
  "coverage-runs": "lines are reported as reached or not, without the reasons",
  explain: compared,
  "var-values": compared,
  "max-errors": errors,
  m: errors,
  parallel,
  p: parallel,
  schema,
  s: schema,
  target,
  t: target,
  watch,
  w: watch,
};

const hint = "'harness-image-guard test --help' lists the options";

const help = `Runs the tests of Rego policies as OPA 0.70 does, or OPA 1.22 for Rego v1. Every rule whose
name begins with test_ has to be true; those whose names begin with todo_test_ are skipped.

Usage: harness-image-guard test [OPTION…] [PATH…]

A PATH is a module (.rego), base documents (.json, .yaml), or a folder of these. Without
one, the working directory is searched. Why a test failed goes to standard error.

Options:
${describeOptions(options)}

Exit codes, as those of OPA:
  0   every test passes
  1   a policy or a document can't be read; or a test doesn't pass where coverage is reported
  2   a test fails, ends in an error or is skipped; the coverage is too low; or the command line is
      wrong
  70  an internal error
`;

/** What a test may take unless somebody says otherwise, as in OPA. */
const defaultTimeout = "5s";

/**
 * `harness-image-guard test`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function test(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint, refused);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const regoVersion = versionOf(given, hint);
  const limits = limitsOf(given, hint);
  const threshold = numberOf("threshold", given.threshold ?? "0", "a number from 0 to 100", (number) => number >= 0 && number <= 100);
  const count = numberOf("count", given.count ?? "1", "a whole number from 1", (number) => Number.isInteger(number) && number >= 1);
  const timeout = nanoseconds(given.timeout ?? defaultTimeout);
  if (timeout === undefined || timeout <= 0) {
    throw new UsageError(`'--timeout' has to be a duration such as 500ms, 5s or 1m30s, not '${shown(given.timeout ?? "")}'`, hint);
  }
  const isCovered = given.coverage === true || threshold > 0;
  const format = given.format ?? "pretty";
  const sort = given.sort ?? "none";
  if (sort !== "none" && format !== "json" && !isCovered) {
    printError("warning: --sort is only supported with JSON format\n");
  }
  const paths = positionals.length === 0 ? ["."] : positionals;
  const ignore = given.ignore?.flatMap((patterns) => patterns.split(",")) ?? [];
  try {
    const [files, bundles] = given.bundle ? [[], paths] : [paths, []];
    const loaded = await load(files, regoVersion, { bundles, ignore, isOpen: given["follow-links"] === true });
    if (Object.keys(loaded.modules).length === 0) {
      throw new UsageError(`there is no module (.rego) in ${paths.map((path) => `'${shown(path)}'`).join(", ")}`);
    }
    let exitCode: number = ExitCode.ok;
    for (let round = 0; round < count && exitCode === ExitCode.ok; round += 1) {
      const report = await testRego({
        ...loaded,
        regoVersion,
        timeout: timeout / 1e6,
        ...limits,
        ...(given.run === undefined ? {} : { run: given.run }),
      });
      exitCode = isCovered
        ? await showCoverage(report, { threshold, regoVersion, verbose: given.verbose ?? false })
        : await show(report.tests, { format, sort, regoVersion, verbose: given.verbose ?? false });
      if (exitCode === ExitCode.ok && given["fail-on-empty"] && report.tests.length === 0) {
        printError("no tests were run\n");
        exitCode = ExitCode.findings;
      }
      if (exitCode === ExitCode.ok && !report.tests.every((each) => passes(each, given["exit-zero-on-skipped"]))) {
        exitCode = ExitCode.usage;
      }
    }
    return exitCode;
  } catch (error) {
    const isExpected = error instanceof HarnessImageGuardError && (error.code === "rego" || error.code === "usage");
    if (!isExpected && !(error instanceof UsageError)) throw error;
    const name = error instanceof UsageError ? "harness-image-guard: " : "";
    printError(`${name}${error.message}\n`);
    if (error instanceof UsageError && error.hint !== undefined) printError(`${error.hint}\n`);
    return ExitCode.findings;
  }
}

function passes({ status }: TestResult, isSkippedRight = false): boolean {
  return status === "pass" || (status === "skip" && isSkippedRight);
}

interface Shown {
  readonly format: "pretty" | "json" | "junit";
  readonly sort: "none" | "duration";
  readonly regoVersion: 0 | 1;
  readonly verbose: boolean;
}

async function show(tests: readonly TestResult[], { sort, ...how }: Shown): Promise<number> {
  const isSorted = sort === "duration" && how.format === "json";
  const sorted = isSorted ? [...tests].sort((one, other) => other.duration - one.duration) : tests;
  const output = await showTests(sorted, how);
  if (how.format === "json") printJson(output);
  else print(output);
  if (how.format !== "pretty") return ExitCode.ok;
  if (tests.length === 0) printError("there are no tests\n");
  if (how.verbose) return ExitCode.ok;
  for (const { package: of, name, file, status, message } of tests) {
    if (status === "fail" && message !== null) printError(`${shown(file)}: ${shown(`${of}.${name}`)}: ${message}\n`);
  }
  return ExitCode.ok;
}

interface Covered {
  readonly threshold: number;
  readonly regoVersion: 0 | 1;
  readonly verbose: boolean;
}

async function showCoverage({ tests, coverage }: TestReport, how: Covered): Promise<number> {
  const { threshold, regoVersion, verbose } = how;
  const failure = await showFailure(tests, regoVersion);
  if (failure !== undefined) {
    const failed = tests.filter(({ status }) => status === "fail");
    const hasErrors = tests.some(({ status }) => status === "error");
    if (regoVersion === 1 && !hasErrors) {
      print(await showTests(failed, { format: "pretty", regoVersion, verbose }));
    }
    printError(`${failure}\n`);
    return ExitCode.findings;
  }
  if (coverage.coverage < threshold) {
    const got = `got ${coverage.coverage.toFixed(2)} instead of ${threshold.toFixed(2)}`;
    printError(`Code coverage threshold not met: ${got}\n`);
    if (verbose) printError(missed(coverage));
    return ExitCode.usage;
  }
  printJson(`${JSON.stringify(coverage, null, 2)}\n`);
  return ExitCode.ok;
}

function missed({ files }: CoverageReport): string {
  const lines = Object.entries(files).flatMap(([file, { not_covered: ranges = [] }]) =>
    ranges.map(({ start, end }) => `\t${shown(file)}:${start.row}${end.row === start.row ? "" : `-${end.row}`}\n`),
  );
  return lines.length === 0 ? "" : `Lines not covered:\n${lines.join("")}`;
}

/** @throws UsageError where it isn't a number, or not a right one */
function numberOf(name: string, text: string, what: string, isRight: (number: number) => boolean): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!isRight(number)) throw new UsageError(`'--${name}' has to be ${what}, not '${shown(text)}'`, hint);
  return number;
}
