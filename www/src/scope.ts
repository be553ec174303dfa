import { rules } from "virtual:rules";

import type { Outcome } from "./checker.ts";
import { counted, element, prose } from "./dom.ts";
import type { Checked } from "./messages.ts";
import { CONFIG_PATH } from "./project.ts";

type CheckedOutcome = Extract<Outcome, { kind: "checked" }>;

/** The scope of a check: which rules ran on which documents, and what wasn't checked. */
export class Scope {
  readonly #checked: Checked;
  readonly #stopped: string | undefined;
  readonly #isConfigured: boolean;

  /** @param config the configuration's text */
  constructor({ checked, stopped }: CheckedOutcome, config: string) {
    this.#checked = checked;
    this.#stopped = stopped;
    this.#isConfigured = config.trim() !== "";
  }

  /** How many documents the rules applied to. */
  get documents(): number {
    return this.#count("pass", "fail", "undecided");
  }

  /** The rules that ran, ours and the user's. */
  get rules(): readonly string[] {
    const { off, policies } = this.#checked;
    return [...rules.map(({ id }) => id).filter((id) => !off.includes(id)), ...policies];
  }

  /** Whether every rule checked everything, without a configuration. */
  get isWhole(): boolean {
    return !this.#isConfigured && this.remarks.length === 0;
  }

  /** Remarks that follow the counts: the configuration, and what wasn't checked. */
  get remarks(): readonly string[] {
    const { excluded } = this.#checked;
    const failed = this.#count("error");
    return [
      this.#isConfigured ? `by ${CONFIG_PATH}` : "",
      this.#stopped === undefined ? "" : "your policies did not run",
      failed === 0 ? "" : `${counted(failed, "document")} couldn't be checked`,
      excluded.length === 0 ? "" : `${counted(excluded.length, "file")} excluded`,
    ].filter((remark) => remark !== "");
  }

  /** The sentence for no findings: in how many documents, and by which rules. */
  get clean(): string {
    const all = this.#checked.files.flatMap(({ documents }) => documents).length;
    if (all === 0) return "There is nothing to check yet: paste a pipeline, or open an example.";
    if (this.documents === 0) return "The rules apply to none of these documents.";
    const found = `Nothing found in ${counted(this.documents, "document")}`;
    if (this.isWhole) return `${found}: every image comes from where it should.`;
    return this.rules.length === 0 ? `${found}, because every rule is off.` : `${found} by ${listed(this.rules)}.`;
  }

  /** A box above the findings with what limits them; `false` if nothing does. */
  render(): HTMLElement | false {
    const { exceptions, excluded } = this.#checked;
    const failed = this.#count("error");
    const parts = [
      this.#stopped !== undefined &&
        element("p", { class: "stopped" }, `Your policies did not run: ${this.#stopped}. Our rules ran without them.`),
      failed > 0 && element("p", { class: "stopped" }, `${counted(failed, "document")} couldn't be checked.`),
      excluded.length > 0 && element("p", { title: excluded.join("\n") }, `${counted(excluded.length, "file")} left out by `, element("code", {}, "exclude"), "."),
      this.#isConfigured &&
        (exceptions.length === 0
          ? element("p", {}, `Checked by ${CONFIG_PATH}.`)
          : element(
              "details",
              {},
              element("summary", {}, `Checked by ${CONFIG_PATH}, which makes ${counted(exceptions.length, "exception")}`),
              element(
                "ul",
                {},
                ...exceptions.map(({ message, line }) =>
                  element("li", {}, line === null ? "" : `line ${line}: `, ...prose(message)),
                ),
              ),
            )),
    ];
    return parts.some((part) => part !== false) && element("div", { class: "scope" }, ...parts);
  }

  #count(...kinds: readonly string[]): number {
    return this.#checked.files.flatMap(({ documents }) => documents).filter(({ status }) => kinds.includes(status)).length;
  }
}

function listed(names: readonly string[]): string {
  const [last = "", ...others] = [...names].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
}
