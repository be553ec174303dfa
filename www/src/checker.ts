import { Emitter } from "./emitter.ts";
import type { Checked, CheckRequests } from "./messages.ts";
import { POLICY_PATH } from "./project.ts";
import type { WorkerClient, WorkerError } from "./worker-client.ts";
import type { Workspace } from "./workspace.ts";

/** How long typing has to pause before a check, in milliseconds. */
const PAUSE = 25;

/** The outcome of the last check. */
export type Outcome =
  | { readonly kind: "waiting" }
  | {
      readonly kind: "checked";
      readonly checked: Checked;
      /** Why the user's policies didn't run. */
      readonly stopped?: string;
    }
  | { readonly kind: "failed"; readonly error: WorkerError };

/**
 * Checks the workspace in a worker whenever it changes. `change`: the outcome is out of date; `outcome`: there is a new
 * one.
 */
export class Checker extends Emitter<"change" | "outcome"> {
  readonly #workspace: Workspace;
  readonly #client: WorkerClient<CheckRequests>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #stale = false;
  #outcome: Outcome = { kind: "waiting" };

  constructor(workspace: Workspace, client: WorkerClient<CheckRequests>) {
    super();
    this.#workspace = workspace;
    this.#client = client;
    for (const event of ["files", "text", "config", "policy"] as const) {
      workspace.on(event, () => this.#schedule());
    }
    void this.#check();
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** Whether the outcome is that of the workspace as it is now. */
  get isCurrent(): boolean {
    return this.#timer === undefined && !this.#running;
  }

  /** Asks the module something about the workspace as it is now. */
  ask<Kind extends Exclude<keyof CheckRequests, "import">>(kind: Kind): Promise<CheckRequests[Kind]["answer"]> {
    return this.#client.ask(kind, this.#workspace.project);
  }

  /** Checks the workspace; without the user's policies if one can't be compiled or doesn't end, so that our rules report. */
  async #outcomeNow(): Promise<Outcome> {
    try {
      return { kind: "checked", checked: await this.ask("check") };
    } catch (error) {
      const stopped = error as WorkerError;
      const failed: Outcome = { kind: "failed", error: stopped };
      // "Run on all files" is only a switch: a policy that it runs must not stop the check, however broken it is.
      const isEverywhere = this.#workspace.policy?.everywhere === true;
      const isOwn = isEverywhere && stopped.problems.some((problem) => "file" in problem && problem.file === POLICY_PATH);
      const isEndless = stopped.code === "stopped" && (isEverywhere || this.#workspace.config.includes("policies"));
      if (!isOwn && !isEndless) return failed;
      return this.#client.ask("check", { ...this.#workspace.project, withoutPolicies: true }).then(
        (checked): Outcome => ({ kind: "checked", checked, stopped: reasonOf(stopped) }),
        () => failed,
      );
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.emit("change");
    this.#timer = setTimeout(() => void this.#check(), PAUSE);
  }

  /** Runs one check at a time; what changes during it is checked after it. */
  async #check(): Promise<void> {
    this.#timer = undefined;
    if (this.#running) {
      this.#stale = true;
      return;
    }
    this.#running = true;
    try {
      do {
        this.#stale = false;
        this.#outcome = await this.#outcomeNow();
      } while (this.#stale);
    } finally {
      this.#running = false;
    }
    this.emit("outcome");
  }
}

/** Why the user's policies didn't run, with the place. */
function reasonOf({ message, problems }: WorkerError): string {
  const [first] = problems;
  if (first === undefined || !("file" in first)) return message;
  return `${first.file}, line ${first.line}: ${first.message}`;
}
