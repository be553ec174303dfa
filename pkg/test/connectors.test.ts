import assert from "node:assert/strict";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, importConnectors } from "harness-image-guard";

import { run } from "./command.js";
import { repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

const connector = (identifier: string) => ({
  connector: {
    name: identifier,
    identifier,
    orgIdentifier: null,
    projectIdentifier: null,
    type: "DockerRegistry",
    spec: {
      dockerRegistryUrl: "https://r.example/team",
      providerType: "Other",
      auth: { type: "UsernamePassword", spec: { username: "robot", passwordRef: "account.registry_password" } },
    },
  },
});
const page = (pageIndex: number, totalPages: number) =>
  JSON.stringify({ status: "SUCCESS", data: { totalPages, totalItems: totalPages, pageIndex, content: [connector(`c${pageIndex}`)] } });

test("connectors import writes a list, without secrets, that a check reads", async (t) => {
  const folder = temporaryFolder(t, { "0.json": page(0, 2) });
  const first = await run(["connectors", "import", "0.json", "-"], { folder, stdin: page(1, 2) });
  assert.deepEqual([first.stdout, first.exitCode], ["", 0]);
  assert.match(first.stderr, /wrote 2 connectors to 'harness-connectors\.yaml'/);
  const list = readFileSync(join(folder, "harness-connectors.yaml"), "utf8");
  assert.doesNotMatch(list, /robot|registry_password/);
  const guard = await createGuard({ connectorFiles: [{ path: "harness-connectors.yaml", text: list }] });
  const text = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: a, type: Run, spec: {connectorRef: account.c1, image: node}}}]}}}}]}";
  assert.equal(guard.check([{ path: "p.yaml", text }]).summary.undecided, 0);
  // Replaced as a whole, and to standard output.
  const second = await run(["connectors", "import", "--out", "-", "harness-connectors.yaml"], { folder });
  assert.equal(second.stdout.replace(/^madeAt: .*$/m, ""), list.replace(/^madeAt: .*$/m, ""));
  const third = await run(["connectors", "import", "-"], { folder, stdin: page(0, 1) });
  assert.equal(third.exitCode, 0);
  assert.doesNotMatch(readFileSync(join(folder, "harness-connectors.yaml"), "utf8"), /c1/);
});

test("connectors import keeps what a list says of scopes, and doesn't make it newer", async (t) => {
  const list = "madeAt: 2026-01-31\nscopes: [account]\nunseenScopes: [default]\nconnectors: []\n";
  const folder = temporaryFolder(t, { "old.yaml": list });
  const { stdout, exitCode } = await run(["connectors", "import", "--out", "-", "old.yaml", "-"], { folder, stdin: page(0, 1) });
  assert.equal(exitCode, 0);
  assert.match(stdout, /\nmadeAt: "2026-01-31"\nscopes: .*\n {2}- account\nunseenScopes: .*\n {2}- default\nconnectors:\n {2}- identifier: c0\n/);
});

const refused: readonly (readonly [stdin: string, message: RegExp])[] = [
  [page(0, 2), /<stdin>: the response has 2 pages, but only 1 was given/],
  ['{"status": "ERROR", "message": "Token is not valid"}', /<stdin>:1:1: it holds an error instead of connectors: Token is not valid/],
  ["<html>", /<stdin>:1:1: it holds no connectors/],
  ['{"data": {"content": [', /<stdin>:1:\d+: /],
  ["", /<stdin>: it is empty/],
];
for (const [stdin, message] of refused) {
  test(`connectors import writes nothing from ${JSON.stringify(stdin.slice(0, 40))}`, async (t) => {
    const folder = temporaryFolder(t, { "harness-connectors.yaml": "connectors: []\n" });
    const { stderr, exitCode } = await run(["connectors", "import", "-"], { folder, stdin });
    assert.equal(exitCode, 4);
    assert.match(stderr, message);
    assert.match(stderr, /nothing has been written\n$/);
    assert.equal(readFileSync(join(folder, "harness-connectors.yaml"), "utf8"), "connectors: []\n");
  });
}

const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /a subcommand is missing: 'import' or 'fetch'/],
  [["--out", "a", "fetch"], /'fetch' comes before its options/],
  [["imprt"], /unknown command 'connectors imprt'; did you mean 'import'\?/],
  [["import"], /a FILE is missing/],
  [["import", "-", "-"], /only once/],
  [["import", "-", "--out", "no/such/folder/list.yaml"], /can't write 'no\/such\/folder\/list\.yaml'/],
];
for (const [args, message] of wrong) {
  const code = message.source.startsWith("can't write") ? 4 : 2;
  test(`connectors ${args.join(" ")}: exit code ${code}`, async (t) => {
    const { stdout, stderr, exitCode } = await run(["connectors", ...args], { folder: temporaryFolder(t, {}), stdin: page(0, 1) });
    assert.deepEqual([stdout, exitCode], ["", code]);
    assert.match(stderr, message);
  });
}

test("a list is written wholly or not at all, a new one too", async (t) => {
  const content = Array.from({ length: 300 }, (_, index) => connector(`c${index}`));
  const stdin = JSON.stringify({ data: { totalPages: 1, content } });
  // No file may be larger than a kilobyte.
  const under = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash"];
  for (const files of [{}, { "harness-connectors.yaml": "connectors: []\n" }]) {
    const folder = temporaryFolder(t, files);
    const { stderr, exitCode } = await run(["connectors", "import", "-"], { folder, stdin, under });
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /can't write 'harness-connectors\.yaml': file too large/);
    assert.deepEqual(readdirSync(folder), Object.keys(files));
  }
});

test("a list isn't written where a link leads out", async (t) => {
  const outside = temporaryFolder(t, { "list.yaml": "connectors: []\n" });
  const folder = repository(t, { "p.yaml": "a: 1\n" });
  symlinkSync(outside, join(folder, "out"));
  symlinkSync(join(outside, "new.yaml"), join(folder, "dangling.yaml"));
  symlinkSync(join(outside, "list.yaml"), join(folder, "list.yaml"));
  for (const out of ["out/new.yaml", "out/list.yaml", "list.yaml", "dangling.yaml"]) {
    for (const more of [[], ["--follow-links"]]) {
      const { stderr, exitCode } = await run(["connectors", "import", "-", "--out", out, ...more], { folder, stdin: page(0, 1) });
      assert.equal(exitCode, 4, out);
      assert.match(stderr, /can't write '[\w/.]+': (?:.*leads out of|it leads out of|no such file)/, out);
    }
  }
  assert.deepEqual(readdirSync(outside), ["list.yaml"]);
  assert.equal(readFileSync(join(outside, "list.yaml"), "utf8"), "connectors: []\n");
});

test("a name and a password in a connector's URL are left out of the list", async () => {
  const url = 'https://robot:hunter2"@home@r.example:8443/team@1';
  const { text } = await importConnectors({ files: [{ path: "a.json", text: JSON.stringify({ connector: { identifier: "a", type: "DockerRegistry", spec: { dockerRegistryUrl: url } } }) }] });
  assert.match(text, /^ {4}url: "https:\/\/r\.example:8443\/team@1"$/m);
  assert.doesNotMatch(text, /robot|hunter2/);
});

test("importConnectors tells places, and takes the time", async () => {
  const { text, count, problems } = await importConnectors({
    files: [{ path: "a.json", text: '{"data":\n {"content": [{}]}}' }, { path: "b.json", text: page(0, 1) }],
    madeAt: "2026-11-27T04:00:00Z",
  });
  assert.equal(count, 1);
  assert.match(text, /^madeAt: "2026-11-27T04:00:00Z"$/m);
  assert.deepEqual(problems.map(({ path, line, column }) => [path, line, column]), [["a.json", 2, 15]]);
});
