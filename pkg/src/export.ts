import { type ConfigSource, configText } from "./config-text.js";
import { HarnessImageGuardError } from "./error.js";
import type { OptionKinds } from "./given-options.js";
import type { UserPolicy } from "./guard.js";
import type { Bindings, Instance } from "./instance.js";
import type { ExportModuleOptions } from "./rego-options.js";

/** What to export, and how. */
export interface ExportOptions extends Omit<ExportModuleOptions, "config" | "policy"> {
  /** The configuration to write into the policies. */
  readonly config?: ConfigSource;
  /**
   * A policy of your own to write instead of the built-in rules, as `rego` or `terraform`. If it is in v1,
   * `import rego.v1` is added, because Harness reads v0. Its entity is the one that `entity` or its package names, or
   * else the one that it reads from the input, or else a pipeline. It must contain all that it uses.
   */
  readonly policy?: UserPolicy;
}

/** What the options have to be. */
export const exportKinds: OptionKinds<ExportOptions> = {
  to: "string",
  config: "any",
  configPath: "string",
  preset: "string",
  configExceptions: "boolean",
  rules: "json",
  policy: "json",
};

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

/** The built-in rules, or a policy of the user's own, as policies of Harness. */
export function exportedFiles(
  instance: Instance<ExportBindings>,
  { config, ...rest }: ExportOptions,
): readonly ExportedFile[] {
  if (rest.rules?.length === 0) throw new HarnessImageGuardError("usage", "`rules` is empty: no rule would be exported; without `rules`, every rule is");
  const options = config === undefined ? rest : { ...rest, config: configText(config, rest.configPath) };
  return instance.call((bindings) => bindings.exportPolicies(options) as readonly ExportedFile[]);
}
