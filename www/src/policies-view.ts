import { policies } from "virtual:policies";
import { rules } from "virtual:rules";

import { element, fill, prose } from "./dom.ts";
import { rego } from "./rego.ts";
import { TextPane } from "./text-pane.ts";

/** Our rules: what they ask for, where more is said, and the Rego that decides. */
export class PoliciesView {
  readonly #pane: TextPane;
  readonly #choice: HTMLSelectElement;

  constructor(parent: HTMLElement) {
    this.#choice = element(
      "select",
      { id: "policy-file", on: { change: () => this.#show(this.#choice.value) } },
      ...Object.keys(policies).map((path) => element("option", { value: path }, path)),
    );
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
              {
                type: "button",
                on: { click: () => this.#show(`policies/${id.replaceAll("-", "_")}/rule.rego`) },
              },
              "Read its Rego",
            ),
          ),
        ),
      ),
      element("p", { class: "policy-choice" }, element("label", { for: "policy-file" }, "Rego "), this.#choice),
      holder,
    );
    this.#pane = new TextPane(holder, { label: "Rego of the policies", language: rego(), readOnly: true });
    this.#show(`policies/${rules[0]?.id.replaceAll("-", "_") ?? ""}/rule.rego`);
  }

  #show(path: string): void {
    const text = policies[path];
    if (text === undefined) return;
    this.#choice.value = path;
    this.#pane.show(text);
  }
}
