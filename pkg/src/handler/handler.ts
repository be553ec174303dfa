import type { CreateGuard } from "../api.js";
import { HarnessImageGuardError, reasonOf } from "../error.js";
import type { Guard, GuardOptions } from "../guard.js";
import { givenOptions, type OptionKinds, withoutNulls } from "../given-options.js";
import { isObject } from "../json-object.js";
import { Access, type AccessToken } from "./access.js";
import { type Answer, responseOf } from "./answer.js";
import { assertCors, corsHeaders, type CorsOptions, preflight } from "./cors.js";
import { defaultLimits, type Limits } from "./limits.js";
import type { LogEntry } from "./log.js";
import { Metrics } from "./metrics.js";
import { evaluationLimits, regoKinds, type RegoHost, type RegoOptions, ServedPolicy } from "./opa/served-policy.js";
import { Occupancy } from "./occupancy.js";
import { Refusal, refusalOf, refused } from "./refusal.js";
import type { Asked, Route, Service } from "./route.js";
import { traceOf } from "./trace.js";
import { type WebhookOptions, Webhooks } from "./webhook/webhook-routes.js";

/** What a handler is made of. All of it comes from the host; no request changes it. */
export interface HandlerOptions {
  /** The configuration, lists of connectors and policies of your own, as `createGuard` takes them. */
  readonly guard?: GuardOptions;
  /** The policies of OPA's API, if the host reads Rego; none by default. */
  readonly rego?: RegoOptions;
  /** How to answer webhooks, which are signed and need no token. None by default. */
  readonly webhooks?: WebhookOptions;
  /** The clients that are allowed. Either this or `anonymous` is required. */
  readonly tokens?: readonly AccessToken[];
  /** Whether everybody who can reach the handler may use every route. */
  readonly anonymous?: boolean;
  /** Limits on requests; each has a default. */
  readonly limits?: Partial<Limits>;
  /** From which origins pages may send requests; none by default. */
  readonly cors?: CorsOptions;
  /** Gets an entry for each request. */
  readonly log?: (entry: LogEntry) => void;
  /** Where this instance counts. @internal */
  readonly metrics?: Metrics;
  /** The metrics of all instances that answer at this address; those of this one by default. @internal */
  readonly metricsText?: () => Promise<string>;
}

/** What the host knows about a request in addition to what is in it. */
export interface Circumstances {
  /**
   * The client, such as its address, to which limits apply. Without it (`null` is none, as a header that isn't there), all
   * requests share the limits.
   */
  readonly client?: string | null;
}

/** Answers requests. */
export interface Handler {
  /** Answers a request. It never rejects. */
  fetch(request: Request, circumstances?: Circumstances): Promise<Response>;
  /**
   * Loads everything that the first request would otherwise wait for.
   *
   * @throws HarnessImageGuardError (as a rejection) as `createGuard`
   */
  ready(): Promise<void>;
  /** Frees the memory. Later requests are refused. */
  dispose(): void;
}

/** Makes a handler. */
export type CreateHandler = (options: HandlerOptions) => Handler;

/** What differs from one host to another. */
export interface Host {
  readonly createGuard: CreateGuard;
  /** What reads Rego, where the host has that. */
  readonly rego?: RegoHost;
  readonly routes: readonly Route[];
}

/** `createHandler` of one host. */
export function handlerWith(host: Host): CreateHandler {
  return (options) => new HttpHandler(host, withoutNulls(givenOptions(options, handlerKinds)));
}

const handlerKinds: OptionKinds<HandlerOptions> = {
  guard: "any",
  rego: "any",
  webhooks: "any",
  tokens: "json",
  anonymous: "boolean",
  limits: "json",
  cors: "json",
  log: "function",
  metrics: "any",
  metricsText: "function",
};

class HttpHandler implements Handler {
  readonly #host: Host;
  readonly #options: HandlerOptions;
  readonly #access: Access;
  readonly #occupancy: Occupancy;
  readonly #service: Service;
  #guard: Promise<Guard> | undefined;
  #policy: Promise<ServedPolicy> | undefined;
  #isDisposed = false;

  /** @throws HarnessImageGuardError with the code `usage` */
  constructor(host: Host, options: HandlerOptions) {
    const { tokens } = options;
    if (tokens === undefined && options.anonymous !== true) {
      throw new HarnessImageGuardError("usage", "nobody could use this handler: set 'tokens', or 'anonymous: true' if everybody who can reach it may use every route");
    }
    if (tokens !== undefined && options.anonymous === true) {
      throw new HarnessImageGuardError("usage", "'anonymous' and 'tokens' exclude each other: choose one of them");
    }
    if (host.rego === undefined && (options.rego !== undefined || options.guard?.policies !== undefined)) {
      throw new HarnessImageGuardError("usage", "this build reads no Rego: policies need 'harness-image-guard/handler'");
    }
    if (options.cors !== undefined) assertCors(options.cors);
    const limits = limitsOf(options.limits ?? {});
    this.#host = host;
    this.#options = options;
    this.#access = new Access(tokens, limits);
    this.#occupancy = new Occupancy(limits.concurrent);
    const rego = options.rego === undefined ? {} : givenOptions(options.rego, regoKinds, "rego");
    const { regoVersion = 0 } = rego;
    const policyLimits = evaluationLimits(rego);
    const { metrics = new Metrics(), metricsText } = options;
    this.#service = {
      webhooks: options.webhooks === undefined ? undefined : new Webhooks(options.webhooks),
      ...{ limits, policyLimits, metrics, routes: host.routes },
      metricsText: metricsText ?? (() => Promise.resolve(metrics.text())),
      guard: () => available(this.#startGuard()),
      policy: () => this.#servedPolicy(),
      compile: (modules) => this.#rego().compileRego({ modules, ...policyLimits }),
      readDocument: (text) => this.#rego().readDocument(text, regoVersion),
    };
  }

  async fetch(request: Request, circumstances?: Circumstances): Promise<Response> {
    const started = performance.now();
    const client = circumstances?.client ?? "";
    const { metrics } = this.#service;
    const trace = traceOf(request.headers.get("traceparent"));
    const url = new URL(request.url);
    const requested = pathOf(url);
    const there = this.#host.routes.filter(({ path }) => restOf(path, requested) !== undefined);
    const headers = { ...commonHeaders, traceresponse: trace.traceparent, ...corsHeaders(request, this.#options.cors) };
    const note: Asked["note"] = {};
    let token: string | undefined;
    let refusal: Refusal | undefined;
    let fault: string | undefined;
    let response: Response;
    let leave = (): void => undefined;
    metrics.begin();
    try {
      if (request.method === "OPTIONS" && there.length > 0) response = preflight(headers, methodsOf(there));
      else {
        const route = routeOf(there, request.method, requested);
        if (route.scope !== undefined) token = await this.#access.assertAllowed(request, route.scope, client);
        if (route.method === "POST") leave = this.#occupancy.enter(client);
        const answer = await route.answer({ request, url, rest: restOf(route.path, requested) ?? "", trace, service: this.#service, note });
        response = answered(answer, request.method, headers, leave);
      }
    } catch (error) {
      leave();
      refusal = refusalOf(error);
      if (isFault(refusal.status)) fault = faultOf(error);
      if (error instanceof HarnessImageGuardError && error.code === "internal") metrics.trap();
      response = refused(refusal);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    }
    const seconds = (performance.now() - started) / 1000;
    const method = knownMethods.includes(request.method) ? request.method : "other";
    const route = there[0]?.path ?? null;
    metrics.end(route ?? "none", method, response.status, seconds);
    this.#log({
      time: new Date().toISOString(),
      level: isFault(response.status) ? "error" : response.status >= 400 ? "warn" : "info",
      message: "request",
      ...{ method, route, status: response.status, milliseconds: Math.round(seconds * 1e6) / 1e3 },
      ...{ traceId: trace.traceId, spanId: trace.spanId },
      ...(trace.parentId === undefined ? {} : { parentId: trace.parentId }),
      ...(client === "" ? {} : { client }),
      ...(token === undefined ? {} : { token }),
      ...(refusal === undefined ? {} : { code: refusal.code }),
      ...(fault === undefined ? {} : { fault }),
      ...note,
    });
    return response;
  }

  /** The response isn't lost with an entry that can't be logged. */
  #log(entry: LogEntry): void {
    try {
      this.#options.log?.(entry);
    } catch {}
  }

  async ready(): Promise<void> {
    await this.#startGuard();
    if (this.#options.rego !== undefined) await this.#startPolicy(this.#options.rego);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const held of [this.#guard, this.#policy]) {
      held?.then(
        (made) => made.dispose(),
        () => undefined,
      );
    }
    this.#guard = undefined;
    this.#policy = undefined;
  }

  #startGuard(): Promise<Guard> {
    this.#guard ??= this.#made(() => this.#host.createGuard(this.#options.guard), () => (this.#guard = undefined));
    return this.#guard;
  }

  #startPolicy(rego: RegoOptions): Promise<ServedPolicy> {
    this.#policy ??= this.#made(() => ServedPolicy.compile(this.#rego(), rego, this.#options.guard ?? {}), () => (this.#policy = undefined));
    return this.#policy;
  }

  #servedPolicy(): Promise<ServedPolicy> {
    const { rego } = this.#options;
    if (rego === undefined) return Promise.reject(new Refusal(404, "resource_not_found", "this server has no policies; whoever runs it has to configure some"));
    return available(this.#startPolicy(rego));
  }

  #rego(): RegoHost {
    const { rego } = this.#host;
    if (rego === undefined) throw new HarnessImageGuardError("usage", "this build reads no Rego");
    return rego;
  }

  /** @param forget called where it couldn't be loaded: it may be there the next time. What is wrong stays wrong. */
  #made<T>(make: () => Promise<T>, forget: () => void): Promise<T> {
    if (this.#isDisposed) return Promise.reject(new HarnessImageGuardError("usage", "this handler has been disposed of, and can't be used any more"));
    return make().catch((error: unknown) => {
      if (error instanceof HarnessImageGuardError && error.code === "load") forget();
      throw error;
    });
  }
}

/** What was made at the start, for a request: that it couldn't be made is no fault of the request. */
async function available<T>(made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (cause) {
    const refusal = new Refusal(503, "unavailable", "the server can't start with the configuration that it has; its log says why");
    refusal.cause = cause;
    throw refusal;
  }
}

/** A request's path; OPA leads from one with a slash at its end to the one without. */
function pathOf({ pathname }: URL): string {
  // Tried only where a run of slashes begins: its time is linear.
  return /^\/v[01]\/(?:data|policies|query)\b/.test(pathname) ? pathname.replace(/(?<!\/)\/+$/, "") : pathname;
}

/** What a request's path has in the place of a route's `{path}`; `undefined` where it is another route's. */
function restOf(path: string, requested: string): string | undefined {
  const prefix = path.endsWith("{path}") ? path.slice(0, -"{path}".length) : undefined;
  if (prefix === undefined) return path === requested ? "" : undefined;
  return requested.startsWith(prefix) ? requested.slice(prefix.length) : undefined;
}

/** Whether a status says that this server failed; what isn't served is the choice of whoever asks. */
function isFault(status: number): boolean {
  return status >= 500 && status !== 501;
}

const commonHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const knownMethods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** @throws HarnessImageGuardError with the code `usage` for a limit that isn't a number above 0 */
function limitsOf(given: Partial<Limits>): Limits {
  if (!isObject(given)) throw new HarnessImageGuardError("usage", `'limits' has to be an object with any of ${Object.keys(defaultLimits).join(", ")}`);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) throw new HarnessImageGuardError("usage", `there is no limit '${name}'; there are ${Object.keys(defaultLimits).join(", ")}`);
    if (typeof value !== "number" || !(value > 0)) throw new HarnessImageGuardError("usage", `the limit '${name}' has to be a number above 0`);
  }
  return { ...defaultLimits, ...given };
}

/** What OPA answers, and we don't. */
const unservedPaths: Readonly<Record<string, string>> = {
  "/v1/compile": "there is no partial evaluation: ask '/v1/data' or '/v1/query' with the whole input",
  "/v1/config": "the configuration isn't shown",
  "/v1/status": "there are no plugins whose status could be shown",
};

/** @throws Refusal with 404, 405 or 501 */
function routeOf(there: readonly Route[], method: string, path: string): Route {
  const unserved = Object.entries(unservedPaths).find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  if (there.length === 0 && unserved !== undefined) throw new Refusal(501, "not_implemented", unserved[1]);
  if (there.length === 0) throw new Refusal(404, "resource_not_found", "there is nothing at this path; 'GET /' lists the routes");
  const route = there.find((each) => each.method === method || (method === "HEAD" && each.method === "GET"));
  if (route !== undefined) return route;
  const isWriting = ["PUT", "PATCH", "DELETE"].includes(method) && /^\/v1\/(?:data|policies)\b/.test(path);
  const why = isWriting ? "policies and data come from whoever runs this server, and no request writes them: " : "";
  throw new Refusal(405, "method_not_allowed", `${why}this path takes ${methodsOf(there).join(", ")}`, { headers: { allow: methodsOf(there).join(", ") } });
}

function methodsOf(there: readonly Route[]): readonly string[] {
  return [...new Set(there.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]))), "OPTIONS"];
}

function answered(answer: Answer, method: string, headers: Readonly<Record<string, string>>, end: () => void): Response {
  const response = responseOf(answer, headers, end);
  if (method !== "HEAD") return response;
  void response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}

/** What went wrong, for the log: messages of ours quote names at most, and never contents. */
function faultOf(error: unknown): string {
  const cause = error instanceof Refusal ? (error.cause ?? error) : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : reasonOf(cause);
}
