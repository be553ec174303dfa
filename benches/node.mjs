// One pipeline of about 10 KB, warm in Node: parse, evaluate, report; beside js-yaml and opa-wasm with
// the same policies, which give no positions. Then the first verdict of a fresh process, and the cost
// by the number of steps.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import opaWasm from "@open-policy-agent/opa-wasm";
import { createGuard } from "harness-image-guard";
import { load as readYaml } from "js-yaml";

import { interleaved, least, median, table, target } from "./support/measure.mjs";
import { compileToWasm, indexof_n, inTemporaryFolder, run, tool, withFacts } from "./support/peers.mjs";
import { pipeline, stepsOnly } from "./support/pipelines.mjs";

const path = "pipeline.yaml";
const text = pipeline(2);
const guard = await createGuard({ maxFileBytes: 2 ** 30 });
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

console.log(`\nA pipeline of ${kilobytes(text.length)}, warm in Node ${process.versions.node}`);
await warm();
console.log("\nFrom import to the first report, in a fresh process");
await cold();
console.log("\nCost by the number of steps");
await linear();

async function warm() {
  const ours = () => guard.check([{ path, text }]);
  const peer = await opaPeer();
  if (peer) assert.deepEqual(places(peer().findings), places(ours().diagnostics));
  const tasks = peer ? { ours, peer } : { ours };
  await interleaved(tasks, 500);
  const times = await interleaved(tasks, 2000);
  table([
    ["", "min ms", "median ms", "findings"],
    ["harness-image-guard", least(times.ours), median(times.ours), ours().diagnostics.length],
    ...(peer
      ? [
          ["js-yaml + opa-wasm", least(times.peer), median(times.peer), peer().findings.length],
          ["ratio", least(times.ours) / least(times.peer), median(times.ours) / median(times.peer), ""],
        ]
      : []),
  ]);
  target("parse, evaluate, report", least(times.ours), 0.75, "ms");
  target("the goal,", least(times.ours), 0.375, "ms");
}

/** A function that does what ours does, but for the positions; `undefined` where there is no OPA. */
async function opaPeer() {
  const opa = tool("opa");
  if (!opa) return undefined;
  const wasm = await inTemporaryFolder((folder) => compileToWasm(opa, folder));
  const policy = await opaWasm.loadPolicy(wasm, undefined, { indexof_n });
  policy.setData(withFacts(undefined));
  const [{ result: facts }] = policy.evaluate({ connectors: [] }, "harness_image_guard/workspace/facts");
  policy.setData(withFacts(facts));
  return () => {
    const input = { ...readYaml(text), metadata: { file: path, document: 0 } };
    const [{ result }] = policy.evaluate(input, "harness_image_guard/main/report");
    return result;
  };
}

function places(findings) {
  return findings.map(({ rule, verdict, path, message }) => JSON.stringify([rule, verdict, path, message])).sort();
}

async function cold() {
  const script = fileURLToPath(new URL("support/cold.mjs", import.meta.url));
  const runs = await inTemporaryFolder((folder) => {
    const file = join(folder, path);
    writeFileSync(file, text);
    return Array.from({ length: 30 }, () => JSON.parse(run(process.execPath, [script, file])));
  });
  const of = (part) => runs.map((times) => times[part]).sort((a, b) => a - b);
  table([
    ["", "min ms", "median ms"],
    ["import", least(of("import")), median(of("import"))],
    ["load and compile", least(of("load")), median(of("load"))],
    ["first check", least(of("check")), median(of("check"))],
    ["together", least(of("total")), median(of("total"))],
  ]);
  target("load to first verdict", least(of("total")), 15, "ms");
}

async function linear() {
  const rows = [["steps", "size", "ms", "µs a step"]];
  for (const steps of [100, 1000, 10_000, 100_000]) {
    const text = stepsOnly(steps);
    const ours = () => assert.equal(guard.check([{ path, text }]).summary.errors, 0);
    const times = await interleaved({ ours }, Math.max(4, Math.ceil(20_000 / steps)));
    rows.push([steps.toLocaleString("en"), kilobytes(text.length), least(times.ours), (1000 * least(times.ours)) / steps]);
  }
  table(rows);
}
