import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync, chownSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { run } from "./command.js";
import { commandPath } from "./paths.js";
import { git, repository } from "./repository.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Links and paths: whoever writes the files doesn't choose what else of the machine is read, or written. */
const secret = "s3cr3t-of-the-machine";
const broken = `pipeline: ${secret}: x\n${secret}\n`;
const right = "pipeline: {identifier: p, name: p, stages: []}\n";
const wrong = `connector:
  identifier: harnessImage
  name: harnessImage
  type: DockerRegistry
  spec: {dockerRegistryUrl: "https://app.harness.io/registry", providerType: Quay, auth: {type: Anonymous}}
`;

test("a link that leads out of the repository is refused by its name, and nothing of the file is shown", async (t) => {
  const outside = temporaryFolder(t, { "f.yaml": broken, "d/g.yaml": broken, "plain.json": right });
  const folder = repository(t, { "p.yaml": right });
  for (const [link, target] of [
    ["f.yaml", join(outside, "f.yaml")],
    ["plain.yaml", join(outside, "plain.json")],
    ["environ.yaml", "/proc/self/environ"],
    ["passwd.yaml", "../../../../../../etc/passwd"],
    ["through.yaml", "d/g.yaml"],
  ] as const) symlinkSync(target, join(folder, link));
  symlinkSync(join(outside, "d"), join(folder, "d"));
  git(folder, "add", "--all");
  const links = ["environ.yaml", "f.yaml", "passwd.yaml", "plain.yaml", "through.yaml"];
  const variables = { SECRET: secret };
  for (const args of [[], links, ["."], ["--no-ignore"], ["d/g.yaml", ...links], ["--verbose", "d", ...links]]) {
    const { stdout, stderr, exitCode } = await run(["check", ...args], { folder, variables });
    assert.equal(exitCode, 4, stdout + stderr);
    for (const link of links) {
      assert.match(stdout, new RegExp(`error\\[unreadable\\]: .*which leads out of .*--follow-links.*\\n *--> ${link}:1:1\n`));
    }
    assert.ok(!(stdout + stderr).includes(secret) && !stdout.includes("root:"), stdout);
  }
  const followed = await run(["check", "--follow-links", "plain.yaml", "f.yaml"], { folder });
  assert.match(followed.stdout, /1 document checked/);
  assert.ok(followed.stdout.includes(secret));
});

test("a folder that is a link out of the repository is refused where it is named", async (t) => {
  const outside = temporaryFolder(t, { "g.yaml": broken });
  const other = repository(t, { "h.yaml": broken });
  const folder = repository(t, { "p.yaml": right });
  symlinkSync(outside, join(folder, "d"));
  symlinkSync(other, join(folder, "e"));
  for (const name of ["d", "e", "d/g.yaml", "e/h.yaml"]) {
    const { stdout, exitCode } = await run(["check", name], { folder });
    assert.equal(exitCode, 4, name);
    assert.match(stdout, /which leads out of|it leads out of/);
    assert.ok(!stdout.includes(secret));
  }
});

test("a link doesn't lead into .git, where credentials may be; who names a file there reads it", async (t) => {
  const folder = repository(t, { "p.yaml": right });
  const kept = join(folder, ".git", "kept.yaml");
  writeFileSync(kept, broken);
  symlinkSync(".git/kept.yaml", join(folder, "l.yaml"));
  symlinkSync(".git", join(folder, "reports"));
  for (const args of [[], ["l.yaml"], ["reports/kept.yaml"], ["--config", "l.yaml", "p.yaml"], ["--baseline", "l.yaml", "p.yaml"], ["--output", "json=reports/out.json", "p.yaml"]]) {
    const { stdout, stderr, exitCode } = await run(["check", ...args], { folder });
    assert.ok(exitCode === 4 || exitCode === 2, `${args.join(" ")}: ${exitCode}`);
    assert.match(stdout + stderr, /leads into '\.git'|its folder leads out/);
    assert.ok(!(stdout + stderr).includes(secret), stdout + stderr);
  }
  assert.ok((await run(["check", ".git/kept.yaml"], { folder })).stdout.includes(secret));
});

test("as many links as somebody likes lead to one file: it takes no longer for each than for few", async (t) => {
  const folder = repository(t, { "p.txt": right });
  mkdirSync(join(folder, "links"));
  const seconds = async (from: number, to: number): Promise<number> => {
    for (let at = from; at < to; at += 1) symlinkSync("../p.txt", join(folder, "links", `${at}.yaml`));
    const start = performance.now();
    assert.equal((await run(["check"], { folder })).exitCode, 0);
    return (performance.now() - start) / 1000;
  };
  const [few, many] = [await seconds(0, 5_000), await seconds(5_000, 20_000)];
  assert.ok(many < 8 * few, `${few} s for 5,000, ${many} s for 20,000`);
});

test("outside of a repository, links stay in the folders that are named", async (t) => {
  const folder = temporaryFolder(t, { "a/p.yaml": right, "b/q.yaml": right, "c.yaml": broken });
  symlinkSync("../b/q.yaml", join(folder, "a", "to-b.yaml"));
  symlinkSync("../c.yaml", join(folder, "a", "to-c.yaml"));
  symlinkSync("p.yaml", join(folder, "a", "to-p.yaml"));
  const both = await run(["check", "a", "b"], { folder });
  assert.equal(both.exitCode, 4);
  assert.match(both.stdout, /--> a\/to-c\.yaml:1:1/);
  assert.match(both.stdout, /1 error and 0 warnings in 3 files/);
  const one = await run(["check", "a"], { folder });
  assert.match(one.stdout, /2 errors and 0 warnings in 3 files/);
  assert.ok(!(one.stdout + both.stdout).includes(secret));
});

test("what isn't a regular file is refused by its name, and nothing waits for it", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": right });
  execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
  symlinkSync("pipe.yaml", join(folder, "to-pipe.yaml"));
  symlinkSync("/dev/zero", join(folder, "zero.yaml"));
  const server = createServer().listen(join(folder, "socket.yaml"));
  t.after(() => server.close());
  await new Promise((resolve) => server.on("listening", resolve));
  for (const args of [["."], ["pipe.yaml", "socket.yaml", "zero.yaml"], ["--follow-links", "."]]) {
    const { stdout, exitCode } = await run(["check", ...args], { folder });
    assert.equal(exitCode, 4);
    assert.match(stdout, /it is a pipe, and only regular files are read\n *--> (?:to-)?pipe\.yaml/);
    assert.match(stdout, /it is a socket, and only regular files are read\n *--> socket\.yaml/);
    assert.match(stdout, args[0] === "--follow-links" ? /it is a device.*\n *--> zero\.yaml/ : /--> zero\.yaml/);
  }
  for (const [command, ...args] of [
    ["check", "--config", "pipe.yaml"], ["check", "--policy", "pipe.yaml"], ["check", "--metadata", "pipe.yaml"],
    ["eval", "-i", "pipe.yaml", "1"], ["eval", "-d", "pipe.yaml", "1"], ["test", "pipe.yaml"], ["lint", "pipe.yaml"],
    ["input", "pipe.yaml"], ["fmt", "pipe.yaml"], ["images", "pipe.yaml"],
  ] as const) {
    const { stdout, stderr, exitCode } = await run([command, ...args], { folder });
    assert.notEqual(exitCode, 0, command);
    assert.match(stdout + stderr, /it is a pipe|isn't a module/, command);
  }
});

test("standard input and what a shell hands over are read", async (t) => {
  const folder = repository(t, { "p.yaml": right });
  const bash = (script: string) => run([], { folder, under: ["bash", "-c", `${script} # "$@"`] });
  const command = `'${process.execPath}' '${commandPath}'`;
  const piped = await bash(`${command} check <(cat p.yaml)`);
  assert.match(piped.stdout, /0 errors and 0 warnings in 1 file \(1 document checked\)/);
  const configured = await bash(`${command} check --config <(echo 'preset: nothing') p.yaml`);
  assert.match(configured.stderr, /`preset` is `nothing`/);
  assert.equal((await bash(`${command} check /dev/stdin < p.yaml`)).exitCode, 0);
  assert.equal((await bash(`${command} check - < p.yaml`)).exitCode, 0);
  assert.match((await bash(`${command} eval -i <(echo '{"a": 7}') -f raw input.a`)).stdout, /^7\n$/);
});

test("a configuration and what it names don't lead out of its repository", async (t) => {
  const outside = temporaryFolder(t, { "c.yaml": `${secret}: 1\n`, "p.rego": `package pipeline\n${secret} !\n` });
  const folder = repository(t, { "sub/p.yaml": right });
  const variables = { SECRET: secret };
  const config = join(folder, "harness-image-guard.yaml");
  for (const path of ["../../../../../../etc/passwd", "/etc/passwd", "/proc/self/environ", join(outside, "p.rego"), outside]) {
    writeFileSync(config, `policies:\n  - ${path}\n`);
    const { stdout, stderr, exitCode } = await run(["check", "p.yaml"], { folder: join(folder, "sub"), variables });
    assert.equal(exitCode, 2);
    assert.ok(stderr.includes(`harness-image-guard.yaml:2:5: the policy '${path}' can't be read: it leads out of '`), stderr);
    assert.ok(!(stdout + stderr).includes(secret) && !stderr.includes("root:"));
    writeFileSync(config, `connectorFiles:\n  - ${path}\n`);
    const list = await run(["check", "p.yaml"], { folder: join(folder, "sub"), variables });
    assert.equal(list.exitCode, 2);
    assert.ok(list.stderr.includes(`harness-image-guard.yaml:2:5: the list of connectors '${path}' can't be read: it leads out of '`), list.stderr);
    assert.ok(!(list.stdout + list.stderr).includes(secret) && !list.stderr.includes("root:"));
  }
  unlinkSync(config);
  for (const target of [join(outside, "c.yaml"), "/proc/self/environ"]) {
    symlinkSync(target, config);
    for (const args of [[], ["--config", "../harness-image-guard.yaml"]]) {
      const { stderr, exitCode } = await run(["check", ...args], { folder: join(folder, "sub"), variables });
      assert.equal(exitCode, 2);
      assert.match(stderr, /can't read the configuration '.*': it is a link to .* leads out of/);
      assert.ok(!stderr.includes(secret));
    }
    unlinkSync(config);
  }
  // One that somebody names, from wherever, may name what lies beside it.
  const central = temporaryFolder(t, { "guard.yaml": "policies: [mine/p.rego]\n", "mine/p.rego": "package pipeline\n\ndeny[\"no\"] { true }\n" });
  const { stdout, exitCode } = await run(["check", "--config", join(central, "guard.yaml")], { folder });
  assert.equal(exitCode, 1, stdout);
});

test("policies, modules and documents don't lead out either", async (t) => {
  const outside = temporaryFolder(t, { "p.rego": `package p\n${secret} !\n`, "d.json": `{"x": "${secret}"}` });
  const folder = repository(t, { "q.rego": "package p\n\ntest_a { true }\n", "p.yaml": right });
  symlinkSync(join(outside, "p.rego"), join(folder, "p.rego"));
  symlinkSync(join(outside, "d.json"), join(folder, "d.json"));
  for (const args of [
    ["check", "--policy", "."], ["check", "--policy", "p.rego"], ["check", "--metadata", "d.json"], ["eval", "-d", ".", "data"],
    ["eval", "-d", "d.json", "data"], ["eval", "-b", ".", "data"], ["eval", "-i", "d.json", "input"], ["test", "."], ["lint"],
    ["lint", "p.rego"], ["fmt", "p.rego"], ["input", "d.json"], ["export", "--to", "rego", "--out", "out", "--policy", "p.rego"],
  ]) {
    const { stdout, stderr, exitCode } = await run(args, { folder });
    assert.ok([1, 2, 4].includes(exitCode ?? 0), `${args.join(" ")}: ${exitCode} ${stdout} ${stderr}`);
    assert.ok(!(stdout + stderr).includes(secret), args.join(" "));
    assert.match(stdout + stderr, /leads out of/, args.join(" "));
  }
  const { stdout } = await run(["eval", "--follow-links", "-d", "d.json", "data.x"], { folder });
  assert.ok(stdout.includes(secret));
});

test("a .gitignore that is a link, a pipe or without an end is none", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": right, "a/p.yaml": right, "b/p.yaml": right });
  symlinkSync("/dev/zero", join(folder, ".gitignore"));
  execFileSync("mkfifo", [join(folder, "a", ".gitignore")]);
  symlinkSync("p.yaml", join(folder, "b", ".gitignore"));
  const { stdout, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 0);
  assert.match(stdout, /in 3 files/);
});

test("--fix writes through no link that leads out, even where it may read it", async (t) => {
  const outside = temporaryFolder(t, { "c.yaml": wrong });
  const folder = repository(t, { "p.yaml": right, "in/c.yaml": wrong });
  symlinkSync(join(outside, "c.yaml"), join(folder, "c.yaml"));
  symlinkSync("in/c.yaml", join(folder, "d.yaml"));
  const { stderr, exitCode } = await run(["check", "--fix", "--follow-links", "c.yaml", "d.yaml"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stderr, /'c\.yaml' is left as it was: it is reached through a link that leads out of the repository/);
  assert.equal(readFileSync(join(outside, "c.yaml"), "utf8"), wrong);
  // Within, the file that the link leads to is fixed.
  assert.ok(readFileSync(join(folder, "in", "c.yaml"), "utf8").includes("providerType: Other"));
  assert.ok(lstatSync(join(folder, "d.yaml")).isSymbolicLink());
  assert.ok((await run(["check", "--fix", "c.yaml"], { folder })).stdout.includes("which leads out of"));
});

test("--fix keeps owner, group and mode, or says why it can't", async (t) => {
  const folder = temporaryFolder(t, { "c.yaml": wrong, "d.yaml": wrong.replace("harnessImage", "harness_image") });
  const file = join(folder, "c.yaml");
  chmodSync(file, 0o664);
  if (process.getuid?.() !== 0) return t.skip("only root can give a file away");
  chownSync(file, 12345, 54321);
  chmodSync(file, 0o2664);
  assert.equal((await run(["check", "--fix", "c.yaml"], { folder })).exitCode, 0);
  const { uid, gid, mode } = statSync(file);
  assert.deepEqual([uid, gid, mode & 0o7777], [12345, 54321, 0o2664]);

  // Of somebody who may write the file and the folder, but not give files away.
  if (!existsSync("/usr/bin/setpriv")) return t.skip("there is no 'setpriv', which gives rights up");
  writeFileSync(file, wrong);
  chmodSync(file, 0o666);
  chmodSync(folder, 0o777);
  const under = ["setpriv", "--reuid", "23456", "--regid", "23456", "--clear-groups"];
  const { stderr, exitCode } = await run(["check", "--fix", "c.yaml"], { folder, under });
  assert.equal(exitCode, 4, stderr);
  assert.match(stderr, /'c\.yaml' is left as it was: it belongs to user 12345 and group 54321, which only they or root can keep/);
  assert.equal(readFileSync(file, "utf8"), wrong);
  assert.equal(statSync(file).uid, 12345);
  assert.deepEqual(readdirSync(folder).sort(), ["c.yaml", "d.yaml"]);
});

test("--fix leaves a file with several names as it is", async (t) => {
  const folder = temporaryFolder(t, { "c.yaml": wrong });
  linkSync(join(folder, "c.yaml"), join(folder, "again.txt"));
  const { stderr, exitCode } = await run(["check", "--fix"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stderr, /'c\.yaml' is left as it was: it is a hard link, and the file has 2 names: this one would be severed/);
  assert.equal(readFileSync(join(folder, "c.yaml"), "utf8"), wrong);
  assert.equal(statSync(join(folder, "again.txt")).nlink, 2);
});

test("--fix cleans up what a run that was killed left, and nothing else", async (t) => {
  const folder = temporaryFolder(t, { "c.yaml": wrong });
  const name = await leftover(folder);
  const [, machine = "", pid = ""] = /^\.harness-image-guard-([0-9a-f]{16})-(\d+)-/.exec(name) ?? [];
  const another = (of: string, process: string): string => `.harness-image-guard-${of}-${process}-01234567-89ab-cdef-0123-456789abcdef.tmp`;
  const kept = [
    another(machine, String(process.pid)),
    another("0123456789abcdef", pid),
    `.harness-image-guard-${machine}-${pid}-x.tmp`,
    ".c.yaml.tmp",
  ];
  for (const each of kept) writeFileSync(join(folder, each), "");
  mkdirSync(join(folder, another(machine, "999999999")));
  assert.equal((await run(["check", "--fix"], { folder })).exitCode, 0);
  const left = readdirSync(folder).sort();
  assert.deepEqual(left, [...kept, another(machine, "999999999"), "c.yaml"].sort());
});

/** Kills a run while it writes; the name of what it leaves. */
async function leftover(folder: string): Promise<string> {
  const script = `
    const { temporaryIn } = await import(${JSON.stringify(new URL("../dist/cli/temporary-file.js", import.meta.url).href)});
    require("node:fs").writeFileSync(temporaryIn(process.argv[1]), "half");
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["-e", `(async () => {${script}})()`, folder], { stdio: "inherit" });
  await new Promise((resolve) => child.on("close", resolve));
  const [name = ""] = readdirSync(folder).filter((each) => each.endsWith(".tmp"));
  assert.notEqual(name, "");
  return name;
}

test("export writes all or nothing, and takes nothing away that it can't have written", async (t) => {
  const folder = temporaryFolder(t, { "out/mine.txt": "mine", "out/.env": "mine", "victim.rego": "mine" });
  const out = join(folder, "out");
  const sum = (path: string): string => execFileSync("sha256sum", [path], { encoding: "utf8" }).slice(0, 64);
  const lines = ["mine.txt", ".env", "../victim.rego", "/etc/hostname", "./mine.txt", "mine.rego"];
  writeFileSync(join(out, "mine.rego"), "package mine\n");
  const hashes = lines.map((path) => `${path.startsWith("/") || path === "mine.rego" ? "0".repeat(64) : sum(join(out, path))}  ${path}\n`);
  writeFileSync(join(out, ".harness-image-guard-export"), hashes.join(""));
  const first = await run(["export", "--to", "rego", "--out", "out"], { folder });
  assert.equal(first.exitCode, 0, first.stderr);
  for (const path of ["out/mine.txt", "out/.env", "victim.rego", "out/mine.rego"]) assert.ok(existsSync(join(folder, path)), path);

  const before = readdirSync(out).sort();
  const second = await run(["export", "--to", "harness-yaml", "--out", "out"], { folder });
  assert.match(second.stderr, /removed 'out\/no_docker_hub_pipeline\.rego'/);
  assert.deepEqual(readdirSync(out).sort(), [".env", ".harness-image-guard-export", "connector.yaml", "mine.rego", "mine.txt", "policy_step.yaml"]);

  // Where one of the files can't be written, everything is as it was.
  mkdirSync(join(out, "no_docker_hub_template.rego"));
  const third = await run(["export", "--to", "rego", "--out", "out"], { folder });
  assert.equal(third.exitCode, 4);
  assert.match(third.stderr, /nothing has been written/);
  assert.ok(existsSync(join(out, "connector.yaml")) && !existsSync(join(out, "no_docker_hub_pipeline.rego")));
  assert.deepEqual(readdirSync(out).filter((name) => name.endsWith(".tmp")), []);
  assert.ok(before.length > 0);
});

test("export writes through no link that leads out", async (t) => {
  const outside = temporaryFolder(t, { "connector.yaml": "mine" });
  const folder = repository(t, { "p.yaml": right });
  symlinkSync(outside, join(folder, "out"));
  const { stderr, exitCode } = await run(["export", "--to", "harness-yaml", "--out", "out"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stderr, /can't write into 'out': it is a link to .* leads out of .*nothing has been written/);
  mkdirSync(join(folder, "in"));
  symlinkSync(join(outside, "connector.yaml"), join(folder, "in", "connector.yaml"));
  assert.equal((await run(["export", "--to", "harness-yaml", "--out", "in"], { folder })).exitCode, 4);
  assert.equal(readFileSync(join(outside, "connector.yaml"), "utf8"), "mine");
});
