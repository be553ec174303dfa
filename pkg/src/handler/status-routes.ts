import { jsonText } from "../formats/json.js";
import { openApi } from "./openapi.js";
import { answers, refusals } from "./operation.js";
import { page } from "./page.js";
import type { Route } from "./route.js";

/** `GET /health`: as OPA has it, whether questions can be answered. */
const healthRoute: Route = {
  method: "GET",
  path: "/health",
  scope: undefined,
  operation: {
    operationId: "health",
    summary: "Report whether requests can be answered",
    responses: { 200: answers("They can.", ["application/json"], { type: "object" }), ...refusals(500, 503) },
  },
  answer: async ({ service }) => {
    await service.guard();
    return { type: "application/json", body: "{}\n" };
  },
};

/** `GET /metrics`. */
const metricsRoute: Route = {
  method: "GET",
  path: "/metrics",
  scope: "metrics",
  operation: {
    operationId: "metrics",
    summary: "Show metrics for Prometheus",
    responses: { 200: answers("Counts since this instance started.", ["text/plain"]), ...refusals(401, 403, 429) },
  },
  answer: async ({ service }) => ({ type: "text/plain; version=0.0.4; charset=utf-8", body: await service.metricsText() }),
};

/** `GET /openapi.json`. */
const openApiRoute: Route = {
  method: "GET",
  path: "/openapi.json",
  scope: undefined,
  operation: {
    operationId: "openapi",
    summary: "Describe this interface",
    responses: { 200: answers("OpenAPI 3.1.", ["application/json"], { type: "object" }) },
  },
  answer: ({ service }) => Promise.resolve({ type: "application/json", body: jsonText(openApi(service.routes)) }),
};

/** `GET /`. */
const pageRoute: Route = {
  method: "GET",
  path: "/",
  scope: undefined,
  operation: {
    operationId: "page",
    summary: "List the routes",
    responses: { 200: answers("A page.", ["text/html"]) },
  },
  answer: ({ service }) =>
    Promise.resolve({
      type: "text/html; charset=utf-8",
      headers: { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" },
      body: page(service.routes),
    }),
};

/** What is about this server, and not about files. */
export const statusRoutes: readonly Route[] = [healthRoute, metricsRoute, openApiRoute, pageRoute];
