import { Refusal } from "./refusal.js";

/** How many requests each client has under way; nothing is kept of those that have none. */
export class Occupancy {
  readonly #most: number;
  readonly #byClient = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * One more request of a client.
   *
   * @returns to be called once when it has ended
   * @throws Refusal with 429
   */
  enter(client: string): () => void {
    const count = this.#byClient.get(client) ?? 0;
    if (count >= this.#most) {
      throw new Refusal(429, "too_many_requests", `${this.#most} requests are under way already; try again when one has been answered`, { headers: { "retry-after": "1" } });
    }
    this.#byClient.set(client, count + 1);
    let isUnderWay = true;
    return () => {
      if (!isUnderWay) return;
      isUnderWay = false;
      const left = (this.#byClient.get(client) ?? 1) - 1;
      if (left === 0) this.#byClient.delete(client);
      else this.#byClient.set(client, left);
    };
  }
}
