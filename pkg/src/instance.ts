import { HarnessImageGuardError, type ConfigProblem } from "./error.js";
import { __wbg_reset_state, initSync } from "./wasm/harness_image_guard.js";

/**
 * The WebAssembly instance of this program, and its replacement once it has broken.
 *
 * After a trap (a stack that overflowed, memory that ran out, a panic) an instance answers wrongly
 * or not at all, good input included. So it is never used again: the next call gets a new one,
 * made from the same compiled module.
 */
export class Instance {
  readonly #load: () => Promise<WebAssembly.Module>;
  #started: Promise<void> | undefined;
  #generation = 0;
  #broken = false;

  /** @param load how this host gets at the compiled module; asked once, and again only if it failed. */
  constructor(load: () => Promise<WebAssembly.Module>) {
    this.#load = load;
  }

  /** Loads the module, unless that is done or under way. */
  start(): Promise<void> {
    this.#started ??= this.#load().then(
      (module) => {
        initSync({ module });
      },
      (cause: unknown) => {
        this.#started = undefined;
        throw new HarnessImageGuardError(
          "load",
          `the WebAssembly module could not be loaded: ${textOf(cause)}`,
          { cause },
        );
      },
    );
    return this.#started;
  }

  /**
   * Calls into the instance.
   *
   * @param work gets the number of the instance: what it made on one of another number is gone.
   * @throws HarnessImageGuardError whatever `work` throws.
   */
  call<T>(work: (generation: number) => T): T {
    try {
      if (this.#broken) this.#replace();
      return work(this.#generation);
    } catch (error) {
      // Before anything else: where the stack is at its end, no call gets through from here on.
      this.#broken = true;
      const refusal = refusalOf(error);
      if (refusal === undefined) {
        throw new HarnessImageGuardError("internal", `internal error: ${textOf(error)}`, {
          cause: error,
        });
      }
      this.#broken = false;
      throw refusal;
    }
  }

  #replace(): void {
    __wbg_reset_state();
    this.#generation += 1;
    this.#broken = false;
  }
}

/** The module's own answer to bad input; `undefined` if `error` is anything else, and so a fault. */
function refusalOf(error: unknown): HarnessImageGuardError | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (error.code !== "config" && error.code !== "usage") return undefined;
  const problems =
    "problems" in error && Array.isArray(error.problems) ? (error.problems as ConfigProblem[]) : [];
  return new HarnessImageGuardError(error.code, error.message, { cause: error, problems });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
