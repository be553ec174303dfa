import { element, fill } from "./dom.ts";

/** Something that can be done about what a notice says. */
export interface Action {
  readonly label: string;
  readonly run: () => void;
}

/** Says something above everything else, until it is dismissed or something else is said. */
export class Notice {
  readonly #bar: HTMLElement;
  readonly #dismissed: () => void;
  #said: readonly string[] = [];
  #actions: readonly Action[] = [];

  /** @param dismissed called when somebody has dismissed a message */
  constructor(bar: HTMLElement, dismissed: () => void = () => undefined) {
    this.#bar = bar;
    this.#dismissed = dismissed;
  }

  say(...messages: readonly string[]): void {
    if (messages.length > 0) this.#show(messages, []);
  }

  /** Says something with what can be done about it. */
  offer(messages: readonly string[], ...actions: readonly Action[]): void {
    this.#show(messages, actions);
  }

  /** Says what nobody asked for: an answer that is shown stays beside it. */
  also(message: string, ...actions: readonly Action[]): void {
    this.#show([...this.#said, message], [...this.#actions, ...actions]);
  }

  clear(): void {
    this.#said = [];
    this.#actions = [];
    fill(this.#bar);
  }

  #show(messages: readonly string[], actions: readonly Action[]): void {
    this.#said = messages;
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
