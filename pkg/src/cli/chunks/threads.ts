import { setImmediate as breathe } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import type { Guard } from "../../guard.js";
import type { Chunk } from "./chunk.js";
import { checkChunk, type ChunkResult, type ChunkWork } from "./chunk-check.js";
import type { Answer, Beginning, Task } from "./message.js";

/** So many chunks a thread has been given at a time: with the next one it need not wait for the main thread, which checks too. */
const ahead = 2;

/** How chunks are checked by several threads. */
export interface ThreadOptions {
  readonly work: ChunkWork;
  /** How many threads check, the main one included. */
  readonly count: number;
  /** Compiled already. */
  readonly module: WebAssembly.Module;
  /** Gets the number of chunks that are done. */
  readonly onDone: (done: number) => void;
  /** Gets why a thread has ended early: what it had is checked by others. */
  readonly onFailure: (reason: string) => void;
  /** So many findings are kept. */
  readonly mostFindings: number;
  /** What a thread runs. */
  readonly entry?: URL;
}

/**
 * Checks chunks by several threads.
 *
 * @returns what is found in each; `undefined` where all files have to be checked at once
 */
export async function checkByThreads(guard: Guard, chunks: readonly Chunk[], options: ThreadOptions): Promise<readonly ChunkResult[] | undefined> {
  const threads = new Threads(guard, chunks, options);
  try {
    return await threads.checkAll();
  } finally {
    await threads.end();
  }
}

class Threads {
  readonly #guard: Guard;
  readonly #chunks: readonly Chunk[];
  readonly #options: ThreadOptions;
  /** The numbers of the chunks that no thread has. */
  readonly #left: number[];
  /** What the threads have. */
  readonly #given = new Map<Worker, Set<number>>();
  readonly #results: ChunkResult[] = [];
  #done = 0;
  #findings = 0;
  /** Whether all files have to be checked at once. */
  #isGivenUp = false;
  #wake: () => void = () => undefined;

  constructor(guard: Guard, chunks: readonly Chunk[], options: ThreadOptions) {
    this.#guard = guard;
    this.#chunks = chunks;
    this.#options = options;
    this.#left = chunks.map((_, index) => index).reverse();
  }

  async checkAll(): Promise<readonly ChunkResult[] | undefined> {
    for (let others = Math.min(this.#options.count, this.#chunks.length) - 1; others > 0; others -= 1) this.#begin();
    while (this.#done < this.#chunks.length && !this.#isGivenUp) {
      const index = this.#left.pop();
      const chunk = index === undefined ? undefined : this.#chunks[index];
      if (index === undefined || chunk === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else {
        this.#take(index, checkChunk(this.#guard, chunk, index === 0, this.#options.work));
        // What the threads have answered meanwhile.
        await breathe();
      }
    }
    return this.#isGivenUp ? undefined : this.#results;
  }

  /** Ends the threads. */
  async end(): Promise<void> {
    await Promise.all([...this.#given.keys()].map((worker) => worker.terminate()));
  }

  #begin(): void {
    const { module, work, entry = new URL("./worker.js", import.meta.url) } = this.#options;
    const workerData: Beginning = { module, options: this.#guard.options, work };
    const worker = new Worker(entry, { workerData });
    this.#given.set(worker, new Set());
    worker.on("message", (answer: Answer) => {
      if ("failure" in answer) return this.#lose(worker, answer.failure);
      // A thread whose chunks others have has nothing to say.
      if (this.#given.get(worker)?.delete(answer.index) !== true) return;
      this.#take(answer.index, answer.result);
      this.#give(worker);
    });
    worker.on("error", (error: Error) => this.#lose(worker, error.message));
    worker.on("exit", (code) => this.#lose(worker, `it ended with ${code}`));
    for (let given = 0; given < ahead; given += 1) this.#give(worker);
  }

  #give(worker: Worker): void {
    const index = this.#left.pop();
    const chunk = index === undefined ? undefined : this.#chunks[index];
    if (index === undefined || chunk === undefined) return;
    this.#given.get(worker)?.add(index);
    worker.postMessage({ index, chunk } satisfies Task);
  }

  /** What a thread had and has no result of, others check: what is wrong with the files themselves, the main thread says. */
  #lose(worker: Worker, reason: string): void {
    const given = this.#given.get(worker);
    if (given === undefined) return;
    this.#given.delete(worker);
    void worker.terminate();
    if (this.#isGivenUp || this.#done === this.#chunks.length) return;
    this.#options.onFailure(reason);
    this.#left.push(...given);
    this.#wake();
  }

  #take(index: number, result: ChunkResult | undefined): void {
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
