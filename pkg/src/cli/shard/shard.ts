import { shown } from "../output.js";
import { UsageError } from "../usage-error.js";

/** One of several parts into which the files of a check are split. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

const mostShards = 1000;

/**
 * Reads `3/8`.
 *
 * @throws UsageError
 */
export function shardOf(text: string, hint: string): Shard {
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index <= shard.count && shard.count <= mostShards) return shard;
  throw new UsageError(`option '--shard' can't be '${shown(text)}'; it is INDEX/COUNT, from 1/1 to ${mostShards}/${mostShards}: '3/8' is the third of eight shards`, hint);
}
