import type { SourceFile } from "../../source-file.js";
import { byBytes } from "../byte-order.js";
import { sizeOf } from "../source-size.js";
import type { Shard } from "./shard.js";

/**
 * The paths of a shard's files. Every job that has the same files comes to the same split, and each file is in exactly
 * one shard. The largest file goes first, each to the shard that has least: no shard gets more than a third beyond its
 * share, unless one file alone is larger.
 */
export function pathsOfShard(sources: readonly SourceFile[], { index, count }: Shard): ReadonlySet<string> {
  const files = sources.map((source) => ({ path: source.path, weight: sizeOf(source) }));
  files.sort((a, b) => b.weight - a.weight || byBytes(a.path, b.path));
  const loads = new Array<number>(count).fill(0);
  const own = new Set<string>();
  for (const { path, weight } of files) {
    let least = 0;
    for (let at = 1; at < count; at += 1) if ((loads[at] ?? 0) < (loads[least] ?? 0)) least = at;
    loads[least] = (loads[least] ?? 0) + weight;
    if (least === index - 1) own.add(path);
  }
  return own;
}
