/** From which origins pages may send requests. */
export interface CorsOptions {
  /** `https://portal.example`, or `*` for all. */
  readonly origins: readonly string[];
}

/** What is said to a page of another origin; nothing where it may not ask. */
export function corsHeaders(request: Request, options: CorsOptions | undefined): Readonly<Record<string, string>> {
  const origin = request.headers.get("origin");
  if (options === undefined || origin === null) return {};
  if (options.origins.includes("*")) return { "access-control-allow-origin": "*", "access-control-expose-headers": exposed };
  if (!options.origins.includes(origin)) return { vary: "Origin" };
  return { "access-control-allow-origin": origin, "access-control-expose-headers": exposed, vary: "Origin" };
}

/** The answer to the question that a browser asks before it sends a request. */
export function preflight(headers: Readonly<Record<string, string>>, methods: readonly string[]): Response {
  const allowed = headers["access-control-allow-origin"] !== undefined;
  return new Response(null, {
    status: 204,
    headers: {
      allow: methods.join(", "),
      ...headers,
      ...(allowed
        ? {
            "access-control-allow-methods": methods.join(", "),
            "access-control-allow-headers": "authorization, content-type, content-encoding, accept, traceparent, tracestate",
            "access-control-max-age": "600",
          }
        : {}),
    },
  });
}

const exposed = "harness-image-guard-exit-code, retry-after, traceresponse";
