// 1,000 files, checked by the command and by conftest with the same policies: whole processes, in turn.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { interleaved, least, median, table, target } from "./support/measure.mjs";
import { copyPolicies, evaluate, inTemporaryFolder, root, run, tool, withFacts } from "./support/peers.mjs";
import { pipeline } from "./support/pipelines.mjs";

const FILES = 1000;
const ROUNDS = 5;
const rules = ["harness_image_connector", "harness_image_registry", "no_docker_hub"];

console.log(`\n${FILES.toLocaleString("en")} files of one to three stages each, by the command`);
await inTemporaryFolder(async (folder) => {
  const files = join(folder, "files");
  mkdirSync(files);
  let size = 0;
  for (let i = 0; i < FILES; i += 1) {
    const text = pipeline(1 + (i % 3));
    size += text.length;
    writeFileSync(join(files, `pipeline-${i}.yaml`), text);
  }
  // Exit code 1 says that something was found.
  const ours = (...args) => run(process.execPath, [join(root, "pkg/bin/harness-image-guard.js"), "check", files, ...args], [1]);
  const peer = conftest(folder, files);
  if (peer) assert.deepEqual(denials(peer("json")), violations(ours("--format", "json")));
  const tasks = { ours: () => ours("--format", "json"), ...(peer && { peer: () => peer("json") }) };
  const times = await interleaved(tasks, ROUNDS);
  table([
    [`${(size / 1e6).toFixed(1)} MB`, "min ms", "median ms"],
    ["harness-image-guard", least(times.ours), median(times.ours)],
    ...(peer
      ? [
          ["conftest", least(times.peer), median(times.peer)],
          ["times as fast", least(times.peer) / least(times.ours), median(times.peer) / median(times.ours)],
        ]
      : []),
  ]);
  if (peer) target("part of conftest's time", least(times.ours) / least(times.peer), 0.2, "");
});

/** conftest on the same files; `undefined` where it isn't here. It takes the facts from a file. */
function conftest(folder, files) {
  const program = tool("conftest");
  const opa = program && tool("opa");
  if (!program || !opa) return undefined;
  const policies = copyPolicies(folder);
  const facts = evaluate(opa, folder, "data.harness_image_guard.workspace.facts", { connectors: [] });
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "data.json"), JSON.stringify(withFacts(facts)));
  const namespaces = rules.flatMap((rule) => ["--namespace", `harness_image_guard.rules.${rule}`]);
  return (output) =>
    run(program, ["test", files, "--policy", policies, "--data", data, "--parser", "yaml", "--output", output, ...namespaces], [1]);
}

// A file's denials are a set of messages: what is found in two places with the same words is one.

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
