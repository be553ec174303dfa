// A thread that checks chunks until none is left.
import { parentPort, workerData } from "node:worker_threads";

import { entryWith } from "../../host.js";
import { checkChunk } from "./chunk-check.js";
import type { Answer, Beginning } from "./message.js";
import { Claims } from "./shared.js";

const { module, options, work, chunks, claims: taken, thread } = workerData as Beginning;
const answer = (content: Answer): void => parentPort?.postMessage(content);
const { createGuard } = entryWith(
  async () => module,
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
