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
 * The number of lines that were reached.
 */
readonly covered_lines: number, 
/**
 * The number of lines that weren't reached.
 */
readonly not_covered_lines: number, 
/**
 * The percentage of lines that were reached.
 */
readonly coverage: number, };

/**
 * How many lines an evaluation reached.
 */
export type CoverageCount = { 
/**
 * The number of lines that were reached.
 */
readonly covered_lines: number, 
/**
 * The number of lines that weren't reached.
 */
readonly not_covered_lines: number, 
/**
 * The percentage of lines that were reached.
 */
readonly coverage: number, };

/**
 * The lines of a module that an evaluation reached. As in OPA, empty fields are left out.
 */
export type FileCoverage = { 
/**
 * The lines that were reached.
 */
readonly covered?: ReadonlyArray<LineRange>, 
/**
 * The lines that weren't reached.
 */
readonly not_covered?: ReadonlyArray<LineRange>, 
/**
 * The number of lines that were reached.
 */
readonly covered_lines?: number, 
/**
 * The number of lines that weren't reached.
 */
readonly not_covered_lines?: number, 
/**
 * The percentage of lines that were reached.
 */
readonly coverage?: number, };

/**
 * A range of lines, including both ends.
 */
export type LineRange = { 
/**
 * The first line.
 */
readonly start: Row, 
/**
 * The last line.
 */
readonly end: Row, };

/**
 * A line.
 */
export type Row = { 
/**
 * The line, counted from 1.
 */
readonly row: number, };

/**
 * An error in a policy or in its evaluation.
 */
export type PolicyProblem = { 
/**
 * OPA's code, such as `rego_parse_error`, `rego_unsafe_var_error` or `eval_conflict_error`.
 */
code: string, 
/**
 * The message, in OPA's words if OPA has the same error.
 */
message: string, 
/**
 * The path of the module; `null` if the error is in a query, or has no location.
 */
file: string | null, 
/**
 * The line, counted from 1; `null` if the error has no location.
 */
line: number | null, 
/**
 * The column, counted from 1 in code points; `null` if the error has no location.
 */
column: number | null, 
/**
 * What OPA adds to the message in its JSON, such as the source line, or types that don't match.
 */
details: Json | null, };

/**
 * The result of one test.
 */
export type TestResult = { 
/**
 * The package, such as `data.p`.
 */
package: string, 
/**
 * The name, such as `test_x`, or `test_x#01` for the second test with that name.
 */
name: string, 
/**
 * The path of the module.
 */
file: string, 
/**
 * The line, counted from 1.
 */
line: number, 
/**
 * The column, counted from 1 in code points.
 */
column: number, 
/**
 * The result.
 */
status: TestStatus, 
/**
 * The expression that was false with the values compared, or the error.
 */
message: string | null, 
/**
 * The errors, one by one.
 */
problems: Array<PolicyProblem>, 
/**
 * The lines that it printed.
 */
printed: Array<string>, 
/**
 * The cases of the test by key, if it has any (in Rego v1).
 */
cases: TestCases, 
/**
 * The duration in nanoseconds, as the host measures it.
 */
duration: number, };

/**
 * The result of a test.
 */
export type TestStatus = "pass" | "fail" | "error" | "skip";

/**
 * The cases of a test, by key.
 */
export type TestCases = { [key: string]: TestCase };

/**
 * A case of a test.
 */
export type TestCase = { 
/**
 * Its name in reports: its key, or empty if its value is null.
 */
name: string, 
/**
 * Whether it fails, or one of the cases in it does.
 */
fails: boolean, 
/**
 * The cases in it.
 */
cases: TestCases, };
