// 1,000 files, checked by the command and by conftest with the same policies: whole processes, in turn, and the most memory
// that each takes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";

import { interleaved, least, median, table, target } from "./support/measure.mjs";
import { copyPolicies, evaluate, inTemporaryFolder, root, run, tool, withFacts } from "./support/peers.mjs";
import { pipeline } from "./support/pipelines.mjs";

const FILES = 1000;
const ROUNDS = 5;

/** What all rules find, in the form that conftest evaluates. */
const CONFTEST_POLICY = `package main

import rego.v1

deny contains finding.message if {
	some finding in data.harness_image_guard.main.report.findings
	finding.verdict == "violation"
}
`;

console.log(`\n${FILES.toLocaleString("en")} files of one to three stages each, by the command, on ${availableParallelism()} cores`);
await inTemporaryFolder(async (folder) => {
  const files = join(folder, "files");
  mkdirSync(files);
  let size = 0;
  for (let i = 0; i < FILES; i += 1) {
    const text = pipeline(1 + (i % 3));
    size += text.length;
    writeFileSync(join(files, `pipeline-${i}.yaml`), text);
  }
  const ours = [process.execPath, join(root, "pkg/bin/harness-image-guard.js"), "check", files, "--format", "json"];
  const theirs = conftest(folder, files);
  const commands = {
    "harness-image-guard": ours,
    "the same by one thread": [...ours, "--concurrency", "1"],
    ...(theirs && { conftest: theirs }),
  };
  const printed = ([program, ...args]) => run(program, args, [1]);
  if (theirs) assert.deepEqual(denials(printed(theirs)), violations(printed(ours)));
  const times = await interleaved(Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, () => printed(command)])), ROUNDS);
  const rows = [];
  for (const [name, command] of Object.entries(commands)) rows.push([name, least(times[name]), median(times[name]), await memory(command)]);
  const [own, , peer] = rows;
  table([[`${(size / 1e6).toFixed(1)} MB`, "min ms", "median ms", "most MiB"], ...rows, ...(peer ? [["times as fast", ...[1, 2].map((column) => peer[column] / own[column]), ""]] : [])]);
  if (!peer) return;
  target("part of conftest's time, median", own[2] / peer[2], 0.167, "");
  target("MiB, as many as conftest", own[3], peer[3], "MiB");
});

/** The most memory that a program takes, in MiB, as Linux reports it while the program runs; NaN elsewhere. */
async function memory([program, ...args]) {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "ignore"] });
  const ended = once(child, "exit");
  let most = Number.NaN;
  const look = setInterval(() => {
    try {
      most = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? most * 1024) / 1024;
    } catch {
      // It has ended, or there is no /proc.
    }
  }, 5);
  await ended;
  clearInterval(look);
  return most;
}

/** The command line of conftest on the same files, with the facts in a file; `undefined` where there is no conftest. */
function conftest(folder, files) {
  const program = tool("conftest");
  const opa = program && tool("opa");
  if (!program || !opa) return undefined;
  const policies = copyPolicies(folder);
  const facts = evaluate(opa, folder, "data.harness_image_guard.workspace.facts", { connectors: [] });
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "data.json"), JSON.stringify(withFacts(facts)));
  writeFileSync(join(policies, "conftest.rego"), CONFTEST_POLICY);
  return [program, "test", files, "--policy", policies, "--data", data, "--parser", "yaml", "--output", "json"];
}

// A file's denials are a set: the same message in two places counts once.

function denials(report) {
  const found = JSON.parse(report).flatMap(({ filename, failures = [] }) =>
    failures.map(({ msg }) => `${basename(filename)}: ${msg}`),
  );
  return [...new Set(found)].sort();
}

function violations(report) {
  const found = JSON.parse(report)
    .diagnostics.filter(({ verdict }) => verdict === "violation")
    .map(({ file, message }) => `${basename(file)}: ${message}`);
  return [...new Set(found)].sort();
}
