import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";

import type { Report } from "harness-image-guard";

import { type Circumstances, run } from "./command.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

/**
 * What is checked can't be argued away: whoever opens a pull request writes `.gitignore`, and Harness reads what is
 * tracked all the same.
 */
const text = "a: 1\n";

interface Checked {
  readonly paths: readonly string[];
  readonly stderr: string;
}

async function check(folder: string, args: readonly string[] = [], more: Circumstances = {}): Promise<Checked> {
  const { stdout, stderr } = await run(["check", "--format", "json", ...args], { folder, ...more });
  assert.notEqual(stdout, "", stderr);
  return { paths: (JSON.parse(stdout) as Report).files.map(({ path }) => path), stderr };
}

/** The paths that are checked, where nothing is to be said about it. */
async function checked(folder: string, args: readonly string[] = [], more: Circumstances = {}): Promise<readonly string[]> {
  const { paths, stderr } = await check(folder, args, more);
  assert.equal(stderr, "");
  return paths;
}

test("a tracked file is checked, whatever .gitignore says of it", async (t) => {
  const folder = repository(t, { "p.yaml": text, "deep/er/q.yaml": text, "node_modules/r.yaml": text });
  writeFileSync(join(folder, ".gitignore"), "*\n!.gitignore\n");
  writeFileSync(join(folder, "deep", ".gitignore"), "er/\n");
  writeFileSync(join(folder, "made.yaml"), text);
  git(folder, "add", "--force", ".gitignore", "deep/.gitignore");
  git(folder, "commit", "--quiet", "--message", "argue away");
  const all = ["deep/er/q.yaml", "node_modules/r.yaml", "p.yaml"];
  assert.deepEqual(await checked(folder), all);
  assert.deepEqual(await checked(folder, ["deep"]), ["deep/er/q.yaml"]);
  assert.deepEqual(await checked(join(folder, "deep")), ["er/q.yaml"]);
  assert.deepEqual(await checked(folder, ["--no-ignore"]), [...all.slice(0, 1), "made.yaml", ...all.slice(1)]);
});

test("what isn't tracked is left out by .gitignore, .git/info/exclude and the user's excludes", async (t) => {
  const folder = repository(t, { "p.yaml": text, ".gitignore": "a.yaml\n" });
  for (const name of ["a", "b", "c", "d"]) writeFileSync(join(folder, `${name}.yaml`), text);
  appendFileSync(join(folder, ".git", "info", "exclude"), "b.yaml\n");
  const home = temporaryFolder(t, { ".gitconfig": "[core]\n\texcludesFile = ~/mine\n", mine: "c.yaml\n" });
  const variables = { HOME: home, XDG_CONFIG_HOME: home };
  assert.deepEqual(await checked(folder, [], { variables }), ["d.yaml", "p.yaml"]);
  const all = ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "p.yaml"];
  assert.deepEqual(await checked(folder, ["--no-ignore"], { variables }), all);
  assert.deepEqual(await checked(folder, ["a.yaml", "c.yaml"], { variables }), ["a.yaml", "c.yaml"]);
});

test("a file that .gitattributes has Git write in another encoding is an error, wherever it is", async (t) => {
  const folder = repository(t, { "ok.yaml": text, "ci/p.yaml": "pipeline: {identifier: p, stages: []}\n" });
  writeFileSync(join(folder, ".gitattributes"), "ci/p.yaml working-tree-encoding=IBM037\n");
  git(folder, "add", ".gitattributes");
  git(folder, "commit", "--quiet", "--message", "hide it");
  rmSync(join(folder, "ci", "p.yaml"));
  git(folder, "checkout", "--", "ci/p.yaml");
  for (const args of [[], ["ci"], ["ok.yaml", "ci"]]) {
    const { exitCode, stdout } = await run(["check", "--format", "json", ...args], { folder });
    assert.equal(exitCode, 4);
    const [found] = (JSON.parse(stdout) as Report).diagnostics;
    assert.deepEqual([found?.rule, found?.file], ["unreadable", "ci/p.yaml"]);
    assert.match(found?.message ?? "", /working-tree-encoding/);
  }
  writeFileSync(join(folder, ".gitattributes"), "* working-tree-encoding=UTF-8\n");
  git(folder, "checkout", "HEAD", "--", "ci/p.yaml");
  assert.deepEqual(await checked(folder), ["ci/p.yaml", "ok.yaml"]);
  assert.deepEqual(await checked(folder, ["ci"]), ["ci/p.yaml"]);
});

test("a file in whose identifiers .gitattributes has Git replace what is committed is an error", async (t) => {
  const steps = '[{"step":{"x":"$Id:","type":"Run","identifier":"r","spec":{"image":"node"},"y":"$"}}]';
  const hiding = `pipeline: {identifier: p, stages: [{stage: {identifier: s, type: Custom, spec: {execution: {steps: ${steps}}}}}]}\n`;
  const folder = repository(t, { "ok.yaml": `# $Id$\n${text}`, "ci/p.yaml": hiding });
  writeFileSync(join(folder, ".gitattributes"), "*.yaml ident\n");
  git(folder, "add", ".gitattributes");
  git(folder, "commit", "--quiet", "--message", "hide it");
  rmSync(join(folder, "ci", "p.yaml"));
  git(folder, "checkout", "--", ".");
  assert.doesNotMatch(readFileSync(join(folder, "ci", "p.yaml"), "utf8"), /node/);
  symlinkSync("ci/p.yaml", join(folder, "link.yaml"));
  // What the names that Git writes could be colored by.
  for (const [key, value] of [["color.ui", "always"], ["color.grep.filename", "red"], ["submodule.recurse", "true"]] as const) git(folder, "config", key, value);
  for (const args of [[], ["ci"]]) {
    const { exitCode, stdout } = await run(["check", "--format", "json", ...args], { folder });
    assert.equal(exitCode, 4);
    const { diagnostics } = JSON.parse(stdout) as Report;
    assert.deepEqual(diagnostics.map(({ rule, file }) => [rule, file]), [["unreadable", "ci/p.yaml"]]);
    assert.match(diagnostics[0]?.message ?? "", /ident/);
  }
});

test("a file of the configuration's name is checked where it isn't the configuration", async (t) => {
  const folder = repository(t, {
    "harness-image-guard.yaml": "preset: gar\n",
    "sub/harness-image-guard.yaml": "pipeline: {identifier: p, name: p, stages: []}\n",
  });
  assert.deepEqual(await checked(folder), ["sub/harness-image-guard.yaml"]);
});

test("in a folder that Git ignores and somebody names, tracked files are among the others", async (t) => {
  const folder = repository(t, { "build/p.yaml": text });
  writeFileSync(join(folder, ".gitignore"), "build/\n");
  writeFileSync(join(folder, "build", ".gitignore"), "*.tmp.yaml\np.yaml\n");
  for (const name of ["q.yaml", "q.tmp.yaml"]) writeFileSync(join(folder, "build", name), text);
  assert.deepEqual(await checked(folder), ["build/p.yaml"]);
  assert.deepEqual(await checked(folder, ["build"]), ["build/p.yaml", "build/q.yaml"]);
});

test("names are what they are: with line breaks, spaces, magic, in any case", async (t) => {
  const names = [" .yaml", ":(glob)x.yaml", "-n.yaml", "a\nb.yaml", 'q"uo\\te.YAML', "ä/日.yaml", "\t.yml", "P.JSON"].sort();
  const folder = repository(t, Object.fromEntries(names.map((name) => [name, text])));
  writeFileSync(join(folder, ".gitignore"), "*\n");
  assert.deepEqual(await checked(folder), names);
  mkdirSync(join(folder, ":(exclude)z"));
  writeFileSync(join(folder, ":(exclude)z", "z.yaml"), text);
  assert.deepEqual(await checked(folder, [":(exclude)z", "ä"]), [":(exclude)z/z.yaml", "ä/日.yaml"]);
});

test("a name that isn't UTF-8 is an error, not passed over", async (t) => {
  if (process.platform !== "linux") return t.skip("the file system takes no such name");
  const folder = repository(t, { "p.yaml": text });
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/q`), Buffer.from([0xff]), Buffer.from(".yaml")]), text);
  git(folder, "add", "--all");
  const { stdout, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /its name isn't UTF-8\n *--> q\\xff\.yaml:1:1/);
});

test("removed, replaced, unmerged and linked files are found as they are on the disk", async (t) => {
  const folder = repository(t, { "gone.yaml": text, "both.yaml": "a: 0\n", "p.yaml": text, "f.yaml": text });
  git(folder, "checkout", "--quiet", "-b", "other");
  writeFileSync(join(folder, "both.yaml"), "a: 1\n");
  git(folder, "commit", "--quiet", "--all", "--message", "one");
  git(folder, "checkout", "--quiet", "-");
  writeFileSync(join(folder, "both.yaml"), "a: 2\n");
  symlinkSync("p.yaml", join(folder, "link.yaml"));
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--all", "--message", "two");
  assert.throws(() => git(folder, "merge", "other"));
  rmSync(join(folder, "gone.yaml"));
  rmSync(join(folder, "f.yaml"));
  mkdirSync(join(folder, "f.yaml"));
  writeFileSync(join(folder, "f.yaml", "g.yaml"), text);
  assert.deepEqual(await checked(folder), ["both.yaml", "f.yaml/g.yaml", "p.yaml"]);
});

test("submodules and repositories within are looked into, by their own rules", async (t) => {
  const inner = repository(t, { "i.yaml": text, "j.yaml": text });
  const folder = repository(t, { "p.yaml": text });
  git(folder, "submodule", "--quiet", "add", inner, "sub");
  git(folder, "commit", "--quiet", "--message", "submodule");
  mkdirSync(join(folder, "nested", "deep"), { recursive: true });
  git(join(folder, "nested", "deep"), "init", "--quiet");
  for (const path of ["nested/deep/n.yaml", "nested/deep/o.yaml", "sub/k.yaml"]) writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, "nested", "deep", ".gitignore"), "o.yaml\n");
  writeFileSync(join(folder, "sub", ".gitignore"), "?.yaml\n");
  assert.deepEqual(await checked(folder), ["nested/deep/n.yaml", "p.yaml", "sub/i.yaml", "sub/j.yaml"]);
  assert.deepEqual(await checked(folder, ["sub"]), ["sub/i.yaml", "sub/j.yaml"]);
  assert.deepEqual(await checked(dirname(folder), [folder, "--stdin-path", "x.yaml", "-"]).then((paths) => paths.length), 5);
});

test("a linked work tree is one", async (t) => {
  const folder = repository(t, { "p.yaml": text });
  const beside = join(temporaryFolder(t), "beside");
  git(folder, "worktree", "add", "--quiet", beside);
  writeFileSync(join(beside, ".gitignore"), "*.yaml\n");
  writeFileSync(join(beside, "q.yaml"), text);
  assert.deepEqual(await checked(beside), ["p.yaml"]);
});

test("what a sparse checkout leaves out is said", async (t) => {
  const folder = repository(t, { "in/p.yaml": text, "out/q.yaml": text, "out/r.yaml": text, "out/s.txt": text });
  git(folder, "sparse-checkout", "set", "--sparse-index", "in");
  for (const mode of ["--sparse-index", "--no-sparse-index"]) {
    git(folder, "sparse-checkout", "reapply", mode);
    const { paths, stderr } = await check(folder);
    assert.deepEqual(paths, ["in/p.yaml"]);
    assert.match(stderr, /2 tracked files aren't in the work tree because of the sparse checkout, and not checked/);
  }
});

test("nothing of the repository is run: no hook, no monitor, no program that lies in it", async (t) => {
  const folder = repository(t, { "p.yaml": text });
  const ran = join(temporaryFolder(t), "ran");
  const script = join(folder, "run.sh");
  writeFileSync(script, `#!/bin/sh\ntouch '${ran}'\n`);
  chmodSync(script, 0o755);
  for (const key of ["core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand", "core.pager", "alias.ls-files"]) {
    git(folder, "config", key, key.startsWith("alias") ? `!${script}` : script);
  }
  git(folder, "config", "core.hooksPath", folder);
  for (const hook of ["post-index-change", "pre-commit"]) {
    writeFileSync(join(folder, hook), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
  }
  const bin = join(folder, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "git"), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
  const variables = { PATH: [bin, "node_modules/.bin", process.env["PATH"]].join(delimiter) };
  rmSync(ran, { force: true });
  assert.deepEqual(await checked(folder, [], { variables }), ["p.yaml"]);
  // A repository without a work tree may be part of one.
  const bare = join(folder, "bare");
  mkdirSync(bare);
  git(bare, "init", "--quiet", "--bare");
  git(bare, "config", "core.fsmonitor", script);
  writeFileSync(join(bare, "q.yaml"), text);
  git(folder, "add", "--all");
  assert.ok(existsSync(ran), "Git itself would run them");
  rmSync(ran);
  assert.deepEqual(await checked(bare, [], { variables }), ["q.yaml"]);
  assert.deepEqual(await checked(folder, ["bare"], { variables }), ["bare/q.yaml"]);
  assert.ok(!existsSync(ran));
});

test("a program of an outer repository, or in node_modules, is none, from wherever the command is run", async (t) => {
  const outer = repository(t, { "p.yaml": text, "svc/q.yaml": text });
  const sub = join(outer, "sub");
  mkdirSync(sub);
  git(sub, "init", "--quiet");
  writeFileSync(join(sub, "r.yaml"), text);
  const ran = join(temporaryFolder(t), "ran");
  const beside = temporaryFolder(t, { "node_modules/.bin/x": "" });
  const linked = join(temporaryFolder(t), "linked");
  symlinkSync(join(outer, "tools"), linked);
  const folders = [join(outer, "node_modules", ".bin"), join(outer, "tools"), join(beside, "node_modules", ".bin")];
  for (const bin of folders) {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "git"), `#!/bin/sh\ntouch '${ran}'\nexit 1\n`, { mode: 0o755 });
  }
  const own = temporaryFolder(t);
  symlinkSync(join(outer, "tools", "git"), join(own, "git"));
  const variables = { PATH: [...folders, linked, own, process.env["PATH"]].join(delimiter) };
  assert.deepEqual(await checked(outer, [], { variables }), ["p.yaml", "sub/r.yaml", "svc/q.yaml"]);
  assert.deepEqual(await checked(sub, [], { variables }), ["r.yaml"]);
  assert.deepEqual(await checked(join(outer, "svc"), [], { variables }), ["q.yaml"]);
  assert.deepEqual((await checked(beside, [sub], { variables })).length, 1);
  assert.ok(!existsSync(ran));
  const none = await check(sub, [], { variables: { PATH: [...folders, linked, own].join(delimiter) } });
  assert.match(none.stderr, /the program 'git' isn't installed: one in the repository or in node_modules isn't run/);
  assert.ok(!existsSync(ran));
});

test("in a hook, Git's variables don't lead to another repository", async (t) => {
  const folder = repository(t, { "p.yaml": text });
  const other = repository(t, { "q.yaml": text });
  const variables = {
    GIT_DIR: join(other, ".git"),
    GIT_WORK_TREE: other,
    GIT_INDEX_FILE: join(other, ".git", "index"),
    GIT_LITERAL_PATHSPECS: "0",
    GIT_GLOB_PATHSPECS: "1",
    GIT_TRACE: "1",
  };
  writeFileSync(join(folder, ".gitignore"), "*\n");
  assert.deepEqual(await checked(folder, [], { variables }), ["p.yaml"]);
});

test("where Git fails, the command says so, and nothing is left out", async (t) => {
  const files = { "p.yaml": text, "q.yaml": text, "node_modules/m.yaml": text };
  const folder = repository(t, { ...files, ".gitignore": "q.yaml\n" });
  const all = ["node_modules/m.yaml", "p.yaml", "q.yaml"];
  const without = await check(folder, [], { variables: { PATH: temporaryFolder(t) } });
  assert.deepEqual(without.paths, all);
  assert.match(without.stderr, /Git can't say which files of '.*' are tracked, so no file is left out.*: the program 'git' isn't installed/);

  renameSync(join(folder, ".git"), join(folder, "git"));
  mkdirSync(join(folder, ".git"));
  const broken = await check(folder);
  assert.deepEqual(broken.paths, all);
  assert.match(broken.stderr, /no file is left out.*: not a git repository/);
});

test("a repository of somebody else's, which Git refuses, is checked as a whole, and said to be", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root can give a folder away");
  const folder = repository(t, { "p.yaml": text, "q.yaml": text, ".gitignore": "q.yaml\n" });
  execFileSync("chown", ["-R", "12345:12345", folder]);
  const variables = { HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  const { paths, stderr } = await check(folder, [], { variables });
  assert.deepEqual(paths, ["p.yaml", "q.yaml"]);
  assert.match(stderr, /no file is left out.*: detected dubious ownership/);
  const trusted = { ...variables, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" };
  assert.deepEqual(await checked(folder, [], { variables: trusted }), ["p.yaml"]);
});

test("a check that starts inside of .harness/ knows that it is there", async (t) => {
  const folder = repository(t, { ".harness/pipelines/odd.yaml": text, "other/odd.yaml": text, "empty.yaml": "" });
  const inside = join(folder, ".harness", "pipelines");
  for (const [where, status] of [[folder, 1], [inside, 1], [join(folder, "other"), 3]] as const) {
    const { exitCode, stdout } = await run(["check"], { folder: where });
    assert.equal(exitCode, status, `${where}: ${stdout}`);
  }
  const { exitCode } = await run(["check", "../../other"], { folder: inside });
  assert.equal(exitCode, 3, "what lies elsewhere doesn't become Harness's");
});
