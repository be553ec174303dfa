// Written from src/policy/authoring/evaluation.rs and crates/commands (coverage, tester) by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Json } from "./policy.js";

/**
 * Harness's answer to an input.
 */
export type Evaluation = { 
/**
 * What it came to.
 */
status: EvaluationStatus, 
/**
 * What is denied; may be empty where `deny` is just `true`.
 */
deny_messages: Array<string>, 
/**
 * What is advised against.
 */
warn_messages: Array<string>, 
/**
 * The document of the policy's package.
 */
output: Json, 
/**
 * Why there is no document; the problems in one text.
 */
error: string | null, 
/**
 * What `print` and `trace` said.
 */
printed: Array<string>, 
/**
 * The same as `error`, each problem apart.
 */
problems: Array<PolicyProblem>, 
/**
 * Which lines were reached, where the request asked for it and there is a document.
 */
coverage: CoverageReport | null, };

/**
 * What an evaluation came to.
 */
export type EvaluationStatus = (typeof evaluationStatuses)[number];

/**
 * What an evaluation came to.
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
 * One thing that is wrong with a policy, or that ended its evaluation.
 */
export type PolicyProblem = { 
/**
 * What OPA calls its kind: `rego_parse_error`, `rego_unsafe_var_error`, `eval_conflict_error` …
 */
code: string, 
/**
 * What is wrong, one sentence, in OPA's words where it has some.
 */
message: string, 
/**
 * The module; none where it is a query, or no place at all.
 */
file: string | null, 
/**
 * From 1; none where it is about no place.
 */
line: number | null, 
/**
 * From 1, in code points; none where it is about no place.
 */
column: number | null, 
/**
 * What OPA reports beside the message, as in its JSON: the line's text, types that don't fit.
 */
details: Json | null, };

/**
 * What one test came to.
 */
export type TestResult = { 
/**
 * `data.p`.
 */
package: string, 
/**
 * `test_x`; `test_x#01` where another one has that name.
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
 * What went wrong, each problem apart.
 */
problems: Array<PolicyProblem>, 
/**
 * What it printed, line by line.
 */
printed: Array<string>, 
/**
 * The cases of a test that has some (in Rego v1), by their keys.
 */
cases: TestCases, 
/**
 * How long it took, in nanoseconds; the host measures it.
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
 * What it is called in reports: as its key, or nothing where its value is null.
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
