import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";

import {
  compileRego,
  createGuard,
  exportPolicies,
  HarnessImageGuardError,
  type ExportOptions,
  type ExportTarget,
  type UserPolicy,
} from "harness-image-guard";

import { run, type Outcome } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A module for each rule and entity. */
const modules = [
  "harness_image_connector_pipeline.rego",
  "harness_image_connector_template.rego",
  "harness_image_registry_connector.rego",
  "harness_images_only_pipeline.rego",
  "harness_images_only_template.rego",
  "no_docker_hub_connector.rego",
  "no_docker_hub_pipeline.rego",
  "no_docker_hub_template.rego",
];

/** What each target writes. */
const written: Readonly<Record<ExportTarget, readonly string[]>> = {
  rego: modules,
  "opa-bundle": ["bundle.tar.gz"],
  terraform: ["connector.tf", ...modules, "policies.tf"],
  "harness-yaml": ["connector.yaml", "policy_step.yaml"],
  "harness-api": [
    ...modules.map((name) => name.replace(/rego$/, "policy.json")),
    ...["connector_onsave", "custom_onstep", "pipeline_onrun", "pipeline_onsave", "template_onsave"].map((set) => `harness_image_guard_${set}.policyset.json`),
  ].sort(),
};

const unit = { identifier: "unit", spec: { image: "maven:3" } };
const build = { identifier: "build", spec: { execution: { steps: [{ step: unit }] } } };
const maven = { pipeline: { stages: [{ stage: build }] } };

const list = ".harness-image-guard-export";

/** Exports into a folder of its own, which may hold files before. */
async function exported(
  t: TestContext,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Outcome & { readonly folder: string; readonly names: readonly string[]; read(name: string): string }> {
  const folder = temporaryFolder(t, files);
  const outcome = await run(["export", ...args, "--out", "out/of it"], { folder });
  const out = join(folder, "out/of it");
  return {
    ...outcome,
    folder,
    // Beside the list of what was written.
    names: outcome.exitCode === 0 ? readdirSync(out).filter((name) => name !== list).sort() : [],
    read: (name) => readFileSync(join(out, name), "utf8"),
  };
}

for (const [to, names] of Object.entries(written)) {
  test(`export --to ${to} writes its files, names them, and tells what exportPolicies does`, async (t) => {
    const { stdout, stderr, exitCode, ...out } = await exported(t, ["--to", to]);
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.deepEqual(out.names, names);
    const lines = stdout.split("\n").filter((line) => line !== "");
    assert.deepEqual(lines.sort(), names.map((name) => join("out/of it", name)));
    const files = await exportPolicies({ to: to as ExportTarget });
    assert.deepEqual(files.map(({ path }) => path).sort(), names);
    for (const { path, content } of files) {
      assert.deepEqual(readFileSync(join(out.folder, "out/of it", path)), Buffer.from(content), path);
    }
  });
}

test("an exported module denies what it has to, one sentence with the place each", async (t) => {
  const { read } = await exported(t, ["--to", "rego"]);
  const policy = await compileRego({ modules: { "p.rego": read("no_docker_hub_pipeline.rego") } });
  const { status, deny_messages: messages } = policy.evaluate(maven);
  assert.equal(status, "error");
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? "", /^stage 'build' › step 'unit': `maven:3` is pulled anonymously from Docker Hub/);
  assert.match(messages[0] ?? "", /\(pipeline\.stages\[0\]\.stage\.spec\.execution\.steps\[0\]\.step\.spec\.image\)$/);
});

test("--rule exports this rule alone, whatever the target", async (t) => {
  const rule = ["--rule", "harness-image-registry"];
  const rego = await exported(t, ["--to", "rego", ...rule]);
  assert.deepEqual(rego.names, ["harness_image_registry_connector.rego"]);
  const { read } = await exported(t, ["--to", "terraform", ...rule]);
  const resources = [...read("policies.tf").matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, ...names]) => names);
  assert.deepEqual(resources, [
    ["harness_platform_policy", "harness_image_registry_connector"],
    ["harness_platform_policyset", "harness_image_guard_connector_onsave"],
  ]);
  const two = await exported(t, ["--to", "rego", ...rule, "--rule", "no-docker-hub"]);
  assert.equal(two.names.length, 4);
});

test("the configuration is written in, the nearest one or that of --config", async (t) => {
  const files = {
    "harness-image-guard.yaml": "preset: gar\nrules: {harness-image-connector: off}\n",
    "other.yaml": "harnessImage: {url: 'https://r.example/h', auth: UsernamePassword}\n",
  };
  const nearest = await exported(t, ["--to", "rego"], files);
  assert.deepEqual(
    nearest.names,
    written.rego.filter((name) => !name.startsWith("harness_image_connector")),
  );
  assert.match(nearest.read("harness_image_registry_connector.rego"), /"https:\/\/us-docker\.pkg\.dev\//);
  const named = await exported(t, ["--to", "terraform", "--config", "other.yaml"], files);
  const connector = named.read("connector.tf");
  assert.match(connector, /url += "https:\/\/r\.example\/h"/);
  assert.match(connector, /credentials \{/);
  const harness = await exported(t, ["--to", "harness-yaml", "--config", "other.yaml"], files);
  assert.match(harness.read("connector.yaml"), /dockerRegistryUrl: "https:\/\/r\.example\/h"/);
});

test("a policy of one's own is written instead of the rules", async () => {
  const policy = { path: "p.rego", text: "package connector\n\ndeny contains 1 if true\n", regoVersion: 1 } as const;
  const written = async (options: Omit<ExportOptions, "policy">, more: Partial<UserPolicy> = {}) => {
    const files = await exportPolicies({ ...options, policy: { ...policy, ...more } });
    return files.map(({ path, content }) => [path, new TextDecoder().decode(content)]);
  };
  const module = "package connector\n\nimport rego.v1\n\ndeny contains 1 if true\n";
  assert.deepEqual(await written({ to: "rego" }), [["connector.rego", module]]);
  const [[path, terraform] = []] = await written({ to: "terraform" }, { entity: "step", severity: "warning" });
  assert.equal(path, "policies.tf");
  assert.ok(terraform?.includes(`<<REGO\n${module}REGO\n`), terraform);
  assert.match(terraform ?? "", /"connector_custom_onstep"[^]*severity {3}= "warning"/);
});

test("without any rule that is on, a word says that no policy is written", async (t) => {
  const rules = ["harness-image-connector", "harness-image-registry", "harness-images-only", "no-docker-hub"];
  const folder = temporaryFolder(t, { "off.yaml": `rules: {${rules.map((rule) => `${rule}: off`).join(", ")}}\n` });
  const told = "harness-image-guard: no policy is written: the configuration switches off every rule that is exported\n";
  for (const to of ["rego", "opa-bundle", "terraform", "harness-api", "harness-yaml"]) {
    const { stderr, exitCode } = await run(["export", "--to", to, "--out", to, "--config", "off.yaml"], { folder });
    assert.deepEqual([stderr, exitCode], [to === "harness-yaml" ? "" : told, 0]);
  }
  const { stderr } = await run(["export", "--to", "rego", "--out", "on", "--config", "off.yaml", "--no-config-exceptions"], { folder });
  assert.doesNotMatch(stderr, /no policy/);
});

test("the connector that is written satisfies the rule", async () => {
  const config = { preset: "ecr" } as const;
  const [connector] = await exportPolicies({ to: "harness-yaml", config });
  const text = new TextDecoder().decode(connector?.content);
  const report = (await createGuard({ config })).check([{ path: "connector.yaml", text }]);
  assert.deepEqual([report.summary.documents, report.diagnostics], [1, []]);
});

test("the bundle is a gzipped tar with a manifest, the same bytes each time", async () => {
  const [bundle, again] = await Promise.all([
    exportPolicies({ to: "opa-bundle" }),
    exportPolicies({ to: "opa-bundle" }),
  ]);
  assert.deepEqual(bundle, again);
  const names = tarNames(gunzipSync(bundle[0]?.content ?? new Uint8Array()));
  assert.deepEqual(names, [
    "/.manifest",
    "/harness_image_guard/harness_image_connector/pipeline.rego",
    "/harness_image_guard/harness_image_connector/template.rego",
    "/harness_image_guard/harness_image_registry/connector.rego",
    "/harness_image_guard/harness_images_only/pipeline.rego",
    "/harness_image_guard/harness_images_only/template.rego",
    "/harness_image_guard/no_docker_hub/pipeline.rego",
    "/harness_image_guard/no_docker_hub/template.rego",
    "/harness_image_guard/no_docker_hub/connector.rego",
  ].sort((one, other) => names.indexOf(one) - names.indexOf(other)));
});

/** The names in a tar, in its order. */
function tarNames(tar: Uint8Array): string[] {
  const names: string[] = [];
  const text = (start: number, end: number): string =>
    new TextDecoder().decode(tar.subarray(start, end)).replace(/\0.*$/s, "");
  for (let at = 0; text(at, at + 100) !== ""; ) {
    names.push(text(at, at + 100));
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return names;
}

const mistakes: readonly (readonly [args: readonly string[], complaint: RegExp])[] = [
  [["--out", "out"], /^harness-image-guard: '--to' is missing.*rego.*harness-yaml/],
  [["--to", "rego"], /^harness-image-guard: '--out' with a folder is missing\n/],
  [["--to", "rego", "--out", ""], /^harness-image-guard: option '--out' needs a value: DIR\n/],
  [["--to", "teraform", "--out", "out"], /'--to'.*'teraform'.*terraform/],
  [["--to", "rego", "--out", "out", "no-docker-hub"], /unexpected argument 'no-docker-hub': '--rule'/],
  [["--to", "rego", "--out", "out", "--rule", "no-dockerhub"], /`no-dockerhub` is unknown.*`no-docker-hub`/],
  [["--to", "rego", "--out", "out", "--config", "off.yaml", "--rule", "no-docker-hub"], /`no-docker-hub` is off/],
  [["--to", "rego", "--out", "out", "--rule", "unknown-connector"], /`unknown-connector` isn't exported: it needs the list of the account's connectors/],
  [["--to", "rego", "--out", "out", "--config", "wrong.yaml"], /wrong\.yaml:1:1: /],
  [["--to", "rego", "--out", "out", "--config", "none.yaml"], /none\.yaml/],
  [["--to", "rego", "--out", "taken"], /can't write 'taken': /],
  [["--to", "rego", "--out", "taken/below"], /can't write 'taken\/below': not a directory/],
  [["--to", "rego", "--out", "out", "--policy", "none.rego"], /the policy 'none\.rego' can't be read: no such file/],
  [["--to", "rego", "--out", "out", "--policy", "."], /'\.' is a folder/],
  [["--to", "rego", "--out", "out", "--policy", "wrong.rego"], /^wrong\.rego:2:\d+: rego_/m],
  [["--to", "opa-bundle", "--out", "out", "--policy", "good.rego"], /as `rego` or `terraform`/],
  [["--to", "rego", "--out", "out", "--policy", "good.rego", "--rule", "no-docker-hub"], /'--rule'.*'--policy'/],
  [["--to", "rego", "--out", "out", "--v1-compatible"], /'--v1-compatible'.*'--policy'/],
  [["--to", "terraform", "--out", "full"], /can't write 'full\/policies\.tf': /],
];

for (const [args, complaint] of mistakes) {
  const code = complaint.source.startsWith("can't write") ? 4 : 2;
  test(`export ${args.join(" ")}: exit code ${code}, and what is wrong`, async (t) => {
    const folder = temporaryFolder(t, {
      "off.yaml": "rules: {no-docker-hub: off}\n",
      "wrong.yaml": "presett: gar\n",
      taken: "a file\n",
      "wrong.rego": "package p\ndeny { x }\n",
      "good.rego": "package p\ndeny { true }\n",
    });
    // A folder under the name of a file that is to be written.
    mkdirSync(join(folder, "full/policies.tf"), { recursive: true });
    const { stdout, stderr, exitCode } = await run(["export", ...args], { folder });
    assert.deepEqual([stdout, exitCode], ["", code]);
    assert.match(stderr.replaceAll("\\", "/"), complaint);
  });
}

test("the command exports a policy of one's own as exportPolicies does", async (t) => {
  const text = 'package owners\n\ndeny contains "no owner" if not input.entity.tags.owner\n';
  const files = { "owners.rego": text };
  const args = ["--policy", "owners.rego,entity=connector,severity=warning", "--v1-compatible"];
  for (const to of ["rego", "terraform"] as const) {
    const { stdout, stderr, exitCode, names, read } = await exported(t, ["--to", to, ...args], files);
    const policy = { path: "owners.rego", text, entity: "connector", severity: "warning", regoVersion: 1 } as const;
    const [file, ...more] = await exportPolicies({ to, policy });
    assert.deepEqual([stderr, exitCode, names, more], ["", 0, [file?.path], []]);
    assert.equal(stdout, `${join("out/of it", file?.path ?? "")}\n`);
    assert.deepEqual(read(file?.path ?? ""), new TextDecoder().decode(file?.content));
  }
});

test("a policy that never denies is exported with a word about it", async (t) => {
  const files = { "p.rego": "package pipeline\n\nviolation[1] { input.pipeline }\n" };
  const { stderr, exitCode, names } = await exported(t, ["--to", "rego", "--policy", "p.rego"], files);
  assert.deepEqual([exitCode, names], [0, ["pipeline.rego"]]);
  assert.match(stderr, /^p\.rego:1:1: warning: this policy can never fail.*\np\.rego:3:1: warning: Harness doesn't read `violation`/);
});

test("what was exported earlier and isn't now is removed, unless somebody changed it", async (t) => {
  const folder = temporaryFolder(t, { "out/mine.rego": "package mine\n" });
  const out = join(folder, "out");
  const exportTo = (...args: string[]) => run(["export", "--to", "rego", "--out", "out", ...args], { folder });
  await exportTo();
  writeFileSync(join(out, "no_docker_hub_template.rego"), "package changed\n");
  const { stdout, stderr, exitCode } = await exportTo("--rule", "harness-image-registry");
  assert.deepEqual([stdout, exitCode], [`${join("out", "harness_image_registry_connector.rego")}\n`, 0]);
  assert.deepEqual(readdirSync(out).sort(), [
    list,
    "harness_image_registry_connector.rego",
    "mine.rego",
    "no_docker_hub_template.rego",
  ]);
  assert.match(stderr, /removed 'out.no_docker_hub_pipeline\.rego', which was exported earlier/);
  assert.match(stderr, /kept 'out.no_docker_hub_template\.rego'.*changed/);
  const listed = readFileSync(join(out, list), "utf8");
  const hash = createHash("sha256").update(readFileSync(join(out, "harness_image_registry_connector.rego"))).digest("hex");
  assert.equal(listed, `${hash}  harness_image_registry_connector.rego\n`);
});

test("of every format, all that was exported earlier and isn't now is removed", async (t) => {
  for (const to of Object.keys(written)) {
    const folder = temporaryFolder(t);
    const exportTo = (...args: string[]) => run(["export", "--out", "out", ...args], { folder });
    await exportTo("--to", to);
    const earlier = readdirSync(join(folder, "out")).filter((name) => name !== list);
    assert.notEqual(earlier.length, 0);
    const { stderr, exitCode } = await exportTo("--to", to === "opa-bundle" ? "rego" : "opa-bundle");
    assert.equal(exitCode, 0);
    const left = readdirSync(join(folder, "out"));
    assert.deepEqual(earlier.filter((name) => left.includes(name)), [], to);
    for (const name of earlier) assert.match(stderr, new RegExp(`removed 'out.${name.replaceAll(".", "\\.")}', which was exported earlier`), to);
  }
});

test("a list that somebody else wrote removes nothing outside the folder", async (t) => {
  const content = "package victim\n";
  const hash = createHash("sha256").update(content).digest("hex");
  const folder = temporaryFolder(t, {
    "victim.rego": content,
    "out/below/victim.rego": content,
    [`out/${list}`]: `${hash}  ../victim.rego\n${hash}  below/victim.rego\n${hash}  below\n`,
  });
  const { exitCode } = await run(["export", "--to", "harness-yaml", "--out", "out"], { folder });
  assert.equal(exitCode, 0);
  assert.equal(readFileSync(join(folder, "victim.rego"), "utf8"), content);
  assert.equal(readFileSync(join(folder, "out/below/victim.rego"), "utf8"), content);
});

test("all files are written or none: what is there stays as it is", async (t) => {
  const folder = temporaryFolder(t, { "out/connector.tf": "mine\n", [`out/${list}`]: "" });
  mkdirSync(join(folder, "out/policies.tf"));
  const { stdout, stderr, exitCode } = await run(["export", "--to", "terraform", "--out", "out"], { folder });
  assert.deepEqual([stdout, exitCode], ["", 4]);
  assert.match(stderr, /can't write 'out.policies\.tf': .*nothing has been written/);
  assert.deepEqual(readdirSync(join(folder, "out")).sort(), [list, "connector.tf", "policies.tf"]);
  assert.equal(readFileSync(join(folder, "out/connector.tf"), "utf8"), "mine\n");
});

test("nothing is written where anything is wrong", async (t) => {
  const { folder, exitCode } = await exported(t, ["--to", "rego", "--rule", "no-docker-hub", "--rule", "none"]);
  assert.deepEqual([exitCode, readdirSync(folder)], [2, []]);
});

test("--help of export names every target, option and exit code", async () => {
  const { stdout, stderr, exitCode } = await run(["export", "--help"]);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  for (const to of Object.keys(written)) assert.ok(stdout.includes(to), to);
  for (const option of ["--to", "--out", "--rule", "--policy", "--config", "--v1-compatible", "--help"]) {
    assert.match(stdout, new RegExp(`^  .*${option}\\b`, "m"));
  }
  for (const code of [0, 2, 4, 70]) assert.match(stdout, new RegExp(`^  ${code} `, "m"));
});

test("what is wrong with the options is a HarnessImageGuardError with a code", async () => {
  const wrong: readonly (readonly [options: ExportOptions, code: string, message: RegExp])[] = [
    [{ to: "helm" as ExportTarget }, "usage", /`to` is `helm`, but has to be one of `rego`/],
    [{ to: "rego", rules: [] }, "usage", /`rules` is empty: no rule would be exported/],
    [{ to: "rego", rules: ["none" as "no-docker-hub"] }, "usage", /`none` is unknown/],
    [{ to: "rego", config: "presett: gar" }, "config", /presett/],
    [{ to: "rego", config: { rules: { "no-docker-hub": "off" } }, rules: ["no-docker-hub"] }, "usage", /is off/],
    [{} as ExportOptions, "usage", /`to`/],
    [{ to: "opa-bundle", policy: { path: "p.rego", text: "package p" } }, "usage", /as `rego` or `terraform`/],
    [{ to: "rego", policy: { path: "p.rego", text: "package p\n\ndeny { data.lib.x }" } }, "rego", /^p\.rego:3:8: .*`data\.lib\.x` is always undefined/],
    [{ to: "rego", policy: { path: "p.rego", text: "package p\n\nx { y }" } }, "rego", /^p\.rego:3:5: rego_unsafe_var_error/],
    [{ to: "rego", policy: { path: "p.rego", text: "package p", entity: "trigger" } }, "usage", /`trigger` isn't an entity/],
  ];
  for (const [options, code, message] of wrong) {
    await assert.rejects(exportPolicies(options), (error) => {
      assert.ok(error instanceof HarnessImageGuardError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  }
});

test("an export makes no folder through a link that leads out", async (t) => {
  const elsewhere = temporaryFolder(t);
  const folder = temporaryFolder(t);
  symlinkSync(elsewhere, join(folder, "link"));
  for (const out of ["link", "link/new", "link/new/deep"]) {
    const { stderr, exitCode } = await run(["export", "--to", "rego", "--out", out], { folder });
    assert.equal(exitCode, 4, out);
    assert.match(stderr, /can't write into '.*': it is a link to .*, which leads out of .*; nothing has been written/);
  }
  assert.deepEqual(readdirSync(elsewhere), []);
  const outside = join(elsewhere, "made", "here");
  assert.equal((await run(["export", "--to", "rego", "--out", outside], { folder })).exitCode, 0);
});
