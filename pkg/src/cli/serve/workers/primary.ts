import cluster, { type Worker } from "node:cluster";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import type { LogEntry } from "../../../handler/log.js";
import { type Counts, metric, Metrics } from "../../../handler/metrics.js";
import type { FromWorker, ToWorker, Work } from "./message.js";

/** By this variable, a process knows that it is one of our workers: a process manager may have workers of its own. */
const variable = "HARNESS_IMAGE_GUARD_WORKER";

/** Whether this process is a worker. */
export function isWorker(): boolean {
  return process.env[variable] !== undefined && process.send !== undefined;
}

/** In milliseconds: after a worker has broken, the next one starts so much later, twice as late each time. */
const shortestPause = 100;
const longestPause = 10_000;
/** In milliseconds: a worker that has lived so long didn't break because of how it starts. */
const healthy = 60_000;
/** In milliseconds: how long workers have to say what they have counted. */
const countingPatience = 1000;
/** In milliseconds: what a worker may take beyond the patience of a stop. */
const mostStopping = 2000;

interface Place {
  worker: Worker;
  startedAt: number;
  /** What it said last that it has counted. */
  counts: Counts | undefined;
  /** How long the next one waits. */
  pause: number;
}

/** Processes that answer at one address. One that ends is replaced. */
export class Workers {
  readonly port: number;
  readonly #work: Work;
  readonly #log: (entry: LogEntry) => void;
  readonly #places: readonly Place[];
  /** What was counted by workers that have ended. */
  readonly #ended = new Metrics();
  readonly #asked = new Map<number, (counts: Counts) => void>();
  #number = 0;
  #restarts = 0;
  readonly #stopping = new AbortController();

  private constructor(work: Work, log: (entry: LogEntry) => void, workers: readonly Worker[]) {
    this.#work = work;
    this.#log = log;
    this.port = work.server.port;
    this.#places = workers.map((worker) => ({ worker, startedAt: Date.now(), counts: undefined, pause: shortestPause }));
    for (const place of this.#places) this.#watch(place);
  }

  /**
   * Starts workers; all of them listen at the end.
   *
   * @throws Refused where the address can't be had
   */
  static async start(count: number, work: Work, log: (entry: LogEntry) => void): Promise<Workers> {
    cluster.setupPrimary({ serialization: "advanced" });
    // One that any worker may have again, after all have ended.
    const { host, port } = work.server;
    const fixed = { ...work, server: { ...work.server, port: port === 0 ? await freePort(host) : port } };
    const workers = Array.from({ length: count }, forked);
    try {
      await Promise.all(workers.map((worker) => listening(worker, fixed)));
    } catch (error) {
      for (const worker of workers) worker.kill("SIGKILL");
      throw error;
    }
    return new Workers(fixed, log, workers);
  }

  /**
   * Takes no more requests, and ends when those that are under way have been answered.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const ended = this.#places.map(({ worker }) => (worker.isDead() ? undefined : new Promise((resolve) => worker.once("exit", resolve))));
    for (const { worker } of this.#places) say(worker, { kind: "stop" });
    const waited = sleep(this.#work.patience + mostStopping, "late", { ref: false });
    if ((await Promise.race([Promise.all(ended), waited])) !== "late") return;
    for (const { worker } of this.#places) worker.kill("SIGKILL");
    await Promise.all(ended);
  }

  #watch(place: Place): void {
    const { worker } = place;
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "idle") say(worker, { kind: "work", work: this.#work });
      if (message.kind === "counts") {
        place.counts = message.counts;
        if (message.id !== undefined) this.#asked.get(message.id)?.(message.counts);
      }
      if (message.kind === "sum") void this.#sum(message.id, place);
    });
    worker.once("exit", (code: number | null, signal: string | null) => {
      // Nothing is under way there any more.
      if (place.counts !== undefined) this.#ended.add({ ...place.counts, underWay: 0 });
      place.counts = undefined;
      if (!this.#stopping.signal.aborted) void this.#replace(place, signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`);
    });
  }

  async #replace(place: Place, how: string): Promise<void> {
    if (Date.now() - place.startedAt >= healthy) place.pause = shortestPause;
    const { pause } = place;
    const pid = place.worker.process.pid;
    const time = new Date().toISOString();
    this.#log({ time, level: "error", message: "worker", ...(pid === undefined ? {} : { worker: pid }), fault: `the worker ended by ${how}; another one starts in ${pause} ms` });
    place.pause = Math.min(2 * pause, longestPause);
    await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.#stopping.signal.aborted) return;
    this.#restarts += 1;
    place.worker = forked();
    place.startedAt = Date.now();
    this.#watch(place);
  }

  /** Answers a worker that asks what all have counted. */
  async #sum(id: number, asker: Place): Promise<void> {
    const counts = await Promise.all(this.#places.map((place) => this.#counts(place)));
    const sum = new Metrics().add(this.#ended.counts);
    for (const each of counts) if (each !== undefined) sum.add(each);
    const alive = this.#places.filter(({ worker }) => worker.isConnected()).length;
    const own =
      metric("workers", "gauge", "Processes that answer.", alive) +
      metric("worker_restarts_total", "counter", "How often a worker ended and was replaced.", this.#restarts);
    say(asker.worker, { kind: "counted", id, text: sum.text() + own });
  }

  /** What a worker has counted; what it said last where it doesn't answer. */
  async #counts(place: Place): Promise<Counts | undefined> {
    if (!place.worker.isConnected()) return place.counts;
    const id = (this.#number += 1);
    const answer = new Promise<Counts>((resolve) => this.#asked.set(id, resolve));
    say(place.worker, { kind: "count", id });
    const counts = await Promise.race([answer, sleep(countingPatience, undefined, { ref: false })]);
    this.#asked.delete(id);
    // One that has ended meanwhile is among the ended.
    return counts === undefined || !place.worker.isConnected() ? place.counts : counts;
  }
}

/** A worker can't listen, for this reason. */
export class Refused extends Error {}

function forked(): Worker {
  return cluster.fork({ [variable]: "1" });
}

/** A port at which nobody listens. */
async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Comes when a worker listens. */
function listening(worker: Worker, work: Work): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "idle") say(worker, { kind: "work", work });
      if (message.kind === "listening") resolve();
      if (message.kind === "refused") reject(new Refused(message.reason));
    });
    worker.once("exit", (code: number | null) => reject(new Error(`a worker ended before it listened, with exit code ${code ?? "unknown"}`)));
  });
}

function say(worker: Worker, message: ToWorker): void {
  // Where it has just ended, `exit` comes.
  if (worker.isConnected()) worker.send(message, () => undefined);
}
