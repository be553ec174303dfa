import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, type Report } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = `pipeline:
  identifier: build
  stages:
    - stage:
        identifier: test
        type: CI
        spec:
          execution:
            steps:
              - step: {identifier: a, type: Run, spec: {connectorRef: account.corp, image: "node:22"}}
`;
const list = "connectors: [{identifier: corp, type: DockerRegistry, url: https://r.example/team}]\n";
const config = "connectorFiles: [account/harness-connectors.yaml]\n";

test("a check decides by a list of connectors that the configuration names, and lists it once", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": config,
    "account/harness-connectors.yaml": list,
    "ci/p.yaml": pipeline,
  });
  const { stdout, stderr, exitCode } = await run(["check", "--format", "json"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  const { files, summary } = JSON.parse(stdout) as Report;
  assert.deepEqual(files.map(({ path }) => path), ["account/harness-connectors.yaml", "ci/p.yaml"]);
  assert.equal(summary.undecided, 0);
  // Named by its place from the working directory.
  const below = await run(["check", "--format", "json"], { folder: join(folder, "ci") });
  assert.deepEqual(
    (JSON.parse(below.stdout) as Report).files.map(({ path }) => path),
    ["../account/harness-connectors.yaml", "p.yaml"],
  );
  const images = await run(["images", "--format", "json"], { folder });
  assert.match(images.stdout, /r\.example\/team\/node:22/);
});

test("a connector that no list has is undecided where the rule that reports it isn't asked for", async (t) => {
  const complete = `madeAt: 2026-11-01\nscopes: [account]\n${list}`;
  const nowhere = pipeline.replace("account.corp", "account.nowhere");
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config, "account/harness-connectors.yaml": complete, "p.yaml": nowhere });
  const found = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await run(["check", "--format", "json", "p.yaml", ...args], { folder });
    return (JSON.parse(stdout) as Report).diagnostics.map(({ rule, verdict }) => `${rule} ${verdict}`);
  };
  assert.deepEqual(await found(), ["unknown-connector violation"]);
  assert.deepEqual(await found("--rule", "no-docker-hub"), ["no-docker-hub undecided"]);
});

test("a list that can't be read is an error of the configuration, at its place", async (t) => {
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config, "p.yaml": pipeline });
  const { stdout, stderr, exitCode } = await run(["check"], { folder });
  assert.deepEqual([stdout, exitCode], ["", 2]);
  assert.match(stderr, /harness-image-guard\.yaml:1:18: the list of connectors 'account\/harness-connectors\.yaml' can't be read: /);
});

test("a list that isn't one is reported, and the rest is checked", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": config,
    "account/harness-connectors.yaml": "connectors: {}\n",
    "p.yaml": pipeline,
  });
  const { stdout, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /account\/harness-connectors\.yaml:1:13[^]*p\.yaml/);
});

test("the interface takes lists by readConnectorFile, or beside the configuration", async () => {
  const files = [{ path: "p.yaml", text: pipeline }];
  await assert.rejects(createGuard({ config }), { code: "config", message: /its content wasn't provided/ });
  const read = await createGuard({ config, readConnectorFile: async (path) => ({ path, text: list }) });
  const given = await createGuard({ connectorFiles: [{ path: "account/harness-connectors.yaml", text: new TextEncoder().encode(list) }] });
  assert.equal(read.check(files).summary.undecided, 0);
  assert.deepEqual(given.check(files), read.check(files));
  // Also where the list is among the files.
  const twice = [...files, { path: "account/harness-connectors.yaml", text: list }];
  assert.deepEqual(read.check(twice), read.check(files));
});
