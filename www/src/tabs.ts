import { element } from "./dom.ts";

/** One view: what its tab says, and the panel that it shows. */
export interface View {
  readonly id: string;
  readonly label: string;
}

/** Tabs over panels `view-ID`, one of which is shown; the arrow keys go from tab to tab. */
export class Tabs {
  readonly #views: readonly View[];
  readonly #buttons: ReadonlyMap<string, HTMLButtonElement>;
  readonly #shown: (id: string) => void;
  #selected = "";

  /** @param shown called whenever a view comes to be shown */
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
    // To Firefox, what scrolls is a stop of the Tab key by itself.
    list.tabIndex = -1;
    list.append(...this.#buttons.values());
    list.addEventListener("keydown", (event) => this.#key(event));
    this.select(views[0]?.id ?? "");
  }

  get selected(): string {
    return this.#selected;
  }

  /** Writes after a tab's name how much there is. */
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
      // Where there is no room for all tabs, they scroll.
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
