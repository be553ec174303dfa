import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { createGuard, exportPolicies, HarnessImageGuardError, type Report } from "harness-image-guard";

import { run } from "./command.js";
import { repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

const ignore = "# harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- the mirror comes in March";
const step = (identifier: string, image: string, comment = ""): string =>
  `              - step:\n                  identifier: ${identifier}\n                  type: Run\n                  spec:\n                    image: ${image}${comment === "" ? "" : ` ${comment}`}\n`;
const pipeline = (...steps: readonly string[]): string =>
  `pipeline:\n  identifier: p\n  stages:\n    - stage:\n        identifier: s\n        type: Custom\n        spec:\n          execution:\n            steps:\n${steps.join("")}`;
const check = (folder: string, ...args: readonly string[]) => run(["check", "--today", "2026-11-27", ...args], { folder });

test("a check that passes by exceptions alone says how many, and shows them when asked", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline(step("a", "node:1", ignore), step("b", "node:2", ignore)) });
  const quiet = await check(folder);
  assert.deepEqual([quiet.stdout, quiet.stderr, quiet.exitCode], ["0 errors and 0 warnings in 1 file (1 document checked); 2 suppressed by exceptions\n", "", 0]);
  const shown = await check(folder, "--show-suppressed");
  assert.equal(shown.exitCode, 0);
  assert.match(shown.stdout, /^suppressed\[no-docker-hub\]: `node:1` is pulled/);
  assert.match(shown.stdout, /^ +\| +\^+\n +=? ?= suppressed: by the comment in line 14, until 2027-03-01: the mirror comes in March$/m);
  assert.match(shown.stdout, /; 2 suppressed by exceptions\n$/);
  // The same where the command puts the text together itself.
  const again = await check(folder, "--show-suppressed", "--output", "text");
  assert.equal(again.stdout, shown.stdout);
  assert.equal((await check(folder, "--quiet", "--show-suppressed")).stdout, shown.stdout.slice(0, shown.stdout.lastIndexOf("\n\n") + 2));
  assert.equal((await check(folder, "--statistics")).stdout, quiet.stdout);
});

test("an exception ends on its day, and then the finding and the exception are errors", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline(step("a", "node:1", ignore)) });
  const on = (day: string) => run(["check", "--today", day, "--format", "json"], { folder });
  assert.equal((await on("2027-03-01")).exitCode, 0);
  const after = await on("2027-03-02");
  assert.equal(after.exitCode, 1);
  assert.deepEqual((JSON.parse(after.stdout) as Report).diagnostics.map(({ rule, severity }) => [rule, severity]), [
    ["no-docker-hub", "error"],
    ["expired-exception", "error"],
  ]);
  for (const [day, why] of [["tomorrow", /today: `tomorrow` isn't a date such as `2027-03-01`/], ["2027-02-30", /`2027-02-30` isn't in the calendar/]] as const) {
    const wrong = await on(day);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, why);
  }
});

test("without --today it is today in UTC", async (t) => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const folder = temporaryFolder(t, { "p.yaml": pipeline(step("a", "node:1", ignore.replace("2027-03-01", day(1)))) });
  assert.equal((await run(["check"], { folder })).exitCode, 0);
  writeFileSync(join(folder, "p.yaml"), pipeline(step("a", "node:1", ignore.replace("2027-03-01", day(-1)))));
  assert.equal((await run(["check"], { folder })).exitCode, 1);
});

test("every format that has a word for it says what is suppressed, and the others leave it out", async (t) => {
  const reason = "the mirror comes in March";
  const config = `exceptions:\n  - {rule: no-docker-hub, image: "node:2", until: 2027-03-01, reason: "by ::error:: the team"}\n`;
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config, "p.yaml": pipeline(step("a", "node:1", ignore), step("b", "node:2"), step("c", "node:3")) });
  const shown = async (format: string): Promise<string> => (await check(folder, "--output", format)).stdout;
  const { diagnostics, summary } = JSON.parse(await shown("json")) as Report;
  assert.deepEqual([summary.errors, summary.suppressed], [1, 2]);
  assert.deepEqual(
    diagnostics.map(({ exception }) => exception),
    [
      { kind: "comment", file: "p.yaml", line: 14, until: "2027-03-01", reason },
      { kind: "configuration", file: "harness-image-guard.yaml", line: 2, until: "2027-03-01", reason: "by ::error:: the team" },
      null,
    ],
  );
  type Sarif = { readonly runs: readonly { readonly results: readonly { readonly suppressions: readonly { readonly kind: string; readonly justification: string }[] }[] }[] };
  const { runs } = JSON.parse(await shown("sarif")) as Sarif;
  const suppressions = runs[0]?.results.map(({ suppressions }) => suppressions.map(({ kind }) => kind));
  assert.deepEqual(suppressions, [["inSource"], ["external"], []]);
  assert.match(runs[0]?.results[0]?.suppressions[0]?.justification ?? "", /the mirror comes in March$/);
  const junit = await shown("junit");
  assert.match(junit, /tests="3" failures="1" errors="0" skipped="2"/);
  assert.match(junit, /<skipped>by the comment in line 14, until 2027-03-01: the mirror comes in March: /);
  const tap = await shown("tap");
  assert.equal(tap.match(/^ok \d .* # SKIP by /gm)?.length, 2);
  assert.match(await shown("markdown"), /1 error, 0 warnings and 2 suppressed in 1 file/);
  for (const format of ["github", "gitlab", "checkstyle", "rdjson"]) {
    const text = await shown(format);
    assert.match(text, /node:3/, format);
    assert.doesNotMatch(text, /node:[12]/, format);
  }
  for (const format of ["text", "json", "sarif", "junit", "tap", "markdown"]) {
    const { stdout } = await check(folder, "--output", format, "--show-suppressed");
    assert.doesNotMatch(stdout, /^\s*::/m, format);
  }
});

test("an author of a pull request can't make exceptions where neither kind is taken", async (t) => {
  const files = {
    "harness-image-guard.yaml": `exceptions: [{rule: no-docker-hub, image: "node:2", until: 2027-03-01, reason: why}]\nexceptionsRequire: []\n`,
    "p.yaml": pipeline(step("a", "node:1", "# harness-image-guard: ignore"), step("b", "node:2")),
  };
  const folder = repository(t, files);
  assert.equal((await check(folder)).exitCode, 0);
  const comments = await check(folder, "--no-comment-exceptions");
  assert.match(comments.stdout, /1 error and 0 warnings .*; 1 suppressed by exceptions/);
  const config = await check(folder, "--no-config-exceptions");
  assert.match(config.stdout, /error\[wrong-exception\].*it has no rule/);
  assert.match(config.stderr, /makes 4 exceptions/);
  const neither = await check(folder, "--no-comment-exceptions", "--no-config-exceptions");
  assert.match(neither.stdout, /^2 errors and 0 warnings in 1 file \(1 document checked\)$/m);
  assert.doesNotMatch(neither.stdout, /exception\]/);
});

test("an author of a pull request can't say where a connector leads where no file of theirs counts", async (t) => {
  const connector = (identifier: string): string =>
    `connector: {identifier: ${identifier}, type: DockerRegistry, spec: {dockerRegistryUrl: "https://r.example", providerType: Other, auth: {type: Anonymous}}}\n`;
  const through = (name: string): string => step(name, "node:1").replace("image:", `connectorRef: account.${name}\n                    image:`);
  const folder = repository(t, {
    "harness-image-guard.yaml": "connectorFiles: [list.yaml]\n",
    "list.yaml": "madeAt: 2026-11-27T04:00:00Z\nscopes: [account]\nconnectors: [{identifier: hub, type: DockerRegistry, url: https://index.docker.io/v2/}]\n",
    "p.yaml": pipeline(through("hub"), through("none")),
    "docs/x.yaml": `${connector("hub")}---\n${connector("none")}`,
  });
  const rules = async (...options: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await check(folder, "--format", "json", ...options);
    return (JSON.parse(stdout) as Report).diagnostics.map(({ file, rule, verdict }) => `${file} ${rule} ${verdict}`);
  };
  assert.deepEqual(await rules(), []);
  assert.deepEqual(await rules("--no-file-connectors"), [
    "list.yaml no-docker-hub violation",
    "p.yaml no-docker-hub violation",
    "p.yaml unknown-connector violation",
  ]);
});

test("a path is that from the configuration's folder, wherever the check is started", async (t) => {
  const config = `exceptions: [{rule: no-docker-hub, path: legacy, until: 2027-03-01, reason: why}]\n`;
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config, "legacy/p.yaml": pipeline(step("a", "node:1")), "other/legacy/p.yaml": pipeline(step("a", "node:1")) });
  const suppressed = async (where: string, ...paths: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await run(["check", "--today", "2026-11-27", "--format", "json", ...paths], { folder: join(folder, where) });
    return (JSON.parse(stdout) as Report).diagnostics.filter((each) => each.suppressed !== null).map(({ file }) => file);
  };
  assert.deepEqual(await suppressed("."), ["legacy/p.yaml"]);
  assert.deepEqual(await suppressed("legacy"), ["p.yaml"]);
  assert.deepEqual(await suppressed("other", "../legacy", "legacy"), ["../legacy/p.yaml"]);
  const stdin = await run(["check", "--today", "2026-11-27", "--stdin-path", "p.yaml", "-"], { folder: join(folder, "legacy"), stdin: pipeline(step("a", "node:1")) });
  assert.equal(stdin.exitCode, 0);
});

test("an exception of the configuration is unused only where all of its files are checked", async (t) => {
  const config = `exceptions:\n  - {rule: no-docker-hub, path: gone, until: 2027-03-01, reason: why}\n`;
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config, "a/p.yaml": pipeline(step("a", "r.example/a:1")) });
  const whole = await check(folder);
  assert.match(whole.stdout, /^warning\[unused-exception\]: `exceptions\[0\]` \(rule `no-docker-hub`, path `gone`\) suppresses nothing.*\n --> harness-image-guard\.yaml:2:5$/m);
  assert.equal(whole.exitCode, 0);
  for (const args of [["a"], ["--include", "a/*"], ["--exclude", "b/*"]]) {
    assert.doesNotMatch((await check(folder, ...args)).stdout, /unused/, args.join(" "));
  }
  // Outside of the configuration's folder: it is about other repositories as well.
  const central = temporaryFolder(t, { "guard.yaml": config });
  assert.doesNotMatch((await check(folder, "--config", join(central, "guard.yaml"))).stdout, /unused/);
});

test("what is suppressed isn't fixed, and a baseline doesn't record it or what is wrong with an exception", async (t) => {
  const wrong = pipeline(step("a", "node:1", ignore), step("b", "node:2", "# harness-image-guard: ignore"), step("c", "node:3"));
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": "defaultConnector: account.corp\n", "p.yaml": wrong });
  await run(["baseline", "write", "--today", "2026-11-27"], { folder });
  const baseline = readFileSync(join(folder, "harness-image-guard-baseline.json"), "utf8");
  assert.equal(baseline.match(/"fingerprint"/g)?.length, 2);
  assert.doesNotMatch(baseline, /step 'a'|exception/);
  const known = await check(folder, "--baseline", "harness-image-guard-baseline.json");
  assert.match(known.stdout, /^error\[wrong-exception\]/);
  assert.match(known.stdout, /^1 error and 0 warnings in 1 file \(1 document checked\); 1 suppressed by exceptions; 2 findings in the baseline, not shown$/m);
  const all = await check(folder, "--baseline", "harness-image-guard-baseline.json", "--show-suppressed");
  assert.deepEqual(all.stdout.match(/^suppressed\[[\w-]+\]: `node:\d`/gm), [1, 2, 3].map((n) => `suppressed[no-docker-hub]: \`node:${n}\``));
  assert.match(all.stdout, /^ +\| +\^+\n += suppressed: in the baseline 'harness-image-guard-baseline\.json'$/m);
  assert.match(all.stdout, /; 1 suppressed by exceptions; 2 findings in the baseline\n/);
  await check(folder, "--fix", "--unsafe");
  const fixed = readFileSync(join(folder, "p.yaml"), "utf8");
  assert.match(fixed, /spec:\n +image: node:1 #/);
  assert.equal(fixed.match(/connectorRef: account\.corp/g)?.length, 2);
});

test("mistakes in the configuration's exceptions end in exit code 2, with their lines", async (t) => {
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": "exceptions:\n  - {rule: no-docker-hub, until: 2027-02-30}\n  - {rule: no-dockerhub, until: 2027-03-01, reason: why}\n", "p.yaml": pipeline() });
  const { stderr, exitCode } = await check(folder);
  assert.equal(exitCode, 2);
  assert.match(stderr, /harness-image-guard\.yaml:2:34: `exceptions\[0\]\.until`: `2027-02-30` isn't in the calendar/);
  assert.match(stderr, /harness-image-guard\.yaml:3:12: `exceptions\[1\]\.rule`: the rule `no-dockerhub` is unknown; did you mean `no-docker-hub`\?/);
});

test("findings of one's own policies are excepted by the policy's file", async (t) => {
  const policy = 'package pipeline\n\ndeny[sprintf("step %s has no timeout", [s.step.identifier])] { s := input.pipeline.stages[_].stage.spec.execution.steps[_]; not s.step.timeout }\n';
  const own = "# harness-image-guard: ignore[policies/timeout.rego] until 2027-03-01 -- it waits for people";
  const folder = temporaryFolder(t, { "policies/timeout.rego": policy, "p.yaml": pipeline(step("first", "r.example/a:1")).replace("identifier: first", `identifier: first ${own}`) });
  const { stdout, exitCode } = await check(folder, "--policy", "policies/timeout.rego");
  assert.match(stdout, /^0 errors .*; 1 suppressed by exceptions\n/);
  assert.equal(exitCode, 0);
  // Where the policy isn't run, nobody knows whether the comment is of use.
  assert.equal((await check(folder)).stdout, "0 errors and 0 warnings in 1 file (1 document checked)\n");
  const config = `exceptions: [{rule: policies/timeout.rego, subject: "*step 'first'", until: 2027-03-01, reason: why}]\npolicies: [policies/timeout.rego]\n`;
  writeFileSync(join(folder, "harness-image-guard.yaml"), config);
  writeFileSync(join(folder, "p.yaml"), pipeline(step("first", "r.example/a:1")));
  assert.match((await check(folder)).stdout, /^0 errors .*; 1 suppressed by exceptions\n/);
});

test("the interface takes the day, leaves comments out, and goes on with each day", async (t) => {
  const files = [{ path: "p.yaml", text: pipeline(step("a", "node:1", ignore)) }];
  const on = async (today: string) => (await createGuard({ today })).check(files).summary;
  assert.deepEqual([(await on("2027-03-01")).suppressed, (await on("2027-03-02")).suppressed], [1, 0]);
  assert.equal((await createGuard({ today: "2027-03-01", commentExceptions: false })).check(files).summary.errors, 1);
  await assert.rejects(createGuard({ today: "soon" }), (error) => error instanceof HarnessImageGuardError && error.code === "usage");
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2027, 2, 1, 23, 59, 59) });
  const guard = await createGuard();
  assert.equal(guard.check(files).summary.suppressed, 1);
  t.mock.timers.tick(1_000);
  assert.equal(guard.check(files).summary.suppressed, 0);
});

test("exported policies have the configuration's exceptions", async () => {
  const config = { exceptions: [{ rule: "no-docker-hub", image: "node:*", until: "2027-03-01", reason: "why" }] };
  const files = await exportPolicies({ to: "rego", config, rules: ["no-docker-hub"] });
  const text = new TextDecoder().decode(files[0]?.content);
  assert.match(text, /"until": "2027-03-01"/);
  assert.match(text, /time\.now_ns\(\)/);
});

test("only what changed: an exception counts there as it does everywhere", async (t) => {
  const folder = repository(t, { "p.yaml": pipeline(step("a", "node:1")) });
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/q.yaml"), pipeline(step("a", "node:1", ignore)));
  const { stdout, exitCode } = await check(folder, "--changed-since", "HEAD");
  assert.equal(exitCode, 0);
  assert.match(stdout, /; 1 suppressed by exceptions/);
});

test("explain has a page for each thing that a report says of an exception", async () => {
  for (const rule of ["wrong-exception", "expired-exception", "unused-exception"]) {
    const { stdout, exitCode } = await run(["explain", rule]);
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(rule));
  }
});
