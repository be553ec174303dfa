import { importConnectors, type ListedConnector } from "harness-image-guard";

import type { CheckedFile, KnownConnector } from "../messages.ts";

/** How many files are searched for connectors. */
const MOST_FILES = 500;

/**
 * The connectors in files, as entities or in lists.
 *
 * @param mayBeList whether a file may be a list, by its path
 */
export async function connectorsIn(files: readonly CheckedFile[], mayBeList: (path: string) => boolean): Promise<KnownConnector[]> {
  const known: KnownConnector[] = [];
  const held = files.filter(({ path, text }) => mayBeList(path) || /^["'\s{]*connector["']?\s*:/m.test(text));
  for (const file of held.slice(0, MOST_FILES)) {
    // What else a file contains is a problem to this function, and the check's to report.
    const { connectors } = await importConnectors({ files: [file] });
    known.push(...connectors.map((connector) => connectorOf(connector, file.path)));
  }
  return known;
}

function connectorOf({ identifier, orgIdentifier, projectIdentifier, type, url, providerType }: ListedConnector, from: string): KnownConnector {
  const scope = projectIdentifier !== null ? "" : orgIdentifier !== null ? "org." : "account.";
  return { reference: `${scope}${identifier}`, type, url, providerType, from };
}
