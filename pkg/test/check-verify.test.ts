import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { createGuard, type Report } from "harness-image-guard";

import { type Circumstances, type Outcome, run } from "./command.js";
import { neutral, pipeline } from "./pulling.js";
import { push, registry, skip, user } from "./registry.js";
import { repository } from "./repository.js";
import { serve, type TestServer } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Runs `check --verify`; nothing that is shown holds a secret. */
async function check(args: readonly string[], circumstances: Circumstances): Promise<Outcome> {
  const outcome = await run(["check", "--verify", ...args], { ...circumstances, variables: { ...neutral, ...circumstances.variables } });
  for (const secret of [user.password, user.name, "hunter2"]) assert.ok(!(outcome.stdout + outcome.stderr).includes(secret), outcome.stdout + outcome.stderr);
  return outcome;
}

/** A registry of ours, in which `a:1` is, `a:2` isn't, and `b` may not be seen; `c` it doesn't tell. */
async function server(t: TestContext): Promise<TestServer & { readonly requests: string[] }> {
  const requests: string[] = [];
  const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
  const own = await serve(t, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const [, name = "", tag = ""] = /^\/v2\/(\w+)\/manifests\/(.*)$/.exec(request.url ?? "") ?? [];
    const isThere = name === "a" && (tag === "1" || tag.startsWith("sha256:"));
    if (isThere) response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json" }).end(request.method === "HEAD" ? undefined : manifest);
    else response.writeHead({ a: 404, b: 403 }[name] ?? 418).end("hunter2");
  });
  return { ...own, requests };
}

const imageExists = ({ diagnostics }: Report) => diagnostics.filter(({ rule }) => rule === "image-exists");

const yaml = (host: string): string => `pipeline:
  identifier: p
  stages:
    - stage:
        identifier: s
        type: CI
        spec:
          execution:
            steps:
              - step: {identifier: there, type: Run, spec: {image: ${host}/a:1}}
              - step: {identifier: gone, type: Run, spec: {image: ${host}/a:2}}
              - step: {identifier: secret, type: Run, spec: {image: ${host}/b:1}}
              - step: {identifier: later, type: Run, spec: {image: "${host}/a:<+input>"}}
`;

test("what isn't in its registry is a violation at the image's place, and what only the run decides is undecided", async (t) => {
  const { host } = await server(t);
  const folder = temporaryFolder(t, { "p.yaml": yaml(host) });
  const { stdout, stderr, exitCode } = await check(["--allow-registry", host, "--format", "json"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  const report = JSON.parse(stdout) as Report;
  const found = imageExists(report);
  assert.deepEqual(
    found.map(({ verdict, severity, message, subject, start, end }) => [verdict, severity, message, subject, start.line, start.column, end.column]),
    [
      ["violation", "error", `\`${host}/a:2\` isn't in its registry (${host} has no a:2)`, "pipeline 'p' › stage 's' › step 'gone'", 11, 67, 67 + host.length + 4],
      ["violation", "error", `\`${host}/b:1\` isn't in its registry, or access is denied (${host}: access is denied (HTTP 403))`, "pipeline 'p' › stage 's' › step 'secret'", 12, 69, 69 + host.length + 4],
      ["undecided", "note", `\`${host}/a:<+input>\` may be missing: the files don't say in which registry it is, or what it is called (there is an expression in its name)`, "pipeline 'p' › stage 's' › step 'later'", 13, 68, 68 + host.length + 13],
    ],
  );
  assert.ok(found.every(({ docs }) => docs?.endsWith("/docs/errors.md#image-exists") === true));
  assert.deepEqual(report.files.map(({ documents }) => documents.map(({ status }) => status)), [["fail"]]);
  const others = await run(["check", "--format", "json"], { folder });
  const without = JSON.parse(others.stdout) as Report;
  assert.equal(report.summary.errors, without.summary.errors + 2);
  assert.equal(report.summary.undecided, without.summary.undecided + 1);
  assert.deepEqual(report.diagnostics.filter(({ rule }) => rule !== "image-exists"), without.diagnostics);
});

test("an image through account.harnessImage, which no file has, is looked up in the specified registry, and that is said", async (t) => {
  const { host } = await server(t);
  const step = (image: string): string => `          - step: {identifier: s, type: Run, spec: {image: "${image}", connectorRef: account.harnessImage}}\n`;
  const stage = `pipeline:\n  stages:\n    - stage:\n        spec:\n          execution:\n            steps:\n${[step("a:1"), step("a:2")].map((each) => `    ${each}`).join("")}`;
  const folder = temporaryFolder(t, { "p.yaml": stage, "harness-image-guard.yaml": `harnessImage: {url: "http://${host}"}\n` });
  const { stdout, exitCode } = await check(["--allow-registry", host, "--format", "json"], { folder });
  assert.equal(exitCode, 1);
  const condition = "if `account.harnessImage`, which isn't in any file or list, matches the specification";
  assert.deepEqual(
    imageExists(JSON.parse(stdout) as Report).map(({ verdict, message, start }) => [verdict, message, start.line]),
    [["violation", `\`a:2\` isn't in its registry (${host} has no a:2), ${condition}`, 8]],
  );
  const unasked = await check(["--format", "json"], { folder });
  assert.equal(unasked.exitCode, 4);
  const listed = await run(["images"], { folder });
  assert.match(listed.stdout, new RegExp(`  ${host}/a:1\n    ${condition}\n    -->`));
});

test("every format of --output has it, --statistics counts it, and SARIF has its page", async (t) => {
  const { host } = await server(t);
  const folder = temporaryFolder(t, { "p.yaml": yaml(host) });
  const checked = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await check(["--allow-registry", host, "--rule", "image-exists", ...args], { folder });
    assert.deepEqual([stderr, exitCode], ["", 1], args.join(" "));
    return stdout;
  };
  for (const format of ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "checkstyle", "tap", "rdjson"]) {
    const text = await checked("--output", format);
    assert.ok(text.includes("image-exists") && text.includes("a:2"), `${format}: ${text}`);
  }
  assert.match(await checked(), new RegExp(`^error\\[image-exists\\]: \`${host}/a:2\` isn't in its registry.*\\n +--> p\\.yaml:11:67\\n`));
  assert.equal(await checked("--statistics"), "2  error    image-exists\n1  note     image-exists\n\n2 errors and 0 warnings in 1 file (1 document checked); 1 place undecided because of an expression or an unknown connector\n");
  const sarif = JSON.parse(await checked("--output", "sarif")) as { readonly runs: readonly [{ readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help?: { readonly text: string } }[] } } }] };
  assert.match(sarif.runs[0].tool.driver.rules.find(({ id }) => id === "image-exists")?.help?.text ?? "", /^# image-exists\n/);
});

test("exceptions, the configuration and a baseline are about it as about every rule", async (t) => {
  const { host } = await server(t);
  const comment = "# harness-image-guard: ignore[image-exists] until 2027-03-01 -- pushed in March";
  const folder = temporaryFolder(t, {
    "p.yaml": yaml(host).replace("a:2}}", `a:2}} ${comment}`),
    "c.yaml": `exceptions: [{rule: image-exists, image: "*/b:*", until: "2027-03-01", reason: x}]\n`,
    "off.yaml": "rules: {image-exists: off}\n",
    "warning.yaml": "rules: {image-exists: {severity: warning, undecided: error}}\n",
  });
  const args = ["--allow-registry", host, "--format", "json", "--today", "2027-01-01"];
  const found = async (...more: readonly string[]) => {
    const outcome = await check([...args, ...more], { folder });
    return { ...outcome, found: imageExists(JSON.parse(outcome.stdout) as Report).map(({ severity, suppressed }) => [severity, suppressed]) };
  };
  const excepted = await found("--config", "c.yaml");
  assert.deepEqual(excepted.found, [
    ["error", "by the comment in line 11, until 2027-03-01: pushed in March"],
    ["error", "by c.yaml:1, until 2027-03-01: x"],
    ["note", null],
  ]);
  assert.equal(excepted.exitCode, 0);
  assert.deepEqual((await found("--config", "off.yaml")).found, []);
  assert.deepEqual((await found("--config", "warning.yaml", "--no-comment-exceptions")).found, [["warning", null], ["warning", null], ["error", null]]);
  // Without --verify nobody looks for it, and no exception is of no use.
  const without = await run(["check", "--config", "c.yaml", "--today", "2027-01-01"], { folder });
  assert.deepEqual([without.exitCode, without.stdout.includes("unused-exception")], [0, false], without.stdout);

  const baseline = ["--verify", "--allow-registry", host, "--no-comment-exceptions", "--today", "2027-01-01"];
  const written = await run(["baseline", "write", ...baseline], { folder, variables: neutral });
  assert.match(written.stderr, /'harness-image-guard-baseline\.json' has \d+ findings\n/);
  const known = ["--baseline", "harness-image-guard-baseline.json", "--no-comment-exceptions", "--today", "2027-01-01"];
  const compared = await check(["--allow-registry", host, ...known], { folder });
  assert.deepEqual([compared.exitCode, compared.stderr], [0, ""], compared.stdout);
  // Whoever doesn't ask doesn't say that they have gone.
  assert.equal((await run(["check", ...known], { folder })).stderr, "");
  const updated = await run(["baseline", "update"], { folder });
  assert.ok(!updated.stderr.includes("gone"), updated.stderr);
});

test("a registry that isn't allowed isn't asked, and one that doesn't answer isn't silence: exit code 4", async (t) => {
  const { host, requests } = await server(t);
  const folder = repository(t, { "p.yaml": pipeline(`${host}/a:1`), "harness-image-guard.yaml": `harnessImage: {url: "http://${host}"}\n` });
  for (const args of [[], ["--exit-zero"], ["--output", "sarif"]]) {
    const { stderr, exitCode } = await check(args, { folder });
    assert.equal(exitCode, 4, args.join(" "));
    assert.match(stderr, new RegExp(`not asked, because it isn't allowed: ${host}; to ask it: --allow-registry ${host}\\n`));
  }
  assert.deepEqual(requests, []);
  const { stdout, exitCode } = await check(["--allow-registry", host, "-"], { stdin: pipeline(`${host}/c:1`, `${host}/a:1`) });
  assert.equal(exitCode, 4);
  assert.match(stdout, new RegExp(`^error\\[image-exists\\]: \`${host}/c:1\` may be missing: its registry wasn't asked, or didn't answer \\(${host}: it answers with HTTP 418\\)`, "m"));
  // No exception and no baseline hides what hasn't been checked.
  const excepted = temporaryFolder(t, { "p.yaml": pipeline(`${host}/c:1`), "harness-image-guard.yaml": "exceptions: [{rule: image-exists, until: '2027-03-01', reason: x}]\n" });
  assert.equal((await check(["--allow-registry", host, "--today", "2027-01-01"], { folder: excepted })).exitCode, 4);
  await run(["baseline", "write", "--verify", "--allow-registry", host], { folder: excepted, variables: neutral });
  assert.equal((await check(["--allow-registry", host, "--baseline", "harness-image-guard-baseline.json"], { folder: excepted })).exitCode, 4);
});

test("by a real registry, open and with a name and a password", { skip }, async (t) => {
  const root = temporaryFolder(t);
  const open = await registry(t, { root });
  await push(open, "team/app", "1", ["linux/amd64"]);
  const closed = await registry(t, { root, basic: true });
  const stdin = pipeline(`${open}/team/app:1`, `${open}/team/app:2`, `${closed}/team/app:1`);
  const args = ["--allow-registry", open, "--allow-registry", closed, "--rule", "image-exists", "--format", "json"];
  const anonymous = await check([...args, "-"], { stdin });
  assert.equal(anonymous.exitCode, 1, anonymous.stderr);
  assert.deepEqual(imageExists(JSON.parse(anonymous.stdout) as Report).map(({ message }) => message), [
    `\`${open}/team/app:2\` isn't in its registry (${open} has no team/app:2)`,
    `\`${closed}/team/app:1\` isn't in its registry, or access is denied (${closed}: it requires a user name and a password (HTTP 401))`,
  ]);
  const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");
  const variables = { DOCKER_CONFIG: temporaryFolder(t, { "config.json": JSON.stringify({ auths: { [closed]: { auth } } }) }) };
  const known = await check([...args, "--credentials", "docker-config", "-"], { stdin, variables });
  assert.equal(imageExists(JSON.parse(known.stdout) as Report).length, 1);
});

test("a wrong command line: exit code 2, and nothing is asked", async () => {
  for (const [args, message] of [
    [["check", "--timeout", "1s"], /'--timeout' needs '--verify'/],
    [["check", "--verify", "--fix"], /'--verify' asks the registries once, for all files as they are: it can't be used with '--fix'/],
    [["check", "--verify", "--diff"], /it can't be used with '--diff'/],
    [["check", "--verify", "--watch"], /it can't be used with '--watch'/],
    [["check", "--verify", "--shard", "1/2"], /it can't be used with '--shard'/],
    [["check", "--verify", "--rule", "no-docker-hub"], /add '--rule image-exists'/],
    [["check", "--rule", "image-exists"], /the rule 'image-exists' asks registries: it needs '--verify'/],
    [["baseline", "write", "--allow-registry", "r.example"], /'--allow-registry' needs '--verify'/],
  ] as const) {
    const { stdout, stderr, exitCode } = await run(args, { stdin: "" });
    assert.deepEqual([stdout, exitCode], ["", 2], args.join(" "));
    assert.match(stderr, message);
  }
});

test("from JavaScript: what somebody has asked registries is part of the guard", async () => {
  const verified = { "r.example/a:1": { verdict: "missing", digest: null, platforms: null, reason: "r.example has no a:1" } } as const;
  using guard = await createGuard({ verified, rules: ["image-exists"] });
  const files = [{ path: "p.yaml", text: pipeline("r.example/a:1", "r.example/a:${x}") }];
  assert.deepEqual(guard.check(files).diagnostics.map(({ rule, verdict }) => [rule, verdict]), [["image-exists", "violation"], ["image-exists", "undecided"]]);
  assert.deepEqual(guard.images(files).images.map(({ verification }) => verification?.verdict), ["missing", "unknown"]);
  using other = await createGuard();
  assert.deepEqual(other.images(files).images.map((image) => "verification" in image), [false, false]);
});
