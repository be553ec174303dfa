import { contentDigest } from "../content-digest.js";
import { isObject } from "../../json-object.js";
import { bareHost, isLoopback } from "../network/address.js";
import type { Answer, Client, Question } from "../network/client.js";
import { Unanswered } from "../network/unanswered.js";
import { shown } from "../output.js";
import type { AllowedRegistries } from "./allowed.js";
import { challengesOf } from "./challenge.js";
import type { Credentials, DockerCredentials } from "./credentials.js";
import { hostAt, type ImageName, isDigest } from "./image-name.js";
import { not, there, type RateLimit, type Verification } from "./verification.js";

const indexes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
const manifests = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
const accept = [...indexes, ...manifests].join(", ");

/** As much as registries themselves take of a manifest. */
const maxBytes = 4 * 2 ** 20;

const mostRedirects = 3;
const mostRenewals = 3;
const mostSilence = 3;

/** Of a list of platforms, more would be no image of anybody's. */
const mostPlatforms = 64;

/** What a response of a registry was asked for. */
interface Asked {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly accept?: string;
  /** What a token has to be for. */
  readonly scope?: string;
}

/** What a registry takes as leave to ask. */
interface Authorization {
  /** The header's value. */
  readonly value: string;
  /** Until when the registry takes it, in milliseconds. */
  readonly until: number;
  /** Whether the registry has taken it. */
  isTaken: boolean;
}

/** How long a token is good for if its server doesn't say, in seconds. Source: the token authentication specification. */
const defaultLifetime = 60;

const noAddress = "it redirects to something that isn't an address";

/** The registry refuses, and why: part of a sentence. */
class Denied extends Error {}

/**
 * One registry, by the Docker Registry HTTP API v2 and the OCI distribution specification. Tokens are sent to nobody
 * else, credentials only to the registry and to where it gives tokens, and neither without TLS but on this machine.
 */
export class Registry {
  readonly host: string;
  readonly #client: Client;
  readonly #allowed: AllowedRegistries;
  readonly #credentials: Promise<Credentials | undefined>;
  #base: string;
  /** By scope. */
  readonly #authorization = new Map<string, Promise<Authorization>>();
  #rateLimit: RateLimit | undefined;
  /** Why the last questions had no answer. */
  readonly #silence: string[] = [];

  constructor(client: Client, host: string, allowed: AllowedRegistries, credentials: DockerCredentials) {
    this.host = host;
    this.#client = client;
    this.#allowed = allowed;
    this.#base = host === "docker.io" ? "https://registry-1.docker.io" : new URL(`https://${host}`).origin;
    this.#credentials = credentials.for(host);
    // Who awaits it later gets the error.
    this.#credentials.catch(() => undefined);
  }

  /** What the registry last said of how much may be pulled. */
  get rateLimit(): RateLimit | undefined {
    return this.#rateLimit;
  }

  /** Whether an image is there. What goes wrong is in the answer. */
  async verify(name: ImageName): Promise<Verification> {
    return this.#verdict(async () => this.#manifest(name));
  }

  /**
   * Whether the registry answers at all: the base of its API.
   *
   * @returns whether it wants a token or credentials even for that
   * @throws Unanswered
   */
  async base(): Promise<{ readonly wantsToken: boolean }> {
    const answer = await this.#follow({ method: "GET", path: "/v2/" }, undefined);
    const isRegistry = answer.status === 200 || answer.status === 401;
    if (!isRegistry) throw new Unanswered(`it answers /v2/ with HTTP ${answer.status}: it isn't a registry`);
    // The specifications leave the body open, and the header is optional. But many servers have a page for every address.
    const isPage = answer.status === 200 && typeOf(answer) === "text/html" && answer.header("docker-distribution-api-version") === undefined;
    if (isPage) throw new Unanswered("it answers /v2/ with a web page: it isn't a registry");
    return { wantsToken: answer.status === 401 };
  }

  /**
   * The repositories that the registry's catalogue lists, up to a thousand.
   *
   * @returns a sentence where it has none for us
   * @throws Unanswered
   */
  async catalogue(): Promise<{ readonly repositories: readonly string[]; readonly more: boolean } | string> {
    try {
      const answer = await this.#ask({ method: "GET", path: "/v2/_catalog?n=1000", accept: "application/json", scope: "registry:catalog:*" });
      if (answer.status !== 200) return `HTTP ${answer.status}`;
      const { repositories } = objectOf(answer.body) ?? {};
      if (!Array.isArray(repositories)) return "its response isn't a list";
      const names = repositories.filter((name): name is string => typeof name === "string");
      return { repositories: names, more: answer.header("link") !== undefined };
    } catch (error) {
      if (error instanceof Denied) return error.message;
      throw error;
    }
  }

  /** Whether the registry knows a repository with a tag. What goes wrong is in the answer, which has no digest. */
  async hasTags(repository: string): Promise<Verification> {
    return this.#verdict(async () => {
      const asked = { method: "GET", path: `/v2/${repository}/tags/list?n=100`, accept: "application/json", scope: `repository:${repository}:pull` } as const;
      const answer = await this.#ask(asked);
      const missing = not("missing", `${this.host} has no ${shown(repository)}`);
      if (answer.status === 404) return missing;
      refuseAllBut200(answer.status);
      const tags = objectOf(answer.body)?.["tags"];
      const isEmpty = tags === null || (Array.isArray(tags) && tags.length === 0);
      if (isEmpty && answer.header("link") !== undefined) throw new Unanswered("the first page of its list of tags is empty, and there are others");
      if (isEmpty) return missing;
      if (!Array.isArray(tags)) throw new Unanswered("its response isn't a list of tags");
      return there;
    });
  }

  /** After some questions in succession without an answer, no more are asked: each takes all of its time. */
  async #verdict(asking: () => Promise<Verification>): Promise<Verification> {
    if (this.#silence.length >= mostSilence) return not("unknown", `${this.host}: not asked, because earlier requests had no answer: ${this.#silence[0]}`);
    try {
      const verification = await asking();
      this.#silence.length = 0;
      return verification;
    } catch (error) {
      if (error instanceof Denied) return not("denied", `${this.host}: ${error.message}`);
      if (!(error instanceof Unanswered)) throw error;
      const reason = this.#client.secrets.hide(error.message);
      if (error.passing) this.#silence.push(reason);
      return not("unknown", `${this.host}: ${reason}`);
    }
  }

  async #manifest({ repository, reference, isDigest: isPinned }: ImageName): Promise<Verification> {
    const path = `/v2/${repository}/manifests/${reference}`;
    const scope = `repository:${repository}:pull`;
    let answer = await this.#ask({ method: "HEAD", path, accept, scope });
    // Some registries don't know HEAD, and some forget the digest in it.
    const isShort = answer.status === 200 && answer.header("docker-content-digest") === undefined;
    const isGet = answer.status === 405 || isShort;
    if (isGet) answer = await this.#ask({ method: "GET", path, accept, scope });
    const { status } = answer;
    if (status === 404) return not("missing", `${this.host} has no ${shown(repository)}${isPinned ? "@" : ":"}${shown(reference)}`);
    refuseAllBut200(status);
    const type = typeOf(answer);
    if (![...indexes, ...manifests].includes(type)) throw new Unanswered(`it answers with '${shown(type)}', which isn't a manifest`);
    const digest = isGet ? digestOf(answer.body) : (answer.header("docker-content-digest") ?? "");
    if (!isDigest(digest)) throw new Unanswered("it names a digest that isn't valid");
    const isSame = digest === reference || digest.split(":")[0] !== reference.split(":")[0];
    if (isPinned && !isSame) throw new Unanswered("it answers with a different digest from the requested one");
    // There, each manifest that is fetched counts as a pull.
    const platforms = this.host === "docker.io" ? null : await this.#platforms(repository, digest, scope);
    return { verdict: "there", digest, platforms, reason: null };
  }

  async #platforms(repository: string, digest: string, scope: string): Promise<string[] | null> {
    const answer = await this.#ask({ method: "GET", path: `/v2/${repository}/manifests/${digest}`, accept, scope });
    if (answer.status !== 200) throw new Unanswered(`it names the manifest ${digest}, and answers with HTTP ${answer.status} for it`);
    if (digest.startsWith("sha256:") && digestOf(answer.body) !== digest) throw new Unanswered(`what it returns for ${digest} has a different digest`);
    const manifest = objectOf(answer.body);
    if (manifest === undefined) throw new Unanswered("its manifest isn't a JSON object");
    if (Array.isArray(manifest["manifests"])) {
      const all = manifest["manifests"].map((each) => platformOf((each as { readonly platform?: unknown } | null)?.platform));
      return [...new Set(all.filter((each) => each !== undefined))].slice(0, mostPlatforms);
    }
    const config = (manifest["config"] as { readonly digest?: unknown } | null | undefined)?.digest;
    if (typeof config !== "string" || !isDigest(config)) return null;
    try {
      const blob = await this.#ask({ method: "GET", path: `/v2/${repository}/blobs/${config}`, scope });
      const platform = blob.status === 200 ? platformOf(objectOf(blob.body)) : undefined;
      return platform === undefined ? null : [platform];
    } catch (error) {
      // Where it is elsewhere, the image is there all the same.
      if (error instanceof Unanswered || error instanceof Denied) return null;
      throw error;
    }
  }

  /** @throws Denied, Unanswered */
  async #ask(asked: Asked): Promise<Answer> {
    const { scope = "" } = asked;
    let known = this.#authorization.get(scope);
    let held = await known;
    if (held !== undefined && held.until <= Date.now()) held = undefined;
    let renewals = 0;
    for (;;) {
      const answer = await this.#follow(asked, held?.value);
      if (answer.status !== 401) {
        if (held !== undefined) held.isTaken = true;
        return answer;
      }
      // A token may end earlier than was said, before we use the one that we got; one that nobody could use is refused.
      const hasEnded = held?.isTaken === true && renewals < mostRenewals;
      if (renewals > 0 && !hasEnded) throw new Denied(`it can't be pulled ${await this.#how()}, or doesn't exist (HTTP 401)`);
      // Of those who ask at once, one gets the next one for all.
      const latest = this.#authorization.get(scope);
      if (latest === undefined || latest === known) {
        renewals += 1;
        known = this.#authorize(answer.header("www-authenticate") ?? "", scope);
        known.catch(() => undefined);
        this.#authorization.set(scope, known);
      } else known = latest;
      held = await known;
    }
  }

  async #how(): Promise<string> {
    return (await this.#credentials) === undefined ? "anonymously" : "with Docker's credentials";
  }

  async #authorize(header: string, scope: string): Promise<Authorization> {
    const credentials = await this.#credentials;
    const challenges = challengesOf(header);
    const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters["realm"] !== undefined);
    if (bearer !== undefined) return this.#token(bearer.parameters, scope, credentials);
    if (challenges.some(({ scheme }) => scheme === "basic")) {
      if (credentials !== undefined && "password" in credentials) return { value: this.#basic(credentials), until: Infinity, isTaken: false };
      throw new Denied("it requires a user name and a password (HTTP 401)");
    }
    throw new Denied("it refuses access, and doesn't say how to authenticate (HTTP 401)");
  }

  #basic({ username, password }: { readonly username: string; readonly password: string }): string {
    const encoded = Buffer.from(`${username}:${password}`).toString("base64");
    this.#client.secrets.add(password);
    this.#client.secrets.add(encoded);
    return `Basic ${encoded}`;
  }

  async #token(parameters: Readonly<Record<string, string>>, scope: string, credentials: Credentials | undefined): Promise<Authorization> {
    const { realm = "", service } = parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    const isAddress = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === "";
    const host = isAddress ? hostAt(url) : undefined;
    if (!isAddress || host === undefined) throw new Unanswered("the address of its token service isn't valid");
    const reach = this.#allowed.reachFrom(this.host, url);
    if (reach === undefined) throw new Unanswered(`its token service is another host, which isn't allowed: '--allow-registry ${shown(host)}'`);
    if (url.protocol === "http:" && !isLoopback(bareHost(url))) throw new Unanswered("its token service doesn't use TLS");
    const query = { ...(service === undefined ? {} : { service }), scope };
    let question: Question;
    if (credentials !== undefined && "identityToken" in credentials) {
      this.#client.secrets.add(credentials.identityToken);
      const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "harness-image-guard", refresh_token: credentials.identityToken, ...query });
      question = { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, body: body.toString(), maxBytes, ...reach };
    } else {
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const headers: Readonly<Record<string, string>> = credentials === undefined ? {} : { authorization: this.#basic(credentials) };
      question = { method: "GET", url, headers, maxBytes, ...reach };
    }
    const now = Date.now();
    const { status, body } = await this.#at(host, question);
    if (status === 401 || status === 403) throw new Denied(`${await this.#how()}, it gives no token (HTTP ${status})`);
    if (status >= 300 && status < 400) throw new Unanswered(`its token service redirects (HTTP ${status})`);
    if (status !== 200) throw new Unanswered(`its token service answers with HTTP ${status}`);
    const answer = objectOf(body);
    const token = answer?.["token"] ?? answer?.["access_token"];
    if (typeof token !== "string" || !/^[\x21-\x7e]{1,16000}$/.test(token)) throw new Unanswered("its token service answers without a token");
    this.#client.secrets.add(token);
    const said = answer?.["expires_in"];
    const lifetime = typeof said === "number" && said >= 0 ? said : defaultLifetime;
    return { value: `Bearer ${token}`, until: now + lifetime * 1000, isTaken: false };
  }

  async #at(host: string, question: Question): Promise<Answer> {
    try {
      return await this.#client.ask(question);
    } catch (error) {
      throw error instanceof Unanswered ? new Unanswered(`its token service ${shown(host)}: ${error.message}`, { cause: error }) : error;
    }
  }

  /** Follows redirects where that is allowed; another host gets no token. */
  async #follow({ method, path, accept: wanted }: Asked, authorization: string | undefined): Promise<Answer> {
    const home = await this.#origin();
    let url = new URL(home + path);
    for (let redirects = 0; ; redirects++) {
      const isHome = url.origin === home;
      const reach = isHome ? this.#allowed.reachOf(this.host) : this.#allowed.reachFrom(this.host, url);
      if (reach === undefined) {
        const host = hostAt(url);
        throw new Unanswered(host === undefined ? noAddress : `it redirects to another host, which isn't allowed: '--allow-registry ${shown(host)}'`);
      }
      const headers = {
        ...(wanted === undefined ? {} : { accept: wanted }),
        ...(authorization === undefined || !isHome ? {} : { authorization }),
      };
      const answer = await this.#client.ask({ method, url, headers, maxBytes, ...reach });
      if (isHome) this.#note(answer);
      if (![301, 302, 303, 307, 308].includes(answer.status)) return answer;
      const to = answer.header("location");
      if (to === undefined) throw new Unanswered(`it redirects (HTTP ${answer.status}), and doesn't say where to`);
      if (!URL.canParse(to, url)) throw new Unanswered(noAddress);
      url = new URL(to, url);
      const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(bareHost(url)));
      if (!isSafe || url.username + url.password !== "") throw new Unanswered("it redirects to an address without TLS");
      if (redirects === mostRedirects) throw new Unanswered(`it redirects more than ${mostRedirects} times`);
    }
  }

  /** With TLS; on this machine without, where it speaks none, as Docker does it. */
  #origin(): Promise<string> {
    this.#found ??= this.#findOrigin();
    return this.#found;
  }

  #found: Promise<string> | undefined;

  async #findOrigin(): Promise<string> {
    if (!isLoopback(bareHost(new URL(this.#base)))) return this.#base;
    try {
      await this.#client.ask({ method: "GET", url: new URL(`${this.#base}/v2/`), maxBytes, ...this.#allowed.reachOf(this.host) });
    } catch (error) {
      if (error instanceof Unanswered && error.speaksNoTls) this.#base = new URL(`http://${this.host}`).origin;
    }
    return this.#base;
  }

  #note(answer: Answer): void {
    const [remaining, window] = countOf(answer.header("ratelimit-remaining"));
    if (remaining === undefined) return;
    const [limit] = countOf(answer.header("ratelimit-limit"));
    const known = this.#rateLimit?.remaining ?? remaining;
    this.#rateLimit = { remaining: Math.min(known, remaining), limit: limit ?? null, window: window ?? null };
  }
}

/** @throws Denied, Unanswered */
function refuseAllBut200(status: number): void {
  if (status === 403) throw new Denied("access is denied (HTTP 403)");
  if (status === 429) throw new Unanswered("too many requests (HTTP 429)", { passing: true });
  if (status !== 200) throw new Unanswered(`it answers with HTTP ${status}`);
}

/** `76;w=21600`: a number, and for how many seconds. */
function countOf(header: string | undefined): readonly [count?: number, seconds?: number] {
  const [, count, seconds] = /^(\d{1,9})(?:\s*;\s*w=(\d{1,9}))?/.exec(header ?? "") ?? [];
  if (count === undefined) return [];
  return seconds === undefined ? [Number(count)] : [Number(count), Number(seconds)];
}

function typeOf(answer: Answer): string {
  return (answer.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${contentDigest(bytes)}`;
}

function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Such as `linux/arm64/v8`; what says neither, or that nobody knows (as attestations do), is none. */
function platformOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { os, architecture, variant } = value as Readonly<Record<string, unknown>>;
  const parts = [os, architecture, ...(typeof variant === "string" && variant !== "" ? [variant] : [])];
  const isKnown = parts.every((part): part is string => typeof part === "string" && /^[a-z0-9][a-z0-9._-]{0,31}$/i.test(part));
  return isKnown && os !== "unknown" ? parts.join("/") : undefined;
}
