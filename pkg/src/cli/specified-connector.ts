import type { ExportOptions } from "../export.js";
import { exportPolicies, readDocument } from "../node.js";

/** A value of JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A connector as Harness's API and YAML have it: what is under `connector`. */
export type Connector = { readonly [key: string]: Value };

/** The `harnessImage` connector as it is specified. */
export interface SpecifiedConnector {
  readonly connector: Connector;
  /** Where its registry is. */
  readonly url: string;
  /** The whole file, as Harness's YAML. */
  readonly text: string;
}

/**
 * The connector that a configuration, or a preset, specifies: the one that `export --to harness-yaml` writes.
 *
 * @throws HarnessImageGuardError with the code `config`
 */
export async function specifiedConnector(options: Omit<ExportOptions, "to">): Promise<SpecifiedConnector> {
  const file = (await exportPolicies({ ...options, to: "harness-yaml" })).find(({ path }) => path === "connector.yaml");
  if (file === undefined) throw new Error("no connector is exported");
  const text = new TextDecoder().decode(file.content);
  const { connector } = JSON.parse(await readDocument(text, 0)) as { readonly connector: Connector & { readonly spec: { readonly dockerRegistryUrl: string } } };
  return { connector, url: connector.spec.dockerRegistryUrl, text };
}
