import type { Guard } from "../guard.js";
import type { Policy } from "../policy.js";
import type { Answer } from "./answer.js";
import type { Limits } from "./limits.js";
import type { Metrics } from "./metrics.js";
import type { EvaluationLimits, ServedPolicy } from "./opa/served-policy.js";
import type { Scope } from "./scope.js";
import type { Trace } from "./trace.js";
import type { Webhooks } from "./webhook/webhook-routes.js";

/** What a request asks of a route. */
export interface Asked {
  readonly request: Request;
  readonly url: URL;
  /** What a request's path has in the place of the route's `{path}`, as it is written there. */
  readonly rest: string;
  readonly trace: Trace;
  readonly service: Service;
  /** What the log says of it besides. */
  readonly note: { files?: number; findings?: number; decisionId?: string };
}

/** What routes work with. */
export interface Service {
  readonly limits: Limits;
  readonly metrics: Metrics;
  /** The metrics of all instances that answer at this address, for Prometheus. */
  metricsText(): Promise<string>;
  readonly routes: readonly Route[];
  /** The guard; made once, when it is asked for first. */
  guard(): Promise<Guard>;
  /**
   * The policies that are asked as OPA's are; compiled once, when they are asked for first.
   *
   * @throws Refusal (as a rejection) with 404 where there are none
   */
  policy(): Promise<ServedPolicy>;
  /** How webhooks are answered; `undefined` where none are. */
  readonly webhooks: Webhooks | undefined;
  /** How much an evaluation may take. */
  readonly policyLimits: EvaluationLimits;
  /** Compiles modules that a request brings, as Harness does, within {@link Service.policyLimits}. */
  compile(modules: Readonly<Record<string, string>>): Promise<Policy>;
  /** Reads YAML as OPA does, as JSON text. */
  readDocument(text: string): Promise<string>;
}

/** One thing that can be asked. */
export interface Route {
  readonly method: "GET" | "POST";
  /** `/v1/data/{path}` is everything that begins like this. */
  readonly path: string;
  /** What a token has to be good for; `undefined` where nobody needs one. */
  readonly scope: Scope | undefined;
  /** The route as OpenAPI 3.1 describes it. */
  readonly operation: Operation;
  /** @throws Refusal */
  answer(asked: Asked): Promise<Answer>;
}

/** An operation object of OpenAPI 3.1, as far as it is used here. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}
