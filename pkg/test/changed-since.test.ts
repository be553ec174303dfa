import assert from "node:assert/strict";
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import type { Report } from "harness-image-guard";

import { run } from "./command.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = (name: string, image = '"node:20"', connector = ""): string =>
  `pipeline:\n  identifier: ${name}\n  stages:\n    - stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {${connector}image: ${image}}}}]}}}\n`;
const connector = (url: string): string =>
  `connector:\n  identifier: corp\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: ${url}\n    providerType: Other\n    auth: {type: Anonymous}\n`;

const emptyBaseline = '{"schemaVersion": 2, "findings": []}\n';

/** A repository with files of each kind, whose branch `work` left `main` at its first commit. */
function branched(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = repository(t, {
    "kept.yaml": pipeline("kept"),
    "edited.yaml": pipeline("edited"),
    "moved.yaml": pipeline("moved"),
    "staged.yaml": pipeline("staged"),
    "removed.yaml": pipeline("removed"),
    "corp.yaml": connector("https://registry.example.com"),
    "by-connector.yaml": pipeline("by", '"node:20"', "connectorRef: account.corp, "),
    ".gitignore": "ignored.yaml\n",
    ...files,
  });
  git(folder, "branch", "--move", "main");
  git(folder, "checkout", "--quiet", "-b", "work");
  return folder;
}

/** Puts a link in the place of what is there. */
function linkTo(folder: string, name: string, target: string): void {
  rmSync(join(folder, name), { recursive: true });
  symlinkSync(target, join(folder, name));
}

async function reported(folder: string, ...args: readonly string[]): Promise<{ readonly files: readonly string[]; readonly found: readonly string[]; readonly stderr: string; readonly exitCode: number | null }> {
  const { stdout, stderr, exitCode } = await run(["check", "--format", "json", "--changed-since", "main", ...args], { folder });
  const { files, diagnostics, summary } = JSON.parse(stdout) as Report;
  assert.equal(summary.files, files.length);
  return { files: files.map(({ path }) => path), found: [...new Set(diagnostics.map(({ file }) => file))], stderr, exitCode };
}

test("only what has changed is reported: edited, staged, renamed, committed and untracked", async (t) => {
  const folder = branched(t);
  writeFileSync(join(folder, "edited.yaml"), pipeline("edited", '"node:21"'));
  git(folder, "mv", "moved.yaml", "renamed.yaml");
  rmSync(join(folder, "removed.yaml"));
  writeFileSync(join(folder, "staged.yaml"), pipeline("staged", '"node:21"'));
  git(folder, "add", "staged.yaml");
  writeFileSync(join(folder, "committed.yaml"), pipeline("committed"));
  git(folder, "add", "committed.yaml");
  git(folder, "commit", "--quiet", "--message", "second");
  writeFileSync(join(folder, "untracked.yaml"), pipeline("untracked"));
  writeFileSync(join(folder, "ignored.yaml"), pipeline("ignored"));
  const expected = ["committed.yaml", "edited.yaml", "renamed.yaml", "staged.yaml", "untracked.yaml"];
  const { files, found, stderr, exitCode } = await reported(folder);
  assert.deepEqual([files, found, exitCode], [expected, expected, 1]);
  assert.equal(stderr, "harness-image-guard: 5 files of 8 have changed since 'main'\n");
  const text = await run(["check", "--changed-since", "main"], { folder });
  assert.equal(text.stdout.match(/^error\[/gm)?.length, 5);
  assert.match(text.stdout, /\n5 errors and 0 warnings in 5 files \(5 documents checked\)\n$/);
});

test("what others have changed on the other branch since is not reported", async (t) => {
  const folder = branched(t);
  git(folder, "checkout", "--quiet", "main");
  writeFileSync(join(folder, "kept.yaml"), pipeline("kept", '"node:21"'));
  git(folder, "commit", "--quiet", "--all", "--message", "of others");
  git(folder, "checkout", "--quiet", "work");
  writeFileSync(join(folder, "edited.yaml"), pipeline("edited", '"node:21"'));
  assert.deepEqual((await reported(folder)).found, ["edited.yaml"]);
});

test("after crosswise merges, what is as it was at only one of the commits in common has changed", async (t) => {
  const folder = branched(t);
  // On main, the image is corrected; the branch takes that, but keeps its own file, and main takes the branch as it was before.
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "of the branch");
  git(folder, "checkout", "--quiet", "main");
  writeFileSync(join(folder, "edited.yaml"), pipeline("edited", '"r.example/node:20"'));
  git(folder, "commit", "--quiet", "--all", "--message", "correct");
  const corrected = git(folder, "rev-parse", "HEAD").trim();
  git(folder, "merge", "--quiet", "--no-edit", "work");
  git(folder, "checkout", "--quiet", "work");
  git(folder, "merge", "--quiet", "--no-edit", "--strategy", "ours", corrected);
  assert.deepEqual((await reported(folder)).found, ["edited.yaml"]);
});

test("a ref's name that a tag or a branch also has is refused: whoever pushes one would choose what has changed", async (t) => {
  const folder = branched(t);
  const refused = async (ref: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(["check", "--changed-since", ref], { folder });
    assert.deepEqual([exitCode, stdout], [2, ""], stderr);
    return stderr;
  };
  git(folder, "update-ref", "refs/remotes/origin/main", "main");
  writeFileSync(join(folder, "edited.yaml"), pipeline("edited", '"node:21"'));
  git(folder, "commit", "--quiet", "--all", "--message", "second");
  git(folder, "tag", "origin/main");
  assert.match(await refused("origin/main"), /'origin\/main' is more than one ref: 'refs\/tags\/origin\/main', 'refs\/remotes\/origin\/main'; write in full which one is meant/);
  assert.match(await refused("origin/main~0"), /more than one ref/);
  git(folder, "tag", "--delete", "origin/main");
  git(folder, "branch", "origin/main");
  assert.match(await refused("origin/main"), /'refs\/heads\/origin\/main', 'refs\/remotes\/origin\/main'/);
  git(folder, "update-ref", "refs/remotes/origin/HEAD", "main");
  git(folder, "tag", "origin");
  assert.match(await refused("origin"), /'refs\/tags\/origin', 'refs\/remotes\/origin\/HEAD'/);
  git(folder, "tag", "HEAD");
  for (const ref of ["refs/remotes/origin/main", "remotes/origin/main", "HEAD~1"]) {
    const { exitCode, stderr } = await run(["check", "--changed-since", ref], { folder });
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /^harness-image-guard: 1 file of 7 has changed since/);
  }
});

test("a ref that begins with @ is no file of arguments", async (t) => {
  const folder = branched(t);
  git(folder, "branch", "--quiet", "--set-upstream-to", "main");
  writeFileSync(join(folder, "edited.yaml"), pipeline("edited", '"node:21"'));
  for (const ref of ["@", "@{upstream}", "@{0}"]) {
    const { exitCode, stderr } = await run(["check", "--changed-since", ref], { folder });
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /1 file of 7 has changed since '@/);
  }
});

test("connectors of the whole tree are known", async (t) => {
  const folder = branched(t);
  writeFileSync(join(folder, "by-connector.yaml"), pipeline("by", '"node:21"', "connectorRef: account.corp, "));
  const { files, found, exitCode } = await reported(folder);
  assert.deepEqual([files, found, exitCode], [["by-connector.yaml"], [], 0]);
});

test("nothing has changed: exit code 0", async (t) => {
  const folder = branched(t);
  const { files, exitCode, stderr } = await reported(folder);
  assert.deepEqual([files, exitCode], [[], 0]);
  assert.match(stderr, /0 files of 7 have changed/);
  writeFileSync(join(folder, "other.yaml"), "a: 1\n");
  assert.equal((await reported(folder)).exitCode, 0, "nor is it 3 where what has changed isn't Harness's");
});

test("what is only written with other line breaks hasn't changed", async (t) => {
  const folder = branched(t);
  writeFileSync(join(folder, "kept.yaml"), pipeline("kept").replaceAll("\n", "\r\n"));
  assert.deepEqual((await reported(folder)).files, []);
});

for (const [what, change] of [
  ["a connector that leads elsewhere now", (folder: string) => writeFileSync(join(folder, "corp.yaml"), connector("https://index.docker.io"))],
  ["a connector that is removed", (folder: string) => rmSync(join(folder, "corp.yaml"))],
  ["a connector whose name a folder has", (folder: string) => {
    rmSync(join(folder, "corp.yaml"));
    mkdirSync(join(folder, "corp.yaml"));
    writeFileSync(join(folder, "corp.yaml/keep.txt"), "");
  }],
  ["a connector whose name a link has", (folder: string) => linkTo(folder, "corp.yaml", "edited.yaml")],
  ["a connector in a folder whose name a link has", (folder: string) => linkTo(folder, "own", "others")],
  ["a connector whose link is removed", (folder: string) => rmSync(join(folder, "linked.yaml"))],
  ["a connector whose link leads elsewhere now", (folder: string) => linkTo(folder, "linked.yaml", "others/own.yaml")],
  ["a configuration whose link leads elsewhere now", (folder: string) => linkTo(folder, "harness-image-guard.yml", "others/config.txt")],
  ["a configuration whose link is removed", (folder: string) => rmSync(join(folder, "harness-image-guard.yml"))],
  ["a connector that has become something else", (folder: string) => writeFileSync(join(folder, "corp.yaml"), "a: 1\n")],
  ["a connector that is new", (folder: string) => writeFileSync(join(folder, "new.yaml"), connector("https://r.example").replace("corp", "more"))],
  ["a configuration that has changed", (folder: string) => writeFileSync(join(folder, "harness-image-guard.yaml"), "preset: ecr\n")],
  ["a configuration that is removed", (folder: string) => rmSync(join(folder, "harness-image-guard.yaml"))],
  ["a list of connectors that has changed", (folder: string) => writeFileSync(join(folder, "list.yaml"), "connectors: {}\n# changed\n")],
] as const) {
  test(`${what} may concern every file: all are reported`, async (t) => {
    const isLink = what.startsWith("a configuration whose link");
    const config = "preset: gar\nconnectorFiles: [list.yaml]\n";
    const folder = branched(t, {
      [isLink ? "config.txt" : "harness-image-guard.yaml"]: config,
      "others/config.txt": `${config}# changed\n`,
      "list.yaml": "connectors: {}\n",
      "behind.txt": connector("https://r.example").replace("corp", "behind"),
      "own/own.yaml": connector("https://r.example").replace("corp", "own"),
      "others/own.yaml": pipeline("others"),
    });
    symlinkSync("behind.txt", join(folder, "linked.yaml"));
    if (isLink) symlinkSync("config.txt", join(folder, "harness-image-guard.yml"));
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", "links");
    git(folder, "branch", "--force", "main");
    assert.deepEqual((await reported(folder)).files, []);
    change(folder);
    const { found, stderr } = await reported(folder);
    assert.ok(found.includes("kept.yaml"), found.join());
    assert.match(stderr, /^harness-image-guard: '.*\.(?:ya?ml|txt)' has changed since 'main', and other files depend on it: every file is reported\n/m);
  });
}

test("a new link to a file that was there is a new file, and so is one that leads elsewhere now", async (t) => {
  const folder = branched(t, { "one.txt": pipeline("one"), "two.txt": pipeline("two") });
  symlinkSync("one.txt", join(folder, "link.yaml"));
  assert.deepEqual((await reported(folder)).files, ["link.yaml"]);
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "link");
  git(folder, "branch", "--force", "main");
  assert.deepEqual((await reported(folder)).files, []);
  linkTo(folder, "link.yaml", "two.txt");
  assert.deepEqual((await reported(folder)).files, ["link.yaml"]);
});

test("a submodule that is removed may have had connectors: all are reported", async (t) => {
  const folder = branched(t);
  const module = repository(t, { "corp.yaml": connector("https://r.example").replace("corp", "of-module") });
  git(folder, "submodule", "--quiet", "add", module, "module");
  git(folder, "commit", "--quiet", "--message", "module");
  git(folder, "branch", "--force", "main");
  git(folder, "submodule", "--quiet", "deinit", "--force", "module");
  assert.deepEqual((await reported(folder)).files, [], "one that isn't checked out is no change");
  rmSync(join(folder, "module"), { recursive: true });
  assert.deepEqual((await reported(folder)).files, [], "nor is one that a sparse checkout leaves out");
  git(folder, "rm", "--quiet", "--cached", "module");
  const { found, stderr } = await reported(folder);
  assert.ok(found.includes("kept.yaml"), found.join());
  assert.match(stderr, /'module' has changed since 'main', and other files depend on it/);
});

/** A repository with a submodule whose connector decides about a pipeline, and the folder of the submodule. */
function withSubmodule(t: TestContext): { readonly folder: string; readonly module: string } {
  const folder = branched(t);
  const source = repository(t, { "deep/corp.yaml": connector("https://r.example").replace("corp", "of-module"), "one.yaml": pipeline("one"), "two.yaml": pipeline("two") });
  git(folder, "submodule", "--quiet", "add", source, "module");
  git(folder, "commit", "--quiet", "--message", "module");
  git(folder, "branch", "--force", "main");
  return { folder, module: join(folder, "module") };
}

/** Moves a submodule to what it holds now. */
function move({ folder, module }: { readonly folder: string; readonly module: string }): void {
  git(module, "add", "--all");
  git(module, "commit", "--quiet", "--message", "next");
  git(folder, "commit", "--quiet", "--all", "--message", "moved");
}

test("the files of a submodule are compared with the commit at which it was", async (t) => {
  const moved = withSubmodule(t);
  assert.deepEqual((await reported(moved.folder)).files, []);
  writeFileSync(join(moved.module, "one.yaml"), pipeline("one", '"node:21"'));
  assert.deepEqual((await reported(moved.folder)).files, ["module/one.yaml"]);
  move(moved);
  assert.deepEqual((await reported(moved.folder)).files, ["module/one.yaml"]);
});

test("a submodule that is moved to a commit without a connector affects other files", async (t) => {
  const moved = withSubmodule(t);
  rmSync(join(moved.module, "deep"), { recursive: true });
  for (const how of ["uncommitted", "moved"]) {
    if (how === "moved") move(moved);
    const { found, stderr } = await reported(moved.folder);
    assert.ok(found.includes("kept.yaml"), found.join());
    assert.match(stderr, /'module\/deep\/corp\.yaml' has changed since 'main', and other files depend on it/);
  }
});

test("what was in a submodule isn't known without its former commit, or where something else is in its place", async (t) => {
  for (const change of ["shallow", "folder"]) {
    const moved = withSubmodule(t);
    if (change === "shallow") {
      rmSync(join(moved.module, "deep"), { recursive: true });
      move(moved);
      const shallow = join(temporaryFolder(t), "shallow");
      git(moved.folder, "clone", "--quiet", "--depth", "1", `file://${moved.module}`, shallow);
      rmSync(moved.module, { recursive: true });
      renameSync(shallow, moved.module);
    } else {
      git(moved.folder, "rm", "--quiet", "--cached", "module");
      rmSync(join(moved.module, ".git"), { recursive: true });
      rmSync(join(moved.module, "deep"), { recursive: true });
    }
    const { found, stderr } = await reported(moved.folder);
    assert.ok(found.includes("kept.yaml"), found.join());
    assert.match(stderr, /'module' has changed since 'main', and other files depend on it/);
  }
});

test("links of all kinds that nobody has changed are as they were", async (t) => {
  const folder = branched(t, { "a/b/one.txt": pipeline("one") });
  const links = { "chain.yaml": "a/next.yaml", "a/next.yaml": "./b/../../way/one.txt", way: "a/b", "dangling.yaml": "no/such", "loop.yaml": "loop.yaml", "folder.yaml": "a", "absolute.yaml": join(folder, "a/b/one.txt") };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "links");
  git(folder, "branch", "--force", "main");
  assert.match((await run(["check", "--changed-since", "main"], { folder })).stderr, /: 2 files of \d+ have changed since 'main'\n$/, "those that lead nowhere can't be read");
  for (const name of ["dangling.yaml", "loop.yaml"]) git(folder, "rm", "--quiet", "--cached", name), rmSync(join(folder, name));
  git(folder, "commit", "--quiet", "--message", "fewer");
  git(folder, "branch", "--force", "main");
  assert.deepEqual((await reported(folder)).files, []);
});

for (const [what, args, change] of [
  ["metadata that has changed", ["--policy", "owner.rego", "--metadata", "metadata.json"], (folder: string) => writeFileSync(join(folder, "metadata.json"), '{"owner": ""}')],
  ["a module that is removed from a folder of policies", ["--policy", "policies"], (folder: string) => rmSync(join(folder, "policies/lib.rego"))],
  ["a module that is removed from a folder that the configuration names", ["--config", "named.yaml"], (folder: string) => rmSync(join(folder, "policies/lib.rego"))],
  ["a module that is removed from a folder to which a link leads", ["--policy", "linked"], (folder: string) => rmSync(join(folder, "shared/lib.rego"))],
  ["a link to a folder of modules that is removed", ["--policy", "linked"], (folder: string) => rmSync(join(folder, "linked/shared"))],
  ["a module whose name a folder has", ["--policy", "policies"], (folder: string) => {
    rmSync(join(folder, "policies/lib.rego"));
    mkdirSync(join(folder, "policies/lib.rego"));
  }],
  ["a baseline that has changed", ["--baseline", "baseline.json"], (folder: string) => writeFileSync(join(folder, "baseline.json"), emptyBaseline)],
] as const) {
  test(`${what} concerns every file: what a full check finds is reported`, async (t) => {
    const folder = branched(t, {
      "kept.yaml": pipeline("kept", "registry.example.com/node:20"),
      "owner.rego": 'package pipeline\n\ndeny["nobody owns it"] { input.metadata.owner == "" }\n',
      "metadata.json": '{"owner": "us"}',
      "policies/pipeline.rego": 'package pipeline\n\ndeny["it is not known"] { not data.lib.is_known }\n',
      "policies/lib.rego": "package lib\n\nis_known { true }\n",
      "linked/pipeline.rego": 'package pipeline\n\ndeny["it is not known"] { not data.lib.is_known }\n',
      "shared/lib.rego": "package lib\n\nis_known { true }\n",
      "named.yaml": "policies: [policies]\n",
      "baseline.json": emptyBaseline,
    });
    git(folder, "checkout", "--quiet", "main");
    symlinkSync("../shared", join(folder, "linked/shared"));
    git(folder, "add", "--all");
    await run(["baseline", "write", "--baseline", "baseline.json"], { folder });
    git(folder, "commit", "--quiet", "--all", "--amend", "--no-edit");
    git(folder, "checkout", "--quiet", "-B", "work");
    assert.deepEqual((await reported(folder, ...args)).files, []);
    change(folder);
    const { stdout, exitCode } = await run(["check", "--format", "json", ...args], { folder });
    const full = JSON.parse(stdout) as Report;
    const now = await reported(folder, ...args);
    assert.deepEqual([now.exitCode, exitCode], [1, 1]);
    assert.deepEqual(now.found, [...new Set(full.diagnostics.map(({ file }) => file))]);
    assert.match(now.stderr, /'(?:metadata\.json|(?:policies|shared)\/lib\.rego|linked\/shared|baseline\.json)' has changed since 'main', and other files depend on it: every file is reported\n/);
  });
}

test("a finding that rests on a changed file is reported, with a baseline too", async (t) => {
  const folder = branched(t);
  await run(["baseline", "write"], { folder });
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "baseline");
  git(folder, "branch", "--force", "main");
  writeFileSync(join(folder, "new.yaml"), pipeline("new"));
  const { found, exitCode } = await reported(folder, "--baseline", "harness-image-guard-baseline.json");
  assert.deepEqual([found, exitCode], [["new.yaml"], 1]);
});

test("a folder below the top, and files of another repository, which count as changed", async (t) => {
  const folder = branched(t, { "a/in.yaml": pipeline("in") });
  mkdirSync(join(folder, "a/inner"));
  git(join(folder, "a/inner"), "init", "--quiet");
  writeFileSync(join(folder, "a/inner/q.yaml"), pipeline("q"));
  assert.deepEqual((await reported(join(folder, "a"))).files, ["inner/q.yaml"]);
  assert.deepEqual((await reported(join(folder, "a"), "..")).files, ["inner/q.yaml"]);
});

for (const [what, ref, message] of [
  ["doesn't exist", "no/such", /^harness-image-guard: there is no commit 'no\/such' in '.*': fetch it, or check its name\n$/],
  ["begins with a dash", "--output=pwned", /'--output=pwned' isn't a ref: it begins with '-'/],
  ["is no commit", "HEAD:kept.yaml", /there is no commit 'HEAD:kept\.yaml'/],
  ["acts on a terminal", "\u001b[2J\n::error::x", /there is no commit '\\u\{1b\}\[2J\\n::error::x'/],
] as const) {
  test(`a ref that ${what}: a clear message, exit code 2`, async (t) => {
    const folder = branched(t);
    const { stdout, stderr, exitCode } = await run(["check", `--changed-since=${ref}`], { folder });
    assert.deepEqual([stdout, exitCode], ["", 2]);
    assert.match(stderr, message);
  });
}

test("outside of any repository, and before the first commit: a clear message, exit code 2", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p") });
  const outside = await run(["check", "--changed-since", "main"], { folder });
  assert.deepEqual([outside.stdout, outside.exitCode], ["", 2]);
  assert.match(outside.stderr, new RegExp(`'--changed-since' asks Git, and '${realpathSync(folder)}' isn't in a repository`));
  git(folder, "init", "--quiet");
  const unborn = await run(["check", "--changed-since", "main"], { folder });
  assert.equal(unborn.exitCode, 2);
  assert.match(unborn.stderr, /there is no commit in '.*' yet/);
});

test("the first commit of a repository changes every file", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline("p"), "q.yaml": pipeline("q") });
  git(folder, "init", "--quiet");
  const { stdout, stderr, exitCode } = await run(["check", "--changed-since", "HEAD", "--output", "github"], { folder });
  assert.equal(exitCode, 1);
  assert.match(stderr, /^harness-image-guard: 2 files of 2 have changed since 'HEAD'/);
  assert.match(stdout, /file=p\.yaml[^]*file=q\.yaml/);
});

test("a shallow clone: the message says what to fetch, exit code 2", async (t) => {
  const origin = branched(t);
  for (const name of ["one", "two"]) {
    writeFileSync(join(origin, `${name}.yaml`), pipeline(name));
    git(origin, "add", "--all");
    git(origin, "commit", "--quiet", "--message", name);
  }
  const clone = join(temporaryFolder(t), "clone");
  git(origin, "clone", "--quiet", "--depth", "1", `file://${origin}`, clone);
  const lacking = await run(["check", "--changed-since", "origin/main"], { folder: clone });
  assert.equal(lacking.exitCode, 2);
  assert.match(lacking.stderr, /there is no commit 'origin\/main' in '.*'; this is a shallow clone, .*git fetch --unshallow.*fetch-depth: 0/);
  git(clone, "fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main");
  const apart = await run(["check", "--changed-since", "origin/main"], { folder: clone });
  assert.equal(apart.exitCode, 2);
  assert.match(apart.stderr, /'origin\/main' and HEAD have no commit in common; this is a shallow clone/);
  git(clone, "fetch", "--quiet", "--unshallow", "origin");
  const whole = await run(["check", "--changed-since", "origin/main"], { folder: clone });
  assert.deepEqual(whole.exitCode, 1);
  assert.match(whole.stderr, /^harness-image-guard: 2 files of 9 have changed/);
});

test("Git runs nothing of the repository's own", async (t) => {
  const folder = branched(t, { ".gitattributes": "*.yaml filter=evil diff=evil\n" });
  const evil = `touch ${join(folder, "pwned")}`;
  for (const key of ["filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.external", "core.fsmonitor"]) git(folder, "config", key, evil);
  renameSync(join(folder, "kept.yaml"), join(folder, "other.yaml"));
  assert.deepEqual((await reported(folder)).files, ["other.yaml"]);
  assert.equal((await run(["check", "pwned"], { folder })).exitCode, 4, "nothing has made it");
});
