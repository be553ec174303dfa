import type { GuardOptions } from "../../guard.js";
import type { Chunk } from "./chunk.js";
import type { ChunkResult, ChunkWork } from "./chunk-check.js";

/** What a thread begins with. */
export interface Beginning {
  readonly module: WebAssembly.Module;
  readonly options: GuardOptions;
  readonly work: ChunkWork;
}

/** What a thread is to check. */
export interface Task {
  readonly index: number;
  readonly chunk: Chunk;
}

/** What it answers. */
export type Answer = { readonly index: number } & (
  | { readonly result: ChunkResult | undefined }
  /** Why it has no result. */
  | { readonly failure: string }
);
