import { yaml } from "@codemirror/lang-yaml";
import { rules } from "virtual:rules";

import { age } from "./age.ts";
import type { Outcome } from "./checker.ts";
import { ConfigText, readYaml, type KeyPath } from "./config-text.ts";
import { madeAt } from "./connector-list.ts";
import { breakable, element, fill } from "./dom.ts";
import type { HarnessKnowledge } from "./language/harness-help.ts";
import { describedAt, schemaHelp } from "./language/schema-help.ts";
import type { KnownConnector } from "./messages.ts";
import { TextPane } from "./text-pane.ts";
import type { Workspace } from "./workspace.ts";

interface Field {
  readonly path: KeyPath;
  readonly label: string;
  /** What applies if it isn't set. */
  readonly otherwise: string;
  /** The kind of control: a choice, also of a boolean, one line, a list with an item on each line, or YAML. */
  readonly form: "choice" | "boolean" | "line" | "list" | "yaml";
  readonly choices: readonly string[];
}

const SEVERITIES = ["error", "warning", "note"];

const GROUPS: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  {
    title: "The harnessImage connector",
    fields: [
      field(["preset"], "none"),
      ...["url", "providerType", "auth"].map((key) => field(["harnessImage", key], "the preset's")),
      field(["harnessImage", "username"], "none", "User name"),
      field(["harnessImage", "usernameRef"], "none", "Secret with the user name"),
      field(["harnessImage", "passwordRef"], "none", "Secret with the password"),
      field(["harnessImage", "delegateSelectors"], "not checked", "Selectors of the delegates that connect, one per line"),
      field(["harnessImage", "executeOnDelegate"], "not checked", "Whether a delegate connects"),
    ],
  },
  {
    title: "Stages and connectors",
    fields: [
      ...["requiredConnector", "stageOverride", "defaultConnector", "trustedConnectors", "dockerHubConnectors"].map((key) => field([key], "none")),
      field(["connectorFiles"], "none", "Lists of connectors that exist only in the account, one per line"),
      field(["connectorsMaxAge"], "any", "How old these lists may be"),
      field(["connectors"], "none", "Connectors by their references, as YAML"),
      field(["mirrors"], "none", "Mirrors of Docker Hub, as YAML"),
    ],
  },
  {
    title: "Rules",
    fields: describedAt(["rules"]).flatMap(({ properties = {} }) => Object.keys(properties)).flatMap((id): Field[] => [
      { path: ["rules", id, "severity"], label: id, otherwise: "the rule's own", form: "choice", choices: ["off", ...SEVERITIES] },
      ...(isInRego(id) ? [{ path: ["rules", id, "undecided"], label: `${id}, undecided`, otherwise: "note", form: "choice", choices: SEVERITIES } as const] : []),
    ]),
  },
  {
    title: "What is checked",
    fields: [
      field(["expressions"], "decide", "Expressions that the document decides"),
      field(["exclude"], "none", "Files and folders left out, one per line"),
      field(["exceptions"], "none", "Findings that are suppressed until a day, as YAML"),
      field(["exceptionsRequire"], "all", "What every exception must contain, as YAML"),
      field(["policies"], "none", "Policies of your own, as YAML"),
      field(["metadata"], "none", "What they see as input.metadata, as YAML"),
    ],
  },
];

/** Whether a rule is written in Rego; only such rules have undecided places. */
function isInRego(id: string): boolean {
  return rules.some((rule) => rule.id === id);
}

/** A field for a key that the schema describes. */
function field(path: KeyPath, unset: string, label?: string): Field {
  const [described] = describedAt(path);
  const title = label ?? described?.title;
  if (described === undefined || title === undefined) throw new Error(`the schema has no title for ${path.join(".")}`);
  const { type, default: otherwise, items } = described;
  const isBoolean = type === "boolean";
  const choices = isBoolean ? [true, false] : described.enum;
  const isStrings = type === "array" && items?.type === "string";
  const shown = Array.isArray(otherwise) ? otherwise.join(", ") : otherwise;
  return {
    path,
    label: title,
    otherwise: typeof shown === "string" && shown !== "" ? shown : unset,
    form: isBoolean ? "boolean" : choices !== undefined ? "choice" : isStrings ? "list" : type === "string" ? "line" : "yaml",
    choices: (choices ?? []).map(String),
  };
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** How many known connectors are listed. */
const MOST = 200;

/** The configuration as a form and as YAML, kept in sync. */
export class ConfigView {
  readonly #workspace: Workspace;
  readonly #pane: TextPane;
  readonly #knowledge: HarnessKnowledge;
  readonly #parent: HTMLElement;
  readonly #lists = element("ul", { class: "lists", "aria-label": "Lists of connectors" });
  readonly #known = element("section", { class: "known-connectors", "aria-label": "Known connectors" });
  readonly #controls: readonly (readonly [Field, Control])[];
  readonly #form: HTMLFormElement;
  readonly #failure = element("p", { class: "failure", role: "status" });

  constructor(parent: HTMLElement, workspace: Workspace, knowledge: HarnessKnowledge) {
    this.#workspace = workspace;
    this.#knowledge = knowledge;
    this.#parent = parent;
    this.#controls = GROUPS.flatMap(({ fields }) => fields.map((field) => [field, controlOf(field)] as const));
    const controls = new Map(this.#controls);
    this.#form = element(
      "form",
      { class: "config-form", on: { submit: (event) => event.preventDefault() } },
      ...GROUPS.map(({ title, fields }) =>
        element(
          "fieldset",
          {},
          element("legend", {}, title),
          ...fields.flatMap((field) => [
            element(
              "p",
              { class: "field" },
              element("label", { for: idOf(field), title: describedAt(field.path)[0]?.description }, field.label),
              controls.get(field),
            ),
            field.path[0] === "connectorFiles" && this.#lists,
          ]),
        ),
      ),
      this.#known,
    );
    for (const [field, control] of this.#controls) {
      control.addEventListener("change", () => this.#put(field, control));
    }
    const holder = element("div", { class: "config-text" });
    fill(
      parent,
      element("div", { class: "config" }, this.#form, element("section", { class: "config-yaml", "aria-label": "As YAML" }, element("h3", {}, "harness-image-guard.yaml"), holder)),
      this.#failure,
    );
    this.#pane = new TextPane(
      holder,
      {
        label: "Configuration as YAML",
        language: [yaml(), schemaHelp(async () => (await knowledge.connectors()).map(({ reference }) => reference))],
      },
      (text) => this.#workspace.configure(text),
    );
    workspace.on("config", () => this.#render());
    this.#render();
  }

  /** Marks the configuration's errors, and shows the known connectors. */
  show(outcome: Outcome): void {
    // The errors of a policy that it names are shown in that file.
    const problems = outcome.kind === "failed" ? outcome.error.problems.filter((problem) => !("file" in problem)) : [];
    this.#pane.mark(problems);
    fill(
      this.#failure,
      problems.map(({ message, line, column }) => `Line ${line}, column ${column}: ${message}`).join(" · "),
    );
    this.#failure.hidden = problems.length === 0;
    this.#showLists();
    void this.#showKnown();
  }

  /** Shows the age of each open list that the configuration names. */
  #showLists(): void {
    if (this.#parent.hidden) return;
    const named = new ConfigText(this.#workspace.config).get(["connectorFiles"]).split("\n");
    const lists = this.#workspace.files.filter(({ path }) => named.includes(path));
    fill(this.#lists, ...lists.map((list) => element("li", {}, ...breakable(list.path), ...madeAtOf(madeAt(list)))));
    this.#lists.hidden = lists.length === 0;
  }

  async #showKnown(): Promise<void> {
    if (this.#parent.hidden) return;
    const known = await this.#knowledge.connectors();
    fill(this.#known, known.length > 0 && element("h3", {}, `Known connectors: ${known.length.toLocaleString("en")}`), known.length > 0 && tableOf(known));
  }

  #render(): void {
    const { config } = this.#workspace;
    this.#pane.show(config);
    const text = new ConfigText(config);
    this.#form.inert = !text.isReadable;
    if (!text.isReadable) return;
    for (const [field, control] of this.#controls) {
      if (control === document.activeElement && control.value !== "" && !(control instanceof HTMLSelectElement)) continue;
      const { path, form } = field;
      const value = form === "yaml" ? text.yaml(path) : text.get(path) || shorthand(text, path);
      if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === value)) {
        control.append(element("option", { value }, value));
      }
      control.value = value;
      control.setCustomValidity("");
      // A rule that is off has nothing undecided.
      if (path.at(-1) === "undecided") control.disabled = shorthand(text, path) === "off";
    }
  }

  #put(field: Field, control: Control): void {
    try {
      control.setCustomValidity("");
      this.#workspace.configure(withValue(new ConfigText(this.#workspace.config), field, control.value));
    } catch (error) {
      const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      control.setCustomValidity(`Not written, because this isn't YAML: ${message}`);
      control.reportValidity();
    }
  }
}

/** @throws Error if the value of a YAML field isn't YAML */
function withValue(text: ConfigText, { path, form }: Field, value: string): string {
  const lines = value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) return text.with(isShort(text, path) ? path.slice(0, -1) : path, undefined);
  if (form === "yaml" || form === "boolean") return text.with(path, readYaml(value));
  if (form === "list") return text.with(path, lines);
  // A rule is off as a whole; a severity alone needs no mapping.
  if (value === "off" && path.at(-1) === "severity") return text.with(path.slice(0, -1), value);
  return text.with(isShort(text, path) ? path.slice(0, -1) : path, lines.join(" "));
}

/** A rule's severity without its key, as in `no-docker-hub: warning`. */
function shorthand(text: ConfigText, path: KeyPath): string {
  return path[0] === "rules" ? text.get(path.slice(0, -1)) : "";
}

function isShort(text: ConfigText, path: KeyPath): boolean {
  return path.at(-1) === "severity" && shorthand(text, path) !== "";
}

function madeAtOf(time: Date | null | undefined): (Node | string)[] {
  if (time === undefined) return [" doesn't say when it was made"];
  if (time === null) return [" has a ", element("code", {}, "madeAt"), " that isn't a time"];
  const day = time.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });
  return [" was made ", element("time", { datetime: time.toISOString(), title: time.toISOString() }, age(time)), `, on ${day}`];
}

function tableOf(known: readonly KnownConnector[]): HTMLElement {
  return element(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "Table of connectors" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...["Connector", "Leads to", "Said by"].map((head) => element("th", { scope: "col" }, head)))),
      element(
        "tbody",
        {},
        ...known.slice(0, MOST).map(({ reference, type, url, from }) =>
          element("tr", {}, element("th", { scope: "row" }, ...breakable(reference)), element("td", {}, ...breakable(url ?? type ?? "")), element("td", {}, ...breakable(from))),
        ),
      ),
    ),
    known.length > MOST && element("p", {}, `and ${(known.length - MOST).toLocaleString("en")} more`),
  );
}

function idOf({ path }: Field): string {
  return `config-${path.join("-")}`;
}

function controlOf(field: Field): Control {
  const { choices, otherwise, form } = field;
  const id = idOf(field);
  if (form === "choice" || form === "boolean") {
    return element(
      "select",
      { id },
      element("option", { value: "" }, `${otherwise} (default)`),
      ...choices.map((choice) => element("option", { value: choice }, choice)),
    );
  }
  return form === "list" || form === "yaml"
    ? element("textarea", { id, rows: 3, placeholder: otherwise, spellcheck: "false" })
    : element("input", { id, placeholder: otherwise, spellcheck: "false", autocomplete: "off" });
}
