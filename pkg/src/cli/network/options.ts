import type { Options } from "../command-line.js";
import { nanoseconds } from "../duration.js";
import { Enclosure } from "../enclosure.js";
import { readNamedFile } from "../named-file.js";
import { shown } from "../output.js";
import { readable } from "../system-error.js";
import { UsageError } from "../usage-error.js";
import type { ClientOptions } from "./client.js";

/** The options of every command that asks a server. */
export const networkOptions = {
  timeout: { value: "DURATION", description: "how long one response may take, such as 500ms or 2m; 30s by default" },
  "max-time": { value: "DURATION", description: "how long all responses may take together, waiting included; 10m by\ndefault" },
  "ca-file": {
    value: "FILE",
    description: "a PEM file of certificate authorities to trust in addition to Node's\nown and those of NODE_EXTRA_CA_CERTS",
  },
} as const satisfies Options;

/** What a `--help` says about proxies. */
export const proxyHelp = "Proxies: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as in other programs.";

const longest = 24 * 60 * 60 * 1000;

/**
 * @param hint where to read on, for messages
 * @throws UsageError
 */
export async function clientOptionsOf(
  given: { readonly timeout?: string; readonly "max-time"?: string; readonly "ca-file"?: string },
  hint: string,
): Promise<ClientOptions> {
  const timeout = milliseconds("--timeout", given.timeout ?? "30s", hint);
  const maxTime = milliseconds("--max-time", given["max-time"] ?? "10m", hint);
  const caFile = given["ca-file"];
  return { timeout, maxTime, ...(caFile === undefined ? {} : { certificates: await certificatesIn(caFile) }) };
}

function milliseconds(option: string, text: string, hint: string): number {
  const time = Math.round((nanoseconds(text) ?? 0) / 1e6);
  if (time >= 1 && time <= longest) return time;
  throw new UsageError(`option '${option}' can't be '${shown(text)}'; it is a duration from 1ms to 24h, such as 30s or 2m`, hint);
}

async function certificatesIn(path: string): Promise<string> {
  // Named by whoever runs the command: it may lie anywhere.
  const enclosure = await Enclosure.around([], process.cwd(), true);
  const bytes = await readable(`the certificates '${shown(path)}'`, readNamedFile(path, enclosure));
  const text = Buffer.from(bytes).toString("latin1");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new UsageError(`the certificates '${shown(path)}' can't be read: there is no certificate as PEM in it`);
  }
  return text;
}
