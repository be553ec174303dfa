import { bareHost, isLoopback } from "../network/address.js";
import type { Answer, Client } from "../network/client.js";
import { Unanswered } from "../network/unanswered.js";
import { shown } from "../output.js";
import { UsageError } from "../usage-error.js";

/** A Harness account, and the token for it. */
export interface Account {
  /** The address of the API, without a slash at its end. */
  readonly endpoint: string;
  readonly identifier: string;
  readonly token: string;
}

/** Harness refuses a request, or doesn't know what it is about. */
export class Refusal extends Unanswered {}

/** The token may not view it. */
export class Denied extends Refusal {}

/** Harness says that there is nothing by that name. */
export class Absent extends Refusal {}

/** The address of Harness's API, unless HARNESS_ENDPOINT has another one; the default of its Terraform provider. */
export const defaultEndpoint = "https://app.harness.io/gateway";

/** Larger than any page of a hundred connectors. */
const maxBytes = 16 * 2 ** 20;

/** Personal tokens, and those of service accounts, name their account. */
const tokenOfAccount = /^(?:pat|sat)\.([^.]+)\.[^.]+\.[^.]+$/;

/**
 * The account that the variables of the environment name, as Harness's Terraform provider reads them.
 *
 * @throws UsageError
 */
export function accountOf(variables: Readonly<Record<string, string | undefined>>, hint: string): Account {
  const { HARNESS_PLATFORM_API_KEY: token = "", HARNESS_ACCOUNT_ID: named = "", HARNESS_ENDPOINT: endpoint } = variables;
  if (token === "") {
    throw new UsageError("HARNESS_PLATFORM_API_KEY isn't set: it has to be a token for the account", hint);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError("HARNESS_PLATFORM_API_KEY isn't a token: it contains a space, or another character that tokens don't have", hint);
  }
  const identifier = named || (tokenOfAccount.exec(token)?.[1] ?? "");
  if (identifier === "") throw new UsageError("HARNESS_ACCOUNT_ID isn't set, and the token doesn't name its account", hint);
  return { endpoint: endpointOf(endpoint || defaultEndpoint, hint), identifier, token };
}

function endpointOf(text: string, hint: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isNone = url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password + url.search + url.hash !== "";
  if (isNone) throw new UsageError(`HARNESS_ENDPOINT isn't the address of an API, such as ${defaultEndpoint}`, hint);
  if (url.protocol === "http:" && !isLoopback(bareHost(url))) {
    throw new UsageError(`HARNESS_ENDPOINT is '${shown(url.href)}': a token isn't sent without TLS`, hint);
  }
  return url.href.replace(/\/+$/, "");
}

/** A request to Harness's API, beside its path. */
interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  /** What to send, if anything. */
  readonly body?: object | undefined;
  /** By default, `GET` without a body, and `POST` with one. */
  readonly method?: "GET" | "PATCH" | "POST" | "PUT";
  /** Whether the request is never repeated. */
  readonly isOnce?: boolean;
}

/**
 * Sends a request to Harness's API.
 *
 * @param path such as `/ng/api/organizations`
 * @returns the response's JSON, and its `data`
 * @throws Refusal, Unanswered
 */
export async function askAccount(client: Client, account: Account, path: string, request: ApiRequest = {}): Promise<AccountAnswer> {
  const { text, json, status, how } = read(await answerTo(client, account, path, request));
  if (status !== 200) throw new Unanswered(`Harness answers with an error (${how})`);
  if (json === undefined) throw notJson();
  if (/^(?:ERROR|FAILURE)$/.test(wordOf(json, "status"))) throw new Unanswered(`Harness answers with an error (${how})`);
  const data = typeof json === "object" && json !== null ? (json as { readonly data?: unknown }).data : undefined;
  if (data === undefined || data === null) throw new Unanswered("the response isn't from Harness's API: it has no `data`");
  return { text, data };
}

/** An answer of Harness's API. */
export interface AccountAnswer {
  readonly text: string;
  readonly data: unknown;
}

/**
 * Sends a request to Harness's service for policies, whose responses have no `data` around them.
 *
 * @param path such as `/pm/api/v1/policies`
 * @returns the response's JSON; `undefined` if it is empty
 * @throws Absent, Refusal, Unanswered
 */
export async function askPolicyService(client: Client, account: Account, path: string, request: ApiRequest = {}): Promise<unknown> {
  const { json, status, how } = read(await answerTo(client, account, path, request));
  if (status === 204) return undefined;
  if (status !== 200 && status !== 201) throw new Unanswered(`Harness answers with an error (${how})`);
  if (json === undefined) throw notJson();
  return json;
}

async function answerTo(
  client: Client,
  { endpoint, identifier, token }: Account,
  path: string,
  { query = {}, body, method = body === undefined ? "GET" : "POST", isOnce = false }: ApiRequest,
): Promise<Answer> {
  const url = new URL(`${endpoint}${path}`);
  url.search = new URLSearchParams({ accountIdentifier: identifier, ...query }).toString();
  return client.ask({
    method,
    url,
    headers: {
      "x-api-key": token,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    maxBytes,
    once: isOnce,
  });
}

/** An answer that isn't about who asks, or where. */
interface Read {
  readonly status: number;
  readonly text: string;
  /** `undefined` where it is none. */
  readonly json: unknown;
  /** What kind of answer it is, for messages. */
  readonly how: string;
}

/** @throws Absent, Denied, Refusal, Unanswered */
function read(answer: Answer): Read {
  const { status } = answer;
  const text = new TextDecoder("utf-8").decode(answer.body);
  const json = parsed(text);
  // The message may name a secret: the code says enough.
  const code = wordOf(json, "code");
  const how = `HTTP ${status}${code === "" ? "" : `, ${code}`}`;
  if (status === 401) throw new Unanswered(`Harness doesn't know the token of HARNESS_PLATFORM_API_KEY, or it has expired (${how})`);
  if (status === 403 || /ACCESS_DENIED|NOT_AUTHORIZED/.test(code)) throw new Denied(`the token may not view them (${how})`);
  // The service for policies has the errors of its framework, goa.
  const isAbsent = /NOT_FOUND/.test(code) || (status === 404 && /^application\/vnd\.goa\.error\b/.test(answer.header("content-type") ?? ""));
  if (isAbsent) throw new Absent(`there is nothing by that name (${how})`);
  if (status === 404) throw new Refusal(`there is nothing by that name (${how})`);
  if (status === 429) throw new Unanswered(`Harness reports too many requests (${how})`);
  if (status >= 300 && status < 400) {
    throw new Unanswered(`it redirects to another address, where the token isn't sent (${how}): HARNESS_ENDPOINT has to be the API's own`);
  }
  return { status, text, json, how };
}

function notJson(): Unanswered {
  return new Unanswered("the response isn't JSON: HARNESS_ENDPOINT may be another server's, or the response is incomplete");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wordOf(json: unknown, key: string): string {
  const value = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[key] : undefined;
  return typeof value === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(value) ? value : "";
}
