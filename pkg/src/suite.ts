import type { WasmSuite } from "./authoring/harness_image_guard.js";
import { HarnessImageGuardError } from "./error.js";
import type { CoverageReport, TestResult } from "./evaluation.js";
import { givenOptions } from "./given-options.js";
import { Held } from "./held.js";
import type { Bindings, Instance } from "./instance.js";
import { assertJson } from "./plain-json.js";
import {
  type AskOptions,
  assertString,
  assertVersion,
  circumstances,
  moduleOptions,
  type PolicyOptions,
} from "./policy.js";
import { testKinds } from "./policy-options.js";
import type { PolicyModuleOptions, RegoVersion, TestFormat } from "./rego-options.js";

export type { TestCase, TestCases, TestResult } from "./evaluation.js";

/** How tests are run. */
export interface TestOptions extends AskOptions {
  /** Run only tests whose full name (`data.p.test_x`) contains a match of this regular expression, in Go's syntax. */
  readonly run?: string;
  /** How many milliseconds a test may take. Without `maxSteps`, its steps are then unlimited. */
  readonly timeout?: number;
}

/** The results of the tests in modules. */
export interface TestReport {
  /** The tests by module, in their order there. */
  readonly tests: readonly TestResult[];
  /** Which lines they reached together. */
  readonly coverage: CoverageReport;
}

/** The bindings of the module that runs tests. */
export interface SuiteBindings extends Bindings {
  readonly WasmSuite: new (options: PolicyModuleOptions, run?: string) => WasmSuite;
  showTests(tests: string, format: TestFormat, regoVersion: number, verbose: boolean): string;
  showFailure(tests: string, regoVersion: number): string | undefined;
}

/** How tests are shown. */
export interface TestShowOptions {
  readonly format: TestFormat;
  readonly regoVersion: RegoVersion;
  /** Whether what passes is shown too, and what ended each test that fails. */
  readonly verbose: boolean;
}

/**
 * Runs the tests in modules, which are compiled as `opa test` compiles them.
 *
 * @throws HarnessImageGuardError with the code `rego` or `usage`
 */
export function runTests(
  instance: Instance<SuiteBindings>,
  given: PolicyOptions & TestOptions,
): TestReport {
  const { strictBuiltinErrors, now, host, coverage, run, timeout, ...modules } = given;
  const { maxBytes, maxDepth } = modules;
  const maxSteps = modules.maxSteps ?? (timeout === undefined ? undefined : Number.MAX_SAFE_INTEGER);
  const how = { strictBuiltinErrors, now, host, maxSteps, maxBytes, maxDepth, coverage, run, timeout };
  const asked = Object.fromEntries(Object.entries(how).filter(([, value]) => value !== undefined));
  return runTestsOf(instance, moduleOptions(modules), asked as TestOptions);
}

/** The same, with options as the module takes them. */
export function runTestsOf(instance: Instance<SuiteBindings>, modules: PolicyModuleOptions, how: TestOptions): TestReport {
  const { run, timeout, ...asked } = givenOptions(how, testKinds);
  if (run !== undefined) assertString(run, "pattern `run`");
  const given = circumstances(asked);
  // After a trap, there is a new one.
  const held = new Held(instance, "suite", (bindings): WasmSuite => new bindings.WasmSuite(modules, run));
  try {
    const count = held.call((suite) => suite.length);
    const tests: TestResult[] = [];
    for (let number = 0; number < count; number += 1) {
      const start = performance.now();
      let text: string;
      try {
        text = held.call((suite) => suite.run(number, timeout, ...given));
      } catch (error) {
        if (!(error instanceof HarnessImageGuardError) || error.code !== "internal") throw error;
        // The test broke the instance: it is the one to name, and those after it are run on a new one.
        text = held.call((suite) => suite.broken(number, error.message));
      }
      const result = JSON.parse(text) as TestResult;
      const duration = result.status === "skip" ? 0 : Math.round((performance.now() - start) * 1e6);
      tests.push({ ...result, duration });
    }
    const coverage = JSON.parse(held.call((suite) => suite.coverage())) as CoverageReport;
    return { tests, coverage };
  } finally {
    held.dispose();
  }
}

/** Tests as text, as `opa test` shows them, or as JUnit's XML. */
export function showTests(
  instance: Instance<SuiteBindings>,
  tests: readonly TestResult[],
  { format, regoVersion, verbose }: TestShowOptions,
): string {
  assertJson(tests, "tests");
  assertString(format, "format");
  assertVersion(regoVersion);
  return instance.call((bindings) => bindings.showTests(JSON.stringify(tests), format, regoVersion, verbose));
}

/** OPA's message about the first test that doesn't pass when coverage was requested; `undefined` if all pass. */
export function showFailure(
  instance: Instance<SuiteBindings>,
  tests: readonly TestResult[],
  regoVersion: RegoVersion,
): string | undefined {
  assertJson(tests, "tests");
  assertVersion(regoVersion);
  return instance.call((bindings) => bindings.showFailure(JSON.stringify(tests), regoVersion));
}
