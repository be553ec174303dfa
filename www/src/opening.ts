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

/** A link is about what it was made of: after an edit, a reload must not bring that back. */
export function dropFragment(): void {
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}

function sumOf(project: Project): string {
  return String(crc32(new TextEncoder().encode(JSON.stringify(project))));
}

/** Where an opened policy is shown. */
type ShowPolicy = () => void;

/** Opens what somebody brings: files, an example, a link, or the address of a file. */
export class Opening {
  readonly #workspace: Workspace;
  readonly #undo: Undo;
  readonly #notice: Notice;
  readonly #showPolicy: ShowPolicy;
  /** What an example or a link put here: until it is changed, nobody has written anything. */
  readonly #last = new KeptChoice("opened");

  constructor(workspace: Workspace, undo: Undo, notice: Notice, showPolicy: ShowPolicy) {
    this.#workspace = workspace;
    this.#undo = undo;
    this.#notice = notice;
    this.#showPolicy = showPolicy;
  }

  /** Puts a project in the place of what is there. */
  project(project: Project, label: string, ...actions: readonly Action[]): void {
    dropFragment();
    this.#notice.clear();
    const now = this.#workspace.project;
    const isUnwritten = isUntouched(now) || sumOf(now) === this.#last.value;
    if (isUnwritten && actions.length === 0) this.#workspace.open(project);
    else this.#undo.change(label, () => this.#workspace.open(project), [], ...actions);
    this.#last.value = actions.length === 0 ? sumOf(this.#workspace.project) : "";
  }

  /** Puts files beside what is there. */
  async files({ files: found, config: ownConfig, left }: Opened): Promise<void> {
    const workspace = this.#workspace;
    const { files: all, config, messages: said, isImported } = await this.#withImported(found, ownConfig);
    const messages = [...left, ...said];
    const { policy, files: opened } = ownPolicyIn(all, config ?? workspace.config);
    if (ownConfig !== undefined) messages.push(`${CONFIG_PATH} is now the configuration.`);
    if (all.length === 0 && config === undefined) messages.push("Nothing was opened: there is no YAML, JSON or Rego file.");
    this.#notice.clear();
    const isSample = isUntouched(workspace.project) && opened.some(({ path }) => !isPolicy(path));
    const work = () => {
      // Nobody needs the sample beside files of one's own.
      if (isSample) workspace.open({ files: [], config: "" });
      if (config !== undefined) workspace.configure(config);
      const looked = workspace.active;
      workspace.add(opened);
      if (policy === undefined) return;
      // It is tried on what was looked at.
      if (looked !== undefined && workspace.files.includes(looked)) workspace.look(looked);
      workspace.writePolicy(policy);
    };
    if (policy !== undefined) {
      this.#undo.change("Opened the policy in Your Rego", work, messages);
      this.#showPolicy();
      return;
    }
    // What is only added needs no undo: it is removed by itself.
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

  /** Files as they are opened: lists of connectors become one that the configuration names. */
  async #withImported(
    found: Opened["files"],
    config: string | undefined,
  ): Promise<{ files: Opened["files"]; config: string | undefined; messages: readonly string[]; isImported: boolean }> {
    if (!found.some(mayListConnectors)) return { files: found.filter(({ path }) => !isState(path)), config, messages: [], isImported: false };
    const { importLists } = await fetched(import("./import-lists.ts"));
    return importLists(found, config, this.#workspace.config, (files) => checkClient.ask("import", { files }));
  }

  /** `?url=` names a file elsewhere. The address is ours again afterwards: a reload must not open it once more. */
  async url(): Promise<void> {
    const here = new URL(location.href);
    const address = here.searchParams.get("url");
    if (address === null) return;
    here.searchParams.delete("url");
    history.replaceState(null, "", here);
    const { fileAt } = await fetched(import("./open-url.ts"));
    const file = await fileAt(address);
    if (isPolicy(file.path)) await this.files({ files: [file], config: undefined, left: [] });
    else this.project({ files: [file], config: "" }, `Opened ${file.path}`);
    this.#notice.also(`${file.path} is from ${new URL(address).host}. Nothing of yours was sent there.`);
  }

  /** What is after the `#`: a whole project, or the name of an example. */
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
