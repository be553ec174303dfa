import { json } from "@codemirror/lang-json";

import { element, fill, prose } from "./dom.ts";
import { ENTITIES, type EntityKind, type Evaluated, type PolicyRequests } from "./messages.ts";
import { rego } from "./rego.ts";
import { TextPane } from "./text-pane.ts";
import { WorkerClient, WorkerError } from "./worker-client.ts";
import type { OwnPolicy, Workspace } from "./workspace.ts";

/** How long a pause in typing is waited for, and how long a policy may take, in milliseconds. */
const PAUSE = 150;
const LIMIT = 5_000;

const FIRST: OwnPolicy = {
  version: 0,
  rego: `package pipeline

import future.keywords.in

# Every step says how long it may take.
deny[msg] {
	some stage in input.pipeline.stages
	some item in stage.stage.spec.execution.steps
	not item.step.timeout
	msg := sprintf("step '%s' has no timeout", [item.step.identifier])
}
`,
};

/** Where a policy of one's own is written, and tried on the file that is open. */
export class RegoView {
  readonly #workspace: Workspace;
  readonly #client = new WorkerClient<PolicyRequests>(
    () => new Worker(new URL("./worker/policy.ts", import.meta.url), { type: "module" }),
    LIMIT,
  );
  readonly #policy: TextPane;
  readonly #input: TextPane;
  readonly #output: TextPane;
  readonly #answer = element("div", { class: "answer", role: "status" });
  readonly #version = element(
    "select",
    { "aria-label": "Version of Rego" },
    element("option", { value: "0" }, "Rego v0, as Harness reads it"),
    element("option", { value: "1" }, "Rego v1"),
  );
  readonly #entity = element(
    "select",
    { "aria-label": "Input" },
    ...ENTITIES.map((entity) =>
      element("option", { value: entity }, entity === "as it is" ? "the file as it is" : `the file as a ${entity}`),
    ),
  );
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  constructor(parent: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    const policy = element("div", { class: "rego-text" });
    const input = element("div", { class: "rego-text" });
    const output = element("div", { class: "rego-text" });
    fill(
      parent,
      element("div", { class: "filters" }, this.#version, this.#entity),
      element(
        "div",
        { class: "rego" },
        element("section", { class: "rego-policy", "aria-label": "Policy" }, policy, this.#answer),
        element(
          "section",
          { class: "rego-documents", "aria-label": "Documents" },
          element("h3", {}, "Input"),
          input,
          element("h3", {}, "Output"),
          output,
        ),
      ),
    );
    this.#policy = new TextPane(policy, { label: "Your policy", language: rego() }, () => this.#write());
    this.#input = new TextPane(input, { label: "Input of the policy", language: json() }, () => this.#soon());
    this.#output = new TextPane(output, { label: "Output of the policy", language: json(), readOnly: true });
    this.#version.addEventListener("change", () => this.#write());
    this.#entity.addEventListener("change", () => void this.#takeInput());
    workspace.on("policy", () => this.#render());
    workspace.on("active", () => void this.#takeInput());
    workspace.on("text", () => this.#soon(true));
    this.#render();
    void this.#takeInput();
  }

  #render(): void {
    const { rego: text, version } = this.#workspace.policy ?? FIRST;
    this.#policy.show(text);
    this.#version.value = String(version);
    this.#soon();
  }

  #write(): void {
    this.#workspace.writePolicy({
      rego: this.#policy.text,
      version: this.#version.value === "1" ? 1 : 0,
    });
  }

  #soon(withInput = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void (withInput ? this.#takeInput() : this.#evaluate()), PAUSE);
  }

  async #takeInput(): Promise<void> {
    const file = this.#workspace.active;
    try {
      this.#input.show(
        await this.#client.ask("input", {
          text: file?.text ?? "",
          entity: this.#entity.value as EntityKind,
        }),
      );
      await this.#evaluate();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #evaluate(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    try {
      const evaluated = await this.#client.ask("evaluate", {
        rego: this.#policy.text,
        version: this.#version.value === "1" ? 1 : 0,
        input: this.#input.text || "null",
      });
      if (round === this.#round) this.#show(evaluated);
    } catch (error) {
      if (round === this.#round) this.#failed(error);
    }
  }

  #show({ output, denies, deny, printed }: Evaluated): void {
    this.#policy.mark([]);
    this.#output.show(output);
    fill(
      this.#answer,
      element(
        "p",
        { class: denies ? "verdict fail" : "verdict pass" },
        denies ? "deny holds:" : "deny is empty: this input passes.",
      ),
      deny.length > 0 && element("ul", {}, ...deny.map((message) => element("li", {}, message))),
      printed.length > 0 && element("pre", {}, printed.join("\n")),
    );
  }

  #failed(error: unknown): void {
    const problems = error instanceof WorkerError ? error.problems : [];
    const here = problems.filter((problem) => !("file" in problem) || problem.file !== null);
    this.#policy.mark(here);
    this.#output.show("");
    const messages =
      problems.length === 0
        ? [error instanceof Error ? error.message : String(error)]
        : problems.map(({ message, line }) => (line === null ? message : `line ${line}: ${message}`));
    fill(
      this.#answer,
      element("p", { class: "verdict fail" }, "Not evaluated:"),
      element("ul", {}, ...messages.map((message) => element("li", {}, ...prose(message)))),
    );
  }
}
