/**
 * Strings that nobody may read in what the command writes: tokens and passwords. A server, or an error of the network,
 * could repeat them.
 */
export class Secrets {
  readonly #hidden = new Set<string>();

  /** Hides a string from now on, as it is and as a header or an address has it; what is very short says nothing. */
  add(secret: string): void {
    if (secret.length < 4) return;
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
    for (const form of forms) this.#hidden.add(form);
  }

  /** A text without them. */
  hide(text: string): string {
    // The longest first: one may be part of another.
    const longest = [...this.#hidden].sort((a, b) => b.length - a.length);
    return longest.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  }
}
