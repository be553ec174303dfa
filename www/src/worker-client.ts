import { UNFETCHED } from "./fetched.ts";
import type { Envelope, Problem, Refusal, Reply } from "./messages.ts";

/** Why there is no answer: the module's error, `stopped` after the limit, or `load`. */
export class WorkerError extends Error {
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor({ code, message, problems }: Refusal) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}

interface Waiting {
  readonly envelope: Envelope;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: WorkerError) => void;
}

type Requests = Record<string, { question: unknown; answer: unknown }>;

/**
 * Sends requests to a worker, one after another, and replaces the worker if it breaks or exceeds the limit, so that the
 * next request works.
 */
export class WorkerClient<Kinds extends { [Kind in keyof Kinds]: Requests[string] }> {
  readonly #make: () => Worker;
  readonly #limit: number;
  readonly #queue: Waiting[] = [];
  #worker: Worker | undefined;
  #ready = false;
  #current: Waiting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #count = 0;

  /** @param limit how long an answer may take, in milliseconds, once the worker has loaded */
  constructor(make: () => Worker, limit: number) {
    this.#make = make;
    this.#limit = limit;
  }

  /** @throws WorkerError (as a rejection) */
  ask<Kind extends keyof Kinds & string>(
    kind: Kind,
    question: Kinds[Kind]["question"],
  ): Promise<Kinds[Kind]["answer"]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ envelope: { id: ++this.#count, kind, question }, resolve, reject });
      this.#next();
    });
  }

  /** Loads the worker before the first request. */
  start(): void {
    if (this.#worker !== undefined) return;
    const worker = this.#make();
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#replace({
        code: "load",
        message: `a part of the page stopped working: ${event.message || "it could not be loaded"}`,
        problems: [],
      });
    });
  }

  #receive(reply: Reply): void {
    if ("ready" in reply) {
      this.#ready = true;
      this.#next();
    } else if ("failed" in reply) {
      this.#current ??= this.#queue.shift();
      this.#replace(reply.failed);
    } else if (this.#current?.envelope.id === reply.id) {
      const { resolve, reject } = this.#current;
      this.#current = undefined;
      clearTimeout(this.#timer);
      if ("answer" in reply) resolve(reply.answer);
      else reject(new WorkerError(reply.refusal));
      this.#next();
    }
  }

  #next(): void {
    if (this.#current !== undefined || this.#queue.length === 0) return;
    this.start();
    if (!this.#ready) return;
    this.#current = this.#queue.shift();
    this.#worker?.postMessage(this.#current?.envelope);
    this.#timer = setTimeout(() => {
      this.#replace({
        code: "stopped",
        message: `stopped, because there was no answer after ${this.#limit / 1000} seconds`,
        problems: [],
      });
    }, this.#limit);
  }

  #replace(reason: Refusal): void {
    const refusal = reason.code === "load" && !navigator.onLine ? { ...reason, message: UNFETCHED } : reason;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = false;
    const failed = this.#current ?? this.#queue.shift();
    this.#current = undefined;
    failed?.reject(new WorkerError(refusal));
    this.#next();
  }
}
