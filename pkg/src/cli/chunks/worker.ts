// A thread that checks chunks, of which the main thread hands out one after the other.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { entryWith } from "../../host.js";
import { checkChunk } from "./chunk-check.js";
import type { Answer, Beginning, Task } from "./message.js";

const { module, options, work } = workerData as Beginning;
const { createGuard } = entryWith(
  async () => module,
  () => Promise.reject(new Error("users' policies are evaluated by one thread")),
);
const guard = createGuard(options);
const port = parentPort as MessagePort;
port.on("message", async ({ index, chunk }: Task) => {
  let answer: Answer;
  try {
    answer = { index, result: checkChunk(await guard, chunk, index === 0, work) };
  } catch (error) {
    answer = { index, failure: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});
