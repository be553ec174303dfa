import type { OptionKinds } from "./given-options.js";
import type { Bindings, Instance } from "./instance.js";
import { assertString } from "./policy.js";
import type { FormatOptions, FormatReport } from "./rego-options.js";

export type { FormatOptions, FormatReport } from "./rego-options.js";

/** What the options have to be. */
export const formatKinds: OptionKinds<FormatOptions> = { modules: "json", regoVersion: "json", forBothVersions: "boolean", checkResult: "boolean" };

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
  for (const text of [path, before, after]) assertString(text, "path or text");
  return instance.call((bindings) => bindings.formatDiff(path, before, after));
}
