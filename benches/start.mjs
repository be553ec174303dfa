// What a process costs that checks one pipeline of about 10 KB and ends, in turn beside what else does: the command beside
// Node alone, the package beside js-yaml and opa-wasm with the same policies. By the clock, and by the processor time of
// all threads, which doesn't depend as much on what else the machine does; of the package, also by the clock of the process
// itself, from its first import to the first verdict.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { least, median, table, target } from "./support/measure.mjs";
import { compileToWasm, evaluate, inTemporaryFolder, root, tool, withFacts } from "./support/peers.mjs";
import { pipeline } from "./support/pipelines.mjs";

const ROUNDS = 25;
const asInCommand = ["--wasm-tiering-budget=2147483647", "--wasm-lazy-validation"];
const support = (name) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

await inTemporaryFolder(async (folder) => {
  const file = join(folder, "pipeline.yaml");
  writeFileSync(file, pipeline(2));
  const command = join(root, "pkg/bin/harness-image-guard.js");
  console.log(`\nOne file by the command, whole processes, Node ${process.versions.node}`);
  const [{ cpu: checked }] = compare(folder, { "harness-image-guard check": [command, "check", file], "node -e 0": ["-e", "0"] });
  target("processor time beside Node's own, median", checked, 1.25, "");

  console.log("\nFrom nothing to the first verdict by the package, whole processes");
  const ours = { "harness-image-guard": [support("cold.mjs"), file] };
  const opa = tool("opa");
  if (!opa) return void compare(folder, ours);
  const wasm = join(folder, "policy.wasm");
  writeFileSync(wasm, compileToWasm(opa, folder));
  const data = join(folder, "data.json");
  writeFileSync(data, JSON.stringify(withFacts(evaluate(opa, folder, "data.harness_image_guard.workspace.facts", { connectors: [] }))));
  const [{ cpu: spent, own: waited }] = compare(folder, { ...ours, "js-yaml + opa-wasm": [support("cold-peer.mjs"), wasm, data, file], "harness-image-guard, V8 as in the command": [...asInCommand, support("cold.mjs"), file], "node -e 0": ["-e", "0"] });
  target("processor time beside theirs, median", spent, 0.5, "");
  target("from the first import to the first verdict beside theirs, median", waited, 0.5, "");
});

/** Runs the programs in turn, prints what each takes, and gives the ratios of the first to each other. */
function compare(folder, programs) {
  const spent = join(folder, "spent");
  const runs = Object.fromEntries(Object.keys(programs).map((name) => [name, { cpu: [], wall: [], own: [] }]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const start = performance.now();
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--require", support("spent.cjs"), ...args], { env: { ...process.env, SPENT: spent }, encoding: "utf8" });
      const wall = performance.now() - start;
      // Exit code 1 says that something was found.
      if (status !== 0 && status !== 1) throw new Error(`${name} ended with ${status}: ${stderr}`);
      // The first round fills the caches of the system.
      if (round === 0) continue;
      runs[name].wall.push(wall);
      runs[name].cpu.push(Number(readFileSync(spent, "utf8")));
      runs[name].own.push(totalOf(stdout));
    }
  }
  const [first, ...others] = Object.values(runs);
  for (const run of Object.values(runs)) for (const list of Object.values(run)) list.sort((a, b) => a - b);
  const isTimed = first.own.every((time) => time !== undefined);
  const cells = ({ cpu, wall, own }) => [cpu, wall, ...(isTimed ? [own] : [])].flatMap((times) => [least(times), median(times)]);
  const shown = (value) => (Number.isFinite(value) ? value : "");
  table([
    ["", "cpu ms, min", "median", "clock ms, min", "median", ...(isTimed ? ["from import, min", "median"] : [])],
    ...Object.entries(runs).map(([name, run]) => [name, ...cells(run).map(shown)]),
    ...Object.keys(programs).slice(1).map((name, i) => [`ratio to ${name}`, ...cells(first).map((value, at) => shown(value / cells(others[i])[at]))]),
  ]);
  return others.map((other) => ({ cpu: median(first.cpu) / median(other.cpu), own: median(first.own) / median(other.own) }));
}

/** The milliseconds that a program says it took, where it says so. */
function totalOf(stdout) {
  return stdout.startsWith('{"') ? JSON.parse(stdout).total : undefined;
}
