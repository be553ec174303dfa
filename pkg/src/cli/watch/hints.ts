import { setTimeout as wait } from "node:timers/promises";

/** An editor that saves does several things at once: it is over when nothing has come for so long, in milliseconds. */
const settling = 8;
/** Nobody is waited for longer. */
const longest = 24;

/** What may have changed, gathered until somebody looks. */
export class Hints {
  #paths = new Set<string | undefined>();
  #wake: (() => void) | undefined;
  #last = 0;

  /** @param path `undefined` where nobody knows what has changed */
  add(path: string | undefined): void {
    this.#paths.add(path);
    this.#last = performance.now();
    this.#wake?.();
  }

  get areThere(): boolean {
    return this.#paths.size > 0;
  }

  /**
   * Waits for hints, and until no more come in quick succession.
   *
   * @param timeout in milliseconds; none without it
   * @returns none where the time is over
   */
  async next(timeout: number | undefined): Promise<ReadonlySet<string | undefined>> {
    if (!this.areThere) {
      await new Promise<void>((resolve) => {
        const timer = timeout === undefined ? undefined : setTimeout(resolve, timeout);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    for (const start = performance.now(); this.areThere && performance.now() - start < longest; ) {
      const quiet = performance.now() - this.#last;
      if (quiet >= settling) break;
      await wait(Math.ceil(settling - quiet));
    }
    const paths = this.#paths;
    this.#paths = new Set();
    return paths;
  }
}
