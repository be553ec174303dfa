import { isIP } from "node:net";

import { isLoopback } from "../network/address.js";

/** Whether a `Host` header names this machine: a page elsewhere may have a name that leads here. */
export function namesLoopback(header: string | undefined): boolean {
  const host = /^(?:\[([\da-f:.]+)\]|([^:]+))(?::\d{1,5})?$/i.exec(header ?? "");
  return host !== null && isLoopback(host[1] ?? host[2] ?? "");
}

/** A host and a port as in a URL. */
export function urlOf(host: string, port: number): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
