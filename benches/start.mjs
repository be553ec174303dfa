// What a process costs that checks one pipeline of about 10 KB and ends, in turn beside what else does: the command beside
// Node alone, the package beside js-yaml and opa-wasm with the same policies. By the clock, and by the processor time of
// all threads, which doesn't depend as much on what else the machine does.
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
  const [checked] = compare(folder, { "harness-image-guard check": [command, "check", file], "node -e 0": ["-e", "0"] });
  target("processor time beside Node's own, median", checked, 1.25, "");

  console.log("\nFrom nothing to the first verdict by the package, whole processes");
  const ours = { "harness-image-guard": [support("cold.mjs"), file] };
  const opa = tool("opa");
  if (!opa) return void compare(folder, ours);
  const wasm = join(folder, "policy.wasm");
  writeFileSync(wasm, compileToWasm(opa, folder));
  const data = join(folder, "data.json");
  writeFileSync(data, JSON.stringify(withFacts(evaluate(opa, folder, "data.harness_image_guard.workspace.facts", { connectors: [] }))));
  const [first] = compare(folder, { ...ours, "js-yaml + opa-wasm": [support("cold-peer.mjs"), wasm, data, file], "harness-image-guard, V8 as in the command": [...asInCommand, support("cold.mjs"), file], "node -e 0": ["-e", "0"] });
  target("processor time beside theirs, median", first, 0.5, "");
});

/** Runs the programs in turn, prints what each takes, and gives the ratio of the first's processor time to each other's. */
function compare(folder, programs) {
  const spent = join(folder, "spent");
  const runs = Object.fromEntries(Object.keys(programs).map((name) => [name, { wall: [], cpu: [] }]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, ["--require", support("spent.cjs"), ...args], { env: { ...process.env, SPENT: spent } });
      const wall = performance.now() - start;
      // Exit code 1 says that something was found.
      if (status !== 0 && status !== 1) throw new Error(`${name} ended with ${status}: ${stderr}`);
      // The first round fills the caches of the system.
      if (round === 0) continue;
      runs[name].wall.push(wall);
      runs[name].cpu.push(Number(readFileSync(spent, "utf8")));
    }
  }
  const [own, ...others] = Object.values(runs);
  for (const { wall, cpu } of Object.values(runs)) for (const list of [wall, cpu]) list.sort((a, b) => a - b);
  const cells = ({ wall, cpu }) => [least(cpu), median(cpu), least(wall), median(wall)];
  table([
    ["", "cpu ms, min", "median", "clock ms, min", "median"],
    ...Object.entries(runs).map(([name, run]) => [name, ...cells(run)]),
    ...Object.keys(programs).slice(1).map((name, i) => [`ratio to ${name}`, ...cells(own).map((value, at) => value / cells(others[i])[at])]),
  ]);
  return others.map(({ cpu }) => median(own.cpu) / median(cpu));
}
