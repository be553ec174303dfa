import type { ConnectorImport } from "./connector-import.js";
import { withGivenFiles } from "./given-files.js";
import type { OptionKinds } from "./given-options.js";
import type { Bindings, Instance } from "./instance.js";
import type { SourceFile } from "./source-file.js";

/** What to read connectors from. */
export interface ImportOptions {
  /** Responses of Harness's API, Terraform's state as JSON, connectors' YAML, and lists. */
  readonly files: readonly SourceFile[];
  /** When the account had these connectors, in the format of RFC 3339; now by default. */
  readonly madeAt?: string;
}

/** What the options have to be. */
export const importKinds: OptionKinds<ImportOptions> = { files: "any", madeAt: "string" };

/** The bindings of the module that imports. */
export interface ImportBindings extends Bindings {
  importConnectors(files: unknown, madeAt: string): unknown;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function importedConnectors(
  instance: Instance<ImportBindings>,
  { files, madeAt = new Date().toISOString() }: ImportOptions,
): ConnectorImport {
  return withGivenFiles(files, () => instance.call((bindings) => bindings.importConnectors(files, madeAt) as ConnectorImport));
}
