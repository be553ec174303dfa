/** The order of UTF-8, which is the report's; JavaScript's is another where a character has two units. */
export function byBytes(one: string, other: string): number {
  return /[\ud800-\uffff]/.test(one + other) ? Buffer.compare(Buffer.from(one), Buffer.from(other)) : one < other ? -1 : one > other ? 1 : 0;
}
