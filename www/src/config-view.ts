import { yaml } from "@codemirror/lang-yaml";
import schema from "harness-image-guard/schema.json";
import { rules } from "virtual:rules";

import type { Outcome } from "./checker.ts";
import { ConfigText, type Way } from "./config-text.ts";
import { element, fill } from "./dom.ts";
import { TextPane } from "./text-pane.ts";
import type { Workspace } from "./workspace.ts";

interface Field {
  readonly way: Way;
  readonly label: string;
  /** What holds where it isn't set. */
  readonly otherwise: string;
  /** What can be chosen; otherwise it is written. */
  readonly choices?: readonly string[] | undefined;
  /** Whether it is a list, written line by line. */
  readonly list?: boolean;
}

/** What the form reads of the schema, which describes each key. */
interface Described {
  readonly title?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
}

const SEVERITIES = ["error", "warning", "note"];

const GROUPS: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  {
    title: "The harnessImage connector",
    fields: [
      field(["preset"], "none"),
      ...["url", "providerType", "auth"].map((key) => field(["harnessImage", key], "the preset's")),
    ],
  },
  {
    title: "Stages and connectors",
    fields: ["requiredConnector", "stageOverride", "defaultConnector", "trustedConnectors", "dockerHubConnectors"].map((key) =>
      field([key], "none"),
    ),
  },
  {
    title: "Rules",
    fields: rules.flatMap(({ id }): Field[] => [
      { way: ["rules", id, "severity"], label: id, otherwise: "error", choices: SEVERITIES },
      { way: ["rules", id, "undecided"], label: `${id}, undecided`, otherwise: "note", choices: SEVERITIES },
    ]),
  },
];

/** A field for a key that the schema describes. */
function field(way: Way, unset: string): Field {
  const described = way.reduce<Described | undefined>((at, key) => at?.properties?.[key], schema as Described);
  if (described?.title === undefined) throw new Error(`the schema has no title for ${way.join(".")}`);
  const { title, type, enum: choices, default: otherwise } = described;
  const shown = Array.isArray(otherwise) ? otherwise.join(", ") : otherwise;
  return { way, label: title, otherwise: typeof shown === "string" && shown !== "" ? shown : unset, choices, list: type === "array" };
}

/** The configuration, as a form and as YAML, in step with each other. */
export class ConfigView {
  readonly #workspace: Workspace;
  readonly #pane: TextPane;
  readonly #controls: readonly (readonly [Field, HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement])[];
  readonly #form: HTMLFormElement;
  readonly #trouble = element("p", { class: "failure", role: "status" });

  constructor(parent: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
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
          ...fields.map((field) =>
            element(
              "p",
              { class: "field" },
              element("label", { for: idOf(field) }, field.label),
              controls.get(field),
            ),
          ),
        ),
      ),
    );
    for (const [field, control] of this.#controls) {
      control.addEventListener("change", () => this.#put(field, control.value));
    }
    const holder = element("div", { class: "config-text" });
    fill(
      parent,
      element("div", { class: "config" }, this.#form, element("section", { class: "config-yaml", "aria-label": "As YAML" }, element("h3", {}, "harness-image-guard.yaml"), holder)),
      this.#trouble,
    );
    this.#pane = new TextPane(
      holder,
      { label: "Configuration as YAML", language: yaml() },
      (text) => this.#workspace.configure(text),
    );
    workspace.on("config", () => this.#render());
    this.#render();
  }

  /** Marks what is wrong with the configuration. */
  show(outcome: Outcome): void {
    // Those of a policy that it names are that file's.
    const problems = outcome.kind === "failed" ? outcome.error.problems.filter((problem) => !("file" in problem)) : [];
    this.#pane.mark(problems);
    fill(
      this.#trouble,
      problems.map(({ message, line, column }) => `Line ${line}, column ${column}: ${message}`).join(" · "),
    );
    this.#trouble.hidden = problems.length === 0;
  }

  #render(): void {
    const { config } = this.#workspace;
    this.#pane.show(config);
    const text = new ConfigText(config);
    this.#form.inert = !text.isReadable;
    if (!text.isReadable) return;
    for (const [{ way }, control] of this.#controls) {
      if (control === document.activeElement && control.value !== "" && !(control instanceof HTMLSelectElement)) continue;
      const value = text.get(way) || shorthand(text, way);
      if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === value)) {
        control.append(element("option", { value }, value));
      }
      control.value = value;
    }
  }

  #put({ way, list }: Field, value: string): void {
    const lines = value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const text = new ConfigText(this.#workspace.config);
    this.#workspace.configure(
      text.with(way, lines.length === 0 ? undefined : list === true ? lines : lines.join(" ")),
    );
  }
}

/** `no-docker-hub: warning` says the severity without its key. */
function shorthand(text: ConfigText, way: Way): string {
  return way.at(-1) === "severity" ? text.get(way.slice(0, -1)) : "";
}

function idOf({ way }: Field): string {
  return `config-${way.join("-")}`;
}

function controlOf(field: Field): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
  const { choices, otherwise, list } = field;
  const id = idOf(field);
  if (choices !== undefined) {
    return element(
      "select",
      { id },
      element("option", { value: "" }, `${otherwise} (default)`),
      ...choices.map((choice) => element("option", { value: choice }, choice)),
    );
  }
  return list === true
    ? element("textarea", { id, rows: 3, placeholder: otherwise, spellcheck: "false" })
    : element("input", { id, placeholder: otherwise, spellcheck: "false", autocomplete: "off" });
}
