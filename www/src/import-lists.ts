import type { ConnectorImport } from "harness-image-guard";

import { ConfigText } from "./config-text.ts";
import { isState, isYaml, LIST_PATH, mayListConnectors } from "./connector-list.ts";
import { counted } from "./dom.ts";
import type { PlainFile } from "./project.ts";

/** The result of opening files that may contain lists of connectors. */
interface Imported {
  readonly files: readonly PlainFile[];
  /** The configuration that names the lists; `undefined` if it doesn't change. */
  readonly config: string | undefined;
  /** Sentences for the user. */
  readonly messages: readonly string[];
  readonly isImported: boolean;
}

/**
 * Imports lists of connectors from opened files: responses of Harness's API and Terraform's state become one list, which
 * the configuration then names. The module reads them; nothing is sent anywhere.
 *
 * @param opened a configuration that was opened with the files
 * @param current the present configuration
 * @param read reads files, by the module
 */
export async function importLists(
  files: readonly PlainFile[],
  opened: string | undefined,
  current: string,
  read: (files: readonly PlainFile[]) => Promise<ConnectorImport>,
): Promise<Imported> {
  const messages: string[] = [];
  const rest: PlainFile[] = [];
  const answers: PlainFile[] = [];
  const lists: PlainFile[] = [];
  for (const file of files) {
    if (!mayListConnectors(file) || isEntity(file)) {
      if (!isState(file.path)) rest.push(file);
      continue;
    }
    const { count, problems } = await read([file]);
    // Of one page alone, the module reports that others are missing: responses are read together below.
    if (count > 0 && !isYaml(file.path)) answers.push(file);
    else if (count > 0 && problems.length === 0) lists.push(file);
    else if (isState(file.path)) messages.push(`${file.path} skipped: ${problems[0]?.message ?? "there are no connectors in it"}`);
    else rest.push(file);
  }
  if (answers.length > 0) {
    // Together, because they may be the pages of one response.
    const { text, count, problems } = await read(answers);
    const [problem] = problems;
    if (problem === undefined) {
      lists.push({ path: LIST_PATH, text });
      messages.push(`Imported ${counted(count, "connector")} into ${LIST_PATH}. Nothing was sent anywhere.`);
    } else messages.push(`Nothing was imported: ${problem.path}: ${problem.message}`);
  }
  const before = opened ?? current;
  const config = new ConfigText(before);
  const named = config.get(["connectorFiles"]).split("\n").filter((path) => path !== "");
  const added = lists.map(({ path }) => path).filter((path) => !named.includes(path));
  if (added.length === 0) return { files: [...rest, ...lists], config: opened, messages, isImported: answers.length > 0 && lists.length > 0 };
  if (!config.isReadable) {
    messages.push("The configuration can't be read: once it is fixed, name the list in `connectorFiles`.");
    return { files: [...rest, ...lists], config: opened, messages, isImported: true };
  }
  messages.push(`The configuration names ${added.join(", ")} now.`);
  return { files: [...rest, ...lists], config: config.with(["connectorFiles"], [...named, ...added]), messages, isImported: true };
}

/** Whether a file is a connector's own, which is checked rather than imported. */
function isEntity({ path, text }: PlainFile): boolean {
  if (!path.toLowerCase().endsWith(".json")) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).join() === "connector";
  } catch {
    // It isn't JSON, which the check reports.
    return true;
  }
}
