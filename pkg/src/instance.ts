import { HarnessImageGuardError, reasonOf, type ConfigProblem, type PolicyProblem } from "./error.js";

/** What wasm-bindgen generates for a module, as far as every module has it. */
export interface Bindings {
  initSync(options: { readonly module: WebAssembly.Module }): unknown;
  __wbg_reset_state(): void;
}

/** A compiled module, and the bindings that were generated for it. */
export interface Loaded<B extends Bindings> {
  readonly bindings: B;
  readonly module: WebAssembly.Module;
}

/**
 * The WebAssembly instance of this program, and its replacement once it has broken.
 *
 * After a trap (a stack that overflowed, memory that ran out, a panic) an instance answers wrongly
 * or not at all, good input included. So it is never used again: the next call gets a new one,
 * made from the same compiled module.
 */
export class Instance<B extends Bindings> {
  readonly #load: () => Promise<Loaded<B>>;
  #started: Promise<void> | undefined;
  #bindings: B | undefined;
  #generation = 0;
  #broken = false;

  /** @param load how this host gets at the compiled module; asked once, and again only if it failed. */
  constructor(load: () => Promise<Loaded<B>>) {
    this.#load = load;
  }

  /** Loads the module, unless that is done or under way. */
  start(): Promise<void> {
    this.#started ??= this.#load().then(
      ({ bindings, module }) => {
        bindings.initSync({ module });
        this.#bindings = bindings;
      },
      (cause: unknown) => {
        this.#started = undefined;
        throw new HarnessImageGuardError(
          "load",
          `the WebAssembly module could not be loaded: ${reasonOf(cause)}`,
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
  call<T>(work: (bindings: B, generation: number) => T): T {
    const bindings = this.#bindings;
    if (bindings === undefined) throw new HarnessImageGuardError("load", "the module is not loaded");
    try {
      if (this.#broken) this.#replace(bindings);
      return work(bindings, this.#generation);
    } catch (error) {
      // Before anything else: where the stack is at its end, no call gets through from here on.
      this.#broken = true;
      const refusal = refusalOf(error);
      if (refusal === undefined) {
        throw new HarnessImageGuardError("internal", `internal error: ${reasonOf(error)}`, {
          cause: error,
        });
      }
      this.#broken = false;
      throw refusal;
    }
  }

  /** Gives back what was made on the instance of that number; with a broken or replaced one, it is gone already. */
  release(generation: number, work: () => void): void {
    if (!this.#broken && generation === this.#generation) this.call(work);
  }

  #replace(bindings: B): void {
    bindings.__wbg_reset_state();
    this.#generation += 1;
    this.#broken = false;
  }
}

/** The module's own answer to bad input; `undefined` if `error` is anything else, and so a fault. */
function refusalOf(error: unknown): HarnessImageGuardError | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const problems = "problems" in error && Array.isArray(error.problems) ? error.problems : [];
  switch (error.code) {
    case "config":
    case "usage":
      return new HarnessImageGuardError(error.code, error.message, {
        cause: error,
        problems: problems as ConfigProblem[],
      });
    case "rego":
      return new HarnessImageGuardError(error.code, error.message, {
        cause: error,
        problems: problems as PolicyProblem[],
      });
    default:
      return undefined;
  }
}
