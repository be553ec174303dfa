import type { PolicyProblem } from "./evaluation.js";
import type { ConfigProblem } from "./guard-options.js";

export type { PolicyProblem } from "./evaluation.js";
export type { ConfigProblem } from "./guard-options.js";

/**
 * What went wrong:
 * - `config`: the configuration is wrong; {@link HarnessImageGuardError.problems} says where.
 * - `rego`: a policy or query is wrong, or its evaluation failed; {@link HarnessImageGuardError.problems} says where.
 * - `usage`: files or options have a wrong form.
 * - `load`: the WebAssembly module couldn't be fetched or compiled.
 * - `internal`: a bug in this package. The guard can still be used: its next call runs on a fresh instance.
 */
export type ErrorCode = "config" | "rego" | "usage" | "load" | "internal";

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

/** What was given can't be read, because of what reading it throws. @internal */
export function unreadable(place: string, cause: unknown): HarnessImageGuardError {
  return new HarnessImageGuardError("usage", `\`${place}\` can't be read: ${reasonOf(cause)}`, { cause });
}

/** Why something failed. Anything may be thrown, and not all of it is a string or can be made one. @internal */
export function reasonOf(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return "an object without a message was thrown";
  }
}
