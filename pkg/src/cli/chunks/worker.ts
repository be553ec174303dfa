// A thread that checks chunks until none is left.
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

import { entryWith } from "../../host.js";
import { checkChunk } from "./chunk-check.js";
import { Claims } from "./claims.js";
import type { Answer, Beginning } from "./message.js";

const { options, work, chunks, claims: taken, thread } = workerData as Beginning;
const answer = (content: Answer): void => parentPort?.postMessage(content);
const { createGuard } = entryWith(
  ownModule,
  () => Promise.reject(new Error("users' policies are evaluated by one thread")),
);
try {
  const guard = await createGuard(options);
  const claims = new Claims(taken);
  for (let index = claims.take(thread); index !== undefined; index = claims.take(thread)) {
    const chunk = chunks[index];
    if (chunk !== undefined) answer({ index, result: checkChunk(guard, chunk, index === 0, work) });
  }
} catch (error) {
  answer({ failure: error instanceof Error ? error.message : String(error) });
}

/**
 * V8 compiles equal modules once for all threads. The threads then share the counters that decide what is optimized, so that
 * each call waits for the other processors' caches, and two threads take up to 1.6 times the processor time of one. A section
 * with the thread's number makes each module different.
 */
async function ownModule(): Promise<WebAssembly.Module> {
  const bytes = readFileSync(new URL("../../wasm/harness_image_guard_bg.wasm", import.meta.url));
  const name = Buffer.from(`thread ${thread}`);
  const section = Buffer.from([0, name.length + 1, name.length, ...name]);
  return WebAssembly.compile(Buffer.concat([bytes, section]));
}
