import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import type { Report } from "harness-image-guard";

import { neutralVariables, run } from "./command.js";
import { commandPath } from "./paths.js";
import { repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";
import { Watching } from "./watching.js";

const pipeline = (image: string, connector = "account.docker"): string =>
  `pipeline:\n  identifier: p\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {connectorRef: ${connector}, image: "${image}"}}}]}}}\n`;

const connector = (identifier: string, url: string): string =>
  `connector:\n  identifier: ${identifier}\n  type: DockerRegistry\n  spec: {dockerRegistryUrl: "${url}", providerType: Other, auth: {type: Anonymous}}\n`;

const files = {
  ".harness/docker.yaml": connector("docker", "https://r.example"),
  ".harness/a.yaml": pipeline("node:22"),
  ".harness/b.yaml": pipeline("node:22"),
};

/** Replaces a file as editors do: written beside it, and moved to its place. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test("what is saved is checked again, and all of it is shown as by a fresh check", async (t) => {
  const folder = temporaryFolder(t, files);
  const watching = new Watching(t, folder);
  assert.match(await watching.shown(), /^0 errors and 0 warnings in 3 files .*\nharness-image-guard: watching 3 files; waiting for changes, Ctrl-C ends it\n$/);
  for (const save of [replace, writeFileSync]) {
    save(join(folder, ".harness/a.yaml"), pipeline("docker.io/node:22"));
    const shown = await watching.shown();
    const fresh = await run(["check"], { folder });
    assert.equal(shown.slice(0, fresh.stdout.length), fresh.stdout, shown);
    assert.match(shown, /checked 1 file of 3 again, in \d+ ms; waiting/);
    save(join(folder, ".harness/a.yaml"), pipeline("node:22"));
    assert.match(await watching.shown(), /^0 errors and 0 warnings in 3 files .*\nharness-image-guard: \d\d:\d\d:\d\d checked 1 file of 3 again/);
  }
});

test("what isn't a terminal gets no clearing; a terminal's screen is cleared each time", async (t) => {
  const folder = temporaryFolder(t, files);
  const watching = new Watching(t, folder);
  let shown = await watching.shown();
  writeFileSync(join(folder, ".harness/a.yaml"), pipeline("docker.io/node:22"));
  shown += await watching.shown();
  assert.doesNotMatch(shown, /\u001b/);

  if (spawnSync("script", ["--version"]).status !== 0) return t.skip("there is no 'script', which makes a terminal");
  for (const [terminal, clearings] of [["xterm", 2], ["dumb", 0]] as const) {
    const child = spawn("script", ["--quiet", "--flush", "--command", `'${process.execPath}' '${commandPath}' check --watch`, "/dev/null"], {
      cwd: folder,
      env: { ...neutralVariables(), TERM: terminal },
    });
    t.after(() => child.kill("SIGKILL"));
    let screen = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (screen += text));
    const waits = (): number => screen.split("; waiting for changes").length - 1;
    while (waits() < 1) await wait(20);
    writeFileSync(join(folder, ".harness/a.yaml"), pipeline(`docker.io/node:${terminal}`));
    while (waits() < 2) await wait(20);
    assert.equal(screen.split("\u001b[H\u001b[2J\u001b[3J").length - 1, clearings, terminal);
    // Ctrl-C, as the terminal hands it on.
    child.stdin.write("\u0003");
    await new Promise((resolve) => child.on("close", resolve));
  }
});

test("a connector that changes, comes or goes changes what is found in the others", async (t) => {
  const folder = temporaryFolder(t, files);
  const watching = new Watching(t, folder);
  await watching.shown();
  const docker = join(folder, ".harness/docker.yaml");
  writeFileSync(docker, connector("docker", "https://index.docker.io/v1/"));
  assert.match(await watching.shown(), /2 errors and 1 warning in 3 files .*\n[^]*checked 3 files of 3 again/);
  rmSync(docker);
  assert.match(await watching.shown(), /0 errors and 0 warnings in 2 files .*2 places undecided/);
  writeFileSync(docker, files[".harness/docker.yaml"]);
  assert.match(await watching.shown(), /0 errors and 0 warnings in 3 files \(3 documents checked\)\n/);
});

test("a configuration, a policy or a list of connectors that is broken is named, and what is fixed counts", async (t) => {
  const policy = 'package pipeline\n\ndeny[msg] { input.pipeline.identifier == "q"; msg := "q" }\n';
  const folder = temporaryFolder(t, {
    ...files,
    "harness-image-guard.yaml": "policies: [own/no-q.rego]\nconnectorFiles: [list.yaml]\n",
    "own/no-q.rego": policy,
    "list.yaml": "madeAt: 2026-01-01T00:00:00Z\nconnectors: []\n",
  });
  const watching = new Watching(t, folder);
  assert.match(await watching.shown(), /0 errors/);
  for (const [file, wrong, right, complaint] of [
    ["harness-image-guard.yaml", "polices: []\n", "rules: {no-docker-hub: off}\n", /the configuration is wrong\n.*polices/],
    ["harness-image-guard.yaml", "a: [\n", "policies: [own]\nconnectorFiles: [list.yaml]\n", /the configuration is wrong/],
    ["own/no-q.rego", "package\n", policy.replace('"q";', '"p";'), /no-q\.rego/],
  ] as const) {
    writeFileSync(join(folder, file), wrong);
    const shown = await watching.shown();
    assert.match(shown, complaint);
    assert.match(shown, /nothing is checked until that is fixed; waiting, Ctrl-C ends it\n$/);
    // Meanwhile, nothing says that all is well.
    assert.doesNotMatch(shown, /0 errors/);
    writeFileSync(join(folder, file), right);
    const fresh = await run(["check"], { folder });
    const after = await watching.shown();
    assert.equal(after.slice(0, fresh.stdout.length), fresh.stdout);
  }
  // A list of connectors is a file like others: what is wrong in it is reported.
  writeFileSync(join(folder, "list.yaml"), "connectors: 1\n");
  assert.match(await watching.shown(), /error\[syntax\]: `connectors` has to be a list\n --> list\.yaml:1:13/);
  writeFileSync(join(folder, "list.yaml"), "connectors: [{identifier: x, type: DockerRegistry, url: https://r.example}]\n");
  assert.doesNotMatch(await watching.shown(), /list\.yaml/);
  // A module that comes into the folder of policies.
  writeFileSync(join(folder, "own/second.rego"), 'package pipeline\n\ndeny[msg] { input.pipeline.identifier; msg := "second" }\n');
  assert.match(await watching.shown(), /second[^]*4 errors/);
  rmSync(join(folder, "own"), { recursive: true });
  assert.match(await watching.shown(), /own[^]*nothing is checked/);
  mkdirSync(join(folder, "own"));
  writeFileSync(join(folder, "own/no-q.rego"), policy);
  assert.match(await watching.shown(/again, in/), /0 errors/);
  // A configuration that goes.
  rmSync(join(folder, "harness-image-guard.yaml"));
  assert.match(await watching.shown(), /0 errors/);
});

test("a module in a folder to which a link of the policies' folder leads counts when it is saved", async (t) => {
  const policy = (message: string): string => `package pipeline\n\ndeny[msg] { input.pipeline.identifier; msg := "${message}" }\n`;
  const folder = temporaryFolder(t, { ...files, "shared/own.rego": policy("first"), "own/a.rego": "package a\n" });
  mkdirSync(join(folder, ".git"));
  const watching = new Watching(t, folder, ["--policy", "own"]);
  assert.match(await watching.shown(), /0 errors/);
  symlinkSync("../shared", join(folder, "own/shared"));
  assert.match(await watching.shown(), /error\[own\/shared\/own\.rego\]: first/);
  writeFileSync(join(folder, "shared/own.rego"), policy("second"));
  assert.match(await watching.shown(), /error\[own\/shared\/own\.rego\]: second/);
  rmSync(join(folder, "own/shared"));
  assert.match(await watching.shown(), /0 errors/);
});

test("a configuration or a policy that is being written is read when it has been", async (t) => {
  const folder = temporaryFolder(t, { ...files, "harness-image-guard.yaml": "policies: [p.rego]\n", "p.rego": "package pipeline\n" });
  const watching = new Watching(t, folder);
  await watching.shown();
  for (const [file, text] of [
    ["p.rego", 'package pipeline\n\ndeny[msg] { input.pipeline; msg := "no" }\n'],
    ["harness-image-guard.yaml", "rules: {no-docker-hub: {severity: warning}}\n"],
  ] as const) {
    // On a busy machine, this very test may write too late; a command that doesn't wait is too early each time.
    let isReadOnce = false;
    for (let attempt = 0; attempt < 10 && !isReadOnce; attempt += 1) {
      const opened = openSync(join(folder, file), "w");
      await wait(16);
      writeSync(opened, text);
      closeSync(opened);
      const shown = await watching.shown();
      const fresh = await run(["check"], { folder });
      isReadOnce = shown.startsWith(fresh.stdout) && shown.split("waiting").length === 2;
    }
    assert.ok(isReadOnce, file);
  }
});

test("files of --output are written each time, and searched by none; a baseline that changes counts", async (t) => {
  const folder = repository(t, { ...files, "known.json": "" });
  await run(["baseline", "write", "--baseline", "known.json", ".harness"], { folder });
  const watching = new Watching(t, folder, ["--output", "json=reports/report.json", "--output", "text", "--baseline", "known.json"]);
  const numbers = (): number => (JSON.parse(readFileSync(join(folder, "reports/report.json"), "utf8")) as Report).diagnostics.filter(({ suppressed }) => suppressed === null).length;
  assert.match(await watching.shown(), /^0 errors and 0 warnings in 3 files/);
  assert.equal(numbers(), 0);
  writeFileSync(join(folder, ".harness/a.yaml"), pipeline("docker.io/node:22"));
  assert.match(await watching.shown(), /in 3 files/);
  assert.equal(numbers(), 1);
  await run(["baseline", "write", "--baseline", "known.json", ".harness"], { folder });
  assert.match(await watching.shown(), /in the baseline, not shown/);
  assert.equal(numbers(), 0);
  writeFileSync(join(folder, "known.json"), "{");
  assert.match(await watching.shown(), /known\.json[^]*nothing is checked until that is fixed/);
});

test("Ctrl-C ends it as the signal does, and leaves nothing half-written", async (t) => {
  const folder = temporaryFolder(t, files);
  const watching = new Watching(t, folder, ["--output", "sarif=out/report.sarif"]);
  await watching.shown();
  for (let i = 0; i < 5; i += 1) {
    writeFileSync(join(folder, ".harness/a.yaml"), pipeline(`docker.io/node:${i}`));
    await wait(12);
  }
  assert.equal(await watching.interrupt(), "SIGINT");
  assert.deepEqual(readdirSync(join(folder, "out")), ["report.sarif"]);
  JSON.parse(readFileSync(join(folder, "out/report.sarif"), "utf8"));
});

for (const [args, complaint] of [
  [["--fix"], /'--watch' can't be used with '--fix'/],
  [["--diff"], /'--watch' can't be used with '--diff'/],
  [["--changed-since", "main"], /'--watch' can't be used with '--changed-since'/],
  [["--format", "json"], /standard output takes text; give 'json' a file, as in '--output json=FILE'/],
  [["--output", "sarif"], /standard output takes text; give 'sarif' a file/],
  [["-"], /standard input doesn't change/],
  [["--config", "none.yaml"], /can't read the configuration 'none\.yaml'/],
] as const) {
  test(`--watch ${args.join(" ")} is refused`, async (t) => {
    const { stderr, exitCode } = await run(["check", "--watch", ...args], { folder: temporaryFolder(t, files) });
    assert.match(stderr, complaint);
    assert.equal(exitCode, 2);
  });
}

/** A sequence of numbers that is the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const paths = [".harness/a.yaml", ".harness/b.yaml", ".harness/docker.yaml", "x/c.yml", "x/y/d.json", "x/y/e.yaml", "ignored/f.yaml", "𐀀.yaml", "\uffee.yaml"];

/** Something that somebody does to a folder with files. */
function edit(folder: string, next: (below: number) => number): string {
  const path = paths[next(paths.length)] ?? "";
  const absolute = join(folder, path);
  const texts = [
    pipeline("node:22"),
    pipeline("docker.io/node:22"),
    pipeline("node:22", "account.other"),
    pipeline("node:22", "<+input>"),
    connector("docker", "https://index.docker.io/v1/"),
    connector("docker", "https://r.example"),
    connector("harnessImage", "https://app.harness.io/registry"),
    `${connector("other", "https://index.docker.io/v1/")}---\n${pipeline("a/b:1")}`,
    "pipeline: [\n",
    "{{ helm }}: {{",
    "",
    "apiVersion: v1\nkind: Service\n",
    '"connec\\u0074or": {identifier: docker, type: DockerRegistry, spec: {dockerRegistryUrl: "https://docker.io", auth: {type: Anonymous}}}\n',
  ];
  const text = texts[next(texts.length)] ?? "";
  const save = next(2) === 0 ? writeFileSync : replace;
  try {
    switch (next(12)) {
      case 0:
        rmSync(absolute, { force: true });
        return `rm ${path}`;
      case 1: {
        const to = paths[next(paths.length)] ?? "";
        mkdirSync(join(folder, dirname(to)), { recursive: true });
        renameSync(absolute, join(folder, to));
        return `mv ${path} ${to}`;
      }
      case 2: {
        rmSync(join(folder, "x"), { recursive: true, force: true });
        return "rm x";
      }
      case 3: {
        renameSync(join(folder, "x"), join(folder, "z"));
        return "mv x z";
      }
      case 4:
        rmSync(join(folder, "z"), { recursive: true, force: true });
        return "rm z";
      case 5:
        save(join(folder, ".gitignore"), next(2) === 0 ? "/ignored\n" : "y/\n*.yml\n");
        return ".gitignore";
      case 6:
        save(join(folder, "harness-image-guard.yaml"), ["exclude: ['x/**']\n", "rules: {no-docker-hub: {severity: warning}}\n", "trustedConnectors: [account.o*]\n"][next(3)] ?? "");
        return "configuration";
      case 7:
        rmSync(join(folder, "harness-image-guard.yaml"), { force: true });
        return "rm configuration";
      case 8:
        rmSync(absolute, { force: true });
        mkdirSync(dirname(absolute), { recursive: true });
        symlinkSync(join(folder, paths[next(paths.length)] ?? ""), absolute);
        return `ln ${path}`;
      default:
        mkdirSync(dirname(absolute), { recursive: true });
        save(absolute, text);
        return `${path}: ${JSON.stringify(text)}`;
    }
  } catch (error) {
    return `none: ${(error as Error).message}`;
  }
}

const runs = Number(process.env["WATCH_RUNS"] ?? 1);
const seed = Number(process.env["WATCH_SEED"] ?? 1);

for (const [what, make] of [
  ["a work tree of Git's", repository],
  ["a folder", temporaryFolder],
] as const) {
  test(`random edits in ${what} are found as by a fresh check`, async (t) => {
    for (let i = 0; i < runs; i += 1) await randomEdits(t, make(t, { ...files, "x/c.yml": pipeline("a:1") }), seed + i);
  });
}

async function randomEdits(t: TestContext, folder: string, seed: number): Promise<void> {
  const next = random(seed);
  const report = join(temporaryFolder(t), "report.json");
  const watching = new Watching(t, folder, ["--output", "text", "--output", `json=${report}`]);
  await watching.shown();
  const done: string[] = [];
  for (let i = 0; i < 12; i += 1) {
    for (let edits = 1 + next(4); edits > 0; edits -= 1) {
      done.push(edit(folder, next));
      if (next(3) === 0) await wait(next(30));
    }
    const fresh = (await run(["check", "--format", "json"], { folder })).stdout;
    let watched = "";
    for (const end = Date.now() + 15_000; Date.now() < end && watched !== fresh; await wait(20)) {
      watched = existsSync(report) ? readFileSync(report, "utf8") : "";
    }
    assert.equal(watched, fresh, `seed ${seed}:\n${done.join("\n")}\n${watching.written}`);
  }
  await watching.interrupt();
}

test("of 1,000 files, the one that is saved is checked again in a small part of the time that all take", async (t) => {
  const many = Array.from({ length: 1000 }, (_, i) => [`.harness/p${i}.yaml`, pipeline(i % 10 === 0 ? "docker.io/node:22" : "node:22")]);
  const folder = temporaryFolder(t, { ...Object.fromEntries(many), ".harness/docker.yaml": files[".harness/docker.yaml"] });
  const start = performance.now();
  const watching = new Watching(t, folder);
  await watching.shown();
  const all = performance.now() - start;
  const times: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    // What is looked at once more after a change is over.
    await wait(500);
    const saved = performance.now();
    replace(join(folder, `.harness/p${i}.yaml`), pipeline(`docker.io/node:${i}`));
    assert.match(await watching.shown(), /in 1001 files[^]*checked 1 file of 1001 again/);
    times.push(performance.now() - saved);
  }
  times.sort((a, b) => a - b);
  const median = times[7] ?? NaN;
  t.diagnostic(`all ${Math.round(all)} ms; from the save to what is shown: least ${Math.round(times[0] ?? NaN)} ms, median ${Math.round(median)} ms`);
  assert.ok(median < all / 5, `${median} ms of ${all} ms`);
});
