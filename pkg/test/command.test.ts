import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuard, type Report } from "harness-image-guard";

import { commands } from "../dist/cli/commands.js";
import { run } from "./command.js";
import { projectFolder } from "./paths.js";
import { projectFiles } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A pipeline with one finding, an undecided one: a note by default. */
const undecided = `pipeline:
  identifier: undecided
  stages:
    - stage:
        identifier: build
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: unit
                  type: Run
                  spec: {connectorRef: <+input>, image: "node:20"}
`;

/** A pipeline that pulls from Docker Hub. */
const dockerHub = undecided.replace("connectorRef: <+input>, ", "");

function reportOf(stdout: string): Report {
  return JSON.parse(stdout) as Report;
}

test("a project: findings with their places and what to do, exit code 1", async () => {
  const { stdout, stderr, exitCode } = await run(["check"], { folder: projectFolder });
  assert.equal(exitCode, 1);
  assert.equal(stderr, "");
  assert.match(stdout, /\.harness\/pipeline\.yaml:26:28/);
  assert.match(stdout, /image: node:20\n.*\^{7}\n/);
  assert.match(stdout, /\.harness\/pipeline\.yaml:18:41/);
  assert.match(stdout, /\.harness\/connector\.yaml:6:24/);
  assert.doesNotMatch(stdout, /right\.yaml:|\u001b/);
});

test("nothing wrong: exit code 0", async () => {
  const { stdout, stderr, exitCode } = await run(["check", ".harness/right.yaml"], {
    folder: projectFolder,
  });
  assert.equal(exitCode, 0);
  assert.equal(stderr, "");
  assert.match(stdout, /1 file/);
});

test("only files that aren't Harness's: nothing was checked, exit code 3", async () => {
  const args = ["check", "workflow.yaml", "--format", "json"];
  const { stdout, exitCode } = await run(args, { folder: projectFolder });
  assert.equal(exitCode, 3);
  assert.equal(reportOf(stdout).files[0]?.documents[0]?.status, "not-applicable");
});

test("--format json is the report that the API gives", async () => {
  const { stdout, exitCode } = await run(["check", "--format=json"], { folder: projectFolder });
  assert.equal(exitCode, 1);
  assert.deepEqual(reportOf(stdout), (await createGuard()).check(projectFiles()));
});

test("--format text is the default", async () => {
  const [given, byDefault] = await Promise.all([
    run(["check", "--format", "text"], { folder: projectFolder }),
    run(["check"], { folder: projectFolder }),
  ]);
  assert.deepEqual(given, byDefault);
});

test("--fail-on sets the severity that ends in exit code 1", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": undecided });
  const codes = await Promise.all(
    [[], ["--fail-on", "error"], ["--fail-on", "warning"], ["--fail-on", "note"]].map(
      async (args) => (await run(["check", ...args], { folder })).exitCode,
    ),
  );
  assert.deepEqual(codes, [0, 0, 0, 1]);
});

test("--fail-on warning: a warning counts, which it doesn't by default", async (t) => {
  const folder = temporaryFolder(t, {
    "p.yaml": dockerHub,
    "harness-image-guard.yaml": "rules: {no-docker-hub: warning}\n",
  });
  assert.equal((await run(["check"], { folder })).exitCode, 0);
  assert.equal((await run(["check", "--fail-on", "warning"], { folder })).exitCode, 1);
});

test("--preset overrides the configuration", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "preset: gar\n",
    "c.yaml":
      "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n" +
      "    dockerRegistryUrl: https://public.ecr.aws/harness\n    providerType: Other\n    auth: {type: Anonymous}\n",
  });
  assert.equal((await run(["check"], { folder })).exitCode, 1);
  assert.equal((await run(["check", "--preset", "ecr"], { folder })).exitCode, 0);
  assert.equal((await run(["check", "--preset", "app-harness"], { folder })).exitCode, 1);
});

test("the configuration is found upwards from the working directory", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yml": "rules: {no-docker-hub: off}\n",
    "a/b/p.yaml": dockerHub,
  });
  assert.equal((await run(["check"], { folder: `${folder}/a/b` })).exitCode, 0);
});

test("the nearest configuration is taken", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "rules: {no-docker-hub: off}\n",
    "a/harness-image-guard.yaml": "preset: app-harness\n",
    "a/p.yaml": dockerHub,
  });
  assert.equal((await run(["check"], { folder: `${folder}/a` })).exitCode, 1);
  assert.equal((await run(["check", "a"], { folder })).exitCode, 0);
});

test("--config names another", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "preset: gar\n",
    "other/lenient.yaml": "rules: {no-docker-hub: off}\n",
    "p.yaml": dockerHub,
  });
  assert.equal((await run(["check", "p.yaml"], { folder })).exitCode, 1);
  assert.equal(
    (await run(["check", "p.yaml", "--config", "other/lenient.yaml"], { folder })).exitCode,
    0,
  );
});

test("a wrong configuration: every problem with its place, exit code 2", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "preset: gar\nexcluded: [a]\nrules: {no-docker-hub: loud}\n",
    "sub/p.yaml": dockerHub,
  });
  const { stdout, stderr, exitCode } = await run(["check"], { folder: `${folder}/sub` });
  assert.equal(exitCode, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^harness-image-guard: the configuration is wrong\n\.\.\/harness-image-guard\.yaml:2:1: .*excluded.*`exclude`/);
  assert.match(stderr, /^\.\.\/harness-image-guard\.yaml:3:24: /m);
});

for (const [what, config, message] of [
  ["doesn't exist", "gone.yaml", /'gone\.yaml': no such file or directory/],
  ["is a folder", ".", /'\.': it is a folder/],
  ["isn't UTF-8", "latin1.yaml", /'latin1\.yaml': it isn't UTF-8/],
] as const) {
  test(`a configuration that ${what}: exit code 2`, async (t) => {
    const folder = temporaryFolder(t, {
      "p.yaml": dockerHub,
      "latin1.yaml": Uint8Array.of(0x23, 0xfc),
    });
    const { stdout, stderr, exitCode } = await run(["check", "--config", config], { folder });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
  });
}

test("two configurations side by side: exit code 2, for one of them would be ignored", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": "preset: gar\n",
    "harness-image-guard.yml": "preset: ecr\n",
    "p.yaml": dockerHub,
  });
  const { stderr, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /both 'harness-image-guard\.yaml' and 'harness-image-guard\.yml' exist/);
});

for (const [args, message] of [
  [[], /a command is missing/],
  [["chekc"], /unknown command 'chekc'; did you mean 'check'\?/],
  [["--versoin"], /unknown option '--versoin'; did you mean '--version'\?/],
  [["check", "--formt", "json"], /unknown option '--formt'; did you mean '--format'\?/],
  [["check", "--toString"], /unknown option '--toString'\n/],
  [["check", "-x"], /unknown option '-x'\n/],
  [["check", "--format"], /'--format' needs a value: FORMAT/],
  [["check", "--config", "--format", "json"], /'--config' needs a value: FILE/],
  [["check", "--config="], /'--config' needs a value: FILE/],
  [["check", "--format", "xml"], /'--format' can't be 'xml'; it is one of 'text', 'json'/],
  [["check", "--fail-on", "warn"], /'--fail-on' can't be 'warn'.*did you mean 'warning'\?/],
  [["check", "--preset", "gcr"], /'--preset' can't be 'gcr'.*did you mean 'gar'\?/],
  [["check", "--help=yes"], /'--help' takes no value/],
  [["check", "--max-file-size", "lots"], /'--max-file-size' can't be 'lots'/],
  [["check", "--stdin-path", "x.yaml"], /no PATH is '-'/],
  [["check", "-", "-"], /can be read only once/],
  [["check", ""], /a PATH is empty/],
] as const) {
  test(`a wrong command line: ${["harness-image-guard", ...args].join(" ")}`, async () => {
    const { stdout, stderr, exitCode } = await run(args, { folder: projectFolder });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
    assert.match(stderr, /--help/);
  });
}

test("--help of the whole names the commands", async () => {
  const { stdout, stderr, exitCode } = await run(["--help"]);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  for (const command of ["check", "images"]) {
    assert.match(stdout, new RegExp(`^ {2}${command} {2,}\\S`, "m"));
  }
  assert.equal((await run(["-h"])).stdout, stdout);
});

test("--help of check names every option and exit code", async () => {
  const { stdout, stderr, exitCode } = await run(["check", "--help"]);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  for (const option of ["format", "config", "preset", "fail-on", "stdin-path", "max-file-size"]) {
    assert.match(stdout, new RegExp(`^ +--${option} [A-Z]+ +\\S`, "m"));
  }
  for (const option of ["fix", "diff", "unsafe"]) {
    assert.match(stdout, new RegExp(`^ +--${option} +\\S`, "m"));
  }
  for (const code of [0, 1, 2, 3, 4, 70]) assert.match(stdout, new RegExp(`^  ${code} +\\S`, "m"));
  assert.equal((await run(["check", "-h"])).stdout, stdout);
});

test("--help of every command fits into 100 columns", async () => {
  const names = Object.keys(commands).map((name) => [name]);
  for (const command of [[], ...names, ["connectors", "fetch"]]) {
    const { stdout, exitCode } = await run([...command, "--help"]);
    assert.equal(exitCode, 0, command.join(" "));
    assert.deepEqual(stdout.split("\n").filter((line) => line.length > 100), [], command.join(" "));
  }
});

test("--version", async () => {
  const { stdout, stderr, exitCode } = await run(["--version"]);
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.match(stdout, /^harness-image-guard \d+\.\d+\.\d+\n$/);
  assert.equal((await run(["-V"])).stdout, stdout);
});

test("standard input is a file like others, and --stdin-path names it", async () => {
  const named = await run(["check", "-", "--stdin-path", ".harness/x.yaml", "--format", "json"], {
    stdin: dockerHub,
  });
  assert.equal(named.exitCode, 1);
  assert.equal(reportOf(named.stdout).diagnostics[0]?.file, ".harness/x.yaml");
  const nameless = await run(["check", "-", "--format", "json"], { stdin: dockerHub });
  assert.equal(reportOf(nameless.stdout).diagnostics[0]?.file, "<stdin>");
});

test("standard input and files are decided together", async () => {
  const stdin = undecided.replace("<+input>", "account.harnessImage");
  const args = ["check", "-", ".harness/right.yaml", "--format", "json"];
  const { stdout, exitCode } = await run(args, { stdin, folder: projectFolder });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    reportOf(stdout).files.map(({ path }) => path),
    [".harness/right.yaml", "<stdin>"],
  );
});

test("--max-file-size", async (t) => {
  const folder = temporaryFolder(t, { "large.yaml": `a: ${"x".repeat(2000)}\n`, "p.yaml": undecided });
  const { stdout, exitCode } = await run(["check", "--max-file-size", "1k", "--format", "json"], {
    folder,
  });
  assert.equal(exitCode, 4);
  const report = reportOf(stdout);
  assert.deepEqual(
    report.diagnostics.filter(({ verdict }) => verdict === "error").map(({ file, rule }) => [file, rule]),
    [["large.yaml", "limit"]],
  );
  assert.equal(report.files.length, 2);
  assert.equal((await run(["check", "--max-file-size", "1MiB"], { folder })).exitCode, 0);
});

test("an option that is there twice: the last counts", async () => {
  const args = ["check", "--format", "json", "--format", "text", ".harness/right.yaml"];
  const { stdout } = await run(args, { folder: projectFolder });
  assert.ok(!stdout.startsWith("{"));
});

test("after --, everything is a PATH", async (t) => {
  const folder = temporaryFolder(t, { "--format": undecided });
  assert.equal((await run(["check", "--", "--format"], { folder })).exitCode, 0);
});

test("colors: asked for by FORCE_COLOR, not for a pipe, not in JSON", async () => {
  const colored = async (args: readonly string[], variables: Record<string, string>) =>
    (await run(["check", ...args], { folder: projectFolder, variables })).stdout.includes("\u001b[");
  assert.equal(await colored([], { FORCE_COLOR: "1" }), true);
  assert.equal(await colored([], { FORCE_COLOR: "0" }), false);
  assert.equal(await colored([], {}), false);
  assert.equal(await colored(["--format", "json"], { FORCE_COLOR: "1" }), false);
});
