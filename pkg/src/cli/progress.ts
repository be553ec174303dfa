import type { StandardStream } from "./standard-stream.js";

/** Below this, the work is done before anybody has read a line about it. */
const fewestFiles = 200;
const milliseconds = 80;

/** A line on a terminal that says how far the work is, and leaves nothing behind. */
export class Progress {
  readonly #stream: StandardStream | undefined;
  #shownAt = 0;

  /** @param stream written to only if it is a terminal and there are many files */
  constructor(stream: StandardStream, files: number) {
    this.#stream = files >= fewestFiles && stream.isTerminal ? stream : undefined;
  }

  /** Says that `done` of `all` files are read; most calls in quick succession are passed over. */
  read(done: number, all: number): void {
    const now = Date.now();
    if (this.#stream === undefined || now - this.#shownAt < milliseconds) return;
    this.#shownAt = now;
    this.#show(`Reading ${done} of ${all} files…`);
  }

  /** Says that the checking itself goes on. */
  checking(all: number): void {
    this.#show(`Checking ${all} files…`);
  }

  /** Says how far the checking is. */
  checked(done: number, all: number): void {
    this.#show(`Checked ${Math.floor((100 * done) / all)}% of the files…`);
  }

  /** Takes the line away. */
  end(): void {
    this.#show("");
  }

  #show(text: string): void {
    this.#stream?.write(`\r\u001b[2K${text}`);
  }
}
