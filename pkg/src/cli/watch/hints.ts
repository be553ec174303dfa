import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** An editor that saves does several things at once: it is over when nothing has come for so long, in milliseconds. */
const settling = 8;
/** Nobody is waited for longer. */
const longest = 24;
/** How long an empty file may be one that is being written, in milliseconds. */
const emptied = 20;

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
   * Waits for hints, until no more come in quick succession, and for files that are being written.
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
    // Who writes into a file empties it first.
    if (await isAnyEmpty(this.#paths)) await wait(emptied);
    const paths = this.#paths;
    this.#paths = new Set();
    return paths;
  }
}

async function isAnyEmpty(paths: ReadonlySet<string | undefined>): Promise<boolean> {
  const isEmpty = async (path: string | undefined): Promise<boolean> => {
    const stats = path === undefined ? undefined : await stat(path).catch(() => undefined);
    return stats !== undefined && stats.isFile() && stats.size === 0;
  };
  return (await Promise.all([...paths].map(isEmpty))).includes(true);
}
