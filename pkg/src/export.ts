import type { GuardConfiguration, Preset, RuleName } from "./configuration.js";
import type { ExportTarget } from "./export-target.js";
import { configText, type UserPolicy } from "./guard.js";
import type { Bindings, Instance } from "./instance.js";

/** What is exported. */
export interface ExportOptions {
  /** One Rego module for each rule and entity, an OPA bundle of these, Terraform, Harness's YAML, or what its API takes. */
  readonly to: ExportTarget;
  /** The configuration, which is written in: an object, or the text of a `harness-image-guard.yaml`. */
  readonly config?: GuardConfiguration | string;
  /** What error messages call the configuration. */
  readonly configPath?: string;
  /** The preset, whatever the configuration says. */
  readonly preset?: Preset;
  /** The rules; without them, all that the configuration doesn't switch off. */
  readonly rules?: readonly RuleName[];
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
  exportPolicies(options: unknown): unknown;
}

/** Our rules, or a policy of one's own, as policies of Harness. */
export function exportedFiles(
  instance: Instance<ExportBindings>,
  { config, ...rest }: ExportOptions,
): readonly ExportedFile[] {
  const options = config === undefined ? rest : { ...rest, config: configText(config) };
  return instance.call((bindings) => bindings.exportPolicies(options) as readonly ExportedFile[]);
}
