// How long the build without Rego takes until its first verdict, each time in a process of its own: compiling the
// module, which edge workers do in advance, then instantiating it and making the guard, then the first check. In
// milliseconds of processor time, with functions compiled ahead as in edge workers, and memory in MiB. On Linux also the
// time of the main thread alone: on its other threads V8 optimizes what is warm, and no request waits for that.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { least, median } from "./support/measure.mjs";

const RUNS = 15;
const dist = new URL("../pkg/dist/", import.meta.url);
const text = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n";

if (process.argv[2] === "one") {
  const { checkHandlerWith } = await import(new URL("handler/check/check-handler.js", dist));
  const request = () => new Request("http://localhost/v1/check", { method: "POST", headers: { "content-type": "application/yaml" }, body: text });
  // Node loads these at their first use; an edge worker has them.
  await new Response(new ReadableStream({ start: (controller) => controller.close() })).text();
  await crypto.subtle.digest("SHA-256", await (await request().blob()).arrayBuffer());
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const spent = () => {
    // Linux adds up a thread's time when the thread yields.
    Atomics.wait(pause, 0, 0, 1);
    const { user, system } = process.cpuUsage();
    const times = { whole: (user + system) / 1000 };
    try {
      return { ...times, main: Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6 };
    } catch {
      return times;
    }
  };
  let at = spent();
  const lap = () => {
    const before = at;
    at = spent();
    return Object.fromEntries(Object.entries(at).map(([name, time]) => [name, time - before[name]]));
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
  const runs = Array.from({ length: RUNS }, () => JSON.parse(execFileSync(process.execPath, ["--no-wasm-lazy-compilation", fileURLToPath(import.meta.url), "one"], { encoding: "utf8" })));
  const parts = Object.entries(runs[0]).flatMap(([name, value]) => (typeof value === "number" ? [[name, (run) => run[name]]] : Object.keys(value).map((part) => [`${name} (${part})`, (run) => run[name][part]])));
  for (const [name, of] of parts) {
    const sorted = runs.map(of).sort((a, b) => a - b);
    console.log(`${name.padEnd(16)} median ${median(sorted).toFixed(1)}   least ${least(sorted).toFixed(1)}   most ${sorted.at(-1).toFixed(1)}`);
  }
}
