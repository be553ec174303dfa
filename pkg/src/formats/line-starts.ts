/** Where the lines of files begin. */
export class LineStarts {
  readonly #contents: ReadonlyMap<string, Uint8Array>;
  readonly #starts = new Map<string, readonly number[]>();

  constructor(contents: ReadonlyMap<string, Uint8Array>) {
    this.#contents = contents;
  }

  /** The offset of each line in bytes; `undefined` where the content isn't known. */
  of(file: string): readonly number[] | undefined {
    const known = this.#starts.get(file);
    const content = this.#contents.get(file);
    if (known !== undefined || content === undefined) return known;
    const starts = [0];
    for (let at = 0; at < content.length; at += 1) {
      const byte = content[at];
      const isEnd = byte === 10 || (byte === 13 && content[at + 1] !== 10);
      if (isEnd) starts.push(at + 1);
    }
    this.#starts.set(file, starts);
    return starts;
  }
}
