import { availableParallelism } from "node:os";

import { shown } from "./output.js";
import { UsageError } from "./usage-error.js";

/** Each thread takes memory of its own. */
const mostByItself = 4;
const most = 256;

/**
 * How many threads check, by `--concurrency`.
 *
 * @throws UsageError
 */
export function concurrencyOf(text: string, hint: string): number {
  const count = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Infinity;
  if (count <= most) return count;
  throw new UsageError(`option '--concurrency' can't be '${shown(text)}'; it is a number from 1 to ${most}`, hint);
}

/** How many threads check where nobody says so. */
export function ownConcurrency(): number {
  return Math.min(availableParallelism(), mostByItself);
}
