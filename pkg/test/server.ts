import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A server on the loopback; it goes when the test ends. */
export interface TestServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Its address, without a slash at its end. */
  readonly url: string;
}

/** Starts a server on a port that is free, with TLS where there is a certificate. */
export async function serve(t: TestContext, answer: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `${tls === undefined ? "http" : "https"}://${host}` };
}

/** What a request carries. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
