import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, HarnessImageGuardError } from "harness-image-guard";

import { run } from "./command.js";
import { repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A check that the author of a pull request can't loosen by the configuration beside the files. */
const pulling =
  "pipeline: {identifier: p, name: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: t, type: Run, spec: {image: node}}}]}}}}]}\n";
const loose = `rules:
  no-docker-hub: off
  harness-image-connector: note
exclude: ["**"]
trustedConnectors: ["*"]
`;

test("--no-config-exceptions takes no exception, and lists each with its line", async (t) => {
  const folder = repository(t, { "harness-image-guard.yaml": loose, "p.yaml": pulling });
  assert.equal((await run(["check"], { folder })).exitCode, 3);
  assert.equal((await run(["check", "p.yaml"], { folder })).exitCode, 0);
  const strict = await run(["check", "--no-config-exceptions"], { folder });
  assert.equal(strict.exitCode, 1);
  assert.match(strict.stdout, /error\[no-docker-hub\].*\n *--> p\.yaml/);
  assert.equal(
    strict.stderr,
    "harness-image-guard: the configuration makes 4 exceptions, which '--no-config-exceptions' ignores:\n" +
      "harness-image-guard.yaml:2:3: warning: `rules.no-docker-hub` is off\n" +
      "harness-image-guard.yaml:3:3: warning: `rules.harness-image-connector` counts as note instead of error\n" +
      "harness-image-guard.yaml:4:11: warning: `exclude` leaves out `**`\n" +
      "harness-image-guard.yaml:5:21: warning: `trustedConnectors` trusts `*`\n",
  );
});

test("what a configuration makes stricter counts under --no-config-exceptions, and nothing is said of it", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "rules: {no-docker-hub: {undecided: error}}\npolicies: [d.rego]\n",
    "d.rego": 'package pipeline\n\ndeny["never"] { true }\n',
    "p.yaml": pulling.replace("node", '"<+input>"'),
  });
  const { stdout, stderr, exitCode } = await run(["check", "--no-config-exceptions"], { folder });
  assert.deepEqual([stderr, exitCode], ["", 1]);
  assert.match(stdout, /error\[no-docker-hub\]: cannot determine/);
  assert.match(stdout, /never/);
});

test("lists of connectors are an exception too, and aren't even read", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "connectorFiles: [list.yaml, nowhere.yaml]\n",
    "list.yaml": "madeAt: {}\n",
    "p.yaml": pulling,
  });
  const { stderr, exitCode } = await run(["check", "--no-config-exceptions", "p.yaml"], { folder });
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /^harness-image-guard\.yaml:1:18: warning: `connectorFiles` declares the connectors in `list\.yaml`$/m);
});

test("a configuration from outside is the only one that is read", async (t) => {
  const folder = repository(t, { "harness-image-guard.yaml": loose, "p.yaml": pulling });
  const central = temporaryFolder(t, { "guard.yaml": "rules: {harness-image-connector: off}\n" });
  const { stdout, exitCode } = await run(["check", "--config", join(central, "guard.yaml")], { folder });
  assert.equal(exitCode, 1);
  assert.match(stdout, /error\[no-docker-hub\]/);
  assert.doesNotMatch(stdout, /harness-image-connector/);
});

test("a rule that is asked for by its name runs, or the exit code isn't 0", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "rules: {no-docker-hub: off}\n",
    "p.yaml": pulling,
    "clean.yaml": "pipeline: {identifier: p, name: p, stages: []}\n",
  });
  const off = await run(["check", "--rule", "no-docker-hub", "clean.yaml"], { folder });
  assert.equal(off.exitCode, 2);
  assert.match(off.stderr, /the rule `no-docker-hub` is requested by name, but the configuration switches it off/);
  const unknown = await run(["check", "--rule", "no-dockerhub", "clean.yaml"], { folder });
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /did you mean `no-docker-hub`\?/);
  const forced = await run(["check", "--rule", "no-docker-hub", "--no-config-exceptions", "p.yaml"], { folder });
  assert.equal(forced.exitCode, 1);
  assert.doesNotMatch(forced.stdout, /harness-image-connector/);
  assert.equal((await run(["check", "--rule", "duplicate-key", "p.yaml"], { folder })).exitCode, 0);
  assert.equal((await run(["check", "--rule", "no-docker-hub", "--rule", "duplicate-key", "--no-config-exceptions", "p.yaml"], { folder })).exitCode, 1);
  const exported = await run(["export", "--to", "rego", "--out", "out", "--rule", "no-docker-hub"], { folder });
  assert.equal(exported.exitCode, 2);
});

test("a policy that is asked for by its name runs, or the exit code isn't 0", async (t) => {
  const folder = temporaryFolder(t, {
    "connector.rego": 'package connector\n\ndeny["no"] { input.entity.name == "bad" }\n',
    "renamed.rego": 'package pipeline\n\ndenyx["no"] { true }\n',
    "library.rego": "package lib\n\nyes := true\n",
    "user.rego": "package pipeline\n\nimport data.lib\n\ndeny[\"no\"] { not lib.yes }\n",
    "advice.rego": 'package pipeline\n\nwarn["mind"] { false }\n',
    "p.yaml": "pipeline: {identifier: p, name: p, stages: []}\n",
    "folder/connector.rego": 'package connector\n\ndeny["no"] { false }\n',
    "folder/p.rego": 'package pipeline\n\ndeny["no"] { false }\n',
  });
  const check = (...policies: readonly string[]) =>
    run(["check", ...policies.flatMap((policy) => ["--policy", policy]), "p.yaml"], { folder });
  const unmet = await check("connector.rego");
  assert.equal(unmet.exitCode, 3);
  assert.match(unmet.stderr, /the policy 'connector\.rego' did not run: it is about the entity `connector`, which is in none of the files/);
  const renamed = await check("renamed.rego");
  assert.equal(renamed.exitCode, 3);
  assert.match(renamed.stderr, /the policy 'renamed\.rego' has no `deny` or `warn` rule/);
  for (const right of [["library.rego", "user.rego"], ["advice.rego"], ["folder"]]) {
    const { stderr, exitCode } = await check(...right);
    assert.equal(exitCode, 0, `${right.join(" ")}: ${stderr}`);
    assert.doesNotMatch(stderr, /did not run|has no rule `deny` or/);
  }
});

test("the interface takes no exceptions either, and names them", async () => {
  const files = [{ path: "p.yaml", text: pulling }];
  const guard = await createGuard({ config: loose });
  assert.equal(guard.check(files).summary.errors, 0);
  assert.deepEqual(guard.configExceptions[0], { message: "`rules.no-docker-hub` is off", line: 2, column: 3 });
  const strict = await createGuard({ config: loose, configExceptions: false, rules: ["no-docker-hub"] });
  assert.deepEqual(strict.check(files).diagnostics.map(({ rule }) => rule), ["no-docker-hub"]);
  assert.equal(strict.configExceptions.length, 4);
  await assert.rejects(createGuard({ config: loose, rules: ["no-docker-hub"] }), (error) => {
    return error instanceof HarnessImageGuardError && error.code === "usage";
  });
});
