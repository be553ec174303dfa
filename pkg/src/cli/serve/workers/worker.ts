import type { LogEntry } from "../../../handler/log.js";
import { Metrics } from "../../../handler/metrics.js";
import { describeSystemError } from "../../system-error.js";
import { listen, type Listening } from "../server.js";
import { handlerOf } from "../settings.js";
import type { FromWorker, ToWorker, Work } from "./message.js";

/** In milliseconds: what is counted later than this before a worker breaks isn't counted. */
const countingInterval = 1000;
/** In milliseconds: where the primary takes longer, a worker says what it has counted alone. */
const countingPatience = 2000;

/**
 * Answers requests until the primary, or a signal to this very process, stops it.
 *
 * @returns once it has stopped
 */
export async function work(log: (entry: LogEntry) => void): Promise<void> {
  // A terminal sends it to all processes, and the primary decides what becomes of it.
  process.on("SIGINT", () => undefined);
  const metrics = new Metrics();
  const sums = new Sums(metrics);
  let began: (work: Work) => void;
  const beginning = new Promise<Work>((resolve) => (began = resolve));
  let stop: () => void;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  process.on("message", (message: ToWorker) => {
    if (message.kind === "work") began(message.work);
    if (message.kind === "count") say({ kind: "counts", id: message.id, counts: metrics.counts });
    if (message.kind === "counted") sums.counted(message.id, message.text);
    if (message.kind === "stop") stop();
  });
  process.once("SIGTERM", () => stop());
  // Without the primary nobody sends connections, nor would anybody end this process.
  process.once("disconnect", () => process.exit());
  say({ kind: "idle" });
  const { settings, server, patience } = await beginning;
  const handler = handlerOf(settings, { log, metrics, metricsText: () => sums.ask() });
  await handler.ready();
  const listening = await listen(handler, server).catch((error: unknown) => say({ kind: "refused", reason: describeSystemError(error) }));
  if (listening !== undefined) {
    say({ kind: "listening" });
    await untilStopped(listening, { stopped, patience, metrics });
  }
  handler.dispose();
  process.removeAllListeners("disconnect");
  process.disconnect();
}

async function untilStopped(listening: Listening, { stopped, patience, metrics }: { readonly stopped: Promise<void>; readonly patience: number; readonly metrics: Metrics }): Promise<void> {
  const telling = setInterval(() => say({ kind: "counts", counts: metrics.counts }), countingInterval);
  await stopped;
  await listening.stop(patience);
  clearInterval(telling);
  say({ kind: "counts", counts: metrics.counts });
}

/** Asks the primary what all workers have counted. */
class Sums {
  readonly #own: Metrics;
  readonly #asked = new Map<number, (text: string) => void>();
  #number = 0;

  constructor(own: Metrics) {
    this.#own = own;
  }

  ask(): Promise<string> {
    const id = (this.#number += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.counted(id, this.#own.text()), countingPatience);
      this.#asked.set(id, (text) => {
        clearTimeout(timer);
        resolve(text);
      });
      say({ kind: "sum", id });
    });
  }

  counted(id: number, text: string): void {
    this.#asked.get(id)?.(text);
    this.#asked.delete(id);
  }
}

function say(message: FromWorker): undefined {
  if (process.connected) process.send?.(message);
}
