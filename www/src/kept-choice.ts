/** A choice of this tab that survives a reload. */
export class KeptChoice {
  readonly #key: string;

  constructor(name: string) {
    this.#key = `harness-image-guard.${name}`;
  }

  get value(): string | undefined {
    try {
      return sessionStorage.getItem(this.#key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  set value(value: string) {
    try {
      sessionStorage.setItem(this.#key, value);
    } catch {
      // Then it lasts as long as the page.
    }
  }
}
