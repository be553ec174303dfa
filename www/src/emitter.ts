/** Calls listeners when an event happens. */
export class Emitter<Event extends string> {
  readonly #listeners = new Map<Event, Set<() => void>>();

  on(event: Event, listener: () => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
  }

  protected emit(event: Event): void {
    for (const listener of this.#listeners.get(event) ?? []) listener();
  }
}
