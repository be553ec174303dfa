import { element, fill } from "./dom.ts";

/** A button of a notice. */
export interface Action {
  readonly label: string;
  readonly run: () => void;
}

/** The bar above the panes that shows a message until it is dismissed or replaced. */
export class Notice {
  readonly #bar: HTMLElement;
  readonly #dismissed: () => void;
  #messages: readonly string[] = [];
  #actions: readonly Action[] = [];

  /** @param dismissed called when the user dismisses a message */
  constructor(bar: HTMLElement, dismissed: () => void = () => undefined) {
    this.#bar = bar;
    this.#dismissed = dismissed;
  }

  say(...messages: readonly string[]): void {
    if (messages.length > 0) this.#show(messages, []);
  }

  /** Shows messages with buttons. */
  offer(messages: readonly string[], ...actions: readonly Action[]): void {
    this.#show(messages, actions);
  }

  /** Adds a message to what is shown. */
  also(message: string, ...actions: readonly Action[]): void {
    this.#show([...this.#messages, message], [...this.#actions, ...actions]);
  }

  clear(): void {
    this.#messages = [];
    this.#actions = [];
    fill(this.#bar);
  }

  #show(messages: readonly string[], actions: readonly Action[]): void {
    this.#messages = messages;
    this.#actions = actions;
    fill(
      this.#bar,
      messages.length === 1
        ? element("span", {}, messages[0])
        : element("ul", {}, ...messages.map((message) => element("li", {}, message))),
      element(
        "span",
        { class: "choices" },
        ...actions.map(({ label, run }) => element("button", { type: "button", on: { click: run } }, label)),
        element(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-label": "Dismiss",
            title: "Dismiss",
            on: {
              click: () => {
                this.clear();
                this.#dismissed();
              },
            },
          },
          "×",
        ),
      ),
    );
  }
}
