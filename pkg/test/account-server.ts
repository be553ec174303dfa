import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";

import { bodyOf, serve, type TestServer } from "./server.js";

/**
 * A server that answers as Harness's API does, by the shapes of its published OpenAPI and Go SDK: pages of
 * organizations, projects and connectors; policies and policy sets of the service for policies.
 */

export const account = "zEaak-FLS425IEO7OLzMUg";
export const token = `pat.${account}.64f0c0ffee64f0c0ffee64f0.S3cretOfTheToken`;

/** What is in no output. */
export const secrets = ["S3cretOfTheToken", "robot-of-the-registry", "registry_password", "hunter2"];

/** What the account has, by scope: the identifiers of its connectors. */
export type Content = Readonly<Record<string, readonly string[]>>;

/** Answers a request otherwise; `undefined` where it doesn't. */
export type Mishap = (request: { readonly path: string; readonly scope: string; readonly page: number; readonly nth: number }, response: ServerResponse, asked: IncomingMessage) => boolean;

export interface AccountServer extends TestServer {
  /** The requests so far: method, path and query. */
  readonly requests: string[];
  /** The account's own connectors as somebody has written them, by their identifiers; those of the content are there too. */
  readonly held: Map<string, Held>;
  /** The account's policies and policy sets, by their identifiers. */
  readonly policies: Map<string, Held>;
  readonly policySets: Map<string, Held>;
}

/** What is under `connector`. */
export type Held = Readonly<Record<string, unknown>>;

export const usual: Content = {
  account: ["harnessImage", "corp"],
  default: ["org_registry"],
  "default/shop": Array.from({ length: 130 }, (_, index) => `c${index}`),
  "default/web": [],
  other: ["corp"],
};

export async function accountServer(t: TestContext, content: Content = usual, mishap: Mishap = () => false): Promise<AccountServer> {
  const requests: string[] = [];
  const held = new Map<string, Held>((content["account"] ?? []).map((identifier) => [identifier, connector(identifier, null, null)]));
  const policies = new Map<string, Held>();
  const policySets = new Map<string, Held>();
  const counts = new Map<string, number>();
  const server = await serve(t, (request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", server.url);
    const body = await bodyOf(request);
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    const query = url.searchParams;
    const path = url.pathname.replace(/^\/gateway/, "");
    const [org, project] = [query.get("orgIdentifier"), query.get("projectIdentifier")];
    const scope = org === null ? "account" : project === null ? org : `${org}/${project}`;
    const page = Number(query.get("pageIndex") ?? 0);
    const nth = counts.get(path + scope + String(page)) ?? 0;
    counts.set(path + scope + String(page), nth + 1);
    if (request.headers["x-api-key"] !== token || query.get("accountIdentifier") !== account) {
      send(response, 401, { status: "ERROR", code: "INVALID_TOKEN", message: `Token ${String(request.headers["x-api-key"])} is not valid: hunter2`, correlationId: "c" });
      return;
    }
    if (mishap({ path, scope, page, nth }, response, request)) return;
    const list = (items: readonly unknown[]): void => {
      const size = Math.min(Number(query.get("pageSize") ?? 50), 100);
      const part = items.slice(page * size, (page + 1) * size);
      const data = {
        totalPages: Math.ceil(items.length / size), totalItems: items.length, pageItemCount: part.length, pageSize: size,
        content: part, pageIndex: page, empty: part.length === 0, pageToken: null,
      };
      send(response, 200, { status: "SUCCESS", data, metaData: null, correlationId: "c" });
    };
    const keys = Object.keys(content);
    if (request.method === "GET" && path === "/ng/api/organizations") {
      const orgs = new Set(keys.filter((key) => key !== "account").map((key) => key.split("/")[0]));
      list([...orgs].map((identifier) => ({ organization: { identifier, name: identifier, tags: {} }, harnessManaged: false })));
    } else if (request.method === "GET" && path === "/ng/api/projects") {
      const projects = keys.filter((key) => key.startsWith(`${scope}/`)).map((key) => key.split("/")[1]);
      list(projects.map((identifier) => ({ project: { orgIdentifier: scope, identifier, name: identifier } })));
    } else if (request.method === "POST" && path === "/ng/api/connectors/listV2" && (JSON.parse(body) as { filterType: string }).filterType === "Connector") {
      if (content[scope] === undefined) send(response, 404, { status: "ERROR", code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "Project doesn't exist" });
      else list(content[scope].map((identifier) => ({ connector: connector(identifier, org, project), createdAt: 1, harnessManaged: false })));
    } else if (request.method === "GET" && path.startsWith("/ng/api/connectors/") && scope === "account") {
      const found = held.get(path.slice("/ng/api/connectors/".length));
      if (found === undefined) send(response, 404, { status: "ERROR", code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "Connector not found: hunter2" });
      else send(response, 200, { status: "SUCCESS", data: { connector: found, createdAt: 1, harnessManaged: false } });
    } else if (["POST", "PUT"].includes(request.method ?? "") && path === "/ng/api/connectors") {
      const { connector: written } = JSON.parse(body) as { readonly connector: Held };
      const isThere = held.has(String(written["identifier"]));
      if (isThere !== (request.method === "PUT")) {
        send(response, 400, { status: "ERROR", code: isThere ? "DUPLICATE_FIELD" : "INVALID_REQUEST", message: "no" });
        return;
      }
      const kept = { description: null, accountIdentifier: account, orgIdentifier: null, projectIdentifier: null, tags: {}, ...written };
      held.set(String(written["identifier"]), kept);
      send(response, 200, { status: "SUCCESS", data: { connector: kept, createdAt: 1 } });
    } else if (request.method === "POST" && path.startsWith("/ng/api/connectors/testConnection/")) {
      const { spec } = (held.get(path.slice("/ng/api/connectors/testConnection/".length)) ?? {}) as { readonly spec?: { readonly dockerRegistryUrl?: string } };
      const isReached = spec?.dockerRegistryUrl?.startsWith("https://app.harness.io/") === true;
      send(response, 200, { status: "SUCCESS", data: { status: isReached ? "SUCCESS" : "FAILURE", errors: null, testedAt: 1 } });
    } else if (path.startsWith("/pm/api/v1/")) policyService(response, request.method ?? "", path.slice("/pm/api/v1/".length), body);
    else send(response, 404, { message: "HTTP 404 Not Found" });
  }
  /** By the Go SDK's `policymgmt`; errors are those of goa. */
  function policyService(response: ServerResponse, method: string, path: string, body: string): void {
    const [kind = "", identifier = ""] = path.split("/");
    const all = kind === "policies" ? policies : kind === "policysets" ? policySets : undefined;
    const wrong = (status: number, name: string): void => {
      response.writeHead(status, { "content-type": "application/vnd.goa.error" }).end(JSON.stringify({ name, id: "x", message: "hunter2", temporary: false, timeout: false, fault: false }));
    };
    if (all === undefined) return wrong(404, "not_found");
    const written = body === "" ? {} : (JSON.parse(body) as Held);
    const linked = ((written["policies"] ?? []) as readonly { readonly identifier: string }[]).map((each) => ({ ...policies.get(each.identifier), ...each }));
    if (linked.some((each) => !policies.has(each.identifier))) return wrong(400, "bad_request");
    const common = { account_id: account, org_id: "", project_id: "", created: 1, updated: 2 };
    if (method === "POST" && identifier === "") {
      const named = String(written["identifier"]);
      if (all.has(named)) return wrong(409, "conflict");
      // Harness puts no policies into a set that it creates.
      all.set(named, { ...common, ...written, ...(kind === "policies" ? {} : { policies: [] }) });
      return send(response, 201, all.get(named));
    }
    const found = all.get(identifier);
    if (found === undefined) return wrong(404, "not_found");
    if (method === "GET") return send(response, 200, found);
    if (method !== "PATCH") return wrong(405, "method_not_allowed");
    all.set(identifier, { ...found, ...written, identifier, ...(written["policies"] === undefined ? {} : { policies: linked }) });
    response.writeHead(204).end();
  }
  return { ...server, requests, held, policies, policySets };
}

function connector(identifier: string, org: string | null, project: string | null): Held {
  return {
    name: identifier, identifier, description: null, accountIdentifier: account, orgIdentifier: org, projectIdentifier: project, tags: {},
    type: "DockerRegistry",
    spec: {
      dockerRegistryUrl: "https://r.example/team", providerType: "Other", delegateSelectors: [], executeOnDelegate: false,
      auth: { type: "UsernamePassword", spec: { username: "robot-of-the-registry", usernameRef: null, passwordRef: "account.registry_password" } },
    },
  };
}

export function send(response: ServerResponse, status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
}
