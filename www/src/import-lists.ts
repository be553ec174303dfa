import type { ConnectorImport } from "harness-image-guard";

import { ConfigText } from "./config-text.ts";
import { isState, isYaml, LIST_PATH, mayListConnectors } from "./connector-list.ts";
import { counted } from "./dom.ts";
import type { PlainFile } from "./project.ts";

/** What came of opening files among which are lists of connectors. */
interface Imported {
  readonly files: readonly PlainFile[];
  /** The configuration that names the list; `undefined` where it isn't changed. */
  readonly config: string | undefined;
  /** Sentences for whoever opened them. */
  readonly messages: readonly string[];
  readonly isImported: boolean;
}

/**
 * Takes lists of connectors out of files that were opened: answers of Harness's API and Terraform's state become a list
 * of their own, and the configuration names it. Nothing is sent anywhere: the module reads them.
 *
 * @param opened a configuration that was opened with them
 * @param current the configuration that is in force
 * @param read has the module read files
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
    // Of one page alone, the module says that others are missing.
    if (count > 0 && !isYaml(file.path)) answers.push(file);
    else if (count > 0 && problems.length === 0) lists.push(file);
    else if (isState(file.path)) messages.push(`${file.path} skipped: ${problems[0]?.message ?? "there are no connectors in it"}`);
    else rest.push(file);
  }
  if (answers.length > 0) {
    // Together: they may be the pages of one answer.
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

/** A connector's own file is checked itself. */
function isEntity({ path, text }: PlainFile): boolean {
  if (!path.toLowerCase().endsWith(".json")) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Object.keys(value).join() === "connector";
  } catch {
    // The check reports what is wrong with it.
    return true;
  }
}
