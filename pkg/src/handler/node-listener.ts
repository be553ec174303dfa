import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";

import type { Circumstances, Handler } from "./handler.js";
import { errorText } from "./refusal.js";

/** How long a connection lives on whose body nobody reads, so that the answer arrives; in milliseconds. */
const linger = 500;

/**
 * A handler as Node's `http.createServer` takes it.
 *
 * @param circumstancesOf what is known of a request beside what is in it; by default the address that it comes from
 */
export function nodeListener(handler: Pick<Handler, "fetch">, circumstancesOf: (request: IncomingMessage) => Circumstances = addressOf): RequestListener {
  return (incoming, outgoing) => {
    // Whoever asked may have gone: nobody is left to hear of it.
    answer(handler, incoming, outgoing, circumstancesOf).catch(() => outgoing.destroy());
  };
}

function addressOf({ socket }: IncomingMessage): Circumstances {
  return socket.remoteAddress === undefined ? {} : { client: socket.remoteAddress };
}

async function answer(handler: Pick<Handler, "fetch">, incoming: IncomingMessage, outgoing: ServerResponse, circumstancesOf: (request: IncomingMessage) => Circumstances): Promise<void> {
  // `Request` takes no such method, and no route has it.
  if (incoming.method === "TRACE") return refuse(outgoing, 405, "method_not_allowed", "no path takes TRACE");
  const request = requestOf(incoming);
  if (request === undefined) return refuse(outgoing, 400, "invalid_parameter", "the request has no path");
  let circumstances: Circumstances;
  try {
    circumstances = circumstancesOf(incoming);
  } catch {
    // A header that it relies on may be missing: whoever leaves it out must not end the server.
    return refuse(outgoing, 500, "internal_error", "it can't be determined who asks");
  }
  const response = await handler.fetch(request, circumstances);
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, incoming.complete ? headers : { ...headers, connection: "close" });
  await send(response, outgoing);
  if (!incoming.complete) setTimeout(() => incoming.destroy(), linger).unref();
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  outgoing.writeHead(status, { "content-type": "application/json", connection: "close" }).end(errorText(code, message));
}

/** `undefined` where it asks for no path, as a proxy is asked. */
function requestOf(incoming: IncomingMessage): Request | undefined {
  const { method = "GET", url = "", headers } = incoming;
  if (!url.startsWith("/")) return undefined;
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Those that begin with ':' are of HTTP/2, and no headers.
    if (typeof value === "string" && !name.startsWith(":")) sent.set(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  // The name that it was asked by decides nothing.
  return new Request(`http://localhost${url}`, {
    method,
    headers: sent,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
  } as RequestInit);
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    outgoing.end();
    return;
  }
  const gone = new Promise<"gone">((resolve) => outgoing.once("close", () => resolve("gone")));
  for (;;) {
    // Whoever went while the answer was made has closed it before anybody listened.
    if (outgoing.destroyed) {
      await reader.cancel();
      return;
    }
    const { done, value } = await reader.read();
    if (done) break;
    if (outgoing.write(value) || outgoing.destroyed) continue;
    const drained = new Promise<"drained">((resolve) => outgoing.once("drain", () => resolve("drained")));
    if ((await Promise.race([gone, drained])) === "gone") {
      await reader.cancel();
      return;
    }
  }
  outgoing.end();
}
