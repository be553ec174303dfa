import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { readDocument, type Report } from "harness-image-guard";

import { options as ofCheck } from "../dist/cli/check.js";
import { options as ofReport } from "../dist/cli/report.js";
import { run, type Outcome } from "./command.js";
import { connectorBody, pipeline, randomTree } from "./random-tree.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The outputs of a run, by their formats; where they are written, no search comes. */
function outputs(folder: string, name: string): readonly string[] {
  return formats.flatMap((format) => ["--output", `${format}=${join(folder, `${name}.${format}`)}`]);
}
const formats = ["text", "json", "sarif", "junit", "gitlab", "markdown", "rdjson", "tap"] as const;

async function shards(folder: string, reports: string, count: number, ...args: readonly string[]): Promise<readonly { readonly file: string; readonly outcome: Outcome }[]> {
  const all = Array.from({ length: count }, (_, at) => at + 1).map(async (index) => {
    const file = join(reports, `${index}.json`);
    return { file, outcome: await run(["check", "--shard", `${index}/${count}`, "--output", `json=${file}`, ...args], { folder }) };
  });
  return Promise.all(all);
}

/** What is written by a check of all files, and by a merge of its shards, is the same to the byte. */
async function assertSame(t: TestContext, folder: string, count: number, args: readonly string[] = [], ofWhole: readonly string[] = []): Promise<Outcome> {
  const reports = temporaryFolder(t);
  const whole = await run(["check", ...args, ...ofWhole, ...outputs(reports, "whole")], { folder });
  assert.notEqual(whole.exitCode, 2, whole.stderr);
  const parts = await shards(folder, reports, count, ...args);
  const files = parts.map(({ file }) => file).reverse();
  const options = args.includes("--exit-zero") ? ["--exit-zero"] : [];
  const merge = await run(["report", "merge", ...files, ...options, ...ofWhole, ...outputs(reports, "merged")], { folder });
  assert.equal(merge.exitCode, whole.exitCode, `${merge.stderr}\n${whole.stderr}`);
  for (const format of formats) {
    const [ofMerge, ofCheck] = ["merged", "whole"].map((name) => readFileSync(join(reports, `${name}.${format}`), "utf8").split("\n"));
    const at = ofCheck?.findIndex((line, index) => line !== ofMerge?.[index]);
    if (at !== undefined && at >= 0) assert.equal(ofMerge?.[at], ofCheck?.[at], `${format}, line ${at + 1}`);
    assert.equal(ofMerge?.length, ofCheck?.length, format);
  }
  // No part says that all is well where the whole doesn't.
  const worst = Math.max(...parts.map(({ outcome }) => outcome.exitCode ?? 70));
  if (whole.exitCode === 4) assert.equal(worst, 4);
  return merge;
}

const seeds = Array.from({ length: Number(process.env["SHARD_RUNS"] ?? 4) }, (_, at) => at + Number(process.env["SHARD_SEED"] ?? 1));

for (const seed of seeds) {
  test(`the shards of a random tree together are the check of it: seed ${seed}`, async (t) => {
    const folder = temporaryFolder(t, randomTree(seed));
    await assertSame(t, folder, 1 + (seed % 5), ["--today", "2027-03-01"]);
  });
}

const clean = pipeline("clean", { image: "registry.example.com/team/a:1", connector: "account.corp" });
const corp = `connector: {${connectorBody("corp", "https://registry.example.com")}}\n`;

test("files are split evenly, each into one shard, and the same each time", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${at}.yaml`, pipeline(`p${at}`) + "# padding\n".repeat((at % 7) * 50)]));
  const folder = temporaryFolder(t, files);
  const reports = temporaryFolder(t);
  const one = await shards(folder, reports, 4);
  const sizes = one.map(({ file }) => (JSON.parse(readFileSync(file, "utf8")) as Report).files.reduce((sum, { path }) => sum + (files[path] ?? "").length, 0));
  assert.ok(Math.max(...sizes) < 1.1 * Math.min(...sizes), sizes.join(" "));
  const before = one.map(({ file }) => readFileSync(file, "utf8"));
  const again = await shards(folder, reports, 4);
  assert.deepEqual(again.map(({ file }) => readFileSync(file, "utf8")), before);
});

test("an exception that is of use in one shard alone is of use; one that is of none is reported once", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": 'exceptions:\n  - {rule: no-docker-hub, path: a.yaml, until: 2031-01-01, reason: known}\n  - {rule: no-docker-hub, path: z.yaml, until: 2031-01-01, reason: gone}\n  - {rule: no-docker-hub, path: b.yaml, until: 2020-01-01, reason: old}\n',
    ...{ "a.yaml": pipeline("a"), "b.yaml": pipeline("b"), "c.yaml": clean, "corp.yaml": corp },
  });
  const merge = await assertSame(t, folder, 3);
  assert.equal(merge.exitCode, 1);
  const reports = temporaryFolder(t);
  const files = (await shards(folder, reports, 3)).map(({ file }) => file);
  const { diagnostics } = JSON.parse((await run(["report", "merge", "--format", "json", ...files], { folder })).stdout) as Report;
  assert.deepEqual(
    diagnostics.filter(({ file }) => file === "harness-image-guard.yaml").map(({ rule, start }) => [rule, start.line]),
    [["unused-exception", 3], ["expired-exception", 4]],
  );
});

test("a shard without anything of Harness's is no error; that none has anything is", async (t) => {
  const service = "kind: Service\napiVersion: v1\nmetadata: {name: a}\n";
  const folder = temporaryFolder(t, { "a.yaml": service, "b.yaml": clean, "corp.yaml": corp });
  const reports = temporaryFolder(t);
  const parts = await shards(folder, reports, 4);
  assert.deepEqual(parts.map(({ outcome }) => outcome.exitCode), [0, 0, 0, 0]);
  assert.equal((await assertSame(t, folder, 4)).exitCode, 0);
  const others = temporaryFolder(t, { "a.yaml": service, "b.yaml": service });
  assert.equal((await assertSame(t, others, 2)).exitCode, 3);
  const none = await run(["check", "--shard", "1/2"], { folder: temporaryFolder(t) });
  assert.equal(none.exitCode, 3);
});

test("a policy that has something to say in one shard is run; one that has nothing to say in any ends in 3", async (t) => {
  const policy = 'package pipeline\ndeny[msg] { input.pipeline.identifier == "never"; msg := "no" }\n';
  const folder = temporaryFolder(t, { "a.yaml": clean, "corp.yaml": corp, "policies/p.rego": policy, "policies/s.rego": policy.replace("package pipeline", "package secret").replace("input.pipeline", "input.secret") });
  const ran = await assertSame(t, folder, 2, ["--policy", "policies/p.rego"]);
  assert.equal(ran.exitCode, 0);
  const not = await assertSame(t, folder, 2, ["--policy", "policies/s.rego"]);
  assert.equal(not.exitCode, 3);
  assert.match(not.stderr, /s\.rego/);
});

test("findings that aren't listed are counted, and those of a baseline aren't reported, as in a check of all", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": `${pipeline("a")}---\n${pipeline("b")}`, "b.yaml": pipeline("c").replace("steps: [", `steps: [${"{step: {identifier: v, type: Run, spec: {image: maven}}}, ".repeat(5)}`), "corp.yaml": corp });
  await assertSame(t, folder, 2, ["--max-findings", "2"]);
  await run(["baseline", "write", "a.yaml"], { folder });
  // Written by another check, it isn't one of the files.
  renameSync(join(folder, "harness-image-guard-baseline.json"), join(folder, "known.txt"));
  const merge = await assertSame(t, folder, 2, ["--max-findings", "999999999"], ["--baseline", "known.txt"]);
  assert.equal(merge.exitCode, 1);
  const reports = temporaryFolder(t);
  const files = (await shards(folder, reports, 2, "--max-findings", "2")).map(({ file }) => file);
  const refused = await run(["report", "merge", "--baseline", "known.txt", ...files], { folder });
  assert.deepEqual([refused.exitCode, /--max-findings 999999999/.test(refused.stderr)], [2, true]);
  const inShard = await run(["check", "--shard", "1/2", "--baseline", "known.txt"], { folder });
  assert.deepEqual([inShard.exitCode, /'report merge'/.test(inShard.stderr)], [2, true]);
});

test("only what has changed, in shards", async (t) => {
  const folder = repository(t, { "a.yaml": pipeline("a"), "b.yaml": clean, "c.yaml": pipeline("c"), "corp.yaml": corp });
  git(folder, "branch", "--move", "main");
  writeFileSync(join(folder, "b.yaml"), `${clean}---\n${pipeline("b")}`);
  assert.equal((await assertSame(t, folder, 2, ["--changed-since", "main"])).exitCode, 1);
  git(folder, "checkout", "--quiet", "b.yaml");
  assert.equal((await assertSame(t, folder, 2, ["--changed-since", "main"])).exitCode, 0);
});

test("with --exit-zero, shards leave findings to the merge", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": pipeline("a"), "b.yaml": clean, "corp.yaml": corp });
  const reports = temporaryFolder(t);
  const parts = await shards(folder, reports, 2, "--exit-zero", "--fail-on", "note");
  assert.deepEqual(parts.map(({ outcome }) => outcome.exitCode), [0, 0]);
  const files = parts.map(({ file }) => file);
  assert.equal((await run(["report", "merge", ...files], { folder })).exitCode, 1);
  assert.equal((await run(["report", "merge", "--exit-zero", ...files], { folder })).exitCode, 0);
});

test("a report that is missing, broken, there twice or of another run is an error, and never a pass", async (t) => {
  const files = { "a.yaml": clean, "b.yaml": clean, "corp.yaml": corp, "c.yaml": pipeline("c") };
  const folder = temporaryFolder(t, files);
  const reports = temporaryFolder(t);
  const [one = "", two = "", three = ""] = (await shards(folder, reports, 3)).map(({ file }) => file);
  const good = JSON.parse(readFileSync(one, "utf8")) as Record<string, unknown> & { shard: object };
  let number = 0;
  const written = (content: string): string => {
    const file = join(reports, `changed${(number += 1)}.json`);
    writeFileSync(file, content);
    return file;
  };
  const changed = (part: object, ofShard: object = {}): string => written(JSON.stringify({ ...good, ...part, shard: { ...good.shard, ...ofShard } }));
  const other = temporaryFolder(t);
  const [elsewhere = ""] = (await shards(temporaryFolder(t, { ...files, "d.yaml": clean }), other, 3)).map(({ file }) => file);
  const configured = temporaryFolder(t);
  const [otherwise = ""] = (await shards(folder, configured, 3, "--preset", "gar")).map(({ file }) => file);
  const days = temporaryFolder(t);
  const [later = ""] = (await shards(folder, days, 3, "--today", "2031-01-01")).map(({ file }) => file);
  const plain = join(reports, "plain.json");
  await run(["check", "--output", `json=${plain}`], { folder });
  const cases: readonly (readonly [files: readonly string[], message: RegExp])[] = [
    [[], /name their files/],
    [[one, two], /1 report of 3 is missing, .*: shard 3\/3\n/],
    [[one], /2 reports of 3 are missing, .*: shard 2\/3, 3\/3\n/],
    [[one, two, two, three], /are both of shard 2\/3/],
    [[join(reports, "nowhere.json"), two, three], /can't be read: no such file/],
    [[written(readFileSync(one, "utf8").slice(0, -20)), two, three], /is broken: .*; run that shard again/],
    [[written("\xff\x00"), two, three], /is broken/],
    [[written("[]"), two, three], /is broken: it has no 'schemaVersion'/],
    [[changed({ schemaVersion: 2 }), two, three], /is of version 2, and this program reads version 1/],
    [[plain, two, three], /is from a whole check, not from a shard/],
    [[changed({}, { version: "0.0.0" }), two, three], /was written by harness-image-guard 0\.0\.0/],
    [[changed({ diagnostics: [{ rule: 1 }] }), two, three], /is broken: 'diagnostics\[0\]\.rule' isn't/],
    [[changed({ files: [] }), two, three], /it lacks files of its shard/],
    [[changed({}, { own: 0 }), two, three], /files together, and 4 were split/],
    [[changed({}, { count: 4 }), two, three], /the numbers of shards differ/],
    [[elsewhere, two, three], /aren't of one run: the files that were split differ/],
    [[otherwise, two, three], /aren't of one run: the configurations, or the options that decide, differ/],
    [[later, two, three], /aren't of one run: the shards use different days/],
    [[one, one.replace("1.json", "2.json"), changed({}, { index: 3 })], /are both|is in the reports of two shards|together, and/],
  ];
  for (const [names, message] of cases) {
    const { stdout, stderr, exitCode } = await run(["report", "merge", ...names], { folder });
    assert.deepEqual([stdout, exitCode], ["", 2], String(message));
    assert.match(stderr, message);
  }
});

test("the merge shows lines of files that lie there as they were checked, and of no others", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": pipeline("a"), "b.yaml": pipeline("b") });
  const reports = temporaryFolder(t);
  const files = (await shards(folder, reports, 2)).map(({ file }) => file);
  writeFileSync(join(folder, "a.yaml"), "secret: 1\n".repeat(20));
  const { stdout, stderr, exitCode } = await run(["report", "merge", ...files], { folder });
  assert.equal(exitCode, 1);
  assert.match(stdout, /a\.yaml:/);
  assert.doesNotMatch(stdout, /secret/);
  assert.match(stderr, /lines of 'a\.yaml' can't be shown/);
  const elsewhere = await run(["report", "merge", ...files], { folder: reports });
  assert.equal(elsewhere.exitCode, 1);
  assert.match(elsewhere.stderr, /lines of 'a\.yaml' and 1 more can't be shown/);
});

test("shards that can't be are refused", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": clean });
  for (const wrong of ["0/3", "4/3", "3", "1/1001", "1/0", "a/b", "1/2/3", "-1/2"]) {
    const { exitCode, stderr } = await run(["check", `--shard=${wrong}`], { folder });
    assert.equal(exitCode, 2, wrong);
    assert.match(stderr, /INDEX\/COUNT/);
  }
  for (const other of ["--fix", "--diff", "--watch"]) {
    const { exitCode, stderr } = await run(["check", "--shard", "1/2", other], { folder });
    assert.equal(exitCode, 2, other);
    assert.match(stderr, /--shard/);
  }
});

test("a hostile report does nothing to a terminal, and reads nothing elsewhere", async (t) => {
  const folder = temporaryFolder(t, { "repo/a.yaml": pipeline("a"), "outside.yaml": "outside: 1\n" });
  mkdirSync(join(folder, "repo/.git"));
  const reports = temporaryFolder(t);
  const repo = join(folder, "repo");
  const [{ file } = { file: "" }] = await shards(repo, reports, 1);
  const { createHash } = await import("node:crypto");
  const digest = createHash("sha256").update("outside: 1\n").digest("hex");
  const text = readFileSync(file, "utf8").replaceAll("a.yaml", "../outside.yaml").replace(/("contents": \{\s*"[^"]*": )"[0-9a-f]{64}"/, `$1"${digest}"`).replaceAll("Docker Hub", "\\u001b]0;owned\\u0007");
  writeFileSync(file, text);
  const { stdout, stderr, exitCode } = await run(["report", "merge", file], { folder: repo });
  assert.equal(exitCode, 1);
  assert.doesNotMatch(stdout, /outside: 1|\u001b|\u0007/);
  assert.match(stderr, /can't be shown/);
});

test("the lines of docs/ci.md make one report of three shards", async (t) => {
  const page = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
  const [, block = ""] = /## In shards\n\n```text\n([^`]*)```/.exec(page) ?? [];
  const outer = temporaryFolder(t, { "work/a.yaml": clean, "work/corp.yaml": corp, "work/c.yaml": pipeline("c"), "reports/.keep": "" });
  const lines = block.trim().split("\n");
  assert.equal(lines.length, 4);
  for (const [at, line] of lines.entries()) {
    const args = line.split(" ").slice(2).flatMap((word) => (word === "../reports/*.json" ? [1, 2, 3].map((shard) => `../reports/${shard}.json`) : [word]));
    const { exitCode, stderr } = await run(args, { folder: join(outer, "work") });
    assert.equal(exitCode, at === 3 ? 1 : 0, stderr);
  }
  assert.match(readFileSync(join(outer, "reports/all.sarif"), "utf8"), /no-docker-hub/);
});

test("the files of docs/ci.md for GitHub, GitLab and Harness are YAML, and their options are there", async () => {
  const page = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
  const section = page.slice(page.indexOf("## In shards"));
  const blocks = [...section.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
  assert.equal(blocks.length, 3);
  for (const block of blocks) {
    const text = await readDocument(block, 1);
    const named = [...text.matchAll(/npx harness-image-guard (check|report merge) ([^"\\]|\\.)*/g)];
    assert.deepEqual(named.map(([, command]) => command).sort(), ["check", "report merge"]);
    for (const [line, command] of named) {
      const options = command === "check" ? ofCheck : ofReport;
      for (const [, name = ""] of line.matchAll(/ --([a-z-]+)/g)) assert.ok(Object.hasOwn(options, name), line);
    }
  }
});

test("what a merge shows may be less or more, as of check", async (t) => {
  const folder = temporaryFolder(t, { "a.yaml": pipeline("a"), "b.yaml": "kind: Service\napiVersion: v1\nmetadata: {name: b}\n" });
  const reports = temporaryFolder(t);
  const files = (await shards(folder, reports, 2)).map(({ file }) => file);
  for (const options of [["--quiet"], ["--verbose"], ["--statistics"], ["--show-suppressed"], ["--output", "junit"], ["--format", "json"]]) {
    const [whole, merge] = await Promise.all([run(["check", ...options], { folder }), run(["report", "merge", ...options, ...files], { folder })]);
    assert.deepEqual([merge.stdout, merge.stderr, merge.exitCode], [whole.stdout, whole.stderr, whole.exitCode], options.join(" "));
  }
  for (const [options, message] of [[["--quiet", "--verbose"], /'--quiet' can't be used with '--verbose'/], [["--statistics", "--format", "json"], /no output is text/], [["--shard", "1/2"], /unknown option/]] as const) {
    const { exitCode, stderr } = await run(["report", "merge", ...options, ...files], { folder });
    assert.equal(exitCode, 2);
    assert.match(stderr, message);
  }
});
