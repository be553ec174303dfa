// Written from src/policy/authoring/evaluation.rs and crates/commands (coverage, tester) by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Json } from "./policy.js";

/**
 * Harness's answer to an input.
 */
export type Evaluation = { 
/**
 * The result.
 */
status: EvaluationStatus, 
/**
 * The messages of `deny`; may be empty if `deny` is `true`.
 */
deny_messages: Array<string>, 
/**
 * The messages of `warn`.
 */
warn_messages: Array<string>, 
/**
 * The document of the policy's package.
 */
output: Json, 
/**
 * Why there is no document: the problems as one string.
 */
error: string | null, 
/**
 * What `print` and `trace` said.
 */
printed: Array<string>, 
/**
 * The problems in `error`, one by one.
 */
problems: Array<PolicyProblem>, 
/**
 * Which lines were reached, if that was requested and there is a document.
 */
coverage: CoverageReport | null, };

/**
 * The result of an evaluation.
 */
export type EvaluationStatus = (typeof evaluationStatuses)[number];

/**
 * The result of an evaluation.
 */
export const evaluationStatuses = [
  "pass",
  "warning",
  "error",
] as const;

/**
 * Which lines were reached, as OPA counts them: rules that have a value, and expressions evaluated.
 */
export type CoverageReport = { 
/**
 * By module.
 */
readonly files: Readonly<Record<string, FileCoverage>>, 
/**
 * Lines that were reached.
 */
readonly covered_lines: number, 
/**
 * Lines that weren't.
 */
readonly not_covered_lines: number, 
/**
 * In percent.
 */
readonly coverage: number, };

/**
 * How many lines were reached.
 */
export type CoverageCount = { 
/**
 * Lines that were reached.
 */
readonly covered_lines: number, 
/**
 * Lines that weren't.
 */
readonly not_covered_lines: number, 
/**
 * In percent.
 */
readonly coverage: number, };

/**
 * Which lines of a module were reached; what is empty is left out, as in OPA.
 */
export type FileCoverage = { 
/**
 * Lines that were reached.
 */
readonly covered?: ReadonlyArray<LineRange>, 
/**
 * Lines that weren't.
 */
readonly not_covered?: ReadonlyArray<LineRange>, 
/**
 * How many were reached.
 */
readonly covered_lines?: number, 
/**
 * How many weren't.
 */
readonly not_covered_lines?: number, 
/**
 * In percent.
 */
readonly coverage?: number, };

/**
 * Lines that follow one another, both included.
 */
export type LineRange = { 
/**
 * The first one.
 */
readonly start: Row, 
/**
 * The last one.
 */
readonly end: Row, };

/**
 * A line.
 */
export type Row = { 
/**
 * From 1.
 */
readonly row: number, };

/**
 * An error of a policy, or of its evaluation.
 */
export type PolicyProblem = { 
/**
 * OPA's code for it: `rego_parse_error`, `rego_unsafe_var_error`, `eval_conflict_error` …
 */
code: string, 
/**
 * What is wrong, in one sentence, and in OPA's words if there are some.
 */
message: string, 
/**
 * The module; `null` if it is about a query, or about no place.
 */
file: string | null, 
/**
 * From 1; `null` if it is about no place.
 */
line: number | null, 
/**
 * From 1, in code points; `null` if it is about no place.
 */
column: number | null, 
/**
 * What OPA adds to the message in its JSON: the source line, types that don't match.
 */
details: Json | null, };

/**
 * The result of one test.
 */
export type TestResult = { 
/**
 * `data.p`.
 */
package: string, 
/**
 * `test_x`; `test_x#01` for another test of that name.
 */
name: string, 
/**
 * The module.
 */
file: string, 
/**
 * Its line, from 1.
 */
line: number, 
/**
 * Its column in code points, from 1.
 */
column: number, 
/**
 * Its result.
 */
status: TestStatus, 
/**
 * The expression that ended it and what was compared, or what went wrong.
 */
message: string | null, 
/**
 * What went wrong, one by one.
 */
problems: Array<PolicyProblem>, 
/**
 * What it printed, line by line.
 */
printed: Array<string>, 
/**
 * The test's cases by their keys, if it has any (in Rego v1).
 */
cases: TestCases, 
/**
 * How long it took, in nanoseconds, as the host measures it.
 */
duration: number, };

/**
 * The result of a test.
 */
export type TestStatus = "pass" | "fail" | "error" | "skip";

/**
 * Cases of a test, by their keys.
 */
export type TestCases = { [key: string]: TestCase };

/**
 * One case of a test.
 */
export type TestCase = { 
/**
 * Its name in reports: its key, or empty if its value is null.
 */
name: string, 
/**
 * Whether it fails, or one of its own cases does.
 */
fails: boolean, 
/**
 * Its own cases.
 */
cases: TestCases, };
