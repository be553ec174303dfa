import type { Bindings, Instance } from "./instance.js";
import type { LintReport } from "./lint-report.js";

export type { LintFinding, LintReport } from "./lint-report.js";

/** What a lint takes. */
export interface LintOptions {
  /** The text of each module, by its path; modules that are used together go together. */
  readonly modules: Readonly<Record<string, string>>;
  /** Which Rego it is: 0, as Harness reads it (default), or 1, as OPA does since 1.0. */
  readonly regoVersion?: 0 | 1;
  /** The oldest OPA that has to read it, as `0.42`; 0.47 by default. */
  readonly oldestOpa?: string;
  /** Whether what OPA's compiler refuses of the modules is a problem too, as `opa check` has it. */
  readonly compile?: boolean;
  /** Whether what is of no use is one as well, as `opa check --strict` has it. */
  readonly strict?: boolean;
  /** Rules of the lint to leave out, `["outside-module"]`; problems stay. */
  readonly disable?: readonly string[];
}

/** A report, and the same for a person. */
export type ShownLint = LintReport & {
  /** Each place with its source line. */
  readonly text: string;
};

/** The bindings of the module that looks at policies. */
export interface LintBindings extends Bindings {
  lint(options: LintOptions): unknown;
  showLint(options: LintOptions, color: boolean): unknown;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function lint(instance: Instance<LintBindings>, options: LintOptions): LintReport {
  return instance.call((bindings) => bindings.lint(options) as LintReport);
}

/** The same, and as text for a person. */
export function showLint(instance: Instance<LintBindings>, options: LintOptions, color: boolean): ShownLint {
  return instance.call((bindings) => bindings.showLint(options, color) as ShownLint);
}
