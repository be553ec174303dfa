const units: Readonly<Record<string, number>> = {
  "": 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
};

/** In bytes, of a file: more wouldn't fit into the module's memory beside what is made of it. */
export const largestFile = 2 ** 30;

/**
 * Reads a size, as in `500000`, `512k`, `16MiB`; units count by 1024.
 *
 * @returns bytes, from 1 to 1 GiB; `undefined` for anything else
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,12})\s*([kmg]?)(?:i?b)?$/i.exec(text.trim());
  const unit = units[match?.[2]?.toLowerCase() ?? ""];
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return bytes >= 1 && bytes <= largestFile ? bytes : undefined;
}
