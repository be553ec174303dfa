import type { Answer } from "./answer.js";
import { answers, refusals } from "./operation.js";
import { Refusal } from "./refusal.js";
import type { Asked, Route } from "./route.js";

/** A file of the built playground. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of its content, in quotation marks. */
  readonly etag: string;
  /** What a browser may keep of it, and do with it. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `GET /playground/…`: files that were read at the start, by their paths with `/`. Nothing else can be asked for, whatever
 * a path looks like.
 */
export function playgroundRoutes(files: ReadonlyMap<string, PageFile>): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/playground",
      scope: undefined,
      operation: { operationId: "playgroundFolder", summary: "Redirect to the playground", responses: { 308: { description: "It is at `/playground/`." } } },
      answer: () => Promise.resolve({ status: 308, type: "text/plain; charset=utf-8", headers: { location: "/playground/" }, body: "" }),
    },
    {
      method: "GET",
      path: "/playground/{path}",
      scope: undefined,
      operation: {
        operationId: "playground",
        summary: "Show the playground, which checks in the browser",
        parameters: [{ name: "path", in: "path", required: true, description: "A file of the playground; empty for its page.", schema: { type: "string" } }],
        responses: { 200: answers("A file.", ["text/html"]), 304: { description: "It is as `If-None-Match` has it." }, ...refusals(404) },
      },
      answer: (asked) => Promise.resolve(answerOf(files, asked)),
    },
  ];
}

/** @throws Refusal with 404 */
function answerOf(files: ReadonlyMap<string, PageFile>, { request, rest }: Asked): Answer {
  const path = decoded(rest);
  const file = path === undefined ? undefined : files.get(path === "" || path.endsWith("/") ? `${path}index.html` : path);
  if (file === undefined) throw new Refusal(404, "resource_not_found", "the playground has no such file");
  const { type, bytes, etag } = file;
  const headers = { ...file.headers, etag };
  if (isKnown(request.headers.get("if-none-match"), etag)) return { status: 304, type, headers, body: "" };
  return { type, headers: { ...headers, "content-length": String(bytes.length) }, body: bytes };
}

function decoded(rest: string): string | undefined {
  try {
    return decodeURIComponent(rest);
  } catch {
    return undefined;
  }
}

function isKnown(sent: string | null, etag: string): boolean {
  return sent !== null && sent.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}
