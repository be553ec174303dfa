// What policies for Harness deny, warm: `policy.eval` beside opa-wasm on what OPA makes of the same Rego.
// What `export` makes of our rules, and Harness's own samples where they are present.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import opaWasm from "@open-policy-agent/opa-wasm";
import { compileRego } from "harness-image-guard";
import { load as readYaml } from "js-yaml";

import { interleaved, least, median, table, target } from "./support/measure.mjs";
import { indexof_n, inTemporaryFolder, root, run, tool } from "./support/peers.mjs";
import { pipeline } from "./support/pipelines.mjs";

const samples = join(root, "..", "shared", "policies");
const exported = join(root, "examples", "harness");

const opa = tool("opa");
if (opa) {
  await compare("What export makes of our rules, on a pipeline", exportedPolicies(), 1);
  if (existsSync(samples)) await compare("Harness's sample policies, each on its input", samplePolicies(), 0.6);
}

/** Measures each policy on both engines; what opa-wasm can't run is counted. `goal` is the part of its time. */
async function compare(title, policies, goal) {
  console.log(`\n${title}`);
  const rows = [["", "ours µs", "opa-wasm µs", "ratio"]];
  const ratios = [];
  let without = 0;
  for (const { name, text, input } of policies) {
    const peer = await opaPolicy(text, input);
    if (!peer) {
      without += 1;
      continue;
    }
    const policy = await compileRego({ modules: { [name]: text } });
    const query = `data.${packageOf(text)}.deny`;
    const ours = () => policy.eval(query, input)[0]?.expressions[0].value;
    // opa-wasm's own sprintf prints lists otherwise than OPA: the number of messages has to do.
    assert.equal(ours()?.length, peer()?.length, name);
    const tasks = { ours, peer };
    await interleaved(tasks, 200);
    const times = await interleaved(tasks, 500);
    const ratio = median(times.ours) / median(times.peer);
    ratios.push(ratio);
    rows.push([name, 1000 * median(times.ours), 1000 * median(times.peer), ratio]);
  }
  table(rows);
  ratios.sort((a, b) => a - b);
  if (without > 0) console.log(`  ${without} more use what OPA doesn't compile to WebAssembly, or opa-wasm doesn't have`);
  target("median of the ratios", median(ratios), goal, "");
}

function packageOf(text) {
  return /^package\s+([\w.]+)/m.exec(text)[1];
}

/** The policy's `deny` by opa-wasm; `undefined` where that can't run it. */
async function opaPolicy(text, input) {
  const entry = `${packageOf(text).replaceAll(".", "/")}/deny`;
  const wasm = await inTemporaryFolder((folder) => {
    const file = join(folder, "policy.rego");
    const bundle = join(folder, "bundle.tar.gz");
    writeFileSync(file, text);
    try {
      // Harness has an OPA older than 1.0, and both are written for that.
      run(opa, ["build", "--v0-compatible", "-t", "wasm", "-e", entry, "-o", bundle, file]);
    } catch {
      return undefined;
    }
    return run("tar", ["-xzOf", bundle, "/policy.wasm"]);
  });
  if (wasm === undefined) return undefined;
  const policy = await opaWasm.loadPolicy(wasm, undefined, { indexof_n });
  const ask = () => policy.evaluate(input)[0]?.result;
  try {
    ask();
    return ask;
  } catch {
    return undefined;
  }
}

function exportedPolicies() {
  const input = readYaml(pipeline(2));
  return readdirSync(exported)
    .filter((name) => name.endsWith("_pipeline.rego"))
    .map((name) => ({ name, text: readFileSync(join(exported, name), "utf8"), input }));
}

function samplePolicies() {
  const names = readdirSync(samples).sort();
  const page = (name) => name.replace(/-\d+\..*$/, "");
  return names
    .filter((name) => name.endsWith(".rego"))
    .flatMap((name) => {
      const its = names.find((other) => other.endsWith(".input.json") && page(other) === page(name));
      if (its === undefined) return [];
      const read = (file) => readFileSync(join(samples, file), "utf8");
      return [{ name, text: read(name), input: JSON.parse(read(its)) }];
    });
}
