import type { LintFinding, TestCases } from "harness-image-guard";

import { counted, element, fill, prose, type Child } from "./dom.ts";
import type { Evaluated, Problem, Reached, Tested } from "./messages.ts";
import { POLICY_PATH, TESTS_PATH } from "./project.ts";
import type { Annotation } from "./text-pane.ts";

/** The rules of the lint that find a policy that can't deny anything, whatever the input is. */
const INEFFECTIVE = new Set(["never-fails", "wrong-root", "unread-rule"]);

/** How many messages are listed. */
const MOST = 200;

/** A message at a place of a module. */
export interface Located extends Annotation {
  readonly file: string | null;
}

/** The results of the user's policy: its verdict, the lint's findings, and its tests. */
export class AnswerView {
  readonly #go: (place: Located) => void;
  readonly #verdict = element("div", { role: "status" });
  readonly #lint = element("section", { class: "lint", "aria-label": "Lint" });
  readonly #reached = element("p", { class: "reached", hidden: true });
  readonly #tests = element("section", { class: "tests", "aria-label": "Tests" });

  /** @param go shows a place of a module */
  constructor(parent: HTMLElement, go: (place: Located) => void) {
    this.#go = go;
    fill(
      parent,
      element(
        "div",
        { class: "answer", role: "region", tabindex: 0, "aria-label": "Answer" },
        this.#verdict,
        this.#reached,
        this.#tests,
        this.#lint,
      ),
    );
  }

  /**
   * Shows what Harness would answer.
   *
   * @param lint if a finding says that nothing can be denied, it comes first
   */
  evaluated({ status, denied, warned, printed }: Evaluated, lint: readonly LintFinding[]): void {
    const ineffective = lint.filter(({ rule, file }) => INEFFECTIVE.has(rule) && file !== TESTS_PATH);
    const verdict = {
      error: "Denied:",
      warning: "Allowed, with a warning:",
      pass: "Allowed: no deny rule matched",
    }[status];
    // It says "Allowed" only of a policy that could have denied something.
    const isMeaningful = ineffective.length === 0 || status !== "pass";
    fill(
      this.#verdict,
      ...this.#ineffective(ineffective),
      isMeaningful && element("p", { class: `verdict ${status}` }, verdict),
      list("denied", denied),
      warned.length > 0 && status === "error" && element("p", { class: "verdict warning" }, "Warned, too:"),
      list("warned", warned),
      printed.length > 0 && element("pre", {}, printed.join("\n")),
    );
  }

  #ineffective(findings: readonly LintFinding[]): Child[] {
    if (findings.length === 0) return [];
    return [
      element("p", { class: "verdict warning" }, "This policy does not deny what it is meant to:"),
      element(
        "ul",
        {},
        ...findings.map((finding) =>
          element(
            "li",
            {},
            ...this.#shownAt({ ...finding, ...finding.start }),
            finding.help !== null && element("span", { class: "help" }, ". ", ...prose(finding.help)),
          ),
        ),
      ),
    ];
  }

  /** Shows why nothing was evaluated. */
  refused(message: string, problems: readonly Problem[]): void {
    fill(this.#verdict, element("p", { class: "verdict error" }, "Not evaluated:"), this.#reasons(message, problems));
  }

  /** Shows what the lint found. */
  linted(found: readonly LintFinding[]): void {
    // Notes come last: they ask for no change.
    const findings = [...found].sort((a, b) => Number(a.severity === "note") - Number(b.severity === "note"));
    fill(
      this.#lint,
      findings.length > 0 && element("h3", {}, `Lint: ${counted(findings.length, "finding")}`),
      findings.length > 0 &&
        element(
          "ul",
          {},
          ...findings.map((finding) =>
            element(
              "li",
              { class: finding.severity },
              ...this.#shownAt({ ...finding, ...finding.start }),
              finding.help !== null && element("span", { class: "help" }, ...prose(finding.help)),
              element("a", { class: "rule", href: `docs/lint.html#${finding.rule}`, target: "_blank", rel: "noopener" }, finding.rule),
            ),
          ),
        ),
    );
  }

  /** Shows why the lint failed. */
  unlinted(message: string): void {
    fill(this.#lint, element("h3", { class: "error" }, `The lint failed: ${message}`));
  }

  /** Shows the results of the tests. */
  tested({ tests }: Tested): void {
    const passed = tests.filter(({ status }) => status === "pass").length;
    fill(
      this.#tests,
      tests.length > 0 &&
        element(
          "h3",
          { class: passed === tests.length ? "pass" : "error" },
          `Tests: ${passed} of ${tests.length} passed`,
        ),
      tests.length > 0 &&
        element(
          "ul",
          {},
          ...tests.map(({ name, file, line, status, message, printed, cases }) =>
            element(
              "li",
              { class: status === "pass" ? "pass" : "error" },
              element("span", { class: "outcome" }, status),
              " ",
              this.#place({ file, line, column: 1, message: "" }, name),
              casesOf(cases),
              message !== null && element("pre", {}, message),
              printed.length > 0 && element("pre", {}, printed.join("\n")),
            ),
          ),
        ),
    );
  }

  /** Shows why the tests weren't run. */
  untested(message: string, problems: readonly Problem[]): void {
    fill(this.#tests, element("h3", { class: "error" }, "The tests were not run:"), this.#reasons(message, problems));
  }

  /** Shows which lines were reached, by the input or the tests; nothing without `lines`. */
  reached(lines: Reached | undefined, by: string): void {
    this.#reached.hidden = lines === undefined;
    if (lines === undefined) return;
    const { covered, missed } = lines;
    const all = covered.length + missed.length;
    const which = missed.length === 0 ? "" : `; not ${missed.length === 1 ? "line" : "lines"} ${missed.join(", ")}`;
    this.#reached.textContent =
      all === 0 ? `The ${by} can't reach any line.` : `The ${by} reach${by === "tests" ? "" : "es"} ${covered.length} of ${counted(all, "line")}${which}.`;
  }

  /** Shows no tests. */
  withoutTests(): void {
    fill(this.#tests);
  }

  /** Each problem with its place; without problems, the message. */
  #reasons(message: string, problems: readonly Problem[]): HTMLElement {
    const reasons = problems.length === 0 ? [prose(message)] : problems.map((problem) => this.#shownAt(locatedOf(problem)));
    return element("ul", {}, ...reasons.map((reason) => element("li", {}, ...reason)));
  }

  #shownAt(place: Located): Child[] {
    const { message, line, file } = place;
    if (line === null) return prose(message);
    return [this.#place(place, nameOf(file, line)), ": ", ...prose(message)];
  }

  #place(place: Located, label: string): HTMLElement {
    return element("button", { type: "button", class: "place", on: { click: () => this.#go(place) } }, label);
  }
}

function nameOf(file: string | null, line: number): string {
  if (file === null || file === POLICY_PATH) return `line ${line}`;
  return file === TESTS_PATH ? `tests, line ${line}` : `${file}, line ${line}`;
}

/** A problem as a located message; one of a configuration has no file. */
export function locatedOf(problem: Problem): Located {
  return { file: null, ...problem };
}

function list(name: string, messages: readonly string[]): HTMLElement | undefined {
  return messages.length === 0
    ? undefined
    : element(
        "ul",
        { class: name },
        ...messages.slice(0, MOST).map((message) => element("li", {}, message)),
        messages.length > MOST && element("li", { class: "omitted" }, `and ${(messages.length - MOST).toLocaleString("en")} more, in the output`),
      );
}

/** The cases of a test, and those in them. */
function casesOf(cases: TestCases): HTMLElement | false {
  const all = Object.entries(cases);
  return (
    all.length > 0 &&
    element(
      "ul",
      {},
      ...all.map(([key, { fails, cases: own }]) =>
        element(
          "li",
          { class: fails ? "error" : "pass" },
          element("span", { class: "outcome" }, fails ? "fail" : "pass"),
          ` ${key}`,
          casesOf(own),
        ),
      ),
    )
  );
}
