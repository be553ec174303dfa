import type { PolicyRequests } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";

/** How long an answer may take, in milliseconds: a policy may never end. */
const LIMIT = 5_000;

/** The client of the worker for Rego, whose module is loaded at the first request. */
export type PolicyClient = WorkerClient<PolicyRequests>;

export function policyClient(): PolicyClient {
  return new WorkerClient<PolicyRequests>(
    () => new Worker(new URL("./worker/policy.ts", import.meta.url), { type: "module" }),
    LIMIT,
  );
}
