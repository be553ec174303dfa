import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

import { specifications } from "../../configuration.js";
import type { SourceFile } from "../../source-file.js";
import { Enclosure } from "../enclosure.js";
import type { Inputs } from "../inputs.js";
import { specifiedConnector } from "../specified-connector.js";
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

/** Whether the configuration and every list that it names lie neither among what is checked nor in this repository. */
async function liesOutside({ guard, configFile, writable }: Inputs): Promise<boolean> {
  const inside = writable.with(await Enclosure.around([process.cwd()], process.cwd()));
  const lists = await Promise.all(guard.connectorFiles.map(({ path }) => realpath(resolve(path)).catch(() => resolve(path))));
  return configFile !== undefined && [configFile.real, ...lists].every((real) => !inside.holds(real));
}

function hostsOf(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map(hostOfUrl).filter((host) => host !== undefined))];
}
