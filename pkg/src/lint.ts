import type { OptionKinds } from "./given-options.js";
import type { Bindings, Instance } from "./instance.js";
import type { LintReport } from "./lint-report.js";
import type { LintOptions, ShownLint } from "./rego-options.js";

export type { LintFinding, LintReport } from "./lint-report.js";
export type { LintOptions, ShownLint } from "./rego-options.js";

/** What the options have to be. */
export const lintKinds: OptionKinds<LintOptions> = { modules: "json", regoVersion: "json", oldestOpa: "string", compile: "boolean", strict: "boolean", disable: "json" };

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
