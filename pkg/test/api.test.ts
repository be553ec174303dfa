import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  createGuard,
  HarnessImageGuardError,
  type Diagnostic,
  type GuardConfiguration,
  type GuardOptions,
  type Report,
} from "harness-image-guard";

import { projectFile, projectFiles } from "./project.js";

function rules(report: Report): string[] {
  return report.diagnostics.map(({ rule, severity }) => `${rule} ${severity}`);
}

async function failure(options: GuardOptions): Promise<HarnessImageGuardError> {
  const error: unknown = await createGuard(options).catch((reason: unknown) => reason);
  assert.ok(error instanceof HarnessImageGuardError, `no error, but ${String(error)}`);
  return error;
}

test("a check gives a report, with the place of each finding", async () => {
  const guard = await createGuard();
  const report = guard.check(projectFiles());
  assert.equal(report.schemaVersion, 1);
  const image = report.diagnostics.find(
    (each: Diagnostic) => each.rule === "no-docker-hub" && each.verdict === "violation",
  );
  assert.equal(image?.file, ".harness/pipeline.yaml");
  assert.deepEqual(image.start.line, 26);
  assert.deepEqual(image.path.slice(-2), ["spec", "image"]);
  assert.deepEqual(
    report.files.map(({ path, documents }) => [path, documents.map(({ status }) => status)]),
    [
      [".harness/connector.yaml", ["fail"]],
      [".harness/pipeline.yaml", ["fail"]],
      [".harness/right.yaml", ["pass"]],
      ["workflow.yaml", ["not-applicable"]],
    ],
  );
});

test("a report is a plain value, without undefined and without a prototype of its own", async () => {
  const guard = await createGuard();
  const report = guard.check(projectFiles());
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test("a check is pure: the same files give the same report, whatever came between", async () => {
  const guard = await createGuard();
  const first = JSON.stringify(guard.check([projectFile(".harness/pipeline.yaml")]));
  guard.check(projectFiles());
  guard.check([]);
  assert.equal(JSON.stringify(guard.check([projectFile(".harness/pipeline.yaml")])), first);
});

test("the order in which files are handed over doesn't matter", async () => {
  const guard = await createGuard();
  assert.deepEqual(guard.check(projectFiles().reverse()), guard.check(projectFiles()));
});

test("bytes are read like text", async () => {
  const guard = await createGuard();
  const bytes = projectFiles().map((file) => {
    assert.ok("text" in file && typeof file.text === "string");
    return { path: file.path, text: new TextEncoder().encode(file.text) };
  });
  assert.deepEqual(guard.check(bytes), guard.check(projectFiles()));
});

test("a view into a larger buffer is read from its own beginning to its own end", async () => {
  const guard = await createGuard();
  const text = "a: 1\n";
  const view = new TextEncoder().encode(`\0\0${text}\0`).subarray(2, 2 + text.length);
  assert.deepEqual(guard.check([{ path: "a.yaml", text: view }]), guard.check([{ path: "a.yaml", text }]));
});

test("a file that could not be read is in the report", async () => {
  const guard = await createGuard();
  const report = guard.check([{ path: "gone.yaml", unreadable: "no such file or directory" }]);
  assert.deepEqual(
    report.diagnostics.map(({ rule, verdict, file }) => [rule, verdict, file]),
    [["unreadable", "error", "gone.yaml"]],
  );
  assert.match(report.diagnostics[0]?.message ?? "", /no such file or directory/);
});

test("a configuration counts the same as an object, as YAML and as JSON", async () => {
  const config: GuardConfiguration = { rules: { "no-docker-hub": { severity: "warning" } } };
  const yaml = "rules:\n  no-docker-hub: {severity: warning}\n";
  const reports = await Promise.all(
    [config, yaml, JSON.stringify(config)].map(async (each) =>
      (await createGuard({ config: each })).check(projectFiles()),
    ),
  );
  const [first] = reports;
  assert.ok(first !== undefined && rules(first).includes("no-docker-hub warning"));
  assert.deepEqual(reports, [first, first, first]);
});

test("guards don't share their configurations", async () => {
  const strict = await createGuard();
  const lenient = await createGuard({ config: { rules: { "no-docker-hub": "off" } } });
  assert.ok(rules(strict.check(projectFiles())).includes("no-docker-hub error"));
  assert.ok(!rules(lenient.check(projectFiles())).some((rule) => rule.startsWith("no-docker-hub")));
});

test("a preset outranks the configuration's", async () => {
  const connector = {
    path: "connector.yaml",
    text: [
      "connector:",
      "  name: Harness images",
      "  identifier: harnessImage",
      "  type: DockerRegistry",
      "  spec:",
      "    dockerRegistryUrl: https://public.ecr.aws/harness",
      "    providerType: Other",
      "    auth: {type: Anonymous}",
    ].join("\n"),
  };
  const config = { preset: "gar" } as const;
  const fromConfig = await createGuard({ config });
  const fromOption = await createGuard({ config, preset: "ecr" });
  assert.deepEqual(rules(fromConfig.check([connector])), ["harness-image-registry error"]);
  assert.deepEqual(rules(fromOption.check([connector])), []);
});

test("a file over maxFileBytes is reported, not checked", async () => {
  const guard = await createGuard({ maxFileBytes: 100 });
  const report = guard.check([
    { path: "large.yaml", text: `a: ${"x".repeat(98)}` },
    { path: "small.yaml", text: `a: ${"x".repeat(97)}` },
  ]);
  assert.deepEqual(
    report.diagnostics.map(({ rule, file }) => [rule, file]),
    [["limit", "large.yaml"]],
  );
});

test("a wrong configuration is an error with the place of each problem", async () => {
  const error = await failure({
    config: "preset: gar\nexcluded: []\nrules: {no-docker-hub: loud}\n",
    configPath: "team.yaml",
  });
  assert.ok(error instanceof Error);
  assert.equal(error.name, "HarnessImageGuardError");
  assert.equal(error.code, "config");
  assert.deepEqual(
    error.problems.map(({ line, column }) => [line, column]),
    [
      [2, 1],
      [3, 24],
    ],
  );
  assert.match(error.problems[0]?.message ?? "", /excluded.*exclude/);
});

for (const [what, config] of [
  ["YAML that doesn't parse", "rules: [\n"],
  ["a configuration that is a list", "- preset: gar\n"],
  ["a preset that doesn't exist", "preset: gcr\n"],
] as const) {
  test(`${what} is an error`, async () => {
    assert.equal((await failure({ config })).code, "config");
  });
}

test("after an error in one configuration, the next guard works", async () => {
  await failure({ config: "nonsense: 1" });
  const guard = await createGuard({ config: "preset: gar" });
  assert.equal(guard.check([]).summary.files, 0);
});

test("files in a shape that is none are an error with the code usage", async () => {
  const guard = await createGuard();
  for (const files of [42, null, [1], [{ path: "a.yaml" }], [{ text: "a: 1" }], [{ path: 1, text: "" }]]) {
    assert.throws(
      () => guard.check(files as never),
      (error) => error instanceof HarnessImageGuardError && error.code === "usage",
      JSON.stringify(files),
    );
  }
  assert.equal(guard.check(projectFiles()).files.length, 4);
});

test("the package and the crates have one version", () => {
  const text = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  const manifest = JSON.parse(text("../package.json")) as { version: string };
  assert.equal(/^version = "(.*)"$/m.exec(text("../../Cargo.toml"))?.[1], manifest.version);
});
