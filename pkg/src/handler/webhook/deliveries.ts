/** How many are remembered; the oldest is forgotten for one more. */
const most = 10_000;

/** Deliveries that were answered, or are being answered, so that none is answered twice. */
export class Deliveries {
  readonly #known = new Set<string>();

  /** Whether a delivery comes for the first time; from now on it doesn't. */
  isNew(delivery: string): boolean {
    if (this.#known.has(delivery)) return false;
    this.#known.add(delivery);
    if (this.#known.size > most) {
      for (const oldest of this.#known) {
        this.#known.delete(oldest);
        break;
      }
    }
    return true;
  }

  /** A delivery that couldn't be answered may come again. */
  forget(delivery: string): void {
    this.#known.delete(delivery);
  }
}
