/** Which thread has which chunk. Any thread may take a free one. */
export class Claims {
  readonly #threads: Int32Array;

  /** @param threads for each chunk the number of its thread, from 1 */
  constructor(threads: Int32Array) {
    this.#threads = threads;
  }

  static of(chunks: number): Claims {
    return new Claims(new Int32Array(new SharedArrayBuffer(chunks * Int32Array.BYTES_PER_ELEMENT)));
  }

  /** To be sent to another thread. */
  get shared(): Int32Array {
    return this.#threads;
  }

  /** Takes the next free chunk for a thread. */
  take(thread: number): number | undefined {
    for (let index = 0; index < this.#threads.length; index += 1) {
      if (Atomics.compareExchange(this.#threads, index, 0, thread) === 0) return index;
    }
    return undefined;
  }

  /** Frees a thread's chunks that aren't done. */
  release(thread: number, isDone: (index: number) => boolean): void {
    for (let index = 0; index < this.#threads.length; index += 1) {
      if (!isDone(index)) Atomics.compareExchange(this.#threads, index, thread, 0);
    }
  }
}
