import type { CreateGuard } from "../api.js";
import { HarnessImageGuardError } from "../error.js";
import type { Guard, GuardOptions } from "../guard.js";
import { Access, type AccessToken } from "./access.js";
import { type Answer, responseOf } from "./answer.js";
import { checkRoute } from "./check-route.js";
import { corsHeaders, type CorsOptions, preflight } from "./cors.js";
import { fixRoute } from "./fix-route.js";
import { imagesRoute } from "./images-route.js";
import { defaultLimits, type Limits } from "./limits.js";
import type { LogEntry } from "./log.js";
import { Metrics } from "./metrics.js";
import { Occupancy } from "./occupancy.js";
import { Refusal, refusalOf, refused } from "./refusal.js";
import type { Asked, Route, Service } from "./route.js";
import { statusRoutes } from "./status-routes.js";
import { traceOf } from "./trace.js";

/** What a handler is made of. All of it comes from the host; no request changes it. */
export interface HandlerOptions {
  /** The configuration, lists of connectors, and policies of one's own, as `createGuard` takes them. */
  readonly guard?: GuardOptions;
  /** Who may ask. Without it, `anonymous` has to say that everybody may. */
  readonly tokens?: readonly AccessToken[];
  /** Whether everybody who reaches the handler may ask everything. */
  readonly anonymous?: boolean;
  /** How much a request may bring; what isn't given is as usual. */
  readonly limits?: Partial<Limits>;
  /** Which pages of other origins may ask; none by default. */
  readonly cors?: CorsOptions;
  /** Gets an entry for each request. */
  readonly log?: (entry: LogEntry) => void;
}

/** What the host knows of a request, and the request doesn't say. */
export interface Circumstances {
  /** Whose limits are used up: an address. Without it, all requests have the same. */
  readonly client?: string;
}

/** Answers requests. */
export interface Handler {
  /** Answers a request. It never rejects. */
  fetch(request: Request, circumstances?: Circumstances): Promise<Response>;
  /**
   * Makes what the first request would wait for.
   *
   * @throws HarnessImageGuardError (as a rejection) as `createGuard`
   */
  ready(): Promise<void>;
  /** Gives back the memory. Requests are refused afterwards. */
  dispose(): void;
}

/** Makes a handler. */
export type CreateHandler = (options: HandlerOptions) => Handler;

const routes: readonly Route[] = [checkRoute, imagesRoute, fixRoute, ...statusRoutes];

/**
 * `createHandler` of one host.
 *
 * @param createGuard that host's
 */
export function handlerWith(createGuard: CreateGuard): CreateHandler {
  return (options) => new HttpHandler(createGuard, options);
}

class HttpHandler implements Handler {
  readonly #createGuard: CreateGuard;
  readonly #options: HandlerOptions;
  readonly #access: Access;
  readonly #occupancy: Occupancy;
  readonly #service: Service;
  #guard: Promise<Guard> | undefined;
  #isDisposed = false;

  /** @throws HarnessImageGuardError with the code `usage` */
  constructor(createGuard: CreateGuard, options: HandlerOptions) {
    if (options.tokens === undefined && options.anonymous !== true) {
      throw new HarnessImageGuardError("usage", "nobody could ask: give 'tokens', or 'anonymous: true' where only those reach the handler who may ask everything");
    }
    if (options.tokens !== undefined && options.anonymous === true) {
      throw new HarnessImageGuardError("usage", "'anonymous' says that nobody needs a token, and there are 'tokens': choose one of them");
    }
    const limits = limitsOf(options.limits ?? {});
    this.#createGuard = createGuard;
    this.#options = options;
    this.#access = new Access(options.tokens, limits);
    this.#occupancy = new Occupancy(limits.concurrent);
    this.#service = { limits, metrics: new Metrics(), routes, guard: () => this.#made() };
  }

  async fetch(request: Request, { client = "" }: Circumstances = {}): Promise<Response> {
    const started = performance.now();
    const { metrics } = this.#service;
    const trace = traceOf(request.headers.get("traceparent"));
    const url = new URL(request.url);
    const there = routes.filter(({ path }) => path === url.pathname);
    const headers = { ...usualHeaders, traceresponse: trace.traceparent, ...corsHeaders(request, this.#options.cors) };
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
        const route = routeOf(there, request.method);
        if (route.scope !== undefined) token = await this.#access.assertAllowed(request, route.scope, client);
        if (route.method === "POST") leave = this.#occupancy.enter(client);
        const answer = await route.answer({ request, url, trace, service: this.#service, note });
        response = answered(answer, request.method, headers, leave);
      }
    } catch (error) {
      leave();
      refusal = refusalOf(error);
      if (refusal.status >= 500) fault = faultOf(error);
      if (error instanceof HarnessImageGuardError && error.code === "internal") metrics.trap();
      response = refused(refusal);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    }
    const seconds = (performance.now() - started) / 1000;
    const method = knownMethods.includes(request.method) ? request.method : "other";
    const route = there[0]?.path ?? null;
    metrics.end(route ?? "none", method, response.status, seconds);
    this.#options.log?.({
      time: new Date().toISOString(),
      level: response.status >= 500 ? "error" : response.status >= 400 ? "warn" : "info",
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

  async ready(): Promise<void> {
    await this.#start();
  }

  dispose(): void {
    this.#isDisposed = true;
    const guard = this.#guard;
    this.#guard = undefined;
    guard?.then(
      (made) => made.dispose(),
      () => undefined,
    );
  }

  /** The guard, for a request: that there is none is no fault of the request. */
  async #made(): Promise<Guard> {
    try {
      return await this.#start();
    } catch (cause) {
      const refusal = new Refusal(503, "unavailable", "the server can't start with the configuration that it has; its log says why");
      refusal.cause = cause;
      throw refusal;
    }
  }

  #start(): Promise<Guard> {
    if (this.#isDisposed) return Promise.reject(new HarnessImageGuardError("usage", "this handler was disposed of, and can't be used any more"));
    this.#guard ??= this.#createGuard(this.#options.guard).catch((error: unknown) => {
      // What could not be loaded may be there the next time; a wrong configuration stays wrong.
      if (error instanceof HarnessImageGuardError && error.code === "load") this.#guard = undefined;
      throw error;
    });
    return this.#guard;
  }
}

const usualHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const knownMethods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** @throws HarnessImageGuardError with the code `usage` for a limit that is no number above 0 */
function limitsOf(given: Partial<Limits>): Limits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) throw new HarnessImageGuardError("usage", `there is no limit '${name}'; there are ${Object.keys(defaultLimits).join(", ")}`);
    if (typeof value !== "number" || !(value > 0)) throw new HarnessImageGuardError("usage", `the limit '${name}' has to be a number above 0`);
  }
  return { ...defaultLimits, ...given };
}

/** @throws Refusal with 404 or 405 */
function routeOf(there: readonly Route[], method: string): Route {
  if (there.length === 0) throw new Refusal(404, "resource_not_found", "there is nothing at this path; 'GET /' says what there is");
  const route = there.find((each) => each.method === method || (method === "HEAD" && each.method === "GET"));
  if (route !== undefined) return route;
  throw new Refusal(405, "method_not_allowed", `this path takes ${methodsOf(there).join(", ")}`, { headers: { allow: methodsOf(there).join(", ") } });
}

function methodsOf(there: readonly Route[]): readonly string[] {
  return [...there.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])), "OPTIONS"];
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
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
