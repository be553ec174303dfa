import { once } from "node:events";
import { fstatSync, writeSync } from "node:fs";

/**
 * Standard output or standard error.
 *
 * Node takes longer to make its streams than a report takes to be written, so files and pipes are written to without
 * them, and a slow reader is waited for. Node's streams write to everything else, a terminal above all; to a pipe that
 * is full and can't be waited for; and on Windows, where terminals need them for the encoding.
 */
export class StandardStream {
  readonly #descriptor: 1 | 2;
  #isWaitedFor: boolean | undefined;
  #byNode: NodeJS.WriteStream | undefined;
  #hasFailed = false;
  #complain: (error: NodeJS.ErrnoException) => void = (error) => {
    throw error;
  };

  constructor(descriptor: 1 | 2) {
    this.#descriptor = descriptor;
  }

  get isTerminal(): boolean {
    // Undefined, whatever its type says, where it is none.
    return !this.#waits && Boolean(this.byNode.isTTY);
  }

  /** Node's stream, which writes everything from here on, and so waits for no reader. */
  get byNode(): NodeJS.WriteStream {
    this.#isWaitedFor = false;
    this.#byNode ??= (this.#descriptor === 1 ? process.stdout : process.stderr).on("error", (error) => this.#fail(error));
    return this.#byNode;
  }

  /** For a program that goes on, and has more to do than to wait for a reader. */
  neverWait(): void {
    void this.byNode;
  }

  /** @param complain gets why nothing more can be written, when the work that wrote it has made way for other work */
  onError(complain: (error: NodeJS.ErrnoException) => void): void {
    this.#complain = complain;
  }

  /** What comes after an error isn't written. */
  write(content: string | Uint8Array): void {
    if (this.#hasFailed || content.length === 0) return;
    if (this.#waits) this.#writeAll(typeof content === "string" ? Buffer.from(content) : content);
    else this.byNode.write(content);
  }

  /** Waits for a slow reader, so that what it hasn't read doesn't pile up. */
  async drained(): Promise<void> {
    // Whoever gets the error decides what becomes of the work.
    if (this.#hasFailed) await new Promise(() => undefined);
    if (this.#byNode?.writableNeedDrain === true) await once(this.#byNode, "drain");
  }

  #writeAll(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#descriptor, bytes, done);
    } catch (error) {
      if (codeOf(error) === "EAGAIN") return void this.byNode.write(bytes.subarray(done));
      this.#hasFailed = true;
      process.nextTick(() => this.#fail(error as NodeJS.ErrnoException));
    }
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#hasFailed = true;
    this.#complain(error);
  }

  get #waits(): boolean {
    this.#isWaitedFor ??= process.platform !== "win32" && isFileOrPipe(this.#descriptor);
    return this.#isWaitedFor;
  }
}

function isFileOrPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() || stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

export const standardOutput = new StandardStream(1);
export const standardError = new StandardStream(2);
