// How long the build without Rego takes until its first verdict, each time in a process of its own: compiling the
// module, which workers do before, then instantiating it and making the guard, then the first check. In milliseconds
// of this process's own time, with functions compiled ahead as workers have them, and memory in MiB.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = new URL("../pkg/dist/", import.meta.url);
const text = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";

if (process.argv[2] === "one") {
  const { checkHandlerWith } = await import(new URL("handler/check/check-handler.js", dist));
  const request = () => new Request("http://localhost/v1/check", { method: "POST", headers: { "content-type": "application/yaml" }, body: text });
  // Node loads these when they are used first; a worker has them.
  await new Response(new ReadableStream({ start: (controller) => controller.close() })).text();
  await crypto.subtle.digest("SHA-256", await (await request().blob()).arrayBuffer());
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let at = spent();
  const lap = () => {
    const before = at;
    at = spent();
    return at - before;
  };
  const module = await WebAssembly.compile(readFileSync(new URL("wasm/harness_image_guard_bg.wasm", dist)));
  const compile = lap();
  const handler = checkHandlerWith(() => Promise.resolve(module))({ anonymous: true });
  await handler.ready();
  const ready = lap();
  await (await handler.fetch(request())).text();
  const first = lap();
  await (await handler.fetch(request())).text();
  const second = lap();
  console.log(JSON.stringify({ compile, ready, first, second, memory: process.memoryUsage().rss / 2 ** 20 }));
} else {
  const runs = Array.from({ length: 15 }, () => JSON.parse(execFileSync(process.execPath, ["--no-wasm-lazy-compilation", fileURLToPath(import.meta.url), "one"], { encoding: "utf8" })));
  for (const name of Object.keys(runs[0])) {
    const sorted = runs.map((run) => run[name]).sort((one, other) => one - other);
    console.log(`${name.padEnd(8)} median ${sorted[7].toFixed(1)}   least ${sorted[0].toFixed(1)}   most ${sorted[14].toFixed(1)}`);
  }
}
