import type { Counts } from "../../../handler/metrics.js";
import type { ServerOptions } from "../server.js";
import type { Settings } from "../settings.js";

/** What a worker does, by the primary. */
export interface Work {
  readonly settings: Settings;
  readonly server: ServerOptions;
  /** In milliseconds: how long a stop waits for requests that are under way. */
  readonly patience: number;
}

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly kind: "work"; readonly work: Work }
  /** It is to answer with its counts. */
  | { readonly kind: "count"; readonly id: number }
  /** What all have counted, as it was asked for. */
  | { readonly kind: "counted"; readonly id: number; readonly text: string }
  | { readonly kind: "stop" };

/** What a worker says to the primary. */
export type FromWorker =
  /** It listens to the primary, and wants something to do. */
  | { readonly kind: "idle" }
  | { readonly kind: "listening" }
  /** It can't listen, for this reason. */
  | { readonly kind: "refused"; readonly reason: string }
  /** What it has counted: by itself each second, or with the number by which it was asked. */
  | { readonly kind: "counts"; readonly id?: number; readonly counts: Counts }
  /** It asks what all have counted. */
  | { readonly kind: "sum"; readonly id: number };
