import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { Handler } from "../../handler/handler.js";
import type { Limits } from "../../handler/limits.js";
import { nodeListener } from "../../handler/node-listener.js";
import { errorText } from "../../handler/refusal.js";
import { namesLoopback } from "./address.js";

/** Where a server listens, and how it treats those who ask. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly limits: Limits;
  /** Whether only requests that name this machine are answered. */
  readonly isLocal: boolean;
  /** The header in which a reverse proxy says who asks, in small letters. */
  readonly clientHeader: string | undefined;
}

/** In bytes, of all headers of a request together. */
const mostHeaderBytes = 16 * 2 ** 10;
const mostConnections = 4096;
const headerMilliseconds = 10_000;
/** How long a connection may carry nothing in either direction: whoever doesn't read an answer is given up. */
const idleMilliseconds = 60_000;

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /**
   * Takes no more requests, and ends when those that are under way have been answered.
   *
   * @param patience after how many milliseconds they are given up
   */
  stop(patience: number): Promise<void>;
}

/** @throws what Node throws where the address can't be had */
export async function listen(handler: Handler, options: ServerOptions): Promise<Listening> {
  const { host, port, limits, isLocal, clientHeader } = options;
  const answer = nodeListener(handler, (request) => ({ client: clientOf(request, clientHeader) }));
  const server = createServer(
    {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: headerMilliseconds,
      // A body that is late is refused with 408 before.
      requestTimeout: headerMilliseconds + 1000 * limits.bodySeconds,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 5000,
    },
    (request, response) => {
      // Whoever keeps the connection for more would hold up a stop.
      response.once("close", () => {
        if (!server.listening) server.closeIdleConnections();
      });
      if (!isLocal || namesLoopback(request.headers.host)) {
        answer(request, response);
        return;
      }
      response.writeHead(421, { "content-type": "application/json", connection: "close" }).end(errorText("misdirected", "without tokens, only requests to localhost, 127.0.0.1 or [::1] are answered"));
    },
  );
  server.maxConnections = mostConnections;
  server.timeout = idleMilliseconds;
  server.on("clientError", refuse);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, stop: (patience) => stop(server, patience) };
}

function clientOf(request: IncomingMessage, header: string | undefined): string {
  // A proxy adds to what whoever asks has written; the last is its own.
  const sent = header === undefined ? undefined : request.headers[header];
  const last = (Array.isArray(sent) ? sent.join(",") : sent)?.split(",").at(-1)?.trim();
  return last || (request.socket.remoteAddress ?? "");
}

/** Answers what isn't HTTP, has too many headers, or doesn't come. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals[error.code ?? ""] ?? ["400 Bad Request", "this isn't an HTTP/1.1 request"];
  const body = errorText("invalid_request", message);
  socket.end(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

const refusals: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", `the headers are larger than ${mostHeaderBytes} bytes`],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "the request didn't arrive in time"],
};

function stop(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
