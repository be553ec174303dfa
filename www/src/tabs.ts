import { element } from "./dom.ts";

/** A view: the label of its tab, and the ID of its panel, `view-ID`. */
export interface View {
  readonly id: string;
  readonly label: string;
}

/** Tabs, of which one is selected and its panel shown; the arrow keys move between them. */
export class Tabs {
  readonly #views: readonly View[];
  readonly #buttons: ReadonlyMap<string, HTMLButtonElement>;
  readonly #shown: (id: string) => void;
  #selected = "";

  /** @param shown called whenever a view is selected */
  constructor(list: HTMLElement, views: readonly View[], shown: (id: string) => void) {
    this.#views = views;
    this.#shown = shown;
    this.#buttons = new Map(
      views.map(({ id, label }) => [
        id,
        element(
          "button",
          {
            type: "button",
            role: "tab",
            id: `tab-${id}`,
            "aria-controls": `view-${id}`,
            on: { click: () => this.select(id) },
          },
          label,
        ),
      ]),
    );
    // In Firefox, the Tab key would stop at the list because it scrolls.
    list.tabIndex = -1;
    list.append(...this.#buttons.values());
    list.addEventListener("keydown", (event) => this.#key(event));
    this.select(views[0]?.id ?? "");
  }

  get selected(): string {
    return this.#selected;
  }

  /** Changes the label of a tab. */
  label(id: string, label: string): void {
    const button = this.#buttons.get(id);
    if (button !== undefined && button.textContent !== label) button.textContent = label;
  }

  select(id: string): void {
    this.#selected = id;
    for (const [each, button] of this.#buttons) {
      const selected = each === id;
      button.setAttribute("aria-selected", String(selected));
      button.tabIndex = selected ? 0 : -1;
      // Where not all tabs fit, they scroll.
      if (selected) button.scrollIntoView({ block: "nearest", inline: "nearest" });
      const panel = document.getElementById(`view-${each}`);
      if (panel !== null) panel.hidden = !selected;
    }
    this.#shown(id);
  }

  #key(event: KeyboardEvent): void {
    const index = this.#views.findIndex(({ id }) => id === this.#selected);
    const last = this.#views.length - 1;
    const next = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index === 0 ? last : index - 1,
      Home: 0,
      End: last,
    }[event.key];
    const view = this.#views[next ?? -1];
    if (view === undefined) return;
    event.preventDefault();
    this.select(view.id);
    this.#buttons.get(view.id)?.focus();
  }
}
