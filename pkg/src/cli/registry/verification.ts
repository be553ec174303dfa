/**
 * What a registry says of an image:
 * - `there`: it can be pulled;
 * - `missing`: it isn't there;
 * - `denied`: the registry doesn't let us see it, or it isn't there;
 * - `unknown`: unknown, for `reason`.
 */
export type Verdict = "there" | "missing" | "denied" | "unknown";

/** What is known of an image in its registry. */
export interface Verification {
  readonly verdict: Verdict;
  /** What the tag points to; `null` where that isn't known. */
  readonly digest: string | null;
  /** Such as `linux/arm64/v8`; `null` where they weren't asked for. */
  readonly platforms: readonly string[] | null;
  /** Why it isn't there; `null` where it is. */
  readonly reason: string | null;
}

/** The verdicts in words, as every format has them. */
export const words: Readonly<Record<Verdict, string>> = {
  there: "there",
  missing: "not there",
  denied: "not allowed",
  unknown: "unknown",
};

/** An image that is there, where its digest wasn't asked for. */
export const there: Verification = { verdict: "there", digest: null, platforms: null, reason: null };

/** An image that is not there, or not known to be, and why. */
export function not(verdict: Exclude<Verdict, "there">, reason: string): Verification {
  return { verdict, digest: null, platforms: null, reason };
}

/** How often a registry lets one pull, as Docker Hub says it. */
export interface RateLimit {
  readonly remaining: number;
  readonly limit: number | null;
  /** In seconds; `null` where it isn't said. */
  readonly window: number | null;
}
