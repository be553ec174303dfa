import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import type { Report } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const text = "a: 1\n";

function folderOf(t: TestContext, paths: readonly string[], others: Record<string, string> = {}): string {
  return temporaryFolder(t, { ...Object.fromEntries(paths.map((path) => [path, text])), ...others });
}

function initialize(folder: string): void {
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
}

async function checked(folder: string, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await run(["check", "--format", "json", ...args], { folder });
  return (JSON.parse(stdout) as Report).files.map(({ path }) => path);
}

test("a search finds *.yaml, *.yml and *.json at every depth, sorted", async (t) => {
  const folder = folderOf(t, ["z.yaml", "a/b/c/d.yml", "a.json", ".harness/p.YAML", "a.yaml.bak", "yaml"]);
  assert.deepEqual(await checked(folder), [".harness/p.YAML", "a.json", "a/b/c/d.yml", "z.yaml"]);
});

test("node_modules and .git are left out, at every depth", async (t) => {
  const folder = folderOf(t, ["a.yaml", "node_modules/m/a.yaml", "sub/node_modules/a.json", "sub/.git/a.yaml"]);
  initialize(join(folder, "sub"));
  assert.deepEqual(await checked(folder), ["a.yaml"]);
});

test("the tool's own configuration is no input of a search", async (t) => {
  const folder = folderOf(t, ["a.yaml"], { "harness-image-guard.yaml": "preset: gar\n" });
  assert.deepEqual(await checked(folder), ["a.yaml"]);
});

test(".gitignore holds in its folder and below, the innermost outranking", async (t) => {
  const folder = folderOf(
    t,
    ["keep.yaml", "out/x.yaml", "sub/out/x.yaml", "sub/top.yaml", "top.yaml", "sub/a.tmp.yaml", "sub/b.tmp.yaml"],
    { ".gitignore": "# made\nout/\n/top.yaml\n*.tmp.yaml\n", "sub/.gitignore": "!a.tmp.yaml\n" },
  );
  assert.deepEqual(await checked(folder), ["keep.yaml", "sub/a.tmp.yaml", "sub/top.yaml"]);
});

test("a folder that an inner .gitignore takes back in is searched", async (t) => {
  const folder = folderOf(t, ["sub/gen/x.yaml", "gen/x.yaml"], {
    ".gitignore": "gen/\n",
    "sub/.gitignore": "!gen/\n",
  });
  assert.deepEqual(await checked(folder), ["sub/gen/x.yaml"]);
});

test(".gitignore counts case", async (t) => {
  const folder = folderOf(t, ["a.yaml", "B.yaml"], { ".gitignore": "A.yaml\nb.yaml\n" });
  assert.deepEqual(await checked(folder), ["B.yaml", "a.yaml"]);
});

test("the search agrees with git about what is ignored", async (t) => {
  const paths = ["a.yaml", "b/a.yaml", "b/c/a.yaml", "b/c/d/x.yaml", "docs/x.yaml", "b/docs/x.yaml", "b/k.yaml"];
  const folder = folderOf(t, paths, {
    ".gitignore": "/a.yaml\ndocs/*\n!docs/x.yaml\nb/**/x.yaml\n[k]*.yaml\n",
    "b/.gitignore": "c/a.yaml\n!k.yaml\n\\#x\n",
  });
  initialize(folder);
  const listed = execFileSync("git", ["ls-files", "--others", "--exclude-standard", "*.yaml"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.deepEqual(await checked(folder), listed.trim().split("\n").sort());
});

test("a .gitignore that would take for ever isn't applied, and more is checked", { timeout: 60_000 }, async (t) => {
  const deep = `${"a/".repeat(60)}x.yaml`;
  const folder = folderOf(t, [deep, "b.yaml"], { ".gitignore": `b.yaml\n${"a/**/".repeat(12)}b\n` });
  assert.deepEqual(await checked(folder), [deep, "b.yaml"]);
  writeFileSync(join(folder, ".gitignore"), "b.yaml\n# **/a/**/a/**/a\n**/a/**/x.yaml/**\n");
  assert.deepEqual(await checked(folder), [deep]);
});

test(".gitignore isn't applied to a path with more folders than any has", { timeout: 60_000 }, async (t) => {
  const [near, far] = [100, 300].map((depth) => `${"a/".repeat(depth)}x.yaml`);
  const folder = folderOf(t, [near ?? "", far ?? ""], { ".gitignore": "**/a/**/x.yaml\n" });
  assert.deepEqual(await checked(folder), [far]);
});

test("in a repository, .gitignore of the folders above the search hold too", async (t) => {
  const folder = folderOf(t, ["sub/gen/x.yaml", "sub/a.yaml"], { ".gitignore": "sub/gen/\n" });
  assert.deepEqual(await checked(join(folder, "sub")), ["a.yaml", "gen/x.yaml"]);
  initialize(folder);
  assert.deepEqual(await checked(join(folder, "sub")), ["a.yaml"]);
});

test("what is named is checked: an ignored file, an excluded one, one of another name", async (t) => {
  const folder = folderOf(t, ["ignored.yaml", "excluded.yaml", "other.txt", "node_modules/m.yaml"], {
    ".gitignore": "ignored.yaml\n",
    "harness-image-guard.yaml": "exclude: [excluded.yaml]\n",
  });
  assert.deepEqual(await checked(folder, "."), []);
  const named = ["excluded.yaml", "ignored.yaml", "node_modules/m.yaml", "other.txt"];
  assert.deepEqual(await checked(folder, ...named), named);
});

test("a folder that is named is searched, though git ignores it", async (t) => {
  const folder = folderOf(t, ["build/a/p.yaml", "build/q.tmp.yaml"], {
    ".gitignore": "build/\n",
    "build/.gitignore": "*.tmp.yaml\n",
  });
  initialize(folder);
  assert.deepEqual(await checked(folder, "build"), ["build/a/p.yaml"]);
  assert.deepEqual(await checked(join(folder, "build")), ["a/p.yaml"]);
});

test("exclude is relative to the configuration's folder, wherever the search begins", async (t) => {
  const folder = folderOf(t, ["legacy/a.yaml", "sub/legacy/a.yaml", "sub/b.yaml", "sub/gen/c.yaml"], {
    "harness-image-guard.yaml": 'exclude: ["legacy/**", "sub/gen/**"]\n',
  });
  assert.deepEqual(await checked(folder), ["sub/b.yaml", "sub/legacy/a.yaml"]);
  assert.deepEqual(await checked(join(folder, "sub")), ["b.yaml", "legacy/a.yaml"]);
  assert.deepEqual(await checked(join(folder, "sub"), ".."), ["b.yaml", "legacy/a.yaml"]);
});

test("several PATHs are one check, and no file comes twice", async (t) => {
  const folder = folderOf(t, ["a/x.yaml", "b/y.yaml", "c.yaml"]);
  const args = ["b", "./a/x.yaml", "a", "a/../a/x.yaml", join(folder, "c.yaml"), "c.yaml"];
  assert.deepEqual(await checked(folder, ...args), ["a/x.yaml", "b/y.yaml", "c.yaml"]);
});

test("a link to a file is followed, once; a link to a folder is not, so that loops end", async (t) => {
  const folder = folderOf(t, ["a/x.yaml", "elsewhere/y.yaml"]);
  initialize(folder);
  symlinkSync("..", join(folder, "a", "loop"));
  symlinkSync(".", join(folder, "a", "loop.yaml"));
  symlinkSync("x.yaml", join(folder, "a", "again.yaml"));
  symlinkSync("../elsewhere/y.yaml", join(folder, "a", "linked.yaml"));
  assert.deepEqual(await checked(join(folder, "a")), ["linked.yaml", "x.yaml"]);
  assert.deepEqual(await checked(folder), ["a/x.yaml", "elsewhere/y.yaml"]);
  assert.deepEqual(await checked(folder, "a/loop/a"), ["a/loop/a/linked.yaml", "a/loop/a/x.yaml"]);
});

test("a file is left out only if all of its names are: a link to what is excluded is checked", async (t) => {
  const folder = folderOf(t, ["pipelines/p.yaml", "deploy/d.yaml", ".harness/ok.yaml"], {
    "excluding.yaml": 'exclude: ["pipelines/**", "archive/**"]\n',
    "listing.yaml": "connectorFiles: [list.yaml]\n",
    "list.yaml": "connectors: {}\n",
    ".gitignore": "excluding.yaml\nlisting.yaml\n",
  });
  for (const isInRepository of [false, true]) {
    if (isInRepository) initialize(folder);
    else {
      symlinkSync("../pipelines/p.yaml", join(folder, ".harness/p.yaml"));
      symlinkSync("list.yaml", join(folder, "other-list.yaml"));
      symlinkSync("deploy", join(folder, "archive"));
    }
    const others = ["deploy/d.yaml", "list.yaml"];
    assert.deepEqual(await checked(folder, "--config", "excluding.yaml"), [".harness/ok.yaml", ".harness/p.yaml", ...others]);
    assert.deepEqual(await checked(folder, "--exclude", "pipelines/"), [".harness/ok.yaml", ".harness/p.yaml", ...others]);
    assert.deepEqual(await checked(folder, "--include", ".harness/**"), [".harness/ok.yaml", ".harness/p.yaml"]);
    assert.deepEqual(await checked(folder, "--exclude", ".harness/"), [...others, "pipelines/p.yaml"]);
    assert.deepEqual(await checked(folder), [".harness/ok.yaml", ".harness/p.yaml", ...others], "once, and where nothing is passed over");
    assert.deepEqual(await checked(folder, "pipelines/p.yaml", ".harness"), [".harness/ok.yaml", "pipelines/p.yaml"], "a name that was given counts");
    assert.deepEqual(await checked(folder, "--config", "listing.yaml"), [".harness/ok.yaml", ".harness/p.yaml", ...others], "a list is read once, whatever links lead to it");
    assert.deepEqual(await checked(folder, "--config", "excluding.yaml", "archive", "deploy"), ["deploy/d.yaml"]);
    assert.deepEqual(await checked(folder, "archive", "deploy"), ["archive/d.yaml"]);
  }
});

test("what can't be read by its own name isn't read through a link", async (t) => {
  const folder = temporaryFolder(t, { "encoded.yaml": Buffer.from(`\ufeff${text}`, "utf16le"), ".gitattributes": "encoded.yaml working-tree-encoding=UTF-16\n" });
  initialize(folder);
  mkdirSync(join(folder, ".harness"));
  symlinkSync("../encoded.yaml", join(folder, ".harness/p.yaml"));
  execFileSync("git", ["add", "--all"], { cwd: folder, stdio: "ignore" });
  const { stdout, exitCode } = await run(["check", "--exclude", "/encoded.yaml"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /working-tree-encoding/);
  execFileSync("git", ["mv", "encoded.yaml", "encoded.txt"], { cwd: folder });
  writeFileSync(join(folder, ".gitattributes"), "encoded.txt working-tree-encoding=UTF-16\n");
  rmSync(join(folder, ".harness/p.yaml"));
  symlinkSync("../encoded.txt", join(folder, ".harness/p.yaml"));
  const other = await run(["check"], { folder });
  assert.equal(other.exitCode, 4);
  assert.match(other.stdout, /working-tree-encoding/);
});

test("a file whose name is a submodule's to Git is checked", async (t) => {
  const folder = folderOf(t, ["p.yaml", "other.yaml"]);
  initialize(folder);
  execFileSync("git", ["update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},p.yaml`], { cwd: folder });
  assert.deepEqual(await checked(folder), ["other.yaml", "p.yaml"]);
});

test("a link that leads nowhere is counted and listed, and an error where it is named or Harness's", async (t) => {
  const folder = folderOf(t, ["a.yaml"]);
  mkdirSync(join(folder, ".harness"));
  symlinkSync("gone.yaml", join(folder, "dangling.yaml"));
  symlinkSync("self.yaml", join(folder, "self.yaml"));
  const searched = await run(["check", "--verbose"], { folder });
  assert.equal(searched.exitCode, 3);
  assert.match(searched.stdout, /^dangling\.yaml: not applicable: a link to a file that isn't there$/m);
  assert.match(searched.stdout, /^skipped 2 files .*: broken links \(2\)/m);
  const named = await run(["check", "dangling.yaml", "self.yaml"], { folder });
  assert.equal(named.exitCode, 4);
  assert.match(named.stdout, /no such file or directory\n.*dangling\.yaml/);
  assert.match(named.stdout, /too many symbolic links.*\n.*self\.yaml/);
  symlinkSync("gone.yaml", join(folder, ".harness", "dangling.yaml"));
  assert.equal((await run(["check"], { folder })).exitCode, 4);
});

test("a first run at a repository's root ends with 4 only because of Harness's files", async (t) => {
  const files = {
    ".harness/p.yaml": "pipeline: {identifier: p, name: p, stages: []}\n",
    "chart/templates/service.yaml": 'metadata:\n  name: {{ include "a.fullname" . }}\n  {{- toYaml .Values.x }}\n',
    "roles/a/templates/b.yml": "{% for x in y %}\n- {{ x }}\n{% endfor %}\n",
    "cloudformation.yaml": "Resources:\n  A: {Type: !Sub 'AWS::${B}', Value: !GetAtt A.Arn}\n",
    "mkdocs.yml": "x:\n  - emoji: !!python/name:material.extensions.emoji.twemoji\n",
    "tsconfig.json": '{\n  // a comment\n  "a": { "b": true, }, /* c: */ "d": 1\n}\n',
    "wide.yaml": Buffer.from("\ufeffa: 1\n", "utf16le"),
  };
  const folder = temporaryFolder(t, files);
  const short = await run(["check"], { folder });
  assert.equal(short.exitCode, 0, short.stdout);
  assert.match(short.stdout, /^0 errors and 0 warnings in 7 files \(1 document checked, 6 not applicable\)$/m);
  assert.match(short.stdout, /^skipped \d+ files that can't be read and name no Harness entity: .*`--verbose` lists them/m);
  const long = await run(["check", "--verbose"], { folder });
  assert.match(long.stdout, /^chart\/templates\/service\.yaml: not applicable: not YAML: likely a Helm or Go template$/m);
  assert.match(long.stdout, /^roles\/a\/templates\/b\.yml: not applicable: not YAML: likely a Jinja template$/m);
  assert.match(long.stdout, /^wide\.yaml: not applicable: UTF-16 text$/m);
  // A file that is named is always judged, and what may be Harness's always is.
  const named = await run(["check", "chart/templates/service.yaml", "wide.yaml", "infra/main.tf"], {
    folder: temporaryFolder(t, { ...files, "infra/main.tf": 'resource "a" "b" {}\n' }),
  });
  assert.equal(named.exitCode, 4);
  assert.match(named.stdout, /error\[syntax\]: .*\n *--> chart\/templates\/service\.yaml/);
  assert.match(named.stdout, /error\[unreadable\]: .*UTF-16.*\n *--> wide\.yaml/);
  assert.match(named.stdout, /error\[unreadable\]: this is Terraform, .*\n *--> infra\/main\.tf/);
  const beside = temporaryFolder(t, { ...files, "ci/p.yaml": "pipeline:\n  stages: [\n" });
  assert.equal((await run(["check"], { folder: beside })).exitCode, 4);
});


test("no file in the folder: exit code 3, and where nothing was found", async (t) => {
  const { stderr, exitCode } = await run(["check"], { folder: folderOf(t, ["README.md"]) });
  assert.equal(exitCode, 3);
  assert.match(stderr, /no \*\.yaml, \*\.yml or \*\.json in '\.'/);
});

test("every file excluded: exit code 3, and why", async (t) => {
  const folder = folderOf(t, ["a.yaml"], { "harness-image-guard.yaml": 'exclude: ["**"]\n' });
  const { stderr, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 3);
  assert.match(stderr, /the configuration excludes every file in '\.'/);
});
