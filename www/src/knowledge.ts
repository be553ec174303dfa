import type { Checker } from "./checker.ts";
import type { KnownConnector, PulledImage } from "./messages.ts";
import type { HarnessKnowledge } from "./language/harness-help.ts";
import { CONFIG_PATH } from "./project.ts";
import type { Workspace } from "./workspace.ts";

/** What the module knows of the workspace, asked once per revision. */
export class Knowledge implements HarnessKnowledge {
  readonly #checker: Checker;
  readonly #workspace: Workspace;
  readonly #answers = new Map<string, { readonly revision: number; readonly answer: Promise<unknown> }>();

  constructor(checker: Checker, workspace: Workspace) {
    this.#checker = checker;
    this.#workspace = workspace;
  }

  readonly path = (): string => this.#workspace.active?.path ?? "";

  readonly images = (): Promise<readonly PulledImage[]> =>
    this.#once("images", async () => (await this.#checker.ask("images")).images.filter(({ origin }) => origin === "file"));

  readonly connectors = (): Promise<readonly KnownConnector[]> =>
    this.#once("connectors", async () => {
      const [configured, known] = await Promise.all([this.#configured(), this.#checker.ask("connectors")]);
      // The configuration outranks files.
      return [...new Map([...known, ...configured].map((each) => [each.reference, each])).values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
    });

  async #configured(): Promise<KnownConnector[]> {
    const { ConfigText } = await import("./config-text.ts");
    return new ConfigText(this.#workspace.config).connectors.map((each) => ({ ...each, providerType: null, from: CONFIG_PATH }));
  }

  /** Asks once per revision. Without an answer, as with a broken configuration, nothing is known. */
  #once<Answer>(name: string, ask: () => Promise<readonly Answer[]>): Promise<readonly Answer[]> {
    const { revision } = this.#workspace;
    const there = this.#answers.get(name);
    if (there?.revision === revision) return there.answer as Promise<readonly Answer[]>;
    const answer = ask().catch((): readonly Answer[] => []);
    this.#answers.set(name, { revision, answer });
    return answer;
  }
}
