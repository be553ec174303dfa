import { connect, createServer } from "node:net";
import type { TestContext } from "node:test";

import type { TestServer } from "./server.js";

/** A proxy through which every host is one server; it goes when the test ends. */
export async function proxyTo(t: TestContext, { host }: TestServer): Promise<{ readonly host: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.once("data", (head) => {
      asked.push(head.toString("latin1"));
      const upstream = connect(Number(host.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(upstream).pipe(socket);
      });
      for (const each of [socket, upstream]) each.on("error", () => undefined);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => proxy.close());
  const address = proxy.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return { host: `127.0.0.1:${address.port}`, asked };
}
