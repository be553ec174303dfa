// Written from src/policy/authoring/lint by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Position, Severity } from "./report.js";

/**
 * What a lint found.
 */
export type LintReport = { 
/**
 * What is found, by file and place.
 */
findings: Array<LintFinding>, 
/**
 * Why modules could not be read, or what OPA's compiler refuses of them.
 */
problems: Array<LintFinding>, };

/**
 * One thing at one place of a module.
 */
export type LintFinding = { 
/**
 * The rule's identity, `undefined-under-not`; for a problem what OPA calls its kind, `rego_parse_error`.
 */
rule: string, 
/**
 * `warning`, or `note` where nothing has to be done; `error` for a problem.
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
