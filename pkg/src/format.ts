import type { PolicyProblem } from "./error.js";
import type { Bindings, Instance } from "./instance.js";

/** What a formatting takes. */
export interface FormatOptions {
  /** The text of each module, by its path, which messages name. */
  readonly modules: Readonly<Record<string, string>>;
  /** Which Rego it is: 0, formatted as by `opa fmt` of OPA 0.70 (default), or 1, as by that of OPA 1.22. */
  readonly regoVersion?: 0 | 1;
  /** Whether Rego of version 0 is made fit for both versions, as by `opa fmt --rego-v1`. */
  readonly forBothVersions?: boolean;
  /** Whether what comes out is read again, and refused if it is no Rego, as OPA does; true by default. */
  readonly checkResult?: boolean;
}

/** What became of modules. */
export interface FormatReport {
  /** The text of each module as `opa fmt` writes it, by its path; of those with a problem there is none. */
  readonly modules: Readonly<Record<string, string>>;
  /** Why modules can't be formatted. */
  readonly problems: readonly PolicyProblem[];
  /** The problems as text for a person, each with its source line; empty where there is none. */
  readonly message: string;
}

/** The bindings of the module that formats. */
export interface FormatBindings extends Bindings {
  formatRego(options: FormatOptions): unknown;
  formatDiff(path: string, before: string, after: string): string;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function formatModules(instance: Instance<FormatBindings>, options: FormatOptions): FormatReport {
  return instance.call((bindings) => bindings.formatRego(options) as FormatReport);
}

/** The difference between a module's text and what became of it, as a unified diff; empty where there is none. */
export function formatDiff(instance: Instance<FormatBindings>, path: string, before: string, after: string): string {
  return instance.call((bindings) => bindings.formatDiff(path, before, after));
}
