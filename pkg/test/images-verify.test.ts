import assert from "node:assert/strict";
import { chmodSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";

import type { Inventory } from "harness-image-guard";

import { certificates } from "./certificates.js";
import { type Circumstances, type Outcome, run } from "./command.js";
import { neutral, pipeline } from "./pulling.js";
import { proxyTo } from "./proxy.js";
import { digestOf, push, registry, skip, tokenServer, user } from "./registry.js";
import { repository } from "./repository.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

interface VerifiedImage {
  readonly fullName: string | null;
  readonly verification: { readonly verdict: string; readonly digest: string | null; readonly platforms: readonly string[] | null; readonly reason: string | null };
}

/** Runs `images --verify`; nothing that is shown holds a secret. */
async function verify(args: readonly string[], circumstances: Circumstances): Promise<Outcome> {
  const outcome = await run(["images", "--verify", ...args], { ...circumstances, variables: { ...neutral, ...circumstances.variables } });
  for (const secret of [user.password, user.name, "hunter2", Buffer.from(`${user.name}:${user.password}`).toString("base64")]) {
    assert.ok(!(outcome.stdout + outcome.stderr).includes(secret), `${secret} is shown:\n${outcome.stdout}${outcome.stderr}`);
  }
  return outcome;
}

/** The answers by the names, without the host of the registry. */
async function answers(host: string, images: readonly string[], args: readonly string[] = [], circumstances: Circumstances = {}) {
  const stdin = pipeline(...images.map((image) => `${host}/${image}`));
  const outcome = await verify(["--format", "json", "--allow-registry", host, ...args, "-"], { stdin, ...circumstances });
  const found = outcome.stdout === "" ? [] : (JSON.parse(outcome.stdout) as { readonly images: readonly VerifiedImage[] }).images;
  return { ...outcome, images: Object.fromEntries(found.map(({ fullName, verification }) => [fullName?.slice(host.length + 1) ?? "", verification])) };
}

/** An open registry with some images. */
async function filled(t: TestContext) {
  const root = temporaryFolder(t);
  const host = await registry(t, { root });
  const many = await push(host, "public/node", "22", ["linux/amd64", "linux/arm64/v8"]);
  const one = await push(host, "public/tool", "latest", ["linux/amd64"]);
  await push(host, "team/private", "1", ["linux/amd64"]);
  return { root, host, many, one };
}

test("an open registry tells what is there, with digest and platforms, and what isn't", { skip }, async (t) => {
  const { host, many, one } = await filled(t);
  const none = `sha256:${"0".repeat(64)}`;
  const asked = ["public/node:22", "public/tool", `public/node@${many.digest}`, `public/node:old@${many.digest}`, "public/node:23", "public/none:1", `public/node@${none}`, "Public/Node:22"];
  const { images, exitCode, stderr } = await answers(host, asked);
  const platforms = ["linux/amd64", "linux/arm64/v8"];
  const there = { verdict: "there", digest: many.digest, platforms, reason: null };
  assert.deepEqual(images["public/node:22"], there);
  assert.deepEqual(images["public/tool"] ?? images["public/tool:latest"], { ...there, digest: one.digest, platforms: ["linux/amd64"] });
  assert.deepEqual(images[`public/node@${many.digest}`], there);
  assert.deepEqual(images[`public/node:old@${many.digest}`], there, "the digest outranks the tag");
  const missing = (reason: string) => ({ verdict: "missing", digest: null, platforms: null, reason });
  assert.deepEqual(images["public/node:23"], missing(`${host} has no public/node:23`));
  assert.deepEqual(images["public/none:1"], missing(`${host} has no public/none:1`));
  assert.deepEqual(images[`public/node@${none}`], missing(`${host} has no public/node@${none}`));
  assert.match(images["Public/Node:22"]?.reason ?? "", /^no registry can have this name: .*capital letters/);
  assert.deepEqual([exitCode, stderr], [1, ""]);
  assert.equal((await answers(host, ["public/node:22"])).exitCode, 0);
});

test("every format has what the registries say", { skip }, async (t) => {
  const { host, many } = await filled(t);
  const stdin = pipeline(`${host}/public/tool:2`, `${host}/public/node:22`, "node", `${host}/public/node:22`, `${host}/public/node:<+input>`, ["maven", "account.x"]);
  const shown = async (format: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await verify(["--format", format, "--allow-registry", host, "-"], { stdin });
    assert.equal(exitCode, 4);
    assert.match(stderr, /not asked, because it isn't allowed: docker\.io; to ask it: --allow-registry docker\.io\n/);
    return stdout;
  };
  const text = await shown("text");
  const [line = ""] = (await shown("csv")).split("\r\n");
  assert.match(line, /,unknown,origin,condition,verified,digest,platforms,why not$/);
  assert.ok(text.includes(`  ${host}/public/node:22\n    = verified: there, ${many.digest} (linux/amd64, linux/arm64/v8)\n    -->`), text);
  assert.ok(text.includes(`  ${host}/public/tool:2\n    = verified: not there: ${host} has no public/tool:2\n    -->`), text);
  assert.ok(text.includes(`  ${host}/public/node:<+input>\n    = verified: unknown: there is an expression in its name\n`), text);
  assert.match(text, /docker\.io\/library\/node\n {4}= verified: unknown: docker\.io isn't asked: '--allow-registry docker\.io'\n/);
  assert.match(text, /\nof 5 names: 1 there, 1 not there, 3 unknown\n$/);
  const csv = (await shown("csv")).split("\r\n");
  assert.equal(csv.filter((row) => row.includes(`${host}/public/node:22`) && row.endsWith(`,there,${many.digest},linux/amd64 linux/arm64/v8,`)).length, 2);
  assert.equal(csv.filter((row) => row.endsWith(`,not there,,,${host} has no public/tool:2`)).length, 1);
  const markdown = (await shown("markdown")).split("\n");
  assert.match(markdown[0] ?? "", /\| place \| in the registry \|$/);
  assert.equal(markdown.filter((row) => row.includes("public/node:22") && row.endsWith(`| there, ${many.digest} \\(linux/amd64, linux/arm64/v8\\) |`)).length, 2);
  assert.equal(markdown.filter((row) => row.includes("public/tool:2") && / \| not there: .* \|$/.test(row)).length, 1);
  const mermaid = await shown("mermaid");
  const node = (label: string): string => new RegExp(`^  (n\\d+)\\[\\["[^"]*${label}"\\]\\]`, "m").exec(mermaid)?.[1] ?? "none";
  assert.match(mermaid, new RegExp(`^  ${node("public/node:22")} -\\.-> there$`, "m"));
  assert.match(mermaid, new RegExp(`^  ${node("public/tool:2")} -\\.-> missing$`, "m"));
  assert.match(mermaid, /^ {2}missing\(\["not there"\]\)$/m);
  const json = JSON.parse(await shown("json")) as Inventory & { readonly verification: unknown };
  assert.equal(json.schemaVersion, 1);
  assert.deepEqual(json.verification, { rateLimits: [], notAllowed: ["docker.io"] });
});

test("of Harness's own images, any version is enough, in every format", { skip }, async (t) => {
  const host = await registry(t, { root: temporaryFolder(t) });
  await push(host, "h/harness/ci-addon", "1.16", ["linux/amd64"]);
  const steps = [{ step: { identifier: "t", type: "Run", spec: { image: "harness/ci-addon", connectorRef: "account.harnessImage" } } }];
  const stage = { identifier: "s", type: "CI", spec: { infrastructure: { type: "KubernetesDirect" }, execution: { steps } } };
  const folder = temporaryFolder(t, {
    "p.json": JSON.stringify({ pipeline: { identifier: "p", stages: [{ stage }] } }),
    "c.json": JSON.stringify({ connector: { identifier: "harnessImage", type: "DockerRegistry", spec: { dockerRegistryUrl: `http://${host}/h` } } }),
  });
  const shown = async (format: string): Promise<string> => {
    const { stdout, exitCode } = await verify(["--harness-images", "--format", format, "--allow-registry", host], { folder });
    assert.equal(exitCode, 1);
    return stdout;
  };
  const text = await shown("text");
  assert.ok(text.includes(`  ${host}/h/harness/ci-addon\n    = verified: not there: ${host} has no h/harness/ci-addon:latest\n`), text);
  assert.ok(text.includes(`  ${host}/h/harness/ci-addon, Harness's own, in the version that the account uses\n    = verified: there\n`), text);
  assert.ok(text.includes(`  ${host}/h/harness/ci-lite-engine, Harness's own, in the version that the account uses\n    = verified: not there: ${host} has no h/harness/ci-lite-engine\n`), text);
  assert.match(text, /\nof 3 names: 1 there, 2 not there\n$/);
  const csv = (await shown("csv")).split("\r\n");
  assert.equal(csv.filter((row) => row.includes(",harness/ci-addon,") && row.endsWith(",harness,,there,,,")).length, 1);
  assert.match(await shown("markdown"), /harness\/ci-addon, Harness's own \|.*\| there \|\n/);
  const mermaid = await shown("mermaid");
  const [, node = ""] = /^ {2}(n\d+)\[\["[^"]*\/ci-addon#44; Harness#39;s own"\]\]/m.exec(mermaid) ?? [];
  assert.match(mermaid, new RegExp(`^  ${node} -\\.-> there$`, "m"));
  const { images } = JSON.parse(await shown("json")) as { readonly images: readonly (VerifiedImage & { readonly origin: string })[] };
  assert.deepEqual(images.map(({ origin, verification: { verdict } }) => [origin, verdict]), [["harness", "there"], ["harness", "missing"], ["file", "missing"]]);
});

test("a registry with basic authentication: anonymously, with Docker's credentials, with wrong ones, by a helper", { skip }, async (t) => {
  const { root } = await filled(t);
  const host = await registry(t, { root, basic: true });
  const asked = ["public/node:22", "public/node:23"];
  const anonymous = await answers(host, asked);
  assert.equal(anonymous.exitCode, 1);
  assert.deepEqual(Object.values(anonymous.images).map(({ verdict, reason }) => [verdict, reason]), [
    ["denied", `${host}: it requires a user name and a password (HTTP 401)`],
    ["denied", `${host}: it requires a user name and a password (HTTP 401)`],
  ]);
  const config = (content: object): Circumstances => ({ variables: { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify(content) }) } });
  const auth = (password: string): string => Buffer.from(`${user.name}:${password}`).toString("base64");
  const right = config({ auths: { [host]: { auth: auth(user.password) } } });
  assert.equal((await answers(host, asked, [], right)).images["public/node:22"]?.verdict, "denied", "they are sent only if that is asked for");
  const known = await answers(host, asked, ["--credentials", "docker-config"], right);
  assert.deepEqual(Object.values(known.images).map(({ verdict }) => verdict), ["there", "missing"]);
  const wrong = await answers(host, asked, ["--credentials", "docker-config"], config({ auths: { [host]: { auth: auth("hunter2") } } }));
  assert.match(wrong.images["public/node:22"]?.reason ?? "", /can't be pulled with Docker's credentials, or doesn't exist \(HTTP 401\)/);
  // Another registry's aren't.
  const other = await answers(host, asked, ["--credentials", "docker-config"], config({ auths: { "other.example": { auth: auth(user.password) } } }));
  assert.equal(other.images["public/node:22"]?.verdict, "denied");
  const programs = temporaryFolder(t, {
    "docker-credential-test": `#!/bin/sh\nread server\n[ "$1 $server" = "get ${host}" ] && echo '{"Username": "${user.name}", "Secret": "${user.password}"}'\n`,
    "docker-credential-broken": "#!/bin/sh\necho hunter2; exit 1\n",
  });
  for (const name of ["test", "broken"]) chmodSync(join(programs, `docker-credential-${name}`), 0o755);
  const helped = (helper: string): Circumstances => {
    const { variables = {} } = config({ credHelpers: { [host]: helper } });
    return { variables: { ...variables, PATH: `${programs}:${process.env["PATH"] ?? ""}` } };
  };
  assert.equal((await answers(host, asked, ["--credentials", "docker-config"], helped("test"))).images["public/node:22"]?.verdict, "denied");
  assert.equal((await answers(host, asked, ["--credentials", "docker-helpers"], helped("test"))).images["public/node:22"]?.verdict, "there");
  for (const [helper, message] of [["broken", /'docker-credential-broken get' has failed/], ["none", /there is no program 'docker-credential-none'/], ["a/b", /no helper can have that name/]] as const) {
    const failed = await answers(host, asked, ["--credentials", "docker-helpers"], helped(helper));
    assert.deepEqual([failed.exitCode, failed.stdout], [2, ""]);
    assert.match(failed.stderr, message);
  }
});

test("Docker's configuration may have a name and a password as they are, which `auth` outranks", async (t) => {
  const basic = (name: string, password: string): string => Buffer.from(`${name}:${password}`).toString("base64");
  const right = `Basic ${basic(user.name, user.password)}`;
  const { host } = await serve(t, (request, response) => {
    (request.headers.authorization === right ? handing(manifest) : status(401, { "www-authenticate": 'Basic realm="r"' }))(request, response);
  });
  const [plain, other] = [{ username: user.name, password: user.password }, { username: "a", password: "hunter2" }];
  for (const [entry, verdict] of [
    [plain, "there"],
    [{ ...plain, auth: "" }, "there"],
    [{ ...plain, auth: null }, "there"],
    [{ ...other, auth: basic(user.name, user.password) }, "there"],
    [{ ...plain, auth: basic("a", "hunter2") }, "denied"],
    [{ username: user.name }, "denied"],
    [{ password: user.password }, "denied"],
    [{ ...plain, username: 1 }, "denied"],
  ] as const) {
    const variables = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [host]: entry } }) }) };
    const { images, stderr } = await answers(host, ["a:1"], ["--credentials", "docker-config"], { variables });
    assert.equal(images["a:1"]?.verdict, verdict, `${JSON.stringify(entry)}: ${images["a:1"]?.reason ?? stderr}`);
  }
});

test("null in Docker's configuration is nothing", async (t) => {
  const { host } = await serve(t, (_, response) => response.writeHead(401, { "www-authenticate": "Basic realm=r" }).end());
  for (const content of [{ auths: null, credHelpers: null, credsStore: null }, { auths: { [host]: null } }]) {
    const variables = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify(content) }) };
    const { exitCode, images, stderr } = await answers(host, ["a:1"], ["--credentials", "docker-helpers"], { variables });
    assert.equal(exitCode, 1, stderr);
    assert.equal(images["a:1"]?.reason, `${host}: it requires a user name and a password (HTTP 401)`);
  }
});

test("a credential helper in the repository or in node_modules isn't run, nor what another one would start from there", async (t) => {
  const { host } = await serve(t, (request, response) => {
    const isKnown = request.headers.authorization !== undefined;
    (isKnown ? handing(manifest) : status(401, { "www-authenticate": 'Basic realm="r"' }))(request, response);
  });
  const ran = join(temporaryFolder(t), "ran");
  const folder = repository(t, { "svc/p.yaml": "", "svc/bin/x": "", "node_modules/.bin/x": "" });
  const [bin, tools] = [join(folder, "node_modules", ".bin"), join(folder, "svc", "bin")];
  const theirs = `#!/bin/sh\ntouch '${ran}'\necho '{"Username": "a", "Secret": "hunter2"}'\n`;
  for (const name of ["docker-credential-test", "helper-of-helper"]) {
    for (const where of [bin, tools]) writeFileSync(join(where, name), theirs, { mode: 0o755 });
  }
  const config = temporaryFolder(t, { "config.json": JSON.stringify({ credsStore: "test" }) });
  const asked = async (more: readonly string[], at: string): Promise<Outcome> =>
    answers(host, ["a:1"], ["--credentials", "docker-helpers"], {
      folder: at,
      variables: { DOCKER_CONFIG: config, PATH: [bin, tools, "bin", ...more, process.env["PATH"] ?? ""].join(delimiter) },
    });
  const own = temporaryFolder(t);
  writeFileSync(join(own, "docker-credential-test"), `#!/bin/sh\nhelper-of-helper || ./helper-of-helper || echo '{"Username": "b", "Secret": "hunter2"}'\n`, { mode: 0o755 });
  for (const at of [folder, join(folder, "svc"), tools]) {
    const { exitCode, stderr } = await asked([], at);
    assert.equal(exitCode, 2);
    assert.match(stderr, /there is no program 'docker-credential-test', which Docker's config\.json names: one in the repository or in node_modules isn't run/);
    assert.equal((await asked([own], at)).exitCode, 0);
  }
  assert.ok(!existsSync(ran));
});

test("a registry behind a token server: to everybody, to those who may, and the token to nobody else", { skip }, async (t) => {
  const { root } = await filled(t);
  const made = certificates(t);
  const tokens = await tokenServer(t, made);
  const host = await registry(t, { root, tokens: { realm: `${tokens.url}/token`, certificates: made } });
  const asked = ["public/node:22", "public/node:23", "team/private:1"];
  // The token server is another host, and has to be allowed by its name, too.
  const strange = await answers(host, asked);
  assert.equal(strange.exitCode, 4);
  assert.equal(strange.images["public/node:22"]?.reason, `${host}: its token service is another host, which isn't allowed: '--allow-registry ${tokens.host}'`);
  assert.equal(tokens.requests.length, 0);
  const anonymous = await answers(host, asked, ["--allow-registry", tokens.host]);
  assert.deepEqual(Object.values(anonymous.images).map(({ verdict }) => verdict), ["there", "missing", "denied"], JSON.stringify(anonymous.images));
  assert.match(anonymous.images["team/private:1"]?.reason ?? "", /can't be pulled anonymously, or doesn't exist \(HTTP 401\)/);
  assert.ok(tokens.requests.length > 0);
  assert.ok(tokens.requests.every(({ url, authorization }) => authorization === undefined && /^\/token\?service=registry&scope=repository%3A[\w%]+%3Apull$/.test(url)));
  const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");
  const variables = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [`https://${host}`]: { auth } } }) }) };
  const known = await answers(host, asked, ["--allow-registry", tokens.host, "--credentials", "docker-config"], { variables });
  assert.deepEqual(Object.values(known.images).map(({ verdict }) => verdict), ["there", "missing", "there"]);
  const wrongConfig = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [host]: { auth: Buffer.from("a:hunter2").toString("base64") } } }) }) };
  const wrong = await answers(host, asked, ["--allow-registry", tokens.host, "--credentials", "docker-config"], { variables: wrongConfig });
  assert.match(wrong.images["team/private:1"]?.reason ?? "", /with Docker's credentials, it gives no token \(HTTP 401\)/);
});

test("a port that goes without saying is none, in addresses and among Docker's credentials", async (t) => {
  const made = certificates(t);
  const basic = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  const answer: Handler = (request, response) => {
    (request.headers.authorization === basic ? handing(manifest) : status(401, { "www-authenticate": 'Basic realm="r"' }))(request, response);
  };
  const [withTls, without] = [await proxyTo(t, await serve(t, answer, made.of("r.example"))), await proxyTo(t, await serve(t, answer))];
  const of = (key: string) => temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [key]: { auth: basic.slice("Basic ".length) } } }) });
  for (const [image, key, proxy] of [
    ["r.example/a:1", "r.example:443", withTls],
    ["r.example:443/a:1", "https://r.example", withTls],
    ["r.example:443/a:1", "https://r.example:443/v2/", withTls],
    // On this machine, where a registry may speak no TLS, that port has to be named.
    ["localhost:80/a:1", "localhost:80", without],
  ] as const) {
    const [host = ""] = image.split("/");
    const variables = { DOCKER_CONFIG: of(key), HTTPS_PROXY: `http://${proxy.host}`, HTTP_PROXY: `http://${proxy.host}` };
    const { stdout, exitCode } = await verify(["--allow-registry", host, "--credentials", "docker-config", "--ca-file", made.authority, "-"], { stdin: pipeline(image), variables });
    assert.equal(exitCode, 0, `${image} ${key}: ${stdout}`);
  }
});

test("a registry with TLS: by the test's authority, by none, for another host", { skip }, async (t) => {
  const { root } = await filled(t);
  const made = certificates(t);
  made.of("127.0.0.1");
  made.of("other.example");
  const host = await registry(t, { root, tls: { certificates: made, host: "127.0.0.1" } });
  const known = await answers(host, ["public/node:22"], ["--ca-file", made.authority]);
  assert.equal(known.images["public/node:22"]?.verdict, "there", JSON.stringify(known));
  const unknown = await answers(host, ["public/node:22"]);
  assert.equal(unknown.exitCode, 4);
  assert.match(unknown.images["public/node:22"]?.reason ?? "", /no trusted authority has signed its certificate; '--ca-file' adds one/);
  const other = await registry(t, { root, tls: { certificates: made, host: "other.example" } });
  const wrong = await answers(other, ["public/node:22"], ["--ca-file", made.authority]);
  assert.equal(wrong.exitCode, 4);
  assert.match(wrong.images["public/node:22"]?.reason ?? "", /its certificate is for another host/);
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const manifest = JSON.stringify({ schemaVersion: 2, manifests: [{ platform: { os: "linux", architecture: "amd64" } }, { platform: { os: "unknown", architecture: "unknown" } }] });
const right = { "content-type": "application/vnd.oci.image.index.v1+json", "docker-content-digest": digestOf(manifest) };
/** Says yes to HEAD, and then hands over something else. */
const handing = (body: string, headers: Readonly<Record<string, string>> = right): Handler => (request, response) => {
  response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : body);
};
const status = (code: number, headers: Readonly<Record<string, string>> = {}): Handler => (_, response) => {
  response.writeHead(code, headers).end(JSON.stringify({ errors: [{ code: "X", message: "hunter2" }] }));
};
const challenge = (realm: string): Handler => status(401, { "www-authenticate": `Bearer realm="${realm}",service="r",scope="repository:x:pull"` });

/** What a registry does, what is said of the image, and the exit code. `HOST` stands for the registry. */
const mishaps: Readonly<Record<string, readonly [handler: (host: string) => Handler, verdict: string, reason: RegExp, exitCode: number, args?: readonly string[]]>> = {
  "all is well": [() => handing(manifest), "there", /^$/, 0],
  "401 without a challenge": [() => status(401), "denied", /doesn't say how to authenticate \(HTTP 401\)/, 1],
  "401 with Negotiate": [() => status(401, { "www-authenticate": "Negotiate" }), "denied", /doesn't say how to authenticate/, 1],
  "403": [() => status(403), "denied", /access is denied \(HTTP 403\)/, 1],
  "404": [() => status(404), "missing", /^HOST has no a:1$/, 1],
  "429 for an hour": [() => status(429, { "retry-after": "3600" }), "unknown", /HTTP 429; it asks to retry in 3600 s, which/, 4],
  "429 again and again": [() => status(429, { "retry-after": "0" }), "unknown", /too many requests \(HTTP 429\)/, 4],
  "500": [() => status(500), "unknown", /it answers with HTTP 500/, 4],
  "418": [() => status(418), "unknown", /it answers with HTTP 418/, 4],
  "HEAD isn't known": [() => (request, response) => (request.method === "HEAD" ? status(405) : handing(manifest))(request, response), "there", /^$/, 0],
  "no digest in HEAD": [() => (request, response) => response.writeHead(200, request.method === "HEAD" ? { "content-type": right["content-type"] } : right).end(request.method === "HEAD" ? undefined : manifest), "there", /^$/, 0],
  "a page for people": [() => handing("<html>", { "content-type": "text/html" }), "unknown", /answers with 'text\/html', which isn't a manifest/, 4],
  "a digest that is none": [() => handing(manifest, { ...right, "docker-content-digest": "sha256:hunter" }), "unknown", /it names a digest that isn't valid/, 4],
  "another content than its digest": [() => handing('{"manifests": []}'), "unknown", /has a different digest/, 4],
  "JSON that isn't": [() => handing("<html>", { ...right, "docker-content-digest": digestOf("<html>") }), "unknown", /its manifest isn't a JSON object/, 4],
  "a manifest that is a list": [() => handing("[]", { ...right, "docker-content-digest": digestOf("[]") }), "unknown", /its manifest isn't a JSON object/, 4],
  "half a manifest": [() => (request, response) => {
    if (request.method === "HEAD") response.writeHead(200, right).end();
    else {
      response.writeHead(200, { ...right, "content-length": "1000" }).write("{");
      setTimeout(() => response.destroy(), 30);
    }
  }, "unknown", /it broke the connection|its response is incomplete/, 4],
  "an endless manifest": [() => handing(" ".repeat(5 * 2 ** 20)), "unknown", /its response is larger than 4096 KiB/, 4],
  "a redirect to a foreign host": [() => status(307, { location: "https://foreign.example/v2/a/manifests/1" }), "unknown", /redirects to another host, which isn't allowed: '--allow-registry foreign\.example'/, 4],
  "a redirect to the machine's metadata": [() => status(307, { location: "http://169.254.169.254/latest/meta-data" }), "unknown", /redirects to an address without TLS/, 4],
  "a redirect to the loopback": [() => status(307, { location: "http://127.0.0.1:1/" }), "unknown", /another host, which isn't allowed: '--allow-registry 127\.0\.0\.1:1'/, 4],
  "a redirect to itself": [(host) => status(307, { location: `http://${host}/v2/a/manifests/1` }), "unknown", /redirects more than 3 times/, 4],
  "a redirect to a host that would be a command": [() => status(307, { location: "https://a;id$(id)`id`/" }), "unknown", /^HOST: it redirects to something that isn't an address$/, 4],
  "a redirect to nowhere": [() => status(307, { location: "http://[" }), "unknown", /redirects to something that isn't an address/, 4],
  "a redirect without an address": [() => status(307), "unknown", /^HOST: it redirects \(HTTP 307\), and doesn't say where to$/, 4],
  "a redirect to a file": [() => status(307, { location: "file:///etc/passwd" }), "unknown", /redirects to an address without TLS/, 4],
  "tokens at a foreign host": [() => challenge("https://foreign.example/token"), "unknown", /its token service is another host, which isn't allowed: '--allow-registry foreign\.example'/, 4],
  "tokens at a host that would be a command": [() => challenge("https://a;id$(id)`id`/token"), "unknown", /^HOST: the address of its token service isn't valid$/, 4],
  "tokens at an address that is none": [() => challenge("file:///etc/passwd"), "unknown", /the address of its token service isn't valid/, 4],
  "a token server that loops": [(host) => challenge(`http://${host}/token`), "denied", /it gives no token \(HTTP 401\)/, 1],
  "a token server that redirects": [(host) => (request, response) => (request.url?.startsWith("/token") ? status(302, { location: `http://${host}/token` }) : challenge(`http://${host}/token`))(request, response), "unknown", /its token service redirects \(HTTP 302\)/, 4],
  "a token that isn't taken": [(host) => (request, response) => (request.url?.startsWith("/token") ? handing('{"token": "hunter2"}', {}) : challenge(`http://${host}/token`))(request, response), "denied", /can't be pulled anonymously, or doesn't exist/, 1],
  "a token that is none": [(host) => (request, response) => (request.url?.startsWith("/token") ? handing('{"token": "a\\r\\nb"}', {}) : challenge(`http://${host}/token`))(request, response), "unknown", /answers without a token/, 4],
  "tokens that are no JSON": [(host) => (request, response) => (request.url?.startsWith("/token") ? handing("hunter2", {}) : challenge(`http://${host}/token`))(request, response), "unknown", /answers without a token/, 4],
  "a token server with 500": [(host) => (request, response) => (request.url?.startsWith("/token") ? status(500) : challenge(`http://${host}/token`))(request, response), "unknown", /its token service answers with HTTP 500/, 4],
  "something that isn't HTTP": [() => (request) => void request.socket.end("SSH-2.0-OpenSSH_9.2\r\n"), "unknown", /^HOST: its response isn't HTTP$/, 4],
  "a connection that hangs": [() => (request) => void request, "unknown", /hasn't answered within 0\.3 s \('--timeout'\)/, 4, ["--timeout", "300ms"]],
  "no time left": [() => (request) => void request, "unknown", /no time left for it \('--max-time'\)/, 4, ["--max-time", "1s"]],
};

test("what a registry can do wrong has its sentence and its exit code, within its bound", { concurrency: 4 }, async (all) => {
  const each = Object.entries(mishaps).map(([what, [handler, verdict, reason, expected, args]]) =>
    all.test(what, async (t) => {
      let host = "";
      const server = await serve(t, (request, response) => handler(host)(request, response));
      host = server.host;
      const before = Date.now();
      const { images, exitCode, stderr } = await answers(host, ["a:1"], args);
      const [found] = Object.values(images);
      assert.deepEqual([found?.verdict, exitCode], [verdict, expected], JSON.stringify(found) + stderr);
      assert.match((found?.reason ?? "").replaceAll(host, "HOST"), reason);
      assert.ok(Date.now() - before < 30_000);
    }),
  );
  await Promise.all(each);
});

test("a token that others use up before the one who fetched it is renewed, and the image isn't denied", async (t) => {
  const later = (respond: () => void) => void setTimeout(respond, 50);
  let tokens = 0;
  let uses = 0;
  const refusals: (() => void)[] = [];
  const { host } = await serve(t, (request, response) => {
    const refuse = () => challenge(`http://${host}/token`)(request, response);
    const isFirst = request.url === "/v2/a/manifests/0";
    if (request.url?.startsWith("/token") === true) handing(JSON.stringify({ token: `token-${tokens++}` }), {})(request, response);
    else if (request.headers.authorization === undefined) {
      if (isFirst) refuse();
      else later(refuse);
    } else if (request.headers.authorization !== "Bearer token-0") handing(manifest)(request, response);
    else if (isFirst || uses === 3) {
      refusals.push(refuse);
      if (uses === 3) later(() => refusals.splice(0).forEach((each) => each()));
    } else {
      uses += 1;
      handing(manifest)(request, response);
    }
  });
  const { images } = await answers(host, Array.from({ length: 8 }, (_, index) => `a:${index}`));
  assert.deepEqual(new Set(Object.values(images).map(({ verdict }) => verdict)), new Set(["there"]));
  assert.equal(tokens, 2);
});

test("a token that has ended is renewed, as its server says or when the registry refuses it; access that is denied stays so", async (t) => {
  /** Takes each token as often as is said of it, and then answers with a status. */
  const at = async (uses: readonly number[], refusal: number, lifetime: object) => {
    const left: number[] = [];
    const { host } = await serve(t, (request, response) => {
      if (request.url?.startsWith("/token") === true) {
        const index = left.push(uses[left.length] ?? 0) - 1;
        handing(JSON.stringify({ token: `token-${index}`, ...lifetime }), {})(request, response);
        return;
      }
      const [, index] = /^Bearer token-(\d+)$/.exec(request.headers.authorization ?? "") ?? [];
      const count = index === undefined ? undefined : (left[Number(index)] ?? 0);
      if (index !== undefined && count !== undefined) left[Number(index)] = count - 1;
      if (count === undefined) challenge(`http://${host}/token`)(request, response);
      else if (count > 0) handing(manifest)(request, response);
      else setTimeout(() => status(refusal, { "www-authenticate": `Bearer realm="http://${host}/token",service="r",error="invalid_token"` })(request, response), 50);
    });
    return host;
  };
  const verdicts = async (host: string, count: number): Promise<ReadonlySet<string | undefined>> => {
    const asked = Array.from({ length: count }, (_, index) => `a:${index}`);
    return new Set(Object.values((await answers(host, asked)).images).map(({ verdict }) => verdict));
  };
  assert.deepEqual(await verdicts(await at([9, 3, 1000], 401, { expires_in: 300 }), 20), new Set(["there"]));
  // Of one whose time is over, the registry isn't asked at all.
  assert.deepEqual(await verdicts(await at([1, 1], 403, { expires_in: 0 }), 1), new Set(["there"]));
  assert.deepEqual(await verdicts(await at([], 401, {}), 20), new Set(["denied"]));
});

test("a digest that is asked for is the one that is there", async (t) => {
  const { host } = await serve(t, (request, response) => handing(manifest)(request, response));
  const { images, exitCode } = await answers(host, [`a@${digestOf(manifest)}`, `a@${digestOf("another")}`]);
  assert.equal(images[`a@${digestOf(manifest)}`]?.verdict, "there");
  assert.match(images[`a@${digestOf("another")}`]?.reason ?? "", /answers with a different digest from the requested one/);
  assert.equal(exitCode, 4);
});

test("a token stays with its registry: where that redirects to an allowed host, it isn't sent", async (t) => {
  const sent: (string | undefined)[] = [];
  const other = await serve(t, (request, response) => {
    sent.push(request.headers.authorization);
    handing(manifest)(request, response);
  });
  let own = 0;
  const server = await serve(t, (request, response) => {
    if (request.url?.startsWith("/token")) handing('{"token": "hunter2-hunter2"}', {})(request, response);
    else if (request.headers.authorization !== "Bearer hunter2-hunter2") challenge(`${server.url}/token`)(request, response);
    else {
      own++;
      status(307, { location: `${other.url}${request.url ?? ""}` })(request, response);
    }
  });
  const { images } = await answers(server.host, ["a:1"], ["--allow-registry", other.host]);
  assert.equal(images["a:1"]?.verdict, "there");
  assert.ok(own > 0 && sent.length > 0);
  assert.deepEqual(new Set(sent), new Set([undefined]));
});

test("without a name, only the registries of the presets are asked", async (t) => {
  const asked = new Set<string>();
  const proxy = createServer((socket) => {
    socket.on("error", () => undefined).once("data", (head) => {
      asked.add(head.toString("latin1").split(" ")[1] ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => proxy.close());
  const variables = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const stdin = pipeline("app.harness.io/registry/a:1", "us-docker.pkg.dev/gar-prod-setup/harness-public/a:1", "public.ecr.aws/harness/a:1", "node:1", "r.example/a:1");
  const alone = await verify(["--format", "json", "-"], { stdin, variables });
  assert.deepEqual([...asked].sort(), ["app.harness.io:443", "public.ecr.aws:443", "us-docker.pkg.dev:443"]);
  assert.match(alone.stderr, /to ask them: --allow-registry docker\.io --allow-registry r\.example\n/);
  await verify(["--allow-registry", "index.docker.io", "-"], { stdin, variables });
  assert.ok(asked.has("registry-1.docker.io:443"));
});

test("nothing answers, and there is no such host", async () => {
  const gone = await answers("127.0.0.1:1", ["a:1"]);
  assert.match(gone.images["a:1"]?.reason ?? "", /nothing answers there \(connection refused\)/);
  const nowhere = await answers("registry.invalid", ["a:1"]);
  assert.match(nowhere.images["a:1"]?.reason ?? "", /there is no such host|no name server answers/);
  assert.deepEqual([gone.exitCode, nowhere.exitCode], [4, 4]);
});

test("each name is asked for once, and what may still be pulled is shown", async (t) => {
  const asked: string[] = [];
  const { host } = await serve(t, (request, response) => {
    if (request.method === "HEAD") asked.push(request.url ?? "");
    handing(manifest, { ...right, "ratelimit-limit": "100;w=21600", "ratelimit-remaining": `${80 - asked.length};w=21600`, "docker-ratelimit-source": "hunter2" })(request, response);
  });
  const stdin = pipeline(...Array.from({ length: 40 }, (_, index) => `${host}/a:${index % 4}`));
  const { stdout, exitCode } = await verify(["--allow-registry", host, "-"], { stdin });
  assert.equal(exitCode, 0);
  assert.equal(asked.length, 4);
  assert.ok(stdout.endsWith(`\nof 4 names: 4 there\n${host}: 76 of 100 pulls left within 6 hours\n`), stdout);
  const json = await verify(["--allow-registry", host, "--format", "json", "-"], { stdin });
  const { verification } = JSON.parse(json.stdout) as { readonly verification: { readonly rateLimits: readonly unknown[] } };
  assert.deepEqual(verification.rateLimits, [{ registry: host, remaining: 72, limit: 100, window: 21600 }]);
});

test("whoever writes the checked files doesn't choose whom the command calls", async (t) => {
  let calls = 0;
  const { host } = await serve(t, (request, response) => {
    calls++;
    handing(manifest)(request, response);
  });
  const connector = (identifier: string) => `connector: {identifier: ${identifier}, name: c, type: DockerRegistry, spec: {dockerRegistryUrl: "http://${host}", providerType: Other, auth: {type: Anonymous}}}\n`;
  const list = `connectors: [{identifier: listed, type: DockerRegistry, url: "http://${host}"}]\n`;
  const configuration = (lists: string): string =>
    `harnessImage: {url: "http://${host}"}\nconnectors: {account.x: {type: DockerRegistry, url: "http://${host}"}}\nconnectorFiles: [${lists}]\n`;
  const folder = repository(t, {
    "p.yaml": pipeline(`${host}/a:1`, ["a:1", "account.x"], ["a:1", "account.listed"], ["a:1", "account.own"], ["a:1", "account.harnessImage"]),
    "own.yaml": connector("own"),
    "harnessImage.yaml": connector("harnessImage"),
    "harness-image-guard.yaml": configuration("list.yaml"),
    "list.yaml": list,
    "mixed.yaml": `connectorFiles: [list.yaml]\n`,
  });
  const outside = temporaryFolder(t, { "c.yaml": configuration("list.yaml"), "list.yaml": list, "inner.yaml": configuration(join(folder, "list.yaml")) });
  symlinkSync(join(outside, "c.yaml"), join(folder, "linked.yaml"));
  const run = async (args: readonly string[], at = folder): Promise<Outcome> => verify(["--format", "json", ...args], { folder: at });
  for (const args of [["."], ["p.yaml", "own.yaml"], ["--config", "harness-image-guard.yaml", "."], ["--follow-links", "--config", join(outside, "inner.yaml"), "."], ["--config", "linked.yaml", "--follow-links", "."], ["--config", join(outside, "c.yaml"), "--no-config-exceptions", "."], ["--follow-links", "."]]) {
    const { stderr, exitCode } = await run(args);
    assert.equal(exitCode, 4, args.join(" "));
    assert.match(stderr, new RegExp(`not asked, because it isn't allowed: .*${host}.*; to ask (?:it|them): .*--allow-registry ${host}`));
    assert.equal(calls, 0, args.join(" "));
  }
  // What lies outside of the repository is somebody else's word.
  const trusted = await run(["--config", join(outside, "c.yaml"), "p.yaml", "own.yaml"]);
  assert.ok(calls > 0);
  assert.equal(trusted.exitCode, 0, trusted.stdout + trusted.stderr);
  // Even then, what a connector's file says is its author's.
  let strange = 0;
  const other = await serve(t, (_, response) => {
    strange++;
    response.writeHead(404).end();
  });
  const more = repository(t, {
    "p.yaml": pipeline(["a:1", "account.x"], ["a:1", "account.mine"], ["a:1", "account.listed"]),
    "mine.yaml": connector("mine").replace(host, other.host),
    "listed.yaml": connector("listed").replace(host, other.host),
  });
  const mixed = await run(["--config", join(outside, "c.yaml"), "."], more);
  assert.equal(mixed.exitCode, 4);
  assert.match(mixed.stderr, new RegExp(`because it isn't allowed: ${other.host};`));
  assert.equal(strange, 0);
});

test("a wrong command line: exit code 2, and nothing is asked", async () => {
  for (const [args, message] of [
    [["images", "--timeout", "1s"], /'--timeout' needs '--verify'/],
    [["images", "--verify", "--allow-registry", "https://r.example/team"], /'--allow-registry' can't be 'https:\/\/r\.example\/team'; it is a host, .*; did you mean 'r\.example'\?/],
    [["images", "--verify", "--allow-registry", "a@b"], /'--allow-registry' can't be 'a@b'/],
    [["images", "--verify", "--credentials", "mine"], /'--credentials' can't be 'mine'/],
  ] as const) {
    const { stdout, stderr, exitCode } = await run(args, { stdin: "" });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
  }
});
