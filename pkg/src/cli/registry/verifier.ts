import type { Image, Inventory, Origin } from "../../inventory.js";
import type { Client } from "../network/client.js";
import { inParallel } from "../network/in-parallel.js";
import type { AllowedRegistries } from "./allowed.js";
import type { DockerCredentials } from "./credentials.js";
import { type ImageName, imageNameOf } from "./image-name.js";
import { Registry } from "./registry.js";
import { noSuchName, not, type RateLimit, type Verification } from "./verification.js";

/** How many names are asked for at once. */
const atOnce = 8;

/** More names than any account's pipelines have. */
const mostNames = 1000;

/** What the registries say of an inventory's images. */
export interface Verified {
  /** By full names; one that isn't here is unknown, or has an expression in it. */
  readonly answers: ReadonlyMap<string, Verification>;
  /** What registries say of how much may be pulled, by their hosts. */
  readonly rateLimits: ReadonlyMap<string, RateLimit>;
  /** Registries that weren't asked because nobody has allowed it. */
  readonly notAllowed: readonly string[];
  /** Names in the files of which no registry knows whether they are there: the check isn't whole. */
  readonly unanswered: number;
}

/** Asks registries for each name once. */
export class Verifier {
  readonly #client: Client;
  readonly #allowed: AllowedRegistries;
  readonly #credentials: DockerCredentials;
  readonly #registries = new Map<string, Registry>();

  constructor(client: Client, allowed: AllowedRegistries, credentials: DockerCredentials) {
    this.#client = client;
    this.#allowed = allowed;
    this.#credentials = credentials;
  }

  /** The registry of a host, which has to be allowed. */
  registry(host: string): Registry {
    const known = this.#registries.get(host) ?? new Registry(this.#client, host, this.#allowed, this.#credentials);
    this.#registries.set(host, known);
    return known;
  }

  allows(host: string): boolean {
    return this.#allowed.allows(host);
  }

  /** What the registries that were asked say of how much may be pulled, by their hosts. */
  get rateLimits(): ReadonlyMap<string, RateLimit> {
    return new Map([...this.#registries].flatMap(([host, { rateLimit }]) => (rateLimit === undefined ? [] : [[host, rateLimit] as const])));
  }

  /** @throws UsageError where Docker's credentials can't be had */
  async verify({ images }: Pick<Inventory, "images">): Promise<Verified> {
    const answers = new Map<string, Verification>();
    const asked = new Map<string, { readonly name: ImageName; readonly origin: Origin }>();
    const notAllowed = new Set<string>();
    for (const image of images) {
      const { fullName, literal } = image;
      const key = keyOf(image);
      if (fullName === null || !literal || answers.has(key) || asked.has(key)) continue;
      const name = imageNameOf(fullName);
      if (typeof name === "string") answers.set(key, noSuchName(name));
      else if (!this.#allowed.allows(name.host)) {
        notAllowed.add(name.host);
        answers.set(key, not("unknown", `${name.host} isn't asked: '--allow-registry ${name.host}'`));
      } else if (asked.size === mostNames) answers.set(key, not("unknown", `at most ${mostNames} names are looked up at once`));
      else asked.set(key, { name, origin: image.origin });
    }
    await inParallel([...asked], atOnce, async ([key, { name, origin }]) => {
      const registry = this.registry(name.host);
      answers.set(key, await (origin === "harness" ? registry.hasTags(name.repository) : registry.verify(name)));
    });
    return {
      answers,
      rateLimits: this.rateLimits,
      notAllowed: [...notAllowed].sort(),
      unanswered: [...answers.values()].filter(({ verdict }) => verdict === "unknown").length,
    };
  }
}

/**
 * Images of one key are asked for once. It is the full name, by which the guard takes the answer; of Harness's own, which
 * have no tag here, any version will do.
 */
function keyOf({ fullName, origin }: Image): string {
  return origin === "harness" ? `${fullName}:*` : String(fullName);
}
