import type { SourceFile } from "../source-file.js";

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
