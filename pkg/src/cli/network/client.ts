import { readFileSync } from "node:fs";
import * as dns from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { rootCertificates } from "node:tls";

import { EnvHttpProxyAgent, request } from "undici";

import { bareHost, reachOf, type Reach } from "./address.js";
import { Secrets } from "./secrets.js";
import { Unanswered, unanswered } from "./unanswered.js";

/** How a client asks. */
export interface ClientOptions {
  /** How long one answer may take, in milliseconds. */
  readonly timeout: number;
  /** How long all of them may take together, waiting included, in milliseconds. */
  readonly maxTime: number;
  /** Certificates of authorities beside Node's own, as PEM. */
  readonly certificates?: string;
}

/** What is asked. */
export interface Question {
  readonly method: "GET" | "HEAD" | "PATCH" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it isn't asked again, because it may have been done. */
  readonly once?: boolean;
  /** The largest answer that is read, in bytes. */
  readonly maxBytes: number;
  /** The least that the address has to be for it to be asked; anything where it isn't said. */
  readonly reach?: "public" | "not link-local";
}

/** What came back, with whatever status. */
export interface Answer {
  readonly status: number;
  /** Of a header that is there several times, the values after one another. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/** How often something is asked again that may be answered later. */
const attempts = 4;

/** In milliseconds; each further time, twice as long, with a fifth more or less. */
const firstWait = 400;

const passingStatus: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Asks servers over HTTP, within bounds: each answer has its time, and so have all of them together. What may be
 * answered later is asked again, after the time that the server names (`Retry-After`). No redirect is followed.
 */
export class Client {
  /** What is in no message. */
  readonly secrets = new Secrets();
  readonly #options: ClientOptions;
  readonly #agents = new Map<Question["reach"], EnvHttpProxyAgent>();
  readonly #end: number;
  readonly #stop = new AbortController();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#end = Date.now() + options.maxTime;
    for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
      const password = passwordOf(process.env[name] ?? "");
      if (password !== "") this.secrets.add(password);
    }
  }

  /**
   * @returns the answer, unless it is one that says to come back later, for that often enough
   * @throws Unanswered
   */
  async ask(question: Question): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(question).catch((error: unknown) => unanswered(error));
      const isPassing = answer instanceof Unanswered ? answer.passing : passingStatus.has(answer.status);
      if (!isPassing || question.once === true || attempt === attempts) {
        if (answer instanceof Unanswered) throw new Unanswered(this.secrets.hide(answer.message), answer);
        return answer;
      }
      const asked = answer instanceof Unanswered ? undefined : retryAfter(answer.header("retry-after"));
      const pause = asked ?? firstWait * 2 ** (attempt - 1) * (0.8 + 0.4 * Math.random());
      if (Date.now() + pause >= this.#end) {
        const what = answer instanceof Unanswered ? answer.message : `it answers with HTTP ${answer.status}`;
        const later = `it asks to retry in ${Math.ceil((asked ?? 0) / 1000)} s`;
        const why = asked === undefined ? "no time is left to retry ('--max-time')" : `${later}, which is later than '--max-time' allows`;
        throw new Unanswered(this.secrets.hide(`${what}; ${why}`), { passing: true });
      }
      await wait(pause, undefined, { signal: this.#stop.signal });
    }
  }

  /** Lets go of all connections. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  async #once({ method, url, headers = {}, body, maxBytes, reach }: Question): Promise<Answer> {
    const left = this.#end - Date.now();
    if (left <= 0) throw outOfTime();
    const literal = bareHost(url);
    if (isIP(literal) !== 0) refuse(literal, reach);
    const time = AbortSignal.timeout(Math.min(this.#options.timeout, left));
    try {
      const answer = await request(url, {
        method,
        headers: { "user-agent": "harness-image-guard", "accept-encoding": "identity", ...headers },
        ...(body === undefined ? {} : { body }),
        dispatcher: this.#agent(reach),
        signal: AbortSignal.any([time, this.#stop.signal]),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const bytes = await upTo(answer.body, maxBytes);
      return {
        status: answer.statusCode,
        header: (name) => {
          const value = answer.headers[name];
          return Array.isArray(value) ? value.join(", ") : value;
        },
        body: bytes,
      };
    } catch (error) {
      if (!time.aborted) throw error;
      if (Date.now() >= this.#end) throw outOfTime();
      throw new Unanswered(`it hasn't answered within ${this.#options.timeout / 1000} s ('--timeout')`, { passing: true });
    }
  }

  #agent(reach: Question["reach"]): EnvHttpProxyAgent {
    const known = this.#agents.get(reach);
    if (known !== undefined) return known;
    const ca = trusted(this.#options.certificates);
    const tls = ca === undefined ? {} : { ca: [...ca] };
    const agent = new EnvHttpProxyAgent({
      // Its own bound, of ten seconds, is none of ours.
      connect: { ...tls, timeout: this.#options.timeout, lookup: lookupWithin(reach) },
      requestTls: tls,
      proxyTls: tls,
      connections: 8,
      pipelining: 1,
    });
    this.#agents.set(reach, agent);
    return agent;
  }
}

function outOfTime(): Unanswered {
  return new Unanswered("there was no time left for it ('--max-time')");
}

/** @throws Unanswered where an address isn't to be asked */
function refuse(address: string, reach: Question["reach"]): void {
  const found: Reach = reachOf(address);
  const isRefused = reach === "public" ? found !== "public" : reach === "not link-local" && found === "link-local";
  if (!isRefused) return;
  throw new Unanswered(`its address ${address} is ${found === "private" ? "of a private network" : "link-local"}, and isn't allowed by name`);
}

/** Looks a host up, and takes it only where each of its addresses may be asked. */
function lookupWithin(reach: Question["reach"]): LookupFunction {
  return (hostname, options, done) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        done(error, "", 0);
        return;
      }
      try {
        for (const { address } of addresses) refuse(address, reach);
      } catch (refusal) {
        done(refusal as Error, "", 0);
        return;
      }
      if (options.all === true) done(null, addresses);
      else done(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 0);
    });
  };
}

/** Node's authorities, those of `NODE_EXTRA_CA_CERTS`, which Node forgets where some are named, and these. */
function trusted(certificates: string | undefined): readonly string[] | undefined {
  if (certificates === undefined) return undefined;
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  let more: readonly string[] = [];
  try {
    if (extra !== undefined && extra !== "") more = [readFileSync(extra, "latin1")];
  } catch {
    // Node has warned of it.
  }
  return [...rootCertificates, ...more, certificates];
}

async function upTo(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) throw new Unanswered(`its response is larger than ${Math.floor(maxBytes / 1024)} KiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** In milliseconds. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

function passwordOf(proxy: string): string {
  try {
    return decodeURIComponent(new URL(proxy).password);
  } catch {
    return "";
  }
}
