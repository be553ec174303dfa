import type { PolicyRequests } from "./messages.ts";
import { WorkerClient } from "./worker-client.ts";

/** How long an answer may take, in milliseconds: a policy may go on for ever. */
const LIMIT = 5_000;

/** Whom one asks about Rego. The module for it is loaded at the first question. */
export type PolicyClient = WorkerClient<PolicyRequests>;

export function policyClient(): PolicyClient {
  return new WorkerClient<PolicyRequests>(
    () => new Worker(new URL("./worker/policy.ts", import.meta.url), { type: "module" }),
    LIMIT,
  );
}
