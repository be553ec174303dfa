import type { CheckRequests } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";

/** How long a request may take, in milliseconds. */
const LIMIT = 10_000;

/** The client of the worker that checks, which starts to load here, before the rest of the page. */
export const checkClient = new WorkerClient<CheckRequests>(
  () => new Worker(new URL("./worker/check.ts", import.meta.url), { type: "module" }),
  LIMIT,
);
checkClient.start();
