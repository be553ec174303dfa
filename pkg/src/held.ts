import { HarnessImageGuardError } from "./error.js";
import type { Bindings, Instance } from "./instance.js";

/**
 * What an object of ours holds in the module's memory: made at once, made anew where the instance was
 * replaced, and given back when somebody says so. Without that, it goes when JavaScript collects the object,
 * which may be long after.
 */
export class Held<B extends Bindings, T extends { free(): void }> {
  readonly #instance: Instance<B>;
  readonly #name: string;
  readonly #make: (bindings: B) => T;
  #made: { readonly value: T; readonly generation: number } | undefined;

  /**
   * @param name what it is to a person: `guard`
   * @throws HarnessImageGuardError whatever `make` throws
   */
  constructor(instance: Instance<B>, name: string, make: (bindings: B) => T) {
    this.#instance = instance;
    this.#name = name;
    this.#make = make;
    this.#made = instance.call((bindings, generation) => ({ value: make(bindings), generation }));
  }

  /**
   * Works with it, on the instance of now.
   *
   * @throws HarnessImageGuardError with the code `usage` after {@link Held.dispose}; whatever `work` throws
   */
  call<R>(work: (value: T, bindings: B) => R): R {
    this.assertHeld();
    return this.#instance.call((bindings, generation) => {
      if (this.#made?.generation !== generation) this.#made = { value: this.#make(bindings), generation };
      return work(this.#made.value, bindings);
    });
  }

  /** @throws HarnessImageGuardError with the code `usage` after {@link Held.dispose} */
  assertHeld(): void {
    if (this.#made !== undefined) return;
    throw new HarnessImageGuardError("usage", `this ${this.#name} has been disposed of, and can't be used any more`);
  }

  /** Gives the memory back. A second time does nothing. */
  dispose(): void {
    const made = this.#made;
    this.#made = undefined;
    if (made !== undefined) this.#instance.release(made.generation, () => made.value.free());
  }
}
