import type { CheckRequests } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";

/** How long the module may take for a request, in milliseconds. */
const LIMIT = 10_000;

/** Whom one asks for a check. The worker loads from here on, while the rest of the page is still being read. */
export const checkClient = new WorkerClient<CheckRequests>(
  () => new Worker(new URL("./worker/check.ts", import.meta.url), { type: "module" }),
  LIMIT,
);
checkClient.start();
