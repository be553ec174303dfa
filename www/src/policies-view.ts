import { yaml } from "@codemirror/lang-yaml";
import type { Extension } from "@codemirror/state";
import type { ExportedFile, ExportTarget } from "harness-image-guard";
import { policies } from "virtual:policies";
import { rules } from "virtual:rules";

import type { Copy } from "./clipboard.ts";
import { save } from "./disk.ts";
import { element, fill, prose } from "./dom.ts";
import type { PolicyClient } from "./policy-client.ts";
import { rego } from "./rego.ts";
import { TextPane } from "./text-pane.ts";
import { CONFIG_PATH, type PlainFile } from "./project.ts";
import type { Workspace } from "./workspace.ts";
import { zip } from "./zip.ts";

/** In which form our rules are shown: their own Rego, or an export with the configuration. */
const KINDS: readonly (readonly [kind: "" | ExportTarget, label: string])[] = [
  ["", "the Rego of our rules"],
  ["rego", "modules for Harness"],
  ["terraform", "Terraform for Harness"],
  ["opa-bundle", "a bundle for OPA"],
  ["harness-yaml", "YAML for Harness"],
  ["harness-api", "JSON for Harness's API"],
];

const SOURCES: readonly Shown[] = Object.entries(policies).map(([path, text]) => ({ path, text }));

/** A file that is shown. An archive, which can only be saved, has its content in `archive`. */
interface Shown extends PlainFile {
  readonly archive?: Blob;
}

/** Our rules: their descriptions, their Rego, and exports for Harness. */
export class PoliciesView {
  readonly #parent: HTMLElement;
  readonly #workspace: Workspace;
  readonly #client: PolicyClient;
  readonly #pane: TextPane;
  readonly #kind: HTMLSelectElement;
  readonly #file: HTMLSelectElement;
  readonly #failure = element("p", { class: "failure", role: "status", hidden: true });
  readonly #folder: HTMLButtonElement;
  #files: readonly Shown[] = SOURCES;

  constructor(
    parent: HTMLElement,
    workspace: Workspace,
    client: PolicyClient,
    copy: Copy,
  ) {
    this.#parent = parent;
    this.#workspace = workspace;
    this.#client = client;
    this.#kind = element(
      "select",
      { id: "policy-kind", on: { change: () => this.#lookAfresh() } },
      ...KINDS.map(([kind, label]) => element("option", { value: kind }, label)),
    );
    this.#file = element("select", { id: "policy-file", on: { change: () => this.#show() } });
    this.#folder = element("button", { type: "button", on: { click: () => void this.#saveAll() } });
    const holder = element("div", { class: "policy-source" });
    fill(
      parent,
      element(
        "ul",
        { class: "rules" },
        ...rules.map(({ id, title, description, page }) =>
          element(
            "li",
            {},
            element("h3", {}, element("a", { href: page, target: "_blank", rel: "noopener" }, id)),
            element("p", { class: "title" }, ...prose(title)),
            element("p", { class: "description" }, ...prose(description)),
            element(
              "button",
              { type: "button", on: { click: () => void this.#read(sourceOf(id)) } },
              "View Rego",
            ),
          ),
        ),
      ),
      element(
        "div",
        { class: "filters" },
        element("label", { for: "policy-kind" }, "Show"),
        this.#kind,
        element("label", { for: "policy-file" }, "File"),
        this.#file,
        element(
          "button",
          {
            type: "button",
            on: { click: () => void copy(this.#pane.text, `${this.#file.value} is copied.`) },
          },
          "Copy",
        ),
        this.#folder,
      ),
      this.#failure,
      holder,
    );
    this.#pane = new TextPane(holder, { label: "Text of the policies", language: rego(), readOnly: true });
    workspace.on("config", () => void this.look());
    void this.#read(sourceOf(rules[0]?.id ?? ""));
  }

  /** Shows what is chosen. Has to be called when the view is shown, because a hidden one doesn't follow changes. */
  async look(): Promise<void> {
    const to = this.#kind.value as "" | ExportTarget;
    if (to === "") {
      this.#offer(SOURCES);
      return;
    }
    if (this.#parent.hidden) return;
    try {
      const { config } = this.#workspace;
      const files = await this.#client.ask("export", { config, configPath: CONFIG_PATH, to });
      if (to === this.#kind.value) this.#offer(files.map(shown));
    } catch (error) {
      if (to === this.#kind.value) this.#offer([], error instanceof Error ? error.message : String(error));
    }
  }

  /** Shows another form from its first file, even if it has a file of the same name as the last one. */
  #lookAfresh(): void {
    this.#file.value = "";
    void this.look();
  }

  async #read(path: string): Promise<void> {
    this.#kind.value = "";
    await this.look();
    this.#file.value = path;
    this.#show();
  }

  #offer(files: readonly Shown[], failure = ""): void {
    const before = this.#file.value;
    this.#files = files;
    fill(this.#file, ...files.map(({ path }) => element("option", { value: path }, path.replace(/^policies\//, ""))));
    if (files.some(({ path }) => path === before)) this.#file.value = before;
    this.#failure.textContent = failure === "" ? "" : `Nothing was exported: ${failure}`;
    this.#failure.hidden = failure === "";
    this.#folder.hidden = this.#kind.value === "";
    this.#folder.textContent = files[0]?.archive === undefined ? "Save all as a zip" : `Save ${files[0].path}`;
    this.#show();
  }

  #show(): void {
    const file = this.#files.find(({ path }) => path === this.#file.value);
    this.#pane.show(file?.text ?? "", languageOf(file?.path ?? ""));
  }

  async #saveAll(): Promise<void> {
    const [first] = this.#files;
    if (first?.archive !== undefined) save(first.path, first.archive);
    else save(`harness-${this.#kind.value}.zip`, await zip(this.#files));
  }
}

function sourceOf(rule: string): string {
  return `policies/${rule.replaceAll("-", "_")}/rule.rego`;
}

function shown({ path, content }: ExportedFile): Shown {
  if (!path.endsWith(".tar.gz")) return { path, text: new TextDecoder().decode(content) };
  return {
    path,
    text: `# An archive, to be saved and given to OPA:\nopa eval --bundle ${path} --input INPUT.json data.harness_image_guard\n`,
    archive: new Blob([content as Uint8Array<ArrayBuffer>], { type: "application/gzip" }),
  };
}

function languageOf(path: string): Extension {
  return path.endsWith(".rego") ? rego() : path.endsWith(".yaml") ? yaml() : [];
}
