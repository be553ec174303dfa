import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

import { type Preset, specifications } from "../../configuration.js";
import type { SourceFile } from "../../source-file.js";
import { exportPolicies } from "../../node.js";
import { Enclosure } from "../enclosure.js";
import type { Inputs } from "../inputs.js";
import { hostOfUrl } from "./image-name.js";

/**
 * The registries that may be asked without being named: those of the presets; and, where they lie out of what is
 * checked, those of the specification and of the connectors that the configuration and its lists name.
 *
 * Whoever writes the checked files writes connectors among them, and often the configuration and the lists beside
 * them. So connectors' files never count here, and a configuration or a list in the same repository doesn't either.
 */
export async function knownRegistries(inputs: Inputs, sources: readonly SourceFile[]): Promise<readonly string[]> {
  const { guard, configFile, takesExceptions } = inputs;
  const specified = Object.values(specifications).map(({ url }) => url);
  const isOutside = configFile !== undefined && takesExceptions && (await liesOutside(inputs));
  if (!isOutside) return hostsOf(specified);
  const own = await specifiedConnector({ config: configFile.text, configPath: configFile.path });
  const holding = new Set(
    guard.check(sources).files.flatMap(({ path, documents }) => (documents.some(({ entity }) => entity === "connector") ? [path] : [])),
  );
  // What the guard still knows of connectors is what the configuration and its lists say.
  const { images } = guard.images(sources.filter(({ path }) => !holding.has(path)));
  return hostsOf([...specified, own.url, ...images.map(({ connectorUrl }) => connectorUrl ?? "")]);
}

/** The `harnessImage` connector as it is specified. */
export interface SpecifiedConnector {
  readonly url: string;
  /** As Harness's YAML. */
  readonly text: string;
}

/** The connector that a configuration, or a preset, specifies: the one that `export` writes. */
export async function specifiedConnector(options: {
  readonly config?: string;
  readonly configPath?: string;
  readonly preset?: Preset;
}): Promise<SpecifiedConnector> {
  const { preset, ...rest } = options;
  const files = await exportPolicies({ to: "harness-yaml", ...rest, ...(preset === undefined ? {} : { config: { preset } }) });
  for (const { content } of files) {
    const text = Buffer.from(content).toString("utf8");
    const [, quoted, plain] = /^ *dockerRegistryUrl: (?:["'](.*)["']|(.*))$/m.exec(text) ?? [];
    const url = quoted ?? plain;
    if (url !== undefined) return { url, text };
  }
  throw new Error("no connector is exported");
}

/** Whether the configuration and every list that it names lie neither among what is checked nor in this repository. */
async function liesOutside({ guard, configFile, writable }: Inputs): Promise<boolean> {
  const inside = writable.with(await Enclosure.around([process.cwd()], process.cwd()));
  const lists = await Promise.all(guard.connectorFiles.map(({ path }) => realpath(resolve(path)).catch(() => resolve(path))));
  return configFile !== undefined && [configFile.real, ...lists].every((real) => !inside.holds(real));
}

function hostsOf(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map(hostOfUrl).filter((host) => host !== undefined))];
}
