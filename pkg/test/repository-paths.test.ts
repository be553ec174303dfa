import assert from "node:assert/strict";
import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { reportFormats, type ReportFormat } from "harness-image-guard/formats";

import { outputFormats } from "../dist/report-format.js";
import { run, type Circumstances } from "./command.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A variable from which the image comes, so that there are related places; and a connector with a fix. */
const pipeline = `pipeline:
  identifier: p
  variables:
    - {name: image, type: String, value: "node:20"}
  stages:
    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: <+pipeline.variables.image>}}}]}}}
`;
const connector = "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    providerType: Quay\n    auth: {type: Anonymous}\n";
const files = { "svc/.harness/p.yaml": pipeline, "svc/c.yaml": connector, "other/o.yaml": pipeline };

/** The formats that are read where only the repository is known. */
const ofRepository: readonly ReportFormat[] = ["github", "gitlab", "markdown", "sarif"];

/** Every path that a format has as the place of something, each once. */
const placesIn: Readonly<Record<string, (shown: string) => readonly string[]>> = {
  text: (shown) => matches(shown, /--> (.*?):\d+:\d+/g),
  json: (shown) => valuesOf(shown, "file"),
  sarif: (shown) => valuesOf(shown, "uri").filter((uri) => !/^https?:/.test(uri)),
  github: (shown) => matches(shown, /,file=([^,]*),/g),
  gitlab: (shown) => valuesOf(shown, "path"),
  markdown: (shown) => matches(shown, /`([^`]*):\d+:\d+`/g),
  junit: (shown) => matches(shown, / classname="([^"]*)"/g),
  checkstyle: (shown) => matches(shown, /<file name="([^"]*)"/g),
  tap: (shown) => matches(shown, /\((\S*):\d+:\d+\)/g),
  rdjson: (shown) => valuesOf(shown, "path"),
};

function matches(text: string, pattern: RegExp): readonly string[] {
  return distinct([...text.matchAll(pattern)].map(([, path = ""]) => path));
}

function valuesOf(json: string, key: string): readonly string[] {
  const found: string[] = [];
  JSON.parse(json, (each, value: unknown) => {
    if (each === key && typeof value === "string") found.push(value);
    return value;
  });
  return distinct(found);
}

function distinct(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].sort();
}

/** The paths in a format of a check. */
async function places(format: string, args: readonly string[], circumstances: Circumstances): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await run(["check", "--output", format, ...args], circumstances);
  assert.equal(exitCode, 1, stderr);
  return placesIn[format]?.(stdout) ?? [];
}

test("every format has its places", () => {
  assert.deepEqual(Object.keys(placesIn).sort(), [...outputFormats].sort());
  assert.deepEqual(ofRepository.filter((format) => !reportFormats.includes(format)), []);
});

for (const format of outputFormats) {
  const isOfRepository = ofRepository.some((each) => each === format);
  test(`${format}: in a subfolder, paths are ${isOfRepository ? "from the root of the repository" : "from the working folder"}`, async (t) => {
    const folder = join(repository(t, files), "svc");
    assert.deepEqual(await places(format, [], { folder }), isOfRepository ? ["svc/.harness/p.yaml", "svc/c.yaml"] : [".harness/p.yaml", "c.yaml"]);
    const named = await places(format, ["../other/o.yaml", join(folder, "c.yaml")], { folder });
    assert.deepEqual(named, isOfRepository ? ["other/o.yaml", "svc/c.yaml"] : ["../other/o.yaml", "c.yaml"]);
  });
}

for (const format of ofRepository) {
  test(`${format}: a check in a subfolder shows what one in the root shows of it`, async (t) => {
    const root = repository(t, files);
    const [inside, outside] = [await run(["check", "--output", format], { folder: join(root, "svc") }), await run(["check", "--output", format, "svc"], { folder: root })];
    assert.deepEqual(inside, outside);
  });

  test(`${format}: without a repository, and outside of it, paths are from the working folder`, async (t) => {
    const outer = temporaryFolder(t, files);
    const folder = join(outer, "svc");
    const named = ["c.yaml", "../other/o.yaml"];
    assert.deepEqual(await places(format, named, { folder }), ["../other/o.yaml", "c.yaml"]);
    mkdirSync(join(folder, "deep"));
    git(folder, "init", "--quiet");
    assert.deepEqual(await places(format, ["../c.yaml", "../../other/o.yaml"], { folder: join(folder, "deep") }), ["../../other/o.yaml", "c.yaml"]);
  });

  test(`${format}: standard input has the path that it is given, or none`, async (t) => {
    const folder = join(repository(t, files), "svc");
    const piped = (...args: readonly string[]): Promise<readonly string[]> => places(format, ["-", ...args], { folder, stdin: pipeline });
    const [nameless = ""] = await piped();
    assert.equal(decodeURIComponent(nameless), "<stdin>");
    assert.deepEqual(await piped("--stdin-path", ".harness/new.yaml"), ["svc/.harness/new.yaml"]);
    assert.deepEqual(await piped("--stdin-path", "../other/new.yaml"), ["other/new.yaml"]);
    for (const absolute of ["/elsewhere/new.yaml", join(folder, "new.yaml")]) {
      const [path = ""] = await piped("--stdin-path", absolute);
      assert.equal(path.replace(/^file:\/\//, ""), absolute);
    }
  });
}

test("several formats at once: each has the paths of its readers", async (t) => {
  const root = repository(t, files);
  const out = temporaryFolder(t);
  const outputs = outputFormats.flatMap((format) => ["--output", `${format}=${join(out, format)}`]);
  assert.equal((await run(["check", ...outputs], { folder: join(root, "svc") })).exitCode, 1);
  for (const format of outputFormats) {
    const expected = await run(["check", "--output", format], { folder: join(root, "svc") });
    assert.equal(readFileSync(join(out, format), "utf8"), expected.stdout, format);
  }
});

test("what is wrong with the configuration above is at its path in the repository", async (t) => {
  const config = 'exceptions:\n  - {rule: no-docker-hub, path: "**/gone.yaml", until: 2020-01-01, reason: x}\n';
  const folder = join(repository(t, { ...files, "harness-image-guard.yaml": config }), "svc");
  assert.deepEqual(await places("github", [], { folder }), ["harness-image-guard.yaml", "svc/.harness/p.yaml", "svc/c.yaml"]);
});

test("a work tree in another one is a repository of its own where the command runs in it", async (t) => {
  const inner = repository(t, { "deep/p.yaml": pipeline });
  const outer = repository(t, { "a.yaml": pipeline });
  git(outer, "submodule", "--quiet", "add", inner, "libs/sub");
  assert.deepEqual(await places("github", [], { folder: join(outer, "libs") }), ["libs/sub/deep/p.yaml"]);
  assert.deepEqual(await places("github", [".", "../../../a.yaml"], { folder: join(outer, "libs/sub/deep") }), ["../../../a.yaml", "deep/p.yaml"]);
});

test("in a linked work tree, paths are from its own root", async (t) => {
  const main = repository(t, files);
  const linked = join(temporaryFolder(t), "linked");
  git(main, "worktree", "add", "--quiet", linked);
  assert.deepEqual(await places("github", [], { folder: join(linked, "svc") }), ["svc/.harness/p.yaml", "svc/c.yaml"]);
});

test("the root is found without Git, too", async (t) => {
  const folder = join(repository(t, files), "svc");
  assert.deepEqual(await places("github", ["c.yaml"], { folder, variables: { PATH: dirname(realpathSync(process.execPath)) } }), ["svc/c.yaml"]);
});

test("a baseline keeps its paths, and known findings are known under those of the repository", async (t) => {
  const folder = join(repository(t, files), "svc");
  const written = await run(["baseline", "write"], { folder });
  assert.equal(written.exitCode, 0, written.stderr);
  const baseline = readFileSync(join(folder, "harness-image-guard-baseline.json"), "utf8");
  assert.deepEqual(valuesOf(baseline, "file"), [".harness/p.yaml", "c.yaml"]);
  const { stdout, exitCode } = await run(["check", "--baseline", "harness-image-guard-baseline.json", "--output", "sarif"], { folder });
  assert.equal(exitCode, 0);
  assert.deepEqual(placesIn["sarif"]?.(stdout), ["svc/.harness/p.yaml", "svc/c.yaml"]);
});

test("reports of shards keep their paths, and a merge shows those of the repository", async (t) => {
  const root = repository(t, files);
  const folder = join(root, "svc");
  const out = temporaryFolder(t);
  const parts = [1, 2].map((index) => join(out, `${index}.json`));
  for (const [at, part] of parts.entries()) await run(["check", "--shard", `${at + 1}/2`, "--exit-zero", "--output", `json=${part}`], { folder });
  assert.deepEqual(distinct(parts.flatMap((part) => valuesOf(readFileSync(part, "utf8"), "file"))), [".harness/p.yaml", "c.yaml"]);
  for (const format of ofRepository) {
    const merged = await run(["report", "merge", ...parts, "--output", format], { folder });
    assert.equal(merged.stdout, (await run(["check", "--output", format], { folder })).stdout, format);
  }
  // A part may be shown by itself.
  const { stdout } = await run(["check", "--shard", "1/1", "--output", "github"], { folder });
  assert.deepEqual(placesIn["github"]?.(stdout), ["svc/.harness/p.yaml", "svc/c.yaml"]);
});

test("a name that looks like one of another system is a file like any other", { skip: process.platform === "win32" && "such names can't be" }, async (t) => {
  const folder = join(repository(t, { "svc/C:/a.yaml": pipeline, "svc/b\\c.yaml": pipeline, "svc/..d.yaml": pipeline }), "svc");
  assert.deepEqual(await places("gitlab", [], { folder }), ["svc/..d.yaml", "svc/C:/a.yaml", "svc/b\\c.yaml"]);
});
