import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { createGuard, type Diagnostic, type Report, type Severity, type SourceFile } from "harness-image-guard";

import { compareWith, entriesOf, Naming } from "../dist/cli/baseline-file.js";
import { run } from "./command.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

const file = "harness-image-guard-baseline.json";

/** What the command uses of a guard. */
interface Internals {
  judge(files: readonly SourceFile[], failOn: Severity): Judged;
  recounted(report: Report, failOn: Severity): Judged;
  show(report: Report, files: readonly SourceFile[], options: object): Iterable<string>;
  run(files: readonly SourceFile[], options: object): { readonly exitCode: number; readonly pages: Iterable<string> };
}

interface Judged {
  readonly report: Report;
  readonly exitCode: number;
}

const step = (identifier: string, image: string): string => `              - step: {identifier: ${identifier}, type: Run, spec: {image: "${image}"}}\n`;
const stage = (identifier: string, ...steps: readonly string[]): string =>
  `    - stage:\n        identifier: ${identifier}\n        type: Custom\n        spec:\n          execution:\n            steps:\n${steps.join("")}`;
const pipeline = (...stages: readonly string[]): string => `pipeline:\n  identifier: p\n  stages:\n${stages.join("")}`;
const build = stage("build", step("unit", "node:20"), step("lint", "node:22"));
const deploy = stage("deploy", step("notify", "alpine:3"));

/** A folder with a baseline of a pipeline that has three findings. */
async function recorded(t: TestContext): Promise<string> {
  const folder = temporaryFolder(t, { "a/p.yaml": pipeline(build, deploy) });
  const { stdout, stderr, exitCode } = await run(["baseline", "write"], { folder });
  assert.deepEqual([stdout, stderr, exitCode], ["", `harness-image-guard: '${file}' has 3 findings\n`, 0]);
  return folder;
}

async function found(folder: string, ...args: readonly string[]): Promise<{ readonly fresh: readonly string[]; readonly known: number; readonly stderr: string; readonly exitCode: number | null }> {
  const { stdout, stderr, exitCode } = await run(["check", "--baseline", file, "--format", "json", ...args], { folder });
  const { diagnostics, summary } = JSON.parse(stdout) as Report;
  const fresh = diagnostics.filter(({ suppressed }) => suppressed === null);
  assert.equal(summary.suppressed, diagnostics.length - fresh.length);
  assert.equal(summary.errors, fresh.length);
  return { fresh: fresh.map(({ subject }) => String(subject)), known: summary.suppressed, stderr, exitCode };
}

const connected = (image: string, variable: string): string =>
  `pipeline:\n  identifier: p\n  variables: [{name: image, value: "${variable}"}]\n  stages:\n    - stage:\n        identifier: build\n        type: Custom\n        spec:\n          execution:\n            steps:\n              - step: {identifier: unit, type: Run, spec: {image: "${image}", connectorRef: account.dockerhub}}\n              - step: {identifier: lint, type: Run, spec: {image: <+pipeline.variables.image>}}\n`;

test("another image is no known finding, wherever it is written", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": connected("node:22", "alpine:3") });
  assert.equal((await run(["baseline", "write"], { folder })).exitCode, 0);
  assert.equal((await found(folder)).known, 2);
  for (const [image, variable, subject] of [["evil/one:1", "alpine:3", "unit"], ["node:22", "evil/two:2", "lint"]] as const) {
    writeFileSync(join(folder, "p.yaml"), connected(image, variable));
    const { stdout } = await run(["check", "--baseline", file, "--format", "json"], { folder });
    const { diagnostics } = JSON.parse(stdout) as Report;
    const fresh = diagnostics.filter(({ suppressed }) => suppressed === null).map((each) => each.subject);
    assert.deepEqual(fresh, [`pipeline 'p' › stage 'build' › step '${subject}'`], stdout);
  }
});

test("what a baseline has isn't reported, in the text or anywhere, and fails nothing", async (t) => {
  const folder = await recorded(t);
  const { stdout, stderr, exitCode } = await run(["check", "--baseline", file], { folder });
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.equal(stdout, "0 errors and 0 warnings in 1 file (1 document checked); 3 findings in the baseline, not shown\n");
  assert.deepEqual(await found(folder), { fresh: [], known: 3, stderr: "", exitCode: 0 });
  for (const [format, known] of [["github", ""], ["gitlab", "[]\n"]] as const) {
    assert.equal((await run(["check", "--baseline", file, "--output", format], { folder })).stdout, known);
  }
  const sarif = JSON.parse((await run(["check", "--baseline", file, "--output", "sarif"], { folder })).stdout) as { readonly runs: readonly { readonly results: readonly { readonly suppressions: readonly { readonly justification: string }[] }[] }[] };
  assert.deepEqual(sarif.runs[0]?.results.map(({ suppressions }) => suppressions[0]?.justification), Array(3).fill(`in the baseline '${file}'`));
});

for (const [what, change] of [
  ["lines that moved", (text: string) => `# a comment\n\n${text.replace("  stages:\n", "  name: p\n\n\n  stages:\n")}`],
  ["another layout and order of stages", () => pipeline(deploy, build)],
  ["a stage that is renamed elsewhere", () => pipeline(stage("first"), build, deploy)],
  ["a stage before", () => pipeline(stage("other", step("right", "registry.example.com/a:1")), build, deploy)],
] as const) {
  test(`${what} bring nothing back`, async (t) => {
    const folder = await recorded(t);
    writeFileSync(join(folder, "a/p.yaml"), change(readFileSync(join(folder, "a/p.yaml"), "utf8")));
    assert.deepEqual(await found(folder), { fresh: [], known: 3, stderr: "", exitCode: 0 });
  });
}

test("a file that has moved with its content brings nothing back, and a copy does", async (t) => {
  const folder = await recorded(t);
  mkdirSync(join(folder, "b"));
  renameSync(join(folder, "a/p.yaml"), join(folder, "b/q.yaml"));
  assert.deepEqual(await found(folder), { fresh: [], known: 3, stderr: "", exitCode: 0 });
  writeFileSync(join(folder, "a/p.yaml"), readFileSync(join(folder, "b/q.yaml")));
  const copied = await found(folder);
  assert.deepEqual([copied.fresh.length, copied.known, copied.exitCode], [3, 3, 1]);
});

test("what is new is reported: another image, another step, and one more of the same", async (t) => {
  const folder = await recorded(t);
  writeFileSync(join(folder, "a/p.yaml"), pipeline(stage("build", step("unit", "node:21"), step("lint", "node:22"), step("more", "node:20"), step("lint", "node:22")), deploy));
  const { fresh, known, exitCode } = await found(folder);
  assert.deepEqual(fresh, ["unit", "more", "lint"].map((name) => `pipeline 'p' › stage 'build' › step '${name}'`));
  assert.deepEqual([known, exitCode], [2, 1]);
  const { stdout } = await run(["check", "--baseline", file], { folder });
  assert.equal(stdout.match(/^error\[no-docker-hub\]/gm)?.length, 3);
  assert.match(stdout, /^ {2}--> a\/p\.yaml:10:\d+\n {3}\|\n10 \| .*node:21.*\n {3}\| +\^+\n/m);
  assert.match(stdout, /\n3 errors and 0 warnings in 1 file \(1 document checked\); 2 findings in the baseline, not shown\n$/);
});

test("what has gone is told, and update takes it out, but takes nothing new in", async (t) => {
  const folder = await recorded(t);
  writeFileSync(join(folder, "a/p.yaml"), pipeline(stage("build", step("unit", "node:20"), step("new", "node:1")), deploy));
  const { stderr, exitCode } = await found(folder);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^harness-image-guard: 1 finding of the baseline '.*' has gone; .*\n {2}no-docker-hub in a\/p\.yaml, pipeline 'p' › stage 'build' › step 'lint'\n$/);
  const update = await run(["baseline", "update"], { folder });
  assert.equal(update.exitCode, 0);
  assert.match(update.stderr, /has gone:\n {2}no-docker-hub in a\/p\.yaml, .*\nharness-image-guard: '.*' has 2 findings\n$/);
  const after = await found(folder);
  assert.deepEqual([after.fresh.length, after.known, after.stderr], [1, 2, ""]);
});

test("update follows a file that has moved", async (t) => {
  const folder = await recorded(t);
  renameSync(join(folder, "a/p.yaml"), join(folder, "q.yaml"));
  assert.equal((await run(["baseline", "update"], { folder })).exitCode, 0);
  assert.equal(readFileSync(join(folder, file), "utf8").match(/"file":"q\.yaml"/g)?.length, 3);
  renameSync(join(folder, "q.yaml"), join(folder, "r.yaml"));
  mkdirSync(join(folder, "q.yaml"));
  assert.equal((await run(["baseline", "update"], { folder })).exitCode, 0);
  assert.equal(readFileSync(join(folder, file), "utf8").match(/"file":"r\.yaml"/g)?.length, 3, "where a folder has its name");
});

test("files and rules that aren't looked at haven't gone", async (t) => {
  const folder = await recorded(t);
  mkdirSync(join(folder, "b"));
  writeFileSync(join(folder, "b/q.yaml"), "pipeline: {identifier: q, stages: []}\n");
  assert.deepEqual(await found(folder, "b"), { fresh: [], known: 0, stderr: "", exitCode: 0 });
  assert.deepEqual(await found(folder, "--rule", "harness-image-connector"), { fresh: [], known: 0, stderr: "", exitCode: 0 });
  await run(["baseline", "update", "b"], { folder });
  assert.equal((await found(folder)).known, 3);
});

test("a baseline is the same wherever the check is started, and one line for each finding", async (t) => {
  const folder = await recorded(t);
  const { stdout, exitCode } = await run(["check", "--baseline", `../${file}`, "p.yaml"], { folder: join(folder, "a") });
  assert.equal(exitCode, 0);
  assert.match(stdout, /3 findings in the baseline/);
  const text = readFileSync(join(folder, file), "utf8");
  assert.equal(text.split("\n").filter((line) => line.includes("fingerprint")).length, 3);
  await run(["baseline", "write"], { folder });
  assert.equal(readFileSync(join(folder, file), "utf8"), text, "the same files give the same bytes, and it isn't an input itself");
});

test("what couldn't be read or parsed is never in a baseline", async (t) => {
  const folder = await recorded(t);
  writeFileSync(join(folder, "broken.yaml"), "pipeline: [\n");
  const written = await run(["baseline", "write"], { folder });
  assert.equal(written.exitCode, 4);
  assert.match(written.stderr, /has 3 findings\n.*couldn't be read or parsed/);
  assert.equal((await run(["check", "--baseline", file], { folder })).exitCode, 4);
});

test("nothing to check: no baseline is written", async (t) => {
  const folder = temporaryFolder(t, { "x.yaml": "a: 1\n" });
  assert.equal((await run(["baseline", "write"], { folder })).exitCode, 3);
  assert.throws(() => readFileSync(join(folder, file)));
});

for (const [what, content, message] of [
  ["isn't there", undefined, /the baseline '.*' can't be read: no such file or directory/],
  ["is no JSON", '{"schemaVersion": 2, "findings": [', /is broken: .*; 'harness-image-guard baseline write' writes it anew/],
  ["has a merge conflict", '<<<<<<< HEAD\n{"schemaVersion": 2}\n', /is broken: /],
  ["isn't UTF-8", Uint8Array.of(0x7b, 0xff), /is broken: it isn't UTF-8/],
  ["is of another version", '{"schemaVersion": 1, "findings": []}', /is of version 1, and this program reads version 2/],
  ["has no version", "[]", /has no 'schemaVersion'/],
  ["has a wrong entry", '{"schemaVersion": 2, "findings": [{"rule": "x", "file": "a", "subject": null, "fingerprint": "0", "count": 1}]}', /entry 1 of 'findings' isn't as/],
  ["counts less than one", `{"schemaVersion": 2, "findings": [{"rule": "x", "file": "a", "subject": null, "fingerprint": "${"0".repeat(64)}", "count": -5}]}`, /entry 1/],
] as const) {
  test(`a baseline that ${what}: exit code 2, and nothing is reported as if it were known`, async (t) => {
    const folder = temporaryFolder(t, { "p.yaml": pipeline(build), ...(content === undefined ? {} : { [file]: content }) });
    for (const args of [["check", "--baseline", file], ["baseline", "update"]]) {
      const { stdout, stderr, exitCode } = await run(args, { folder });
      assert.deepEqual([stdout, exitCode], ["", 2]);
      assert.match(stderr, message);
    }
  });
}

test("what a link of the baseline's name leads to is checked: nobody hides a file by it", async (t) => {
  const both = { schemaVersion: 2, findings: [], pipeline: { identifier: "p", stages: [{ stage: { identifier: "s", type: "Custom", spec: { execution: { steps: [{ step: { identifier: "u", type: "Run", spec: { image: "node:20" } } }] } } } }] } };
  const folder = temporaryFolder(t, { ".harness/p.yaml": JSON.stringify(both) });
  symlinkSync(".harness/p.yaml", join(folder, file));
  const { fresh, exitCode } = await found(folder);
  assert.deepEqual([fresh.length, exitCode], [1, 1]);
});

test("however many files have the same finding, comparing one takes no longer", async () => {
  const seconds = async (files: number): Promise<number> => {
    const place = { document: 0, start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } };
    const about = { rule: "no-docker-hub", verdict: "violation", subject: "p", message: "", path: ["pipeline"], images: [], related: [], suppressed: null };
    const names = Array.from({ length: files }, (_, at) => `${at}.yaml`);
    const report = { diagnostics: names.map((name) => ({ ...about, ...place, file: name })), files: names.map((path) => ({ path })) } as unknown as Report;
    const naming = new Naming(file);
    const entries = await entriesOf(report, [], naming);
    // Of the processor: what else the machine does takes time, too.
    const start = process.cpuUsage();
    const { gone, left } = await compareWith([...entries].reverse(), report, [], { naming, name: file, isLookedFor: () => true });
    assert.deepEqual([gone.length, left.length], [0, files]);
    return process.cpuUsage(start).user / 1e6;
  };
  const [few, many] = [await seconds(5_000), await seconds(20_000)];
  assert.ok(many < 8 * few, `${few} s for 5,000, ${many} s for 20,000`);
});

test("write leaves a file of something else alone", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline(build) });
  const { stderr, exitCode } = await run(["baseline", "write", "--baseline", "p.yaml"], { folder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /'p\.yaml' isn't a baseline/);
  assert.equal(readFileSync(join(folder, "p.yaml"), "utf8"), pipeline(build));
});

for (const [args, message] of [
  [["baseline"], /a subcommand is missing: 'write' or 'update'/],
  [["baseline", "wirte"], /did you mean 'write'\?/],
  [["check", "--baseline", "x", "--fix"], /'--fix' applies to all findings, and '--baseline' leaves some out/],
  [["check", "--changed-since", "x", "--diff"], /'--diff' applies to all findings/],
  [["check", "--quiet", "--verbose"], /'--quiet' can't be used with '--verbose'/],
  [["check", "--statistics", "--format", "json"], /'--statistics' changes the text output/],
] as const) {
  test(`a wrong command line: ${args.join(" ")}`, async () => {
    const { stdout, stderr, exitCode } = await run(args);
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
  });
}

test("--quiet shows findings and nothing else, --exit-zero changes the exit code of findings alone", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline(build), "q.yaml": "a: [\n" });
  const quiet = await run(["check", "-q"], { folder });
  const loud = await run(["check"], { folder });
  assert.equal(loud.stdout.startsWith(quiet.stdout), true);
  assert.equal(loud.stdout.slice(quiet.stdout.length).split("\n")[0], "2 errors and 0 warnings in 2 files (1 document checked, 1 not applicable)");
  assert.deepEqual([quiet.stderr, quiet.exitCode], ["", 1]);
  assert.equal((await run(["check", "--exit-zero"], { folder })).exitCode, 0);
  assert.equal((await run(["check", "--exit-zero", "--quiet"], { folder })).exitCode, 0);
  assert.equal((await run(["check", "--exit-zero", "q.yaml"], { folder })).exitCode, 4);
  rmSync(join(folder, "p.yaml"));
  assert.equal((await run(["check", "--exit-zero"], { folder })).exitCode, 3);
  writeFileSync(join(folder, "q.yaml"), "pipeline: {identifier: q, stages: []}\n");
  assert.deepEqual(await run(["check", "--quiet"], { folder }), { stdout: "", stderr: "", exitCode: 0 });
});

test("--statistics counts findings by rule instead of listing them", async () => {
  const files = projectFiles();
  const folder = new URL("../test/fixtures/project/", import.meta.url).pathname;
  const { diagnostics } = (await createGuard()).check(files);
  const { stdout, exitCode } = await run(["check", "--statistics"], { folder });
  assert.equal(exitCode, 1);
  const rows = [...stdout.matchAll(/^ *(\d+) {2}(\w+) +(\S+)/gm)].map(([, count, severity, rule]) => [Number(count), severity, rule]);
  assert.ok(rows.length > 0);
  for (const [count, severity, rule] of rows) {
    assert.equal(diagnostics.filter((each) => each.rule === rule && each.severity === severity).length, count);
  }
  assert.equal(rows.reduce((sum, [count]) => sum + Number(count), 0), diagnostics.length);
  assert.doesNotMatch(stdout, /-->/);
  assert.match(stdout, /\n\d+ errors? and /);
});

test("a report of which nothing was taken out is shown as a whole one is", async () => {
  const guards = await Promise.all([1, 100].map((maxFindings) => createGuard({ maxFindings, today: "2026-11-27" })));
  const ignored = pipeline(build, deploy).replaceAll("}}\n", "}} # harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- why\n");
  const sets = [projectFiles(), [{ path: "p.yaml", text: ignored }], [], [{ path: "a.yaml", text: "a: [" }], [{ path: ".harness/a.yaml", text: "a: [" }], [{ path: "a.yaml", text: "a: 1" }], [{ path: "p.yaml", text: pipeline(build, deploy) }]];
  for (const guard of guards as unknown as readonly Internals[]) {
    assert.ok(guard.judge([{ path: "p.yaml", text: ignored }], "note").report.summary.suppressed > 0);
    for (const files of sets) {
      for (const failOn of ["error", "warning", "note"] as const) {
        const whole = guard.judge(files, failOn);
        assert.deepEqual(guard.recounted(whole.report, failOn), whole);
        for (const showSuppressed of [false, true]) {
          const { exitCode, pages } = guard.run(files, { format: "text", color: true, failOn, showSuppressed });
          assert.equal(exitCode, whole.exitCode);
          assert.equal([...guard.show(whole.report, files, { color: true, failOn, showSuppressed })].join(""), [...pages].join(""));
        }
      }
    }
  }
});

test("counts, exit code and text of a report follow what is taken out and suppressed", async () => {
  const guard = (await createGuard()) as unknown as Internals;
  const files = [{ path: "p.yaml", text: pipeline(build, deploy) }];
  const { report } = guard.judge(files, "error");
  assert.equal(report.diagnostics.length, 3);
  const [first, second, third] = report.diagnostics as [Diagnostic, Diagnostic, Diagnostic];
  const left = { ...report, diagnostics: [first, { ...second, suppressed: "known" }] };
  const counted = guard.recounted(left, "error");
  assert.deepEqual(counted.report.summary, { files: 1, documents: 1, errors: 1, warnings: 0, undecided: 0, suppressed: 1 });
  assert.equal(counted.exitCode, 1);
  const shown = (shows: "all" | "findings" | "counts"): string => [...guard.show(left, files, { color: false, failOn: "error", shows })].join("");
  const closing = "1 error and 0 warnings in 1 file (1 document checked); 1 finding in the baseline, not shown\n";
  assert.ok(shown("all").includes(first.message));
  for (const hidden of [second, third]) assert.ok(!shown("all").includes(hidden.message));
  assert.equal(shown("all"), shown("findings") + closing);
  assert.equal(shown("counts"), closing);
  const none = guard.recounted({ ...report, diagnostics: report.diagnostics.map((each) => ({ ...each, suppressed: "known" })) }, "note");
  assert.equal(none.exitCode, 0);
  assert.equal(none.report.files[0]?.documents[0]?.status, "pass");
});
