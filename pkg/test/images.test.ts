import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuard, type Inventory } from "harness-image-guard";

import { run } from "./command.js";
import { projectFolder } from "./paths.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

test("images lists by registry, with places", async () => {
  const { stdout, stderr, exitCode } = await run(["images"], { folder: projectFolder });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.match(stdout, /^docker\.io \(Docker Hub\): /m);
  assert.match(stdout, /^ {2}docker\.io\/library\/node:20\n {4}--> \.harness\/pipeline\.yaml:26:28 /m);
  assert.doesNotMatch(stdout, /\u001b/);
});

test("the command and guard.images tell the same", async () => {
  const { stdout } = await run(["images", "--format", "json"], { folder: projectFolder });
  const inventory = JSON.parse(stdout) as Inventory;
  assert.deepEqual(inventory, (await createGuard()).images(projectFiles()));
  assert.equal(inventory.schemaVersion, 1);
  assert.equal(inventory.images.length, inventory.summary.images);
  assert.ok(!("documents" in inventory));
  for (const image of inventory.images) {
    assert.ok(image.fullName !== null || image.unknown !== null);
  }
});

test("csv, markdown and mermaid", async () => {
  const shown = async (format: string): Promise<string> =>
    (await run(["images", "--format", format], { folder: projectFolder })).stdout;
  assert.match(await shown("csv"), /^file,line,.*\r\n\.harness\/pipeline\.yaml,\d+,/);
  assert.match(await shown("markdown"), /^\| registry \|.*\n\|---\|/);
  assert.match(await shown("mermaid"), /^flowchart LR\n {2}n1\["/);
});

const own = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {cloneCodebase: true, infrastructure: {type: KubernetesDirect}}}}]}\n";

test("Harness's own images are listed where they are asked for, with the connector in the files", async (t) => {
  const connector = "connector: {identifier: harnessImage, type: DockerRegistry, spec: {dockerRegistryUrl: https://r.example/h}}\n";
  const folder = temporaryFolder(t, { "p.yaml": own, "c.yaml": connector });
  const plain = await run(["images", "--format", "json"], { folder });
  assert.deepEqual((JSON.parse(plain.stdout) as Inventory).images, []);
  const { stdout, exitCode } = await run(["images", "--harness-images", "--format", "json"], { folder });
  assert.equal(exitCode, 0);
  const inventory = JSON.parse(stdout) as Inventory;
  assert.deepEqual(inventory.images.map(({ fullName, origin, step, connector }) => [fullName, origin, step, connector]), [
    ["r.example/h/harness/ci-addon", "harness", null, "account.harnessImage"],
    ["r.example/h/harness/ci-lite-engine", "harness", null, "account.harnessImage"],
    ["r.example/h/harness/drone-git", "harness", null, "account.harnessImage"],
  ]);
  const files = [{ path: "c.yaml", text: connector }, { path: "p.yaml", text: own }];
  const guard = await createGuard();
  assert.deepEqual(guard.images(files, { harnessImages: true }), inventory);
  assert.deepEqual(guard.images(files).images, []);
  const text = await run(["images", "--harness-images"], { folder });
  assert.match(text.stdout, /^ {2}r\.example\/h\/harness\/ci-addon, Harness's own, in the version that the account uses$/m);
});

for (const format of ["text", "csv", "markdown", "mermaid"]) {
  test(`what can't be read is said beside ${format}, exit code 4`, async (t) => {
    const folder = temporaryFolder(t, {
      "broken.yaml": "pipeline: [\n",
      "p.yaml": "pipeline: {stages: [{steps: [{run: {container: maven}}]}]}\n",
    });
    const { stdout, stderr, exitCode } = await run(["images", "--format", format], { folder });
    assert.equal(exitCode, 4);
    assert.match(stdout, /maven/);
    assert.match(stderr, /error\[syntax\].*\n +--> broken\.yaml:/);
  });
}

test("what can't be read is a problem in json", async (t) => {
  const folder = temporaryFolder(t, { "broken.yaml": "pipeline: [\n" });
  const { stdout, stderr, exitCode } = await run(["images", "--format", "json"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 4]);
  assert.equal((JSON.parse(stdout) as Inventory).problems[0]?.rule, "syntax");
});

test("nothing to list from: exit code 3", async (t) => {
  const folder = temporaryFolder(t, { "other.yaml": "a: 1\n" });
  assert.equal((await run(["images"], { folder })).exitCode, 3);
  const empty = await run(["images"], { folder: temporaryFolder(t) });
  assert.equal(empty.exitCode, 3);
  assert.match(empty.stderr, /no \*\.yaml/);
});

test("the configuration's connectors count, and standard input too", async (t) => {
  const folder = temporaryFolder(t, {
    "c.yaml": "connectors: {account.x: {type: DockerRegistry, url: https://r.example/team}}\n",
  });
  const stdin = "template: {type: Step, spec: {spec: {image: maven, connectorRef: account.x}}}\n";
  const args = ["images", "-", "--config", "c.yaml", "--stdin-path", "s.yaml", "--format", "json"];
  const { stdout } = await run(args, { folder, stdin });
  const [image] = (JSON.parse(stdout) as Inventory).images;
  assert.deepEqual([image?.fullName, image?.file], ["r.example/team/maven", "s.yaml"]);
});

test("a wrong command line: exit code 2", async () => {
  for (const args of [["images", "--format", "xml"], ["images", "--fix"], ["images", ""]]) {
    assert.equal((await run(args)).exitCode, 2);
  }
  const { stdout, exitCode } = await run(["images", "--help"]);
  assert.equal(exitCode, 0);
  for (const code of [0, 2, 3, 4, 70]) assert.match(stdout, new RegExp(`^  ${code} +\\S`, "m"));
});
