import type { Json } from "./policy.js";

/**
 * What went wrong:
 * - `config`: the configuration is wrong; {@link HarnessImageGuardError.problems} says where.
 * - `rego`: a policy or query is wrong, or its evaluation failed; {@link HarnessImageGuardError.problems} says where.
 * - `usage`: files or options were handed over in a form that they can't have.
 * - `load`: the WebAssembly module could not be fetched or compiled.
 * - `internal`: a fault of ours. The guard can be used again: its next call runs on a fresh instance.
 */
export type ErrorCode = "config" | "rego" | "usage" | "load" | "internal";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** One sentence for a person. */
  readonly message: string;
  /** The line in the configuration's text, from 1. */
  readonly line: number;
  /** The column in Unicode code points, from 1. */
  readonly column: number;
}

/** One thing that is wrong with a policy, or that ended its evaluation. */
export interface PolicyProblem {
  /** What OPA calls its kind: `rego_parse_error`, `rego_unsafe_var_error`, `eval_conflict_error` … */
  readonly code: string;
  /** What is wrong, one sentence, in OPA's words where it has some. */
  readonly message: string;
  /** The module; `null` where it is the query, or no place at all. */
  readonly file: string | null;
  /** The line, from 1. */
  readonly line: number | null;
  /** The column in Unicode code points, from 1. */
  readonly column: number | null;
  /** What OPA tells apart from the message, as in its JSON: the line's text, types that don't fit; `null` without. */
  readonly details: Json | null;
}

/** The only error that this package throws. */
export class HarnessImageGuardError extends Error {
  override readonly name = "HarnessImageGuardError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What is wrong with the configuration (`config`) or the policies (`rego`), in order; else empty. */
  readonly problems: readonly (ConfigProblem | PolicyProblem)[];

  constructor(
    code: ErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly problems?: readonly (ConfigProblem | PolicyProblem)[] } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.problems = details.problems ?? [];
  }
}
