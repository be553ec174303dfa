import { type ConfigSource, configText } from "./config-text.js";
import type { UserPolicy } from "./guard.js";
import type { Bindings, Instance } from "./instance.js";
import type { ExportModuleOptions } from "./rego-options.js";

/** What is exported. */
export interface ExportOptions extends Omit<ExportModuleOptions, "config" | "policy"> {
  /** The configuration, which is written in. */
  readonly config?: ConfigSource;
  /**
   * A policy of one's own, which is written instead of our rules, as `rego` or `terraform`: in v1, it
   * says so to Harness, which reads v0. Without an entity that its package or `entity` names, it is about
   * what it reads of the input, else about pipelines. What it looks up in `data`, Harness has to have: all is
   * in this one module.
   */
  readonly policy?: UserPolicy;
}

/** A file to write. */
export interface ExportedFile {
  /** Its name in the folder. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** The bindings of the module that exports. */
export interface ExportBindings extends Bindings {
  exportPolicies(options: ExportModuleOptions): unknown;
}

/** Our rules, or a policy of one's own, as policies of Harness. */
export function exportedFiles(
  instance: Instance<ExportBindings>,
  { config, ...rest }: ExportOptions,
): readonly ExportedFile[] {
  const options = config === undefined ? rest : { ...rest, config: configText(config, rest.configPath) };
  return instance.call((bindings) => bindings.exportPolicies(options) as readonly ExportedFile[]);
}
