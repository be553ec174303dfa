import { counted, element, fill, prose } from "./dom.ts";
import { pageOf } from "./explanation.ts";
import type { Finding, Problem } from "./messages.ts";
import type { Outcome } from "./checker.ts";
import { Scope } from "./scope.ts";

/** How many findings are shown at first, and how many each click on the button adds. */
const PAGE = 200;

/** How a finding counts. */
export type Kind = "error" | "warning" | "note" | "undecided";

/** The kinds, the worst first. */
export const KINDS: readonly Kind[] = ["error", "warning", "note", "undecided"];

/** A finding's kind in the list: its severity, or undecided. */
export function kindOf({ verdict, severity }: Finding): Kind {
  return verdict === "undecided" ? "undecided" : severity;
}

/** Where a problem is: in the configuration, or in one of its policies. */
function placeOf(problem: Problem): string {
  const { line, column } = problem;
  const file = "file" in problem ? problem.file : "configuration";
  return [file, line !== null && `line ${line}`, column !== null && `column ${column}`]
    .filter((part) => part !== null && part !== false)
    .join(", ")
    .concat(": ");
}

/** What the list asks of the page. */
export interface FindingsActions {
  /** Shows the place of a finding, and moves the focus there with `focus`. */
  readonly go: (finding: Finding, options: { readonly focus: boolean }) => void;
  readonly fix: (finding: Finding) => void;
  readonly fixAll: () => void;
}

/** The list of findings, with its filters. */
export class FindingsView {
  readonly #parent: HTMLElement;
  readonly #actions: FindingsActions;
  readonly #filters = element("div", { class: "filters", role: "group", "aria-label": "Filter" });
  readonly #body = element("div", { class: "scrolled", tabindex: -1 });
  readonly #hidden = new Set<Kind>();
  #rule = "";
  #limit = PAGE;
  #outcome: Outcome = { kind: "waiting" };
  #config = "";

  constructor(parent: HTMLElement, actions: FindingsActions) {
    this.#parent = parent;
    this.#actions = actions;
    this.#body.addEventListener("keydown", (event) => this.#walk(event));
    this.#body.addEventListener("click", (event) => this.#clicked(event));
    fill(this.#parent, this.#filters, this.#body);
    this.show({ kind: "waiting" }, "");
  }

  /** @param config the configuration of the check */
  show(outcome: Outcome, config: string): void {
    this.#outcome = outcome;
    this.#config = config;
    this.#render();
  }

  get #findings(): readonly Finding[] {
    return this.#outcome.kind === "checked" ? this.#outcome.checked.findings : [];
  }

  get #visible(): readonly Finding[] {
    const chosen = this.#findings.filter(
      (finding) =>
        !this.#hidden.has(kindOf(finding)) && (this.#rule === "" || finding.rule === this.#rule),
    );
    return [
      ...chosen.filter(({ verdict }) => verdict !== "undecided"),
      ...chosen.filter(({ verdict }) => verdict === "undecided"),
    ];
  }

  #render(): void {
    const focused = this.#buttons.indexOf(document.activeElement as HTMLButtonElement);
    this.#renderFilters();
    this.#renderBody();
    if (focused !== -1) {
      const buttons = this.#buttons;
      (buttons[Math.min(focused, buttons.length - 1)] ?? this.#body).focus();
    }
  }

  #renderFilters(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset["filter"];
    const counts = Map.groupBy(this.#findings, kindOf);
    const rules = [...new Set(this.#findings.map(({ rule }) => rule))].sort();
    if (!rules.includes(this.#rule)) this.#rule = "";
    const fixable = this.#findings.filter(({ fix }) => fix?.applicability === "safe").length;
    fill(
      this.#filters,
      ...KINDS.map((kind) => {
        const count = counts.get(kind)?.length ?? 0;
        return element(
          "button",
          {
            type: "button",
            class: count === 0 ? `chip ${kind} none` : `chip ${kind}`,
            "data-filter": kind,
            "aria-pressed": String(!this.#hidden.has(kind)),
            on: {
              click: () => {
                if (!this.#hidden.delete(kind)) this.#hidden.add(kind);
                this.#render();
              },
            },
          },
          kind === "undecided" ? `${count.toLocaleString("en")} undecided` : counted(count, kind),
        );
      }),
      element(
        "select",
        {
          "aria-label": "Rule",
          "data-filter": "rule",
          on: {
            change: ({ currentTarget }) => {
              this.#rule = (currentTarget as HTMLSelectElement).value;
              this.#render();
            },
          },
        },
        element("option", { value: "" }, "All rules"),
        ...rules.map((rule) =>
          element("option", { value: rule, selected: rule === this.#rule }, rule),
        ),
      ),
      fixable > 0 &&
        element(
          "button",
          {
            type: "button",
            class: "primary fix-all",
            "data-filter": "fix-all",
            on: { click: () => this.#actions.fixAll() },
          },
          `Fix all (${fixable})`,
        ),
    );
    if (focused !== undefined) {
      this.#filters.querySelector<HTMLElement>(`[data-filter="${focused}"]`)?.focus();
    }
  }

  #renderBody(): void {
    if (this.#outcome.kind === "waiting") {
      fill(this.#body, element("p", { class: "empty" }, "Loading the check…"));
      return;
    }
    if (this.#outcome.kind === "failed") {
      const { message, problems } = this.#outcome.error;
      fill(
        this.#body,
        element(
          "div",
          { class: "failure" },
          element("p", {}, "Nothing was checked: ", message),
          problems.length > 0 &&
            element(
              "ul",
              {},
              ...problems.map((problem) => element("li", {}, placeOf(problem), problem.message)),
            ),
        ),
      );
      return;
    }
    const visible = this.#visible;
    const shown = visible.slice(0, this.#limit);
    const apart = shown.findIndex(({ verdict }) => verdict === "undecided");
    const split = apart === -1 ? shown.length : apart;
    const scope = new Scope(this.#outcome, this.#config);
    const isOpen = this.#body.querySelector<HTMLDetailsElement>(".scope details")?.open === true;
    fill(
      this.#body,
      scope.render(),
      visible.length === 0 &&
        element("p", { class: "empty" }, this.#findings.length === 0 ? scope.clean : "The filter hides all findings."),
      split > 0 && this.#list("Findings", shown.slice(0, split), 0),
      split < shown.length && element("h3", { class: "apart" }, "Undecided: the file alone doesn't decide"),
      split < shown.length && this.#list("Undecided", shown.slice(split), split),
      shown.length < visible.length &&
        element(
          "button",
          { type: "button", class: "more", on: { click: () => this.#more() } },
          `Show ${Math.min(PAGE, visible.length - shown.length)} more of ${(visible.length - shown.length).toLocaleString("en")}`,
        ),
    );
    const details = this.#body.querySelector<HTMLDetailsElement>(".scope details");
    if (details !== null) details.open = isOpen;
  }

  #list(label: string, findings: readonly Finding[], first: number): HTMLElement {
    return element(
      "ol",
      { class: "findings", "aria-label": label },
      ...findings.map((finding, index) => this.#item(finding, first + index)),
    );
  }

  #item(finding: Finding, index: number): HTMLElement {
    const { rule, message, help, subject, file, from, fix } = finding;
    const page = pageOf(rule);
    const kind = kindOf(finding);
    return element(
      "li",
      { class: kind },
      element(
        "button",
        {
          type: "button",
          class: "finding",
          "data-index": index,
          tabindex: index === 0 ? 0 : -1,
        },
        element(
          "span",
          { class: "what" },
          element("span", { class: "kind" }, kind),
          " ",
          element("span", { class: "message" }, ...prose(message)),
        ),
        help !== null && element("span", { class: "help" }, ...prose(help)),
        element(
          "span",
          { class: "where" },
          `${file}:${from.line}`,
          subject === null ? "" : ` · ${subject}`,
        ),
      ),
      element(
        "span",
        { class: "aside" },
        fix !== null &&
          element(
            "button",
            {
              type: "button",
              class: fix.applicability === "safe" ? "fix" : "fix unsafe",
              "data-fix": index,
              title: fix.applicability === "safe" ? fix.title : `${fix.title} (look at it afterwards)`,
            },
            "Fix",
          ),
        page === undefined
          ? element("span", { class: "rule" }, rule)
          : element("a", { class: "rule", href: page, target: "_blank", rel: "noopener" }, rule),
      ),
    );
  }

  get #buttons(): HTMLButtonElement[] {
    return [...this.#body.querySelectorAll<HTMLButtonElement>(".finding")];
  }

  #more(): void {
    const first = this.#limit;
    this.#limit += PAGE;
    this.#renderBody();
    this.#buttons[first]?.focus();
  }

  #clicked({ target }: MouseEvent): void {
    if (!(target instanceof Element)) return;
    const visible = this.#visible;
    const fixing = target.closest<HTMLElement>("[data-fix]")?.dataset["fix"];
    const going = target.closest<HTMLElement>("[data-index]")?.dataset["index"];
    const finding = visible[Number(fixing ?? going ?? -1)];
    if (finding === undefined) return;
    if (fixing !== undefined) this.#actions.fix(finding);
    else this.#actions.go(finding, { focus: true });
  }

  /** The arrow keys move through the list, and the editor follows. */
  #walk(event: KeyboardEvent): void {
    const buttons = this.#buttons;
    const index = buttons.indexOf(event.target as HTMLButtonElement);
    if (index === -1) return;
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: buttons.length - 1 }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    if (next === buttons.length && next < this.#visible.length) {
      this.#more();
      return;
    }
    const button = buttons[next];
    const finding = this.#visible[next];
    if (button === undefined || finding === undefined) return;
    for (const other of buttons) other.tabIndex = other === button ? 0 : -1;
    button.focus();
    this.#actions.go(finding, { focus: false });
  }
}
