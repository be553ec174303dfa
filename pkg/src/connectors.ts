import type { Bindings, Instance } from "./instance.js";
import type { SourceFile } from "./source-file.js";

/** What connectors are read from. */
export interface ImportOptions {
  /** Answers of Harness's API, Terraform's state as JSON, connectors' YAML, and lists. */
  readonly files: readonly SourceFile[];
  /** When the account had them, as RFC 3339 writes it; now by default. */
  readonly madeAt?: string;
}

/** What came of it. */
export interface ConnectorImport {
  /** The list as YAML, for a file that `connectorFiles` of a configuration names. */
  readonly text: string;
  /** How many connectors are in it. */
  readonly count: number;
  /** What could not be read. */
  readonly problems: readonly ImportProblem[];
}

/** Something that could not be read. */
export interface ImportProblem {
  readonly path: string;
  /** From 1; `null` where the whole file is meant. */
  readonly line: number | null;
  /** From 1, in code points; `null` where the whole file is meant. */
  readonly column: number | null;
  readonly message: string;
}

/** The bindings of the module that imports. */
export interface ImportBindings extends Bindings {
  importConnectors(files: unknown, madeAt: string): unknown;
}

/** @throws HarnessImageGuardError with the code `usage` */
export function importedConnectors(
  instance: Instance<ImportBindings>,
  { files, madeAt = new Date().toISOString() }: ImportOptions,
): ConnectorImport {
  const imported = instance.call((bindings) => bindings.importConnectors(files, madeAt) as ConnectorImport);
  return { ...imported, text: imported.text.replace(userInfo, "$1") };
}

/** A name and a password in a connector's URL, as the list quotes it. */
const userInfo = /^( {4}url: "[a-z][a-z0-9+.-]*:\/\/)(?:[^/"?#\\]|\\.)*@/gim;
