// Written from src/policy/authoring/lint by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Position, Severity } from "./report.js";

/**
 * The result of a lint.
 */
export type LintReport = { 
/**
 * The findings, sorted by file and place.
 */
findings: Array<LintFinding>, 
/**
 * Why modules couldn't be read, and the errors of OPA's compiler.
 */
problems: Array<LintFinding>, };

/**
 * A finding at one place of a module.
 */
export type LintFinding = { 
/**
 * The rule's identity, such as `undefined-under-not`; for a problem, OPA's code for it, such as `rego_parse_error`.
 */
rule: string, 
/**
 * `warning`, or `note` if nothing has to be done; `error` for a problem.
 */
severity: Severity, 
/**
 * What is wrong, and why.
 */
message: string, 
/**
 * What to write instead.
 */
help: string | null, 
/**
 * The module's path.
 */
file: string, 
/**
 * Where it starts.
 */
start: Position, 
/**
 * Where it ends, exclusive.
 */
end: Position, };
