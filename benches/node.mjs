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
const connectors = Array.from({ length: 5 }, (_, i) => ({
  path: `connector-${i}.yaml`,
  text: `connector:\n  name: c${i}\n  identifier: c${i}\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://registry-${i}.example/team\n    providerType: Other\n    auth:\n      type: Anonymous\n`,
}));
const guard = await createGuard({ maxFileBytes: 2 ** 30 });
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

const peer = await opaPeer();
for (const { title, files, rounds } of [
  { title: "A pipeline", files: [{ path, text }], rounds: 2000 },
  { title: "The same with five connectors beside it", files: [{ path, text }, ...connectors], rounds: 1000 },
  { title: "A pipeline", files: [{ path, text: pipeline(20) }], rounds: 200 },
  { title: "A pipeline", files: [{ path, text: pipeline(200) }], rounds: 12 },
]) {
  const size = files.reduce((sum, file) => sum + file.text.length, 0);
  console.log(`\n${title}, ${kilobytes(size)}, warm in Node ${process.versions.node}`);
  await warm(files, rounds);
}
console.log("\nFrom import to the first report, in a fresh process");
await cold();
console.log("\nCost by the number of steps");
await linear();

async function warm(files, rounds) {
  const ours = () => guard.check(files);
  const theirs = peer && (() => peer(files));
  if (theirs) assert.deepEqual(places(theirs()), places(ours().diagnostics));
  const tasks = theirs ? { ours, theirs } : { ours };
  await interleaved(tasks, Math.ceil(rounds / 4));
  const times = await interleaved(tasks, rounds);
  table([
    ["", "min ms", "median ms", "findings"],
    ["harness-image-guard", least(times.ours), median(times.ours), ours().diagnostics.length],
    ...(theirs
      ? [
          ["js-yaml + opa-wasm", least(times.theirs), median(times.theirs), theirs().length],
          ["ratio", least(times.ours) / least(times.theirs), median(times.ours) / median(times.theirs), ""],
        ]
      : []),
  ]);
  if (theirs) target("part of their time, median", median(times.ours) / median(times.theirs), 0.5, "");
}

/** A function that finds what ours finds, without positions; `undefined` where there is no OPA. */
async function opaPeer() {
  const opa = tool("opa");
  if (!opa) return undefined;
  const wasm = await inTemporaryFolder((folder) => compileToWasm(opa, folder));
  const policy = await opaWasm.loadPolicy(wasm, undefined, { indexof_n });
  const evaluated = (input, rule) => policy.evaluate(input, `harness_image_guard/${rule}`)[0]?.result;
  const factsOf = (connectors) => {
    policy.setData(withFacts(undefined));
    return withFacts(evaluated({ connectors }, "workspace/facts"));
  };
  const alone = factsOf([]);
  return (files) => {
    const documents = files.map(({ path, text }) => ({ file: path, content: readYaml(text) }));
    const connectors = documents.flatMap(({ file, content: { connector } }) => (connector ? [{ file, document: 0, connector, isListed: false }] : []));
    policy.setData(connectors.length > 0 ? factsOf(connectors) : alone);
    return documents.flatMap(({ file, content }) => evaluated({ ...content, metadata: { file, document: 0 } }, "main/report")?.findings ?? []);
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
    const times = await interleaved({ ours }, Math.max(4, Math.ceil(100_000 / steps)));
    rows.push([steps.toLocaleString("en"), kilobytes(text.length), least(times.ours), (1000 * least(times.ours)) / steps]);
  }
  table(rows);
}
