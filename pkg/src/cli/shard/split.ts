import type { SourceFile } from "../../source-file.js";
import { byBytes } from "../byte-order.js";
import type { Shard } from "./shard.js";

/** In bytes: what a file takes beside what its content takes. */
const aFile = 2048;

/**
 * The paths of a shard's files. Every job that has the same files comes to the same split, and each file is in exactly
 * one shard. The largest file goes first, each to the shard that has least: no shard gets more than a third beyond its
 * share, unless one file alone is larger.
 */
export function pathsOfShard(sources: readonly SourceFile[], { index, count }: Shard): ReadonlySet<string> {
  const files = sources.map((source) => ({ path: source.path, weight: aFile + ("text" in source ? source.text.length : 0) }));
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

/** `connector` as YAML and JSON may write it in double quotes: each letter escaped, or a line break between two. */
const word = [..."connector"]
  .map((letter) => {
    const hex = letter.charCodeAt(0).toString(16).replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${letter}|\\\\x${hex}|\\\\u00${hex}|\\\\U000000${hex})`;
  })
  .join("(?:\\\\\\r?\\n[ \\t]*)?");

/** The word as a key: a colon follows, or something may be between that is too long to be gone through. */
const asKey = new RegExp(`${word}["']?(?:\\s{0,64}:|\\s{0,63}#|\\s{64})`);

/** The word with an anchor: an alias may be the key elsewhere. */
const anchored = new RegExp(`&[^\\s&]{1,128}\\s{1,64}(?:![^\\s&]{0,128}\\s{1,64})?["']?${word}`);

/**
 * Whether a file may hold a connector, which pipelines in all files are judged by. It says so of some that hold none,
 * and takes a fraction of the time of reading the file as YAML.
 */
export function mayHoldConnector(source: SourceFile): boolean {
  if (!("text" in source)) return false;
  const text = typeof source.text === "string" ? source.text : Buffer.from(source.text.buffer, source.text.byteOffset, source.text.byteLength).toString("latin1");
  return asKey.test(text) || anchored.test(text);
}
