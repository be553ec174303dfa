import type { GuardOptions } from "../../guard.js";
import type { Chunk } from "./chunk.js";
import type { ChunkResult, ChunkWork } from "./chunk-check.js";

/** What a thread begins with. */
export interface Beginning {
  readonly options: GuardOptions;
  readonly work: ChunkWork;
  readonly chunks: readonly Chunk[];
  readonly claims: Int32Array;
  /** Its number. */
  readonly thread: number;
}

/** What it says of a chunk. */
export type Answer = { readonly index: number; readonly result: ChunkResult | undefined } | { readonly failure: string };
