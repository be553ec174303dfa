// cold-peer.mjs WASM DATA FILE: prints the milliseconds from the import of js-yaml and opa-wasm to the answer of the same
// policies. WASM is what OPA compiled, DATA the policies' `data`.
import { readFileSync } from "node:fs";

import { indexof_n } from "./peers.mjs";

const [wasm, data, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const start = performance.now();
const { load } = await import("js-yaml");
const { default: opaWasm } = await import("@open-policy-agent/opa-wasm");
const policy = await opaWasm.loadPolicy(readFileSync(wasm), undefined, { indexof_n });
policy.setData(JSON.parse(readFileSync(data, "utf8")));
policy.evaluate({ ...load(text), metadata: { file: "pipeline.yaml", document: 0 } }, "harness_image_guard/main/report");
console.log(JSON.stringify({ total: performance.now() - start }));
