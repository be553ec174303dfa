import { setImmediate as breathe } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import type { Guard } from "../../guard.js";
import type { Chunk } from "./chunk.js";
import { checkChunk, type ChunkResult, type ChunkWork } from "./chunk-check.js";
import { Claims } from "./claims.js";
import type { Answer, Beginning } from "./message.js";
import { shared } from "./shared.js";

/** How chunks are checked by several threads. */
export interface ThreadOptions {
  readonly work: ChunkWork;
  /** How many threads check, the main one included. */
  readonly count: number;
  /** Gets the number of chunks that are done. */
  readonly onDone: (done: number) => void;
  /** Called with the reason if a thread ends early. Other threads check its chunks. */
  readonly onFailure: (reason: string) => void;
  /** The most findings that are kept. */
  readonly mostFindings: number;
  /** What a thread runs. */
  readonly entry?: URL;
}

/**
 * Checks chunks by several threads.
 *
 * @returns the result of each; `undefined` if all files have to be checked at once
 */
export async function checkByThreads(guard: Guard, chunks: readonly Chunk[], options: ThreadOptions): Promise<readonly ChunkResult[] | undefined> {
  const threads = new Threads(guard, chunks, options);
  try {
    return await threads.checkAll();
  } finally {
    await threads.end();
  }
}

/** The fewest chunks for each thread. It takes as long to start as to check a chunk, and V8 compiles most functions again. */
const chunksEach = 2;

/** The main thread's number. */
const main = 1;

class Threads {
  readonly #guard: Guard;
  readonly #chunks: readonly Chunk[];
  readonly #options: ThreadOptions;
  readonly #claims: Claims;
  /** The other threads, with their numbers. */
  readonly #others = new Map<Worker, number>();
  readonly #results: ChunkResult[] = [];
  #done = 0;
  #findings = 0;
  /** Whether all files have to be checked at once. */
  #isGivenUp = false;
  #wake: () => void = () => undefined;

  constructor(guard: Guard, chunks: readonly Chunk[], options: ThreadOptions) {
    this.#guard = guard;
    this.#chunks = options.count > 1 ? shared(chunks) : chunks;
    this.#options = options;
    this.#claims = Claims.of(chunks.length);
  }

  async checkAll(): Promise<readonly ChunkResult[] | undefined> {
    const count = Math.min(this.#options.count, Math.floor(this.#chunks.length / chunksEach));
    for (let thread = main + 1; thread <= count; thread += 1) this.#begin(thread);
    while (this.#done < this.#chunks.length && !this.#isGivenUp) {
      const index = this.#claims.take(main);
      const chunk = index === undefined ? undefined : this.#chunks[index];
      if (index === undefined || chunk === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else {
        this.#take(index, checkChunk(this.#guard, chunk, index === 0, this.#options.work));
        // What the other threads have answered meanwhile.
        await breathe();
      }
    }
    return this.#isGivenUp ? undefined : this.#results;
  }

  /** Ends the other threads. */
  async end(): Promise<void> {
    const workers = [...this.#others.keys()];
    this.#others.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #begin(thread: number): void {
    const { work, entry = new URL("./worker.js", import.meta.url) } = this.#options;
    const workerData: Beginning = { options: this.#guard.options, work, chunks: this.#chunks, claims: this.#claims.shared, thread };
    const worker = new Worker(entry, { workerData });
    this.#others.set(worker, thread);
    worker.on("message", (answer: Answer) => {
      if ("failure" in answer) this.#lose(worker, answer.failure);
      // What a thread that is lost had, others have done.
      else if (this.#others.has(worker)) this.#take(answer.index, answer.result);
    });
    worker.on("error", (error: Error) => this.#lose(worker, error.message));
    worker.on("exit", (code) => this.#lose(worker, code === 0 ? undefined : `it ended with ${code}`));
  }

  /**
   * Leaves the chunks without a result to other threads. If a file itself is the cause, the main thread reports that.
   *
   * @param reason why the thread is lost, unless it ended normally
   */
  #lose(worker: Worker, reason: string | undefined): void {
    const thread = this.#others.get(worker);
    if (thread === undefined) return;
    this.#others.delete(worker);
    void worker.terminate();
    if (reason !== undefined) this.#options.onFailure(reason);
    this.#claims.release(thread, (index) => this.#results[index] !== undefined);
    this.#wake();
  }

  #take(index: number, result: ChunkResult | undefined): void {
    if (this.#results[index] !== undefined) return;
    if (result !== undefined) {
      this.#results[index] = result;
      this.#done += 1;
      this.#findings += result.report.diagnostics.length;
      this.#options.onDone(this.#done);
    }
    if (result === undefined || this.#findings > this.#options.mostFindings) this.#isGivenUp = true;
    this.#wake();
  }
}
