import { element, fill } from "./dom.ts";

/** Tells something above everything else, until it is put away or something else is told. */
export class Notice {
  readonly #bar: HTMLElement;
  #told: readonly string[] = [];

  constructor(bar: HTMLElement) {
    this.#bar = bar;
  }

  say(...messages: readonly string[]): void {
    if (messages.length > 0) this.#show(messages);
  }

  /** Tells what nobody asked for: an answer that stands there stays beside it. */
  also(message: string): void {
    this.#show([...this.#told, message]);
  }

  clear(): void {
    this.#told = [];
    fill(this.#bar);
  }

  #show(messages: readonly string[]): void {
    this.#told = messages;
    fill(
      this.#bar,
      messages.length === 1
        ? element("span", {}, messages[0])
        : element("ul", {}, ...messages.map((message) => element("li", {}, message))),
      element(
        "button",
        { type: "button", class: "quiet", "aria-label": "Put the message away", on: { click: () => this.clear() } },
        "×",
      ),
    );
  }
}
