// run.mjs [--short] [WORD…]: doubles each shape, or each whose name has one of the words, and fails where the double takes
// more than 2.6 times as long. With --short each shape is smaller, and all are measured in one process.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

import { MOST, measure } from "./shape.mjs";
import { shapes } from "./shapes.mjs";

const words = process.argv.slice(2).filter((word) => word !== "--short");
const isShort = process.argv.includes("--short");
const names = Object.keys(shapes).filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
// As the command does: otherwise the time in which V8 optimizes would be counted.
const flag = "--wasm-tiering-budget=2147483647";
if (isShort) setFlagsFromString(flag);

console.log("factor     ms  ms, doubled  how many and what");
const failed = [];
for (const name of names) {
  const { size, times, factor, memory } = isShort ? await measure(name, 15) : inProcess(name);
  const figures = [factor.toFixed(2).padStart(6), ...times.map((time, i) => time.toFixed(0).padStart(i === 0 ? 6 : 12))];
  const most = memory === undefined ? "" : ` (${(memory / 2 ** 20).toFixed(0)} MiB)`;
  console.log(`${figures.join(" ")}  ${size} × ${name}${most}`);
  if (!(factor <= MOST)) failed.push(name);
}
console.log(`${names.length} shapes, of which ${failed.length} take more than ${MOST} times as long when they are doubled`);
if (names.length === 0) console.error(`no shape has a name with ${words.join(" or ")}`);
for (const name of failed) console.error(`too long when doubled: ${name}`);
if (failed.length > 0 || names.length === 0) process.exit(1);

function inProcess(name) {
  const program = fileURLToPath(new URL("shape.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [flag, program, name, "100"], { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout);
  console.error(`${name}: ${stderr}`);
  return { size: 0, times: [0, 0], factor: Infinity };
}
