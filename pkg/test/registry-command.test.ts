import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { type Outcome, run } from "./command.js";
import { certificates } from "./certificates.js";
import { mishaps, patience, type Sentences, waiting } from "./mishap.js";
import { neutral } from "./pulling.js";
import { proxyTo } from "./proxy.js";
import { push, registry, skip, user } from "./registry.js";
import { repository } from "./repository.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = (...images: readonly string[]): string =>
  JSON.stringify({ pipeline: { identifier: "p", stages: [{ stage: { identifier: "s", type: "CI", spec: { execution: { steps: images.map((image, index) => ({ step: { identifier: `s${index}`, type: "Run", spec: { image, connectorRef: "account.harnessImage" } } })) } } } }] } });

/** Asks the registry of a host, in a folder with these images. */
async function ask(
  t: TestContext,
  host: string,
  images: readonly string[],
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const configuration = JSON.stringify({ harnessImage: { url: `http://${host}/mirror` } });
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": configuration, "p.yaml": pipeline(...images) });
  const outcome = await run(["registry", "--allow-registry", host, ...args], { folder, variables: { ...neutral, ...variables } });
  assert.ok(!(outcome.stdout + outcome.stderr).includes(user.password));
  return outcome;
}

test("the specified registry is asked for what Harness needs, and for what the files pull from it", { skip }, async (t) => {
  const root = temporaryFolder(t);
  const open = await registry(t, { root });
  for (const image of ["ci-addon", "ci-lite-engine"]) await push(open, `mirror/harness/${image}`, "1.16", ["linux/amd64"]);
  const { digest } = await push(open, "mirror/plugins/docker", "1", ["linux/amd64", "linux/arm64"]);
  const partly = await ask(t, open, ["plugins/docker:1", "plugins/docker:2", "docker.io/node"]);
  assert.equal(partly.exitCode, 1, partly.stderr);
  assert.equal(partly.stdout, `http://${open}/mirror
answers: yes
anonymous pull: works
catalogue: 3 repositories
  ${open}/mirror/harness/ci-addon
    = verified: there
  ${open}/mirror/harness/ci-lite-engine
    = verified: there
  ${open}/mirror/harness/drone-git
    = verified: not there: ${open} has no mirror/harness/drone-git
  ${open}/mirror/plugins/docker:1
    = verified: there, ${digest} (linux/amd64, linux/arm64)
  ${open}/mirror/plugins/docker:2
    = verified: not there: ${open} has no mirror/plugins/docker:2
  ${open}/mirror/docker.io/node
    = verified: not there: ${open} has no mirror/docker.io/node:latest
`);
  await push(open, "mirror/harness/drone-git", "1.6", ["linux/amd64"]);
  const whole = await ask(t, open, ["plugins/docker:1"], ["--format", "json"]);
  assert.equal(whole.exitCode, 0);
  const json = JSON.parse(whole.stdout) as { readonly schemaVersion: number; readonly catalogue: { readonly repositories: readonly string[] }; readonly images: readonly unknown[] };
  assert.deepEqual([json.schemaVersion, json.catalogue.repositories.length, json.images.length], [1, 4, 4]);
  // The same content, for those with a name and a password.
  const closed = await registry(t, { root, basic: true });
  const anonymous = await ask(t, closed, ["plugins/docker:1"]);
  assert.equal(anonymous.exitCode, 1);
  assert.match(anonymous.stdout, /answers: yes\nanonymous pull: doesn't work: .*requires a user name and a password \(HTTP 401\)\ncatalogue: none: it requires a user name/);
  const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");
  const variables = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [closed]: { auth } } }) }) };
  const known = await ask(t, closed, ["plugins/docker:1"], ["--credentials", "docker-config"], variables);
  assert.equal(known.exitCode, 0, known.stdout);
  assert.match(known.stdout, /anonymous pull: doesn't work: .*\ncatalogue: 4 repositories\n/);
});

test("the specified registry is the same one in other words: with its port, in capitals, of Docker Hub", async (t) => {
  const made = certificates(t);
  const at = async (host: string) => {
    const asked: string[] = [];
    const server = await serve(t, (request, response) => {
      asked.push(request.url ?? "");
      const isThere = request.url === "/v2/" || request.url?.includes("/tags/") === true;
      response.writeHead(isThere ? 200 : 404).end('{"tags": ["1"]}');
    }, made.of(host));
    const proxy = await proxyTo(t, server);
    return { asked, variables: { ...neutral, HTTPS_PROXY: `http://${proxy.host}` } };
  };
  const own = await at("r.example");
  for (const url of ["https://r.example:443/h", "https://R.Example/h"]) {
    for (const image of ["gone:1", "r.example/h/gone:1", "r.example:443/h/gone:1", "R.example/h/gone:1"]) {
      const folder = temporaryFolder(t, { "harness-image-guard.yaml": JSON.stringify({ harnessImage: { url } }), "p.yaml": pipeline(image) });
      const { stdout, exitCode } = await run(["registry", "--allow-registry", "r.example", "--ca-file", made.authority], { folder, variables: own.variables });
      assert.equal(exitCode, 1, stdout);
      assert.match(stdout, /^ {2}r\.example\/h\/(?:r\.example(?::443)?\/h\/)?gone:1\n {4}= verified: not there/im, `${url} ${image}`);
      assert.match(stdout, /^ {2}r\.example\/h\/harness\/ci-addon\n {4}= verified: there/m);
    }
  }
  // Of Docker Hub's address, no path becomes part of a name.
  const hub = await at("registry-1.docker.io");
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": JSON.stringify({ harnessImage: { url: "https://index.docker.io/v2/" } }), "p.yaml": pipeline("team/gone:1") });
  const { stdout, exitCode } = await run(["registry", "--allow-registry", "docker.io", "--ca-file", made.authority], { folder, variables: hub.variables });
  assert.equal(exitCode, 1, stdout);
  assert.match(stdout, /^ {2}docker\.io\/team\/gone:1\n {4}= verified: not there/m);
  assert.ok(hub.asked.includes("/v2/harness/ci-addon/tags/list?n=100"), hub.asked.join("\n"));
});

test("a specified address that only the run decides is unknown", async (t) => {
  for (const url of ["https://<+org.name>/h", "https://r.example/<+org.name>"]) {
    const folder = temporaryFolder(t, { "harness-image-guard.yaml": JSON.stringify({ harnessImage: { url } }) });
    const { stdout, stderr, exitCode } = await run(["registry", "--allow-registry", "r.example"], { folder, variables: neutral });
    assert.equal(exitCode, 4, stderr);
    assert.match(stdout, /^answers: unknown: there is an expression in its address$/m);
  }
});

test("a registry that a configuration in the repository names isn't asked", async (t) => {
  let calls = 0;
  const { host } = await serve(t, (_, response) => {
    calls++;
    response.writeHead(200).end();
  });
  const folder = repository(t, { "harness-image-guard.yaml": `harnessImage: {url: "http://${host}/mirror"}\n`, "p.yaml": pipeline("plugins/docker:1") });
  const { stdout, exitCode } = await run(["registry"], { folder, variables: neutral });
  assert.deepEqual([exitCode, calls], [4, 0]);
  assert.match(stdout, new RegExp(`answers: unknown: ${host} isn't asked: '--allow-registry ${host}'`));
});

for (const [repositories, link, expected] of [
  [["a"], undefined, "1 repository"],
  [["a"], "</v2/_catalog?last=a>", "1 repository and more"],
  [["a", "b"], "</v2/_catalog?last=b>", "2 repositories and more"],
] as const) {
  test(`a catalogue of ${expected} is counted so`, async (t) => {
    const { host } = await serve(t, (request, response) => {
      const isCatalogue = request.url?.startsWith("/v2/_catalog") === true;
      response.writeHead(200, isCatalogue && link !== undefined ? { link } : {}).end(isCatalogue ? JSON.stringify({ repositories }) : '{"tags": ["1"]}');
    });
    assert.match((await ask(t, host, [])).stdout, new RegExp(`^catalogue: ${expected}$`, "m"));
  });
}

test("a list of tags is empty only if no page follows", async (t) => {
  for (const [headers, expected] of [
    [{}, /ci-addon\n {4}= verified: not there/],
    [{ link: '</v2/harness/ci-addon/tags/list?last=a&n=100>; rel="next"' }, /ci-addon\n {4}= verified: unknown: .*the first page of its list of tags is empty, and there are others/],
  ] as const) {
    const { host } = await serve(t, (request, response) => {
      if (request.url?.includes("/tags/list") === true) response.writeHead(200, { "content-type": "application/json", ...headers }).end('{"tags": []}');
      else response.writeHead(200).end("{}");
    });
    const { stdout, exitCode } = await ask(t, host, ["plugins/docker:1"]);
    assert.equal(exitCode, 4);
    assert.match(stdout, expected);
  }
});

test("what is no registry, or doesn't answer, is said", async (t) => {
  const { host } = await serve(t, (_, response) => response.writeHead(404).end());
  const none = await ask(t, host, []);
  assert.equal(none.exitCode, 4);
  assert.match(none.stdout, /answers: unknown: .*it answers \/v2\/ with HTTP 404: it isn't a registry\n/);
  for (const [headers, answered] of [
    [{ "content-type": "text/html; charset=utf-8" }, "unknown: .*it answers /v2/ with a web page: it isn't a registry"],
    [{ "content-type": "Text/HTML" }, "unknown: .*it answers /v2/ with a web page: it isn't a registry"],
    [{ "content-type": "text/html", "docker-distribution-api-version": "registry/2.0" }, "yes"],
    [{ "content-type": "text/plain" }, "yes"],
    [{}, "yes"],
  ] as const) {
    const page = await serve(t, (_, response) => response.writeHead(200, headers).end("<!doctype html>"));
    const { stdout, exitCode } = await ask(t, page.host, []);
    assert.match(stdout, new RegExp(`^answers: ${answered}$`, "m"));
    assert.equal(exitCode, 4);
  }
  const aimless = await serve(t, (_, response) => response.writeHead(307).end());
  assert.match((await ask(t, aimless.host, [])).stdout, /^answers: unknown: .*it redirects \(HTTP 307\), and doesn't say where to$/m);
  const hanging = await serve(t, () => undefined);
  const slow = await ask(t, hanging.host, [], ["--timeout", "200ms", "--format", "json"]);
  assert.equal(slow.exitCode, 4);
  assert.match((JSON.parse(slow.stdout) as { answers: { reason: string } }).answers.reason, /hasn't answered within 0\.2 s/);
});

test("a registry that has fallen silent isn't asked for every name", async (t) => {
  let asked = 0;
  const { host } = await serve(t, (request, response) => {
    if (request.url === "/v2/") response.writeHead(200).end();
    else {
      asked++;
      response.writeHead(429, { "retry-after": "0" }).end();
    }
  });
  const stdin = pipeline().replace("[]", JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ step: { identifier: `s${index}`, type: "Run", spec: { image: `${host}/a:${index}` } } }))));
  const { stdout, exitCode } = await run(["images", "--verify", "--allow-registry", host, "-"], { stdin, variables: neutral });
  assert.equal(exitCode, 4);
  assert.match(stdout, /= verified: unknown: \S+: not asked, because earlier requests had no answer: too many requests \(HTTP 429\)\n/);
  assert.ok(asked <= 4 * 8 * 2, `${asked} requests`);
});

/** What is said of the registry, if it does the same whatever it is asked: of the base of its API. */
const ofBase: Sentences = {
  // A registry may want a token even there; then it is asked for the images.
  "401": /anonymous pull: doesn't work: .*doesn't say how to authenticate \(HTTP 401\)/,
  "403": /answers: unknown: .*HTTP 403: it isn't a registry/,
  "404": /answers: unknown: .*HTTP 404: it isn't a registry/,
  "429 again and again": /answers: unknown: .*HTTP 429: it isn't a registry/,
  "500": /answers: unknown: .*HTTP 500: it isn't a registry/,
  "a redirect to a foreign host": /answers: unknown: .*redirects to another host, which isn't allowed: '--allow-registry foreign\.example'/,
  // Whether it is one, the images show.
  "JSON that isn't": /ci-addon\n {4}= verified: unknown: .*its response isn't a list of tags/,
  ...waiting,
};
/** What is said of it, if only the base of its API is right. */
const ofImages: Sentences = {
  "401": /ci-addon\n {4}= verified: not allowed: .*doesn't say how to authenticate \(HTTP 401\)/,
  "403": /ci-addon\n {4}= verified: not allowed: .*access is denied \(HTTP 403\)/,
  "404": /ci-addon\n {4}= verified: not there/,
  "429 again and again": /ci-addon\n {4}= verified: unknown: .*too many requests \(HTTP 429\)/,
  "500": /ci-addon\n {4}= verified: unknown: .*HTTP 500/,
  "a redirect to a foreign host": /ci-addon\n {4}= verified: unknown: .*'--allow-registry foreign\.example'/,
  "JSON that isn't": /ci-addon\n {4}= verified: unknown: .*its response isn't a list of tags/,
  ...waiting,
};

test("what the specified registry can do wrong has its sentence and its exit code, within its bound", { concurrency: 4 }, async (all) => {
  const each = (Object.keys(mishaps) as (keyof typeof mishaps)[]).flatMap((what) =>
    ([["always", ofBase], ["but at the base of its API", ofImages]] as const).map(([when, sentences]) =>
      all.test(`${what}, ${when}`, async (t) => {
        const { host } = await serve(t, (request, response) => {
          if (when !== "always" && request.url === "/v2/") response.writeHead(200).end("{}");
          else mishaps[what](request, response);
        });
        const before = Date.now();
        const { stdout, stderr, exitCode } = await ask(t, host, ["plugins/docker:1"], patience(what));
        assert.match(stdout, sentences[what]);
        // Where nothing is, nobody knows whether an anonymous pull would work.
        const isKnown = what === "401" || (when !== "always" && what === "403");
        assert.equal(exitCode, isKnown ? 1 : 4, stdout);
        assert.ok(!(stdout + stderr).includes("hunter2"));
        assert.ok(Date.now() - before < 60_000);
      }),
    ),
  );
  await Promise.all(each);
});

test("a token server of the specified registry that loops, and a certificate that doesn't fit", async (t) => {
  const looping = await serve(t, (_, response) => {
    response.writeHead(401, { "www-authenticate": `Bearer realm="${looping.url}/token",service="r"` }).end("hunter2");
  });
  const looped = await ask(t, looping.host, []);
  assert.equal(looped.exitCode, 1);
  assert.match(looped.stdout, /anonymous pull: doesn't work: .*it gives no token \(HTTP 401\)/);
  const made = certificates(t);
  const wrong = await serve(t, (_, response) => response.writeHead(200).end("{}"), made.of("other.example"));
  for (const [args, complaint] of [
    [[], /no trusted authority has signed its certificate/],
    [["--ca-file", made.authority], /its certificate is for another host/],
  ] as const) {
    const { stdout, exitCode } = await ask(t, wrong.host, [], args);
    assert.equal(exitCode, 4);
    assert.match(stdout, complaint);
  }
});

test("a wrong command line, and the help", async () => {
  const wrong = await run(["registry", "--format", "csv"]);
  assert.deepEqual([wrong.stdout, wrong.exitCode], ["", 2]);
  const { stdout, exitCode } = await run(["registry", "--help"]);
  assert.equal(exitCode, 0);
  for (const code of [0, 1, 2, 4, 70]) assert.match(stdout, new RegExp(`^  ${code} +\\S`, "m"));
});
