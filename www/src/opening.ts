import { checkClient } from "./check-client.ts";
import { isState, mayListConnectors } from "./connector-list.ts";
import { crc32 } from "../../pkg/src/handler/archive/crc32.ts";
import { counted } from "./dom.ts";
import type { Opened } from "./disk.ts";
import { ownPolicyIn } from "./dropped-policy.ts";
import { exampleNameIn, examples } from "./examples.ts";
import { fetched } from "./fetched.ts";
import { KeptChoice } from "./kept-choice.ts";
import type { Action, Notice } from "./notice.ts";
import { CONFIG_PATH, isPolicy, type Project } from "./project.ts";
import { isUntouched } from "./sample.ts";
import { decode, LinkError } from "./share.ts";
import type { Undo } from "./undo.ts";
import type { Workspace } from "./workspace.ts";

/** Removes a link's fragment: after an edit, a reload must not bring back what the link holds. */
export function dropFragment(): void {
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}

function sumOf(project: Project): string {
  return String(crc32(new TextEncoder().encode(JSON.stringify(project))));
}

/** Where an opened policy is shown. */
type ShowPolicy = () => void;

/** Opens files, examples, links, and the address of a file. */
export class Opening {
  readonly #workspace: Workspace;
  readonly #undo: Undo;
  readonly #notice: Notice;
  readonly #showPolicy: ShowPolicy;
  /** The checksum of the example or link that was opened last: unchanged, it is no work that could be lost. */
  readonly #last = new KeptChoice("opened");

  constructor(workspace: Workspace, undo: Undo, notice: Notice, showPolicy: ShowPolicy) {
    this.#workspace = workspace;
    this.#undo = undo;
    this.#notice = notice;
    this.#showPolicy = showPolicy;
  }

  /** Replaces the project. */
  project(project: Project, label: string, ...actions: readonly Action[]): void {
    dropFragment();
    this.#notice.clear();
    const now = this.#workspace.project;
    const isUnwritten = isUntouched(now) || sumOf(now) === this.#last.value;
    if (isUnwritten && actions.length === 0) this.#workspace.open(project);
    else this.#undo.change(label, () => this.#workspace.open(project), [], ...actions);
    this.#last.value = actions.length === 0 ? sumOf(this.#workspace.project) : "";
  }

  /** Adds files to the project. */
  async files({ files: found, config: ownConfig, skipped }: Opened): Promise<void> {
    const workspace = this.#workspace;
    const { files: all, config, messages: imported, isImported } = await this.#withImported(found, ownConfig);
    const messages = [...skipped, ...imported];
    const { policy, files: opened } = ownPolicyIn(all, config ?? workspace.config);
    if (ownConfig !== undefined) messages.push(`${CONFIG_PATH} is now the configuration.`);
    if (all.length === 0 && config === undefined) messages.push("Nothing was opened: there is no YAML, JSON or Rego file.");
    this.#notice.clear();
    const isSample = isUntouched(workspace.project) && opened.some(({ path }) => !isPolicy(path));
    const work = () => {
      // The user's files replace the sample.
      if (isSample) workspace.open({ files: [], config: "" });
      if (config !== undefined) workspace.configure(config);
      const active = workspace.active;
      workspace.add(opened);
      if (policy === undefined) return;
      // The policy is tried on the file that was shown.
      if (active !== undefined && workspace.files.includes(active)) workspace.look(active);
      workspace.writePolicy(policy);
    };
    if (policy !== undefined) {
      this.#undo.change("Opened the policy in Your Rego", work, messages);
      this.#showPolicy();
      return;
    }
    // Added files need no Undo: they can be removed.
    const replaced = opened.filter(({ path, text }) => ![undefined, text].includes(workspace.at(path)?.text)).length;
    const isConfigured = config !== undefined && (isImported || ![config, ""].includes(workspace.config));
    if (replaced === 0 && !isConfigured) {
      work();
      this.#notice.say(...messages);
      return;
    }
    const label = isImported ? "Imported connectors" : replaced === 0 ? "Replaced the configuration" : `Replaced ${counted(replaced, "file")} of the same name`;
    this.#undo.change(label, work, messages);
  }

  /** The files, with lists of connectors imported: see `importLists`. */
  async #withImported(
    found: Opened["files"],
    config: string | undefined,
  ): Promise<{ files: Opened["files"]; config: string | undefined; messages: readonly string[]; isImported: boolean }> {
    if (!found.some(mayListConnectors)) return { files: found.filter(({ path }) => !isState(path)), config, messages: [], isImported: false };
    const { importLists } = await fetched(import("./import-lists.ts"));
    return importLists(found, config, this.#workspace.config, (files) => checkClient.ask("import", { files }));
  }

  /** Opens the file that `?url=` names, and removes that from the address: a reload must not open it again. */
  async url(): Promise<void> {
    const here = new URL(location.href);
    const address = here.searchParams.get("url");
    if (address === null) return;
    here.searchParams.delete("url");
    history.replaceState(null, "", here);
    const { fileAt } = await fetched(import("./open-url.ts"));
    const file = await fileAt(address);
    if (isPolicy(file.path)) await this.files({ files: [file], config: undefined, skipped: [] });
    else this.project({ files: [file], config: "" }, `Opened ${file.path}`);
    this.#notice.also(`${file.path} is from ${new URL(address).host}. Nothing of yours was sent there.`);
  }

  /** Opens what the fragment holds: a project, or the name of an example. */
  async fragment(): Promise<void> {
    const fragment = location.hash.slice(1);
    if (fragment === "") return;
    const name = exampleNameIn(fragment);
    if (name === undefined) {
      const shared = await decode(fragment);
      if (shared !== undefined) this.project(shared, "Opened the link");
      return;
    }
    const example = (await examples()).find(({ id }) => id === name);
    if (example === undefined) throw new LinkError("There is no example of that name.");
    this.project(example, `Opened the example “${example.title}”`);
  }
}
