import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import type { Report } from "harness-image-guard";

import { account, type AccountServer, accountServer, type Content, type Mishap, secrets, send, token, usual } from "./account-server.js";
import { certificates } from "./certificates.js";
import { type Outcome, run } from "./command.js";
import { proxyTo } from "./proxy.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

const old = "connectors: []\n";

/** Runs `connectors fetch` in a folder of its own, in which an older list is. */
async function fetched(
  t: TestContext,
  endpoint: string,
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome & { readonly list: string }> {
  const folder = temporaryFolder(t, { "harness-connectors.yaml": old });
  const outcome = await run(["connectors", "fetch", ...args], {
    folder,
    variables: { HARNESS_ENDPOINT: endpoint, HARNESS_PLATFORM_API_KEY: token, HARNESS_ACCOUNT_ID: "", NO_PROXY: "", no_proxy: "", ...variables },
  });
  assert.deepEqual(readdirSync(folder), ["harness-connectors.yaml"], "nothing else is left");
  const list = readFileSync(join(folder, "harness-connectors.yaml"), "utf8");
  for (const secret of secrets) {
    assert.ok(!(outcome.stdout + outcome.stderr + list).includes(secret), `${secret} is shown:\n${outcome.stderr}${list}`);
  }
  return { ...outcome, list };
}

async function server(t: TestContext, content: Content = usual, mishap?: Mishap): Promise<AccountServer> {
  return accountServer(t, content, mishap);
}

test("connectors fetch lists the account, its organizations and their projects, without secrets", async (t) => {
  const { url, requests } = await server(t);
  const { stdout, stderr, exitCode, list } = await fetched(t, `${url}/gateway/`);
  assert.deepEqual([stdout, exitCode], ["", 0], stderr);
  assert.match(stderr, /wrote 134 connectors of 5 scopes to 'harness-connectors\.yaml'\n$/);
  assert.match(list, /^# Written by `harness-image-guard connectors fetch`;.*\nmadeAt: "\d{4}-.*\nscopes: .*\n {2}- account\n {2}- default\n {2}- default\/shop\n {2}- default\/web\n {2}- other\nconnectors:\n/);
  assert.equal(list.match(/^ {2}- identifier:/gm)?.length, 134);
  assert.match(list, / {2}- identifier: c129\n {4}orgIdentifier: default\n {4}projectIdentifier: shop\n {4}type: DockerRegistry\n {4}url: https:\/\/r\.example\/team\n/);
  assert.ok(requests.every((request) => /^(?:GET|POST) \/gateway\/ng\/api\/(?:organizations|projects|connectors\/listV2)\?/.test(request)));
});

test("a check decides by what was fetched", async (t) => {
  const { url } = await server(t);
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "connectorFiles: [harness-connectors.yaml]\n",
    "p.yaml": "pipeline: {identifier: p, orgIdentifier: default, projectIdentifier: shop, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: a, type: Run, spec: {connectorRef: c100, image: node}}}]}}}}]}\n",
  });
  const variables = { HARNESS_ENDPOINT: url, HARNESS_PLATFORM_API_KEY: token };
  assert.equal((await run(["connectors", "fetch"], { folder, variables })).exitCode, 0);
  const { stdout, exitCode } = await run(["check", "--format", "json", "--rule", "no-docker-hub"], { folder });
  assert.deepEqual([(JSON.parse(stdout) as { summary: { undecided: number } }).summary.undecided, exitCode], [0, 0]);
});

test("what isn't in a scope that was fetched whole doesn't exist, and what isn't in one that wasn't is undecided", async (t) => {
  const denied: Mishap = ({ path, scope }, response) => {
    const isDenied = path.endsWith("listV2") && scope === "default/web";
    if (isDenied) send(response, 403, { status: "ERROR", code: "NG_ACCESS_DENIED" });
    return isDenied;
  };
  const { url } = await server(t, usual, denied);
  const pipeline = (project: string): string =>
    `pipeline: {identifier: p, orgIdentifier: default, projectIdentifier: ${project}, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: a, type: Run, spec: {connectorRef: c999, image: node}}}]}}}}]}\n`;
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": "connectorFiles: [harness-connectors.yaml]\nconnectorsMaxAge: 30d\n", "shop.yaml": pipeline("shop"), "web.yaml": pipeline("web") });
  const fetched = await run(["connectors", "fetch"], { folder, variables: { HARNESS_ENDPOINT: url, HARNESS_PLATFORM_API_KEY: token } });
  assert.equal(fetched.exitCode, 0, fetched.stderr);
  const { stdout, exitCode } = await run(["check", "--format", "json", "shop.yaml", "web.yaml"], { folder });
  const report = JSON.parse(stdout) as Report;
  const found = report.diagnostics.filter(({ file }) => file !== "harness-connectors.yaml").map(({ file, rule, verdict }) => [file, rule, verdict]);
  assert.deepEqual(found, [["shop.yaml", "unknown-connector", "violation"], ["web.yaml", "no-docker-hub", "undecided"]]);
  assert.deepEqual([report.connectorLists.map(({ file, days }) => [file, days]), exitCode], [[["harness-connectors.yaml", 0]], 1]);
  const later = await run(["check", "--today", "2099-01-01", "shop.yaml"], { folder });
  assert.match(later.stdout, /warning\[outdated-connectors\]: this list of connectors is \d{5} days old, but `connectorsMaxAge` allows only 30\n +--> harness-connectors\.yaml:2:9\n/);
  assert.match(later.stdout, /; the list of connectors is \d{5} days old\n$/);
});

test("only the scopes that are named are asked for", async (t) => {
  const { url, requests } = await server(t);
  const { exitCode, list } = await fetched(t, url, ["--scope", "default/web", "--scope", "other", "--scope", "account"]);
  assert.equal(exitCode, 0);
  assert.match(list, /\nscopes: .*\n {2}- account\n {2}- default\/web\n {2}- other\nconnectors:/);
  assert.equal(requests.length, 3);
});

test("a scope that the token may not see is named, on standard error and in the list", async (t) => {
  const denied: Mishap = ({ path, scope }, response) => {
    const isDenied = (path.endsWith("listV2") && scope === "default/shop") || (path.endsWith("projects") && scope === "other");
    if (isDenied) send(response, 403, { status: "ERROR", code: "NG_ACCESS_DENIED", message: "Missing permission core_connector_view: registry_password" });
    return isDenied;
  };
  const { url } = await server(t, usual, denied);
  const { stderr, exitCode, list } = await fetched(t, url);
  assert.equal(exitCode, 0);
  assert.match(stderr, /not listed: the connectors of 'default\/shop': the token may not view them \(HTTP 403, NG_ACCESS_DENIED\)\n/);
  assert.match(stderr, /not listed: the projects of 'other': the token may not view them/);
  assert.match(list, /\n# Not listed, because the token may not view it: the projects of 'other'\.\nmadeAt: .*\nscopes: .*\n {2}- account\n {2}- default\n {2}- default\/web\n {2}- other\nunseenScopes: .*\n {2}- default\/shop\nconnectors:\n/);
  // One that is named has to be listed.
  const named = await fetched(t, url, ["--scope", "account", "--scope", "default/shop"]);
  assert.deepEqual([named.exitCode, named.list], [4, old]);
  assert.match(named.stderr, /the connectors of 'default\/shop': the token may not view them.*\n.*nothing has been written\n$/);
  const unknown = await fetched(t, url, ["--scope", "default/none"]);
  assert.equal(unknown.exitCode, 4);
  assert.match(unknown.stderr, /there is nothing by that name \(HTTP 404, RESOURCE_NOT_FOUND_EXCEPTION\)/);
});

test("what comes later is waited for: 429 with Retry-After, 503, a broken connection", async (t) => {
  const times: number[] = [];
  const { url } = await server(t, { account: ["a"] }, ({ path, nth }, response) => {
    if (!path.endsWith("listV2") || nth > 2) return false;
    times.push(Date.now());
    if (nth === 0) send(response, 429, { message: "hunter2" }, { "retry-after": "2" });
    else if (nth === 1) send(response, 503, {});
    else response.destroy();
    return true;
  });
  const { stderr, exitCode } = await fetched(t, url);
  assert.equal(exitCode, 0, stderr);
  const [first = 0, second = 0] = times;
  assert.ok(second - first >= 1990, `waited ${second - first} ms`);
});

test("a list that changes between its pages is read anew", async (t) => {
  const { url } = await server(t, { account: usual["default/shop"] ?? [] }, ({ page, nth }, response) => {
    if (page !== 1 || nth > 0) return false;
    send(response, 200, { status: "SUCCESS", data: { totalPages: 2, totalItems: 131, pageIndex: 1, content: [] } });
    return true;
  });
  const { stderr, list } = await fetched(t, url);
  assert.match(stderr, /wrote 130 connectors/);
  assert.equal(list.match(/^ {2}- identifier:/gm)?.length, 130);
});

test("an entry that moves between two pages is noticed: it would come twice, and another one not at all", async (t) => {
  const names = Array.from({ length: 130 }, (_, index) => `n${index}`);
  const moved = [...names.slice(-1), ...names.slice(0, -1)];
  const lists: Readonly<Record<string, (identifier: string) => unknown>> = {
    "/ng/api/connectors/listV2": (identifier) => ({ connector: { identifier, type: "DockerRegistry", spec: { dockerRegistryUrl: "https://r.example" } } }),
    "/ng/api/organizations": (identifier) => ({ organization: { identifier } }),
    "/ng/api/projects": (identifier) => ({ project: { identifier, orgIdentifier: "o" } }),
  };
  for (const [which, entry] of Object.entries(lists)) {
    for (const settles of [true, false]) {
      const { url } = await server(t, { account: [], o: [] }, ({ path, scope, page, nth }, response) => {
        if (path !== which || (scope !== "account" && scope !== "o")) return false;
        const order = page === 1 && !(settles && nth > 0) ? moved : names;
        const content = order.slice(page * 100, page * 100 + 100).map((name) => entry(name));
        send(response, 200, { status: "SUCCESS", data: { totalPages: 2, totalItems: 130, pageIndex: page, content } });
        return true;
      });
      const { stderr, exitCode, list } = await fetched(t, url, which.endsWith("listV2") ? ["--scope", "account"] : ["--max-time", "5s"]);
      if (!settles) {
        assert.deepEqual([exitCode, list], [4, old], stderr);
        assert.match(stderr, /its pages don't fit together/);
      } else if (which.endsWith("listV2")) assert.equal(new Set(list.match(/^ {2}- identifier: .*/gm)).size, 130, stderr);
      else assert.doesNotMatch(stderr, /fit together/);
    }
  }
});

/** Answers every request for connectors in the same way. */
const always = (answer: (response: Parameters<Mishap>[1]) => void): Mishap => ({ path }, response) => {
  if (!path.endsWith("listV2")) return false;
  answer(response);
  return true;
};
const page = (data: unknown) => always((response) => send(response, 200, { status: "SUCCESS", data }));
/** A list of one entry. */
const listOf = (item: unknown) => ({ status: "SUCCESS", data: { content: [item], totalPages: 1, totalItems: 1, pageIndex: 0 } });
const atPath = (end: string, item: unknown): Mishap => ({ path }, response) => {
  if (!path.endsWith(end)) return false;
  send(response, 200, listOf(item));
  return true;
};
const ofScope = (scope: object) => (response: Parameters<Mishap>[1]) => send(response, 200, listOf({ connector: { identifier: "a", type: "DockerRegistry", spec: { dockerRegistryUrl: "https://r.example" }, ...scope } }));

const failures: Readonly<Record<string, readonly [mishap: Mishap, message: RegExp, args?: readonly string[]]>> = {
  "401": [always((r) => send(r, 401, { code: "INVALID_TOKEN", message: "hunter2" })), /Harness doesn't know the token of HARNESS_PLATFORM_API_KEY, or it has expired \(HTTP 401, INVALID_TOKEN\)/],
  "403 everywhere": [always((r) => send(r, 403, {})), /the connectors of no scope: the token may not view them \(HTTP 403\)/],
  "400": [always((r) => send(r, 400, { status: "FAILURE", code: "INVALID_REQUEST", message: "registry_password" })), /an error \(HTTP 400, INVALID_REQUEST\)/],
  "500": [always((r) => send(r, 500, { status: "ERROR", code: "UNKNOWN_ERROR", message: "hunter2" })), /an error \(HTTP 500, UNKNOWN_ERROR\)/],
  "429 for an hour": [always((r) => send(r, 429, {}, { "retry-after": "3600" })), /it answers with HTTP 429; it asks to retry in 3600 s, which is later than '--max-time' allows/],
  "429 to a date": [always((r) => send(r, 429, {}, { "retry-after": new Date(Date.now() + 7_200_000).toUTCString() })), /retry in 7(?:200|199) s/],
  "429 without Retry-After": [always((r) => send(r, 429, {})), /too many requests \(HTTP 429\)/],
  "a redirect to a foreign host": [always((r) => r.writeHead(302, { location: "https://foreign.example/" }).end()), /it redirects to another address, where the token isn't sent \(HTTP 302\)/],
  "JSON that isn't": [always((r) => r.writeHead(200).end("<html>hunter2</html>")), /the response isn't JSON/],
  "half a page": [
    always((r) => {
      r.writeHead(200, { "content-length": "1000" }).write('{"status": "SUCCESS", "data": {');
      setTimeout(() => r.destroy(), 50);
    }),
    /it broke the connection|its response is incomplete/,
  ],
  "half a page that says it is whole": [always((r) => r.writeHead(200).end('{"status": "SUCCESS", "data": {"content": [')), /the response isn't JSON.*incomplete/],
  "an error with status 200": [always((r) => send(r, 200, { status: "ERROR", code: "INVALID_REQUEST" })), /an error \(HTTP 200, INVALID_REQUEST\)/],
  "no data": [always((r) => send(r, 200, { hunter2: 1 })), /it has no `data`/],
  "no page": [page({ content: {} }), /isn't page 0 of a list/],
  "another page": [page({ content: [], totalPages: 1, totalItems: 0, pageIndex: 1 }), /isn't page 0 of a list/],
  "too few items": [page({ content: [], totalPages: 1, totalItems: 2, pageIndex: 0 }), /its pages don't fit together/],
  "a million pages": [page({ content: [], totalPages: 1e6, totalItems: 1e8, pageIndex: 0 }), /at most 1000 are read/],
  "no connectors": [page({ content: [{ nothing: "registry_password" }], totalPages: 1, totalItems: 1, pageIndex: 0 }), /page 0: this item has no `connector`/],
  "a connector of the account in a project's list": [always(ofScope({ accountIdentifier: account })), /the connectors of 'default\/shop': an entry of the response is of another scope \('account'\)/, ["--scope", "default/shop"]],
  "a connector of a project in an organization's list": [always(ofScope({ orgIdentifier: "default", projectIdentifier: "shop" })), /the connectors of 'default': an entry of the response is of another scope \('default\/shop'\)/, ["--scope", "default"]],
  "a connector of another project": [always(ofScope({ orgIdentifier: "default", projectIdentifier: "web" })), /of another scope \('default\/web'\)/, ["--scope", "default/shop"]],
  "a connector of an organization called account in the account's list": [always(ofScope({ orgIdentifier: "account" })), /the connectors of the account: an entry of the response is of another scope/],
  "a connector of another account": [always(ofScope({ accountIdentifier: "hunter2-of-another" })), /the connectors of the account: an entry of the response is of another account\n/],
  "a project of another organization": [atPath("projects", { project: { identifier: "shop", orgIdentifier: "other" } }), /the projects of 'default': an entry of the response is of another scope \('other'\)/],
  "an organization of another account": [atPath("organizations", { organization: { identifier: "default", accountIdentifier: "hunter2-of-another" } }), /the organizations: an entry of the response is of another account/],
  "404 for the organizations": [({ path }, r) => path.endsWith("organizations") && (send(r, 404, { code: "RESOURCE_NOT_FOUND_EXCEPTION" }), true), /the organizations: there is nothing by that name \(HTTP 404, RESOURCE_NOT_FOUND_EXCEPTION\)/],
  "404 for an organization's projects": [({ path }, r) => path.endsWith("projects") && (send(r, 404, {}), true), /the projects of 'default': there is nothing by that name \(HTTP 404\)/],
  "an endless answer": [always((r) => endless(r)), /its response is larger than 16384 KiB/],
  "a connection that hangs": [always(() => undefined), /hasn't answered within 0\.3 s \('--timeout'\)/, ["--timeout", "300ms"]],
  "a connection that drips": [always((r) => drip(r)), /hasn't answered within 0\.3 s/, ["--timeout", "300ms"]],
  "no time left": [always(() => undefined), /no time left for it \('--max-time'\)/, ["--max-time", "1s"]],
};

function endless(response: Parameters<Mishap>[1]): void {
  const more = (): void => {
    while (!response.destroyed && response.write(" ".repeat(65_536)));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function drip(response: Parameters<Mishap>[1]): void {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
}

test("connectors fetch, what goes wrong: exit code 4, and nothing is written", { concurrency: 4 }, async (all) => {
  const each = Object.entries(failures).map(([what, [mishap, message, args]]) =>
    all.test(what, async (t) => {
      const { url } = await server(t, { account: ["a"], default: [] }, mishap);
      const before = Date.now();
      const { stdout, stderr, exitCode, list } = await fetched(t, url, args);
      assert.deepEqual([stdout, exitCode, list], ["", 4, old], stderr);
      assert.match(stderr, message);
      assert.match(stderr, /nothing has been written\n$/);
      assert.ok(Date.now() - before < 20_000);
    }),
  );
  await Promise.all(each);
});

test("nothing answers, or there is no such host", async (t) => {
  const gone = await fetched(t, "http://127.0.0.1:1");
  assert.equal(gone.exitCode, 4);
  assert.match(gone.stderr, /'http:\/\/127\.0\.0\.1:1': the organizations: nothing answers there \(connection refused\)/);
  const nowhere = await fetched(t, "https://harness.invalid");
  assert.equal(nowhere.exitCode, 4);
  assert.match(nowhere.stderr, /there is no such host|no name server answers/);
});

test("certificates: one of an unknown authority, the authority by --ca-file, one for another host", async (t) => {
  const made = certificates(t);
  const answer = { account: ["a"] };
  const plain = await server(t, answer);
  const forward = (host: string): ReturnType<typeof serve> => serve(t, (request, response) => {
    void fetch(`${plain.url}${request.url}`, {
      method: request.method ?? "GET",
      headers: { "x-api-key": String(request.headers["x-api-key"]) },
      ...(request.method === "POST" ? { body: '{"filterType": "Connector"}' } : {}),
    }).then(async (found) => response.writeHead(found.status).end(await found.text()));
  }, made.of(host));
  const right = await forward("127.0.0.1");
  const unknown = await fetched(t, right.url);
  assert.equal(unknown.exitCode, 4);
  assert.match(unknown.stderr, /no trusted authority has signed its certificate; '--ca-file' adds one/);
  const known = await fetched(t, right.url, ["--ca-file", made.authority]);
  assert.equal(known.exitCode, 0, known.stderr);
  const other = await forward("other.example");
  const wrong = await fetched(t, other.url, ["--ca-file", made.authority]);
  assert.equal(wrong.exitCode, 4);
  assert.match(wrong.stderr, /its certificate is for another host/);
  const none = await fetched(t, right.url, ["--ca-file", "harness-connectors.yaml"]);
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /there is no certificate as PEM in it/);
});

test("proxies: HTTPS_PROXY is asked, NO_PROXY isn't, and its password is in no message", async (t) => {
  const made = certificates(t);
  const target = await serve(t, (_, response) => send(response, 500, {}), made.of("localhost"));
  const { host, asked } = await proxyTo(t, target);
  const variables = { HTTPS_PROXY: `http://user:hunter2@${host}` };
  const endpoint = "https://localhost:9443";
  const through = await fetched(t, endpoint, ["--ca-file", made.authority], variables);
  assert.equal(through.exitCode, 4);
  assert.match(through.stderr, /an error \(HTTP 500\)/);
  assert.match(asked[0] ?? "", /^CONNECT localhost:9443 HTTP\/1\.1\r\n[^]*proxy-authorization: Basic /i);
  assert.ok(!asked.join("").includes(account) && !asked.join("").includes("S3cret"), "the proxy sees nothing of what is asked");
  const count = asked.length;
  const around = await fetched(t, "https://localhost:1", ["--max-time", "1s"], { ...variables, NO_PROXY: "localhost", no_proxy: "localhost" });
  assert.match(around.stderr, /nothing answers there|no time is left/);
  assert.equal(asked.length, count);
  const down = await fetched(t, endpoint, [], { HTTPS_PROXY: "http://user:hunter2@127.0.0.1:1" });
  assert.equal(down.exitCode, 4);
  assert.match(down.stderr, /nothing answers there/);
});

const wrong: Readonly<Record<string, readonly [args: readonly string[], variables: Readonly<Record<string, string>>, message: RegExp]>> = {
  "no token": [[], { HARNESS_PLATFORM_API_KEY: "" }, /HARNESS_PLATFORM_API_KEY isn't set/],
  "a token in two lines": [[], { HARNESS_PLATFORM_API_KEY: "hunter2\nx-other: 1" }, /HARNESS_PLATFORM_API_KEY isn't a token/],
  "no account": [[], { HARNESS_PLATFORM_API_KEY: "hunter2-hunter2" }, /HARNESS_ACCOUNT_ID isn't set, and the token doesn't name its account/],
  "no address": [[], { HARNESS_ENDPOINT: "app.harness.io" }, /HARNESS_ENDPOINT isn't the address/],
  "an address with a password": [[], { HARNESS_ENDPOINT: "https://a:hunter2@app.harness.io" }, /HARNESS_ENDPOINT isn't the address/],
  "no TLS": [[], { HARNESS_ENDPOINT: "http://harness.example" }, /a token isn't sent without TLS/],
  "a wrong scope": [["--scope", "a/b/c"], {}, /'--scope' can't be 'a\/b\/c'; it is account, ORG or ORG\/PROJECT/],
  "a file": [["a.json"], {}, /unexpected argument 'a\.json'/],
  "no duration": [["--timeout", "soon"], {}, /'--timeout' can't be 'soon'/],
  "no place to write": [["--out", "no/such/folder/list.yaml"], {}, /can't write 'no\/such\/folder\/list\.yaml'/],
};
for (const [what, [args, variables, message]] of Object.entries(wrong)) {
  const code = message.source.startsWith("can't write") ? 4 : 2;
  test(`connectors fetch, ${what}: exit code ${code}`, async (t) => {
    const { url } = await server(t, { account: ["a"] });
    const { stderr, exitCode, list } = await fetched(t, url, args, variables);
    assert.deepEqual([exitCode, list], [code, old]);
    assert.match(stderr, message);
  });
}

test("--help names the variables and the exit codes", async () => {
  const { stdout, exitCode } = await run(["connectors", "fetch", "--help"]);
  assert.equal(exitCode, 0);
  for (const word of ["HARNESS_PLATFORM_API_KEY", "HARNESS_ACCOUNT_ID", "HARNESS_ENDPOINT", "NO_PROXY"]) assert.ok(stdout.includes(word));
  for (const code of [0, 2, 4, 70]) assert.match(stdout, new RegExp(`^  ${code} +\\S`, "m"));
});
