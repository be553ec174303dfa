import type { Existence, Verification } from "../../inventory.js";

export type { Existence, Verification } from "../../inventory.js";

/** The verdicts in words, as every format has them. */
export const words: Readonly<Record<Existence, string>> = {
  there: "there",
  missing: "not there",
  denied: "not allowed",
  unknown: "unknown",
};

/** An image that is there, where its digest wasn't asked for. */
export const there: Verification = { verdict: "there", digest: null, platforms: null, reason: null };

/** An image that is not there, or not known to be, and why. */
export function not(verdict: Exclude<Existence, "there">, reason: string): Verification {
  return { verdict, digest: null, platforms: null, reason };
}

/** Of a name that no registry can have, and why. */
export function noSuchName(why: string): Verification {
  return not("missing", `no registry can have this name: ${why}`);
}

/** How often a registry lets one pull, as Docker Hub says it. */
export interface RateLimit {
  readonly remaining: number;
  readonly limit: number | null;
  /** In seconds; `null` where it isn't said. */
  readonly window: number | null;
}
