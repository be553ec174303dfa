import { HarnessImageGuardError } from "../error.js";
import { givenOptions, type OptionKinds } from "../given-options.js";
import { isListOfStrings } from "../json-object.js";

/** From which origins pages may send requests. */
export interface CorsOptions {
  /** `https://portal.example`, or `*` for all. */
  readonly origins: readonly string[];
}

const corsKinds: OptionKinds<CorsOptions> = { origins: "json" };

/** @throws HarnessImageGuardError with the code `usage` for what isn't {@link CorsOptions}, and for what no page's origin is */
export function assertCors(options: CorsOptions): void {
  const { origins } = givenOptions(options, corsKinds, "cors");
  if (!isListOfStrings(origins)) throw new HarnessImageGuardError("usage", "'cors' needs 'origins', an array of strings");
  const other = origins.find((origin) => !isOrigin(origin));
  if (other !== undefined) throw new HarnessImageGuardError("usage", `'${other}' in 'cors.origins' isn't an origin such as 'https://portal.example', or '*' for all`);
}

/** Whether a browser names an origin like this, without a path or the scheme's own port, or the string is `*` for all. */
export function isOrigin(text: string): boolean {
  if (text === "*" || text === "null") return true;
  if (text.includes("*") || !URL.canParse(text)) return false;
  const { origin, protocol, host } = new URL(text);
  // Extensions have schemes of their own.
  return text === (origin === "null" ? `${protocol}//${host}` : origin);
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
