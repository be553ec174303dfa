import { hostAt } from "./image-name.js";

/**
 * The registries that may be asked. Whoever writes the files that are checked must not choose whom the command calls,
 * so a host is here only if somebody else named it.
 */
export class AllowedRegistries {
  /** By `--allow-registry`. */
  readonly #named: ReadonlySet<string>;
  /** By the specification, and by what the account and the configuration say, from outside of the files. */
  readonly #known: ReadonlySet<string>;

  constructor(named: Iterable<string>, known: Iterable<string>) {
    this.#named = new Set(named);
    this.#known = new Set(known);
  }

  allows(host: string): boolean {
    return this.#named.has(host) || this.#known.has(host);
  }

  /** What the address of a registry has to be: where it was named, anything, also one's own machine. */
  reachOf(host: string): { readonly reach?: "not link-local" } {
    return this.#named.has(host) ? {} : { reach: "not link-local" };
  }

  /**
   * What another address has to be that a registry names, for a redirect or for tokens.
   *
   * @returns `undefined` where it isn't asked
   */
  reachFrom(registry: string, url: URL): { readonly reach?: "public" | "not link-local" } | undefined {
    const host = hostAt(url);
    if (host === undefined) return undefined;
    if (host === registry) return this.reachOf(host);
    if (this.#named.has(host)) return {};
    const isKnown = this.#known.has(host) || (registry === "docker.io" && host === "auth.docker.io");
    return isKnown ? { reach: "public" } : undefined;
  }
}
