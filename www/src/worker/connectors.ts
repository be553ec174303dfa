import { importConnectors } from "harness-image-guard";

import type { CheckedFile, KnownConnector } from "../messages.ts";

/** How many files are looked at for connectors. */
const MOST_FILES = 500;

/**
 * The connectors that files hold, as entities of their own or in lists.
 *
 * @param mayBeList whether a file may be a list, by its path
 */
export async function connectorsIn(files: readonly CheckedFile[], mayBeList: (path: string) => boolean): Promise<KnownConnector[]> {
  const known: KnownConnector[] = [];
  const held = files.filter(({ path, text }) => mayBeList(path) || /^["'\s{]*connector["']?\s*:/m.test(text));
  for (const file of held.slice(0, MOST_FILES)) {
    // A file may hold something else besides; then that is a problem, which the check reports.
    const { text } = await importConnectors({ files: [file] });
    known.push(...entriesOf(text).map((entry) => connectorOf(entry, file.path)));
  }
  return known;
}

type Entry = Readonly<Record<string, string>>;

/** The entries of a list as `importConnectors` writes it: a key and a plain or quoted string a line. */
function entriesOf(list: string): Entry[] {
  const entries: Record<string, string>[] = [];
  for (const line of list.split("\n")) {
    const [, lead, key, value] = /^( {2}- | {4})(\w+): (.*)$/.exec(line) ?? [];
    if (lead === undefined || key === undefined || value === undefined) continue;
    if (lead.includes("-")) entries.push({});
    const entry = entries.at(-1);
    if (entry !== undefined) entry[key] = value.startsWith('"') ? (JSON.parse(value) as string) : value;
  }
  return entries;
}

function connectorOf({ identifier = "", orgIdentifier, projectIdentifier, type, url, providerType }: Entry, from: string): KnownConnector {
  const scope = projectIdentifier !== undefined ? "" : orgIdentifier !== undefined ? "org." : "account.";
  return { reference: `${scope}${identifier}`, type: type ?? null, url: url ?? null, providerType: providerType ?? null, from };
}
