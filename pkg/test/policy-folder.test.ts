import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, HarnessImageGuardError } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = `pipeline:
  identifier: shop
  stages:
    - stage:
        identifier: build
        type: Custom
        spec: {execution: {steps: [{step: {identifier: unit, type: Run}}]}}
`;

/** Two policies of one package that contradict each other, a library of another package, one of theirs, and tests. */
const policies = {
  "policies/steps.rego": `package pipeline

import data.shared.steps

default is_strict = true

deny[msg] {
	is_strict
	some stage
	named := steps.of(all_stages[stage])[_]
	not named.timeout
	msg := sprintf("stage '%s': step '%s' has no timeout", [stage, named.identifier])
}
`,
  "policies/stages.rego": `package pipeline

default is_strict = false

deny[msg] {
	not is_strict
	stage := all_stages[_]
	stage.type == "Custom"
	msg := sprintf("stage '%s' is custom", [stage.identifier])
}
`,
  "policies/lib/pipeline.rego": `package pipeline

all_stages[stage.identifier] = stage {
	stage := input.pipeline.stages[_].stage
}
`,
  "policies/lib/steps.rego": `package shared.steps

of(stage) = [node.step | walk(stage, [_, node]); node.step]
`,
  "policies/lib/steps_test.rego": `package shared.steps

test_of_nothing {
	of({}) == []
}
`,
  "policies/README.md": "about",
  "pipeline.yaml": pipeline,
};

test("a folder of policies is checked with the libraries in it, each policy by itself", async (t) => {
  const folder = temporaryFolder(t, policies);
  const { stdout, stderr, exitCode } = await run(["check", "--policy", "policies", "pipeline.yaml"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  assert.match(stdout, /^error\[policies\/steps\.rego\]: stage 'build': step 'unit' has no timeout\n --> pipeline\.yaml:7:\d+/m);
  assert.match(stdout, /^error\[policies\/stages\.rego\]: stage 'build' is custom\n --> pipeline\.yaml:5:\d+/m);
  assert.match(stdout, /^2 errors/m);
});

test("modules in a folder that is a link are run and linted, once, and a loop ends", async (t) => {
  const module = 'package pipeline\n\ndeny[msg] { input.pipeline.identifier == "shop"; msg := "no shop" }\n';
  const folder = temporaryFolder(t, { "shared/own.rego": module, "policies/lib/a.rego": "package lib.a\n", "pipeline.yaml": pipeline, "named.yaml": "policies: [policies]\n" });
  mkdirSync(join(folder, ".git"));
  for (const [name, target] of [["shared", "../shared"], ["again", "../shared"], ["own.rego", "../shared/own.rego"], ["lib/loop", ".."], ["gone", "nowhere"], ["text", "../pipeline.yaml"]] as const) {
    symlinkSync(target, join(folder, "policies", name));
  }
  for (const args of [["--policy", "policies"], ["--config", "named.yaml"], ["--policy", "policies", "--policy", "shared"]]) {
    const { stdout, exitCode } = await run(["check", ...args, "pipeline.yaml"], { folder });
    assert.equal(exitCode, 1);
    assert.match(stdout, args.includes("shared") ? /^error\[shared\/own\.rego\]: no shop\n/m : /^error\[policies\/again\/own\.rego\]: no shop\n/m);
    assert.match(stdout, /^1 error and/m);
  }
  const named = await run(["check", "--policy", "policies", "--policy", "shared/own.rego", "pipeline.yaml"], { folder });
  assert.match(named.stdout, /^error\[shared\/own\.rego\]: no shop\n[^]*^1 error and/m);
  writeFileSync(join(folder, "shared/wrong.rego"), "package\n");
  const { stdout, exitCode } = await run(["lint", "--format", "json", "policies", "shared"], { folder });
  assert.equal(exitCode, 4);
  assert.deepEqual(stdout.match(/"[^"]*wrong\.rego"/g), ['"policies/again/wrong.rego"']);
});

test("a module that a link and another folder lead to keeps what is said of it where it lies", async (t) => {
  const module = 'package pipeline\n\ndeny[msg] { input.pipeline.identifier == "shop"; msg := "no shop" }\n';
  const folder = temporaryFolder(t, {
    "shared/own.rego": module,
    "policies/a.rego": "package lib.a\n",
    "pipeline.yaml": pipeline,
    "one.yaml": "policies: [shared, {file: policies, severity: note}]\n",
    "two.yaml": "policies: [{file: policies, severity: note}, shared]\n",
  });
  mkdirSync(join(folder, ".git"));
  symlinkSync("../shared", join(folder, "policies/shared"));
  for (const args of [["--policy", "policies,severity=note", "--policy", "shared"], ["--config", "one.yaml"], ["--config", "two.yaml"]]) {
    const { stdout, exitCode } = await run(["check", ...args, "pipeline.yaml"], { folder });
    assert.equal(exitCode, 1, args.join(" "));
    assert.match(stdout, /^error\[shared\/own\.rego\]: no shop\n/m);
    assert.match(stdout, /^1 error and/m);
    if (!args.includes("two.yaml")) assert.doesNotMatch(stdout, /^note/m);
  }
});

test("a link in a folder of policies that leads out is refused by its name", async (t) => {
  const outside = temporaryFolder(t, { "modules/own.rego": "package pipeline\n\ndeny[msg] { msg := true }\n", "text": "" });
  const folder = temporaryFolder(t, { "policies/a.rego": "package a\n", "pipeline.yaml": pipeline });
  symlinkSync(join(outside, "text"), join(folder, "policies/text"));
  assert.doesNotMatch((await run(["check", "--policy", "policies", "pipeline.yaml"], { folder })).stderr, /leads out/, "no module");
  symlinkSync(join(outside, "modules"), join(folder, "policies/shared"));
  for (const [args, code] of [[["check", "--policy", "policies", "pipeline.yaml"], 2], [["lint", "policies"], 4]] as const) {
    const { stderr, exitCode } = await run(args, { folder });
    assert.equal(exitCode, code);
    assert.match(stderr, /'policies\/shared'.* it is a link to '.*\/modules', which leads out of /);
  }
});

test("what follows a folder holds for all policies in it, and a file that is named has its own", async (t) => {
  const folder = temporaryFolder(t, policies);
  const args = ["--policy", "policies/,severity=note", "--policy", "./policies/stages.rego,severity=warning"];
  const { stdout, stderr, exitCode } = await run(["check", ...args, "pipeline.yaml"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.match(stdout, /^note\[policies\/steps\.rego\]: /m);
  assert.match(stdout, /^warning\[\.\/policies\/stages\.rego\]: /m);
  assert.doesNotMatch(stdout, /\[policies\/stages\.rego\]/);
});

test("the configuration names folders and versions of Rego", async (t) => {
  const folder = temporaryFolder(t, {
    ...policies,
    "new/pipeline.rego": 'package pipeline\n\ndeny contains "this is v1" if input.pipeline\n',
    "harness-image-guard.yaml": "policies:\n  - policies\n  - {file: new, regoVersion: 1, severity: warning}\n",
    "empty/harness-image-guard.yaml": "policies:\n  - none\n",
    "empty/none/README.md": "nothing yet",
  });
  const { stdout, stderr, exitCode } = await run(["check", "pipeline.yaml"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  assert.match(stdout, /^error\[policies\/steps\.rego\]/m);
  assert.match(stdout, /^warning\[new\/pipeline\.rego\]: this is v1/m);
  const empty = await run(["check", "--config", "empty/harness-image-guard.yaml", "pipeline.yaml"], { folder });
  assert.equal(empty.exitCode, 2);
  assert.match(empty.stderr, /harness-image-guard\.yaml:2:5: the policy 'none' is a folder without any \*\.rego/);
});

test("the command reads Rego v1 where it is asked to", async (t) => {
  const folder = temporaryFolder(t, {
    "p.rego": 'package pipeline\n\ndeny contains "this is v1" if input.pipeline\n',
    "old.rego": 'package pipeline\n\ndeny["this is v0"] { input.pipeline }\n',
    "pipeline.yaml": pipeline,
  });
  const check = (...args: string[]) => run(["check", ...args, "pipeline.yaml"], { folder });
  const v0 = await check("--policy", "p.rego");
  assert.equal(v0.exitCode, 2);
  assert.match(v0.stderr, /^p\.rego:3:\d+: rego_parse_error: .*; this is Rego v1.*`import rego\.v1`/m);
  const v1 = await check("--v1-compatible", "--policy", "p.rego", "--policy", "old.rego,regoVersion=0");
  assert.deepEqual([v1.stderr, v1.exitCode], ["", 1]);
  assert.match(v1.stdout, /^error\[p\.rego\]: this is v1$/m);
  assert.match(v1.stdout, /^error\[old\.rego\]: this is v0$/m);
  assert.match((await check("--policy", "p.rego,regoVersion=1")).stdout, /this is v1/);
  for (const args of [["--v1-compatible"], ["--policy", "p.rego,regoVersion=2"]]) {
    const { stdout, stderr, exitCode } = await check(...args);
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, /^harness-image-guard: .*(?:v1-compatible|version of Rego)/);
  }
});

test("a policy of which nothing says what it is about is refused with what it reads", async (t) => {
  const folder = temporaryFolder(t, {
    "owners.rego": 'package owners\n\ndeny["no owner"] { not input.entity.tags.owner }\n',
    "pipeline.yaml": pipeline,
  });
  const { stderr, exitCode } = await run(["check", "--policy", "owners.rego", "pipeline.yaml"], { folder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /^owners\.rego:1:1: .*the package `owners` names no entity.*`input\.entity`.*`owners\.rego,entity=connector`.*`entity: connector`/m);
  // It runs where there is a connector.
  assert.equal((await run(["check", "--policy", "owners.rego,entity=connector", "pipeline.yaml"], { folder })).exitCode, 3);
});

test("a policy among the paths is pointed out, as a shell puts it there", async (t) => {
  const folder = temporaryFolder(t, policies);
  const args = ["check", "--policy", "policies/stages.rego", "policies/steps.rego", "pipeline.yaml"];
  const { stdout, stderr, exitCode } = await run(args, { folder });
  assert.deepEqual([stdout, exitCode], ["", 2]);
  assert.match(stderr, /'policies\/steps\.rego' is a policy.*'--policy DIR'/);
});

test("what never denies, and what no file is checked by, is said on standard error", async (t) => {
  const folder = temporaryFolder(t, {
    "policies/names.rego": 'package pipeline\n\nviolation[{"msg": "no tags"}] { not input.pipeline.tags }\n',
    "policies/flags.rego": 'package feature_flags\n\ndeny["no flag"] { not input.flag.name }\n',
    "pipeline.yaml": pipeline,
  });
  const { stderr, exitCode } = await run(["check", "--policy", "policies", "pipeline.yaml"], { folder });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    stderr.split("\n").map((line) => line.replace(/(: warning: .{40}).*/, "$1")),
    [
      "policies/flags.rego:1:1: warning: this policy checks no file: its package ",
      "policies/names.rego:1:1: warning: this policy can never fail: it has no `d",
      "policies/names.rego:3:1: warning: Harness doesn't read `violation`, so it ",
      "",
    ],
  );
  // Asked for by name, it has to run.
  const named = await run(["check", "--policy", "policies/flags.rego", "pipeline.yaml"], { folder });
  assert.equal(named.exitCode, 2);
});

test("programs hand over libraries beside policies, and read the remarks", async () => {
  const files = Object.entries(policies).filter(([path]) => path.endsWith(".rego"));
  const guard = await createGuard({ policies: files.map(([path, text]) => ({ path, text })) });
  const { diagnostics } = guard.check([{ path: "pipeline.yaml", text: pipeline }]);
  assert.deepEqual(
    diagnostics.map(({ rule, message }) => [rule, message]),
    [
      ["policies/stages.rego", "stage 'build' is custom"],
      ["policies/steps.rego", "stage 'build': step 'unit' has no timeout"],
    ],
  );
  assert.deepEqual(guard.policyRemarks, []);
  const { policyRemarks } = await createGuard({ policies: [{ path: "p.rego", text: "package pipeline\nallow { true }" }] });
  assert.deepEqual(
    policyRemarks.map(({ rule, file, severity, start }) => [rule, file, severity, start.line]),
    [["never-fails", "p.rego", "warning", 1]],
  );
  assert.deepEqual((await createGuard()).policyRemarks, []);
});

test("a configuration's folder is read by the program", async () => {
  const guard = await createGuard({
    config: { policies: ["policies"] },
    readPolicy: async (path) =>
      Object.entries(policies)
        .filter(([file]) => file.startsWith(`${path}/`) && file.endsWith(".rego"))
        .map(([file, text]) => ({ path: file, text })),
  });
  assert.equal(guard.check([{ path: "pipeline.yaml", text: pipeline }]).summary.errors, 2);
  await assert.rejects(
    createGuard({ config: { policies: ["policies"] }, readPolicy: async () => [] }),
    (error) => error instanceof HarnessImageGuardError && error.code === "config",
  );
});
