import { json } from "@codemirror/lang-json";
import type { ExportTarget, LintFinding, PolicyEntity } from "harness-image-guard";

import { AnswerView, type Located, locatedOf } from "./answer.ts";
import type { Copy } from "./clipboard.ts";
import { element, fill } from "./dom.ts";
import { regoHelp } from "./language/rego-help.ts";
import { ENTITIES } from "./entity.ts";
import type { Evaluated, Problem, Tested } from "./messages.ts";
import type { PolicyClient } from "./policy-client.ts";
import { areSampleTests, isOtherPolicy, isSamplePolicy, policySample } from "./policy-sample.ts";
import { isPolicy, librariesOf, type OwnPolicy, type PlainFile, POLICY_PATH, TESTS_PATH } from "./project.ts";
import { rego } from "./rego.ts";
import { Tabs } from "./tabs.ts";
import { TextPane } from "./text-pane.ts";
import { WorkerError } from "./worker-client.ts";
import type { Workspace } from "./workspace.ts";

/** How long typing has to pause before an evaluation, in milliseconds. */
const PAUSE = 150;

/** The view in which the user writes a policy with tests, and tries it on the open file. */
export class RegoView {
  readonly #workspace: Workspace;
  readonly #client: PolicyClient;
  readonly #parent: HTMLElement;
  readonly #modules: Tabs;
  readonly #policy: TextPane;
  readonly #tests: TextPane;
  readonly #input: TextPane;
  readonly #output: TextPane;
  readonly #answer: AnswerView;
  readonly #version = element(
    "select",
    { "aria-label": "Version of Rego" },
    element("option", { value: "0" }, "Rego v0, as Harness reads it"),
    element("option", { value: "1" }, "Rego v1"),
  );
  readonly #entity = element(
    "select",
    { "aria-label": "Input" },
    element("option", { value: "" }, "the file as detected"),
    ...ENTITIES.map((name) => element("option", { value: name }, `the file as ${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`)),
  );
  readonly #coverage = element(
    "select",
    { "aria-label": "Coverage", on: { change: () => this.#soon() } },
    element("option", { value: "" }, "no coverage"),
    element("option", { value: "input" }, "coverage by the input"),
    element("option", { value: "tests" }, "coverage by the tests"),
  );
  readonly #everywhere = element("input", { type: "checkbox", id: "rego-everywhere", on: { change: () => this.#write() } });
  readonly #fileInput = element(
    "button",
    { type: "button", hidden: true, on: { click: () => this.#takeFile() } },
    "Use the file's input",
  );
  /** Whether the user has edited the input, which then stays until the file's is asked for. */
  #inputEdited = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  /** Whether anything, or the file, has changed since the last round began. */
  #stale = false;
  #inputStale = true;
  #lint: readonly LintFinding[] = [];

  /**
   * @param say shows a message
   * @param goFile shows a line of a file, from 1
   */
  constructor(
    parent: HTMLElement,
    workspace: Workspace,
    client: PolicyClient,
    copy: Copy,
    say: (message: string) => void,
    goFile: (path: string, line: number) => void,
  ) {
    this.#parent = parent;
    this.#workspace = workspace;
    this.#client = client;
    const [policy, tests, input, output] = [holder(), holder(), holder(), holder()];
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Modules" });
    const answer = element("div", { class: "answers" });
    fill(
      parent,
      this.#toolbar(copy, say),
      element(
        "div",
        { class: "rego" },
        element(
          "section",
          { class: "rego-policy", "aria-label": "Policy" },
          list,
          panel("policy", policy),
          panel("tests", tests),
          answer,
        ),
        element(
          "section",
          { class: "rego-documents", "aria-label": "Documents" },
          element("div", { class: "document-head" }, element("h3", {}, "Input"), this.#fileInput),
          input,
          element("h3", {}, "Output"),
          output,
        ),
      ),
    );
    this.#modules = new Tabs(
      list,
      [
        { id: "policy", label: POLICY_PATH },
        { id: "tests", label: TESTS_PATH },
      ],
      () => undefined,
    );
    this.#answer = new AnswerView(answer, (place) => this.#go(place));
    const helped = (path: string) => [
      rego(),
      regoHelp({
        path: () => path,
        modules: () => [{ path: POLICY_PATH, text: this.#policy.text }, { path: TESTS_PATH, text: this.#tests.text }, ...workspace.project.files],
        input: () => this.#input.text,
        go: (file, line) => {
          if (file === POLICY_PATH || file === TESTS_PATH) this.#go({ file, message: "", line, column: 1 });
          else goFile(file, line);
        },
      }),
    ];
    this.#policy = new TextPane(policy, { label: "Your policy", language: helped(POLICY_PATH) }, () => this.#write());
    this.#tests = new TextPane(tests, { label: "Tests of your policy", language: helped(TESTS_PATH) }, () => this.#write());
    this.#input = new TextPane(input, { label: "Input of the policy", language: json() }, () => this.#editInput());
    this.#output = new TextPane(output, { label: "Output of the policy", language: json(), readOnly: true });
    this.#version.addEventListener("change", () => this.#write());
    this.#entity.addEventListener("change", () => this.#takeFile());
    parent.addEventListener("keydown", (event) => {
      if (!event.altKey || !event.shiftKey || event.code !== "KeyF") return;
      event.preventDefault();
      void this.#format(say);
    });
    // The module may not have been loaded before.
    addEventListener("online", () => this.#soon());
    workspace.on("policy", () => this.#render());
    for (const event of ["active", "text", "files"] as const) workspace.on(event, () => this.#soon({ input: true }));
    this.#render();
  }

  #toolbar(copy: Copy, say: (message: string) => void): HTMLElement {
    const button = (label: string, work: () => void, title?: string) => element("button", { type: "button", title, on: { click: work } }, label);
    return element(
      "div",
      { class: "filters" },
      this.#version,
      this.#entity,
      this.#coverage,
      button("Format", () => void this.#format(say), "Shift-Alt-F"),
      button("Copy for Harness", () => void copy(this.#exported("rego"), "The module is copied.")),
      button("Copy as Terraform", () => void copy(this.#exported("terraform"), "The Terraform is copied.")),
      element("label", { for: "rego-everywhere", class: "switch" }, this.#everywhere, " Run on all files"),
    );
  }

  /** Has to be called when the view is shown, because a hidden one doesn't follow changes. */
  look(): void {
    this.#soon();
  }

  #render(): void {
    const { rego: text, tests, version, everywhere = false } = this.#workspace.policy ?? policySample(0);
    this.#policy.show(text);
    this.#tests.show(tests);
    this.#version.value = String(version);
    this.#everywhere.checked = everywhere;
    this.#soon();
  }

  /** Stores the policy. The sample's tests are removed with the sample, and both follow the version. */
  #write(): void {
    const { rego: text, tests, version } = this.#question;
    const sample = policySample(version);
    if (isSamplePolicy(text) && text !== sample.rego) this.#policy.put(sample.rego);
    if (areSampleTests(tests)) {
      if (isOtherPolicy(text)) this.#tests.put("");
      else if (tests !== sample.tests) this.#tests.put(sample.tests);
    }
    this.#workspace.writePolicy(this.#question);
  }

  get #question(): OwnPolicy {
    return {
      rego: this.#policy.text,
      tests: this.#tests.text,
      version: this.#version.value === "1" ? 1 : 0,
      ...(this.#everywhere.checked ? { everywhere: true } : {}),
    };
  }

  /** The files that the policy uses. */
  get #libraries(): readonly PlainFile[] {
    const { rego: text, tests } = this.#question;
    return librariesOf([text, tests], this.#workspace.project.files);
  }

  #editInput(): void {
    this.#inputEdited = true;
    this.#fileInput.hidden = false;
    this.#soon();
  }

  #takeFile(): void {
    this.#inputEdited = false;
    this.#fileInput.hidden = true;
    this.#soon({ input: true });
  }

  /** Formats the policy and its tests, unless they were edited before the answer came. */
  async #format(say: (message: string) => void): Promise<void> {
    const question = this.#question;
    try {
      const { rego: text, tests, problems } = await this.#client.ask("format", question);
      if (this.#policy.text === question.rego) this.#policy.edit(text);
      if (this.#tests.text === question.tests) this.#tests.edit(tests);
      const [first] = problems.map(locatedOf);
      if (first !== undefined) say(`Not formatted: ${first.file ?? POLICY_PATH}, line ${first.line ?? 1}: ${first.message}`);
    } catch (error) {
      say(`Nothing was formatted: ${refusalOf(error).message}`);
    }
  }

  /** The policy in a form for Harness. */
  async #exported(to: ExportTarget): Promise<string> {
    const { rego: text, version } = this.#question;
    const entity = this.#entity.value;
    const policy = { path: POLICY_PATH, text, regoVersion: version, ...(entity === "" ? {} : { entity }) };
    const files = await this.#client.ask("export", { to, policy });
    return new TextDecoder().decode(files[0]?.content);
  }

  #soon({ input = false } = {}): void {
    this.#stale = true;
    this.#inputStale ||= input && !this.#inputEdited;
    clearTimeout(this.#timer);
    // While the view is hidden, there is no point in writing a large input at every key.
    if (!this.#parent.hidden) this.#timer = setTimeout(() => void this.#run(), PAUSE);
  }

  /** Runs one round at a time; what changes during it starts another. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#stale) {
        this.#stale = false;
        await this.#judge();
      }
    } finally {
      this.#running = false;
    }
  }

  async #judge(): Promise<void> {
    const question = this.#question;
    await this.#inspect(question);
    if (this.#stale) return;
    const by = this.#coverage.value;
    const input = await this.#evaluate(question);
    if (this.#stale) return;
    // Without a readable policy, which was reported already, its tests can't run.
    const isTested = input !== "unreadable" && (question.tests.trim() !== "" || question.rego.includes("test_"));
    if (!isTested) this.#answer.withoutTests();
    const tests = isTested ? await this.#test(question) : undefined;
    if (this.#stale) return;
    const reached = { input: input === "unreadable" ? undefined : input?.reached, tests: tests?.reached }[by];
    this.#policy.reached(reached ?? { covered: [], missed: [] });
    this.#answer.reached(reached, by);
  }

  async #inspect(question: OwnPolicy): Promise<void> {
    try {
      this.#lint = await this.#client.ask("lint", { ...question, libraries: this.#libraries });
      if (!this.#stale) this.#answer.linted(this.#lint);
    } catch (error) {
      this.#lint = [];
      if (this.#stale) return;
      // The evaluation reports that the module can't be loaded.
      if (error instanceof WorkerError && error.code === "load") this.#answer.linted([]);
      else this.#answer.unlinted(refusalOf(error).message);
    }
  }

  /** @returns `undefined` if it failed, `unreadable` if the policy isn't Rego or the module can't be loaded */
  async #evaluate(question: OwnPolicy): Promise<Evaluated | "unreadable" | undefined> {
    try {
      if (this.#inputStale) await this.#takeInput();
      const evaluated = await this.#client.ask("evaluate", { ...question, libraries: this.#libraries, input: this.#input.text || "null" });
      if (this.#stale) return undefined;
      this.#mark([]);
      this.#output.show(unescaped(evaluated.output));
      this.#answer.evaluated(evaluated, this.#lint);
      return evaluated;
    } catch (error) {
      if (this.#stale) return undefined;
      const { message, problems } = refusalOf(error);
      this.#mark(problems);
      this.#output.show("");
      this.#answer.refused(message, problems);
      if (error instanceof WorkerError && error.code === "load") return "unreadable";
      // Errors of an evaluation have other codes: `eval_conflict_error`.
      return problems.some((problem) => "code" in problem && problem.code.startsWith("rego_")) ? "unreadable" : undefined;
    }
  }

  async #test(question: OwnPolicy): Promise<Tested | undefined> {
    try {
      const tested = await this.#client.ask("test", { ...question, libraries: this.#libraries });
      if (!this.#stale) this.#answer.tested(tested);
      return tested;
    } catch (error) {
      if (this.#stale) return undefined;
      const { message, problems } = refusalOf(error);
      this.#mark(problems);
      this.#answer.untested(message, problems);
      return undefined;
    }
  }

  async #takeInput(): Promise<void> {
    const { active, files } = this.#workspace;
    // A Rego file isn't an input.
    const file = active !== undefined && isPolicy(active.path) ? files.find(({ path }) => !isPolicy(path)) : active;
    this.#inputStale = false;
    const input = await this.#client.ask("input", { text: file?.text ?? "", entity: this.#entity.value as PolicyEntity | "" });
    this.#input.show(unescaped(input));
  }

  #mark(problems: readonly Problem[]): void {
    const all: readonly Located[] = [
      ...problems.map(locatedOf),
      ...this.#lint.map((finding) => ({ ...finding, ...finding.start })),
    ];
    this.#policy.mark(all.filter(({ file }) => file === POLICY_PATH));
    this.#tests.mark(all.filter(({ file }) => file === TESTS_PATH));
  }

  #go(place: Located): void {
    const isTest = place.file === TESTS_PATH;
    this.#modules.select(isTest ? "tests" : "policy");
    (isTest ? this.#tests : this.#policy).go(place);
  }
}

/** JSON with `<`, `>` and `&` as they are: like OPA, the module escapes them, and Harness's expressions are full of them. */
function unescaped(json: string): string {
  // Each match is a whole escape, so that `\\u003c` stays a backslash before `u003c`.
  return json.replaceAll(/\\(?:u00(3c|3e|26)|.)/g, (escape, code?: string) => (code === undefined ? escape : String.fromCharCode(parseInt(code, 16))));
}

function holder(): HTMLElement {
  return element("div", { class: "rego-text" });
}

function panel(id: string, content: HTMLElement): HTMLElement {
  return element("div", { class: "rego-module", role: "tabpanel", id: `view-${id}`, "aria-labelledby": `tab-${id}` }, content);
}

function refusalOf(error: unknown): { readonly message: string; readonly problems: readonly Problem[] } {
  return error instanceof WorkerError ? error : { message: error instanceof Error ? error.message : String(error), problems: [] };
}
