// size-budget.mjs BUDGET.json NAME FILE…: fails if the files together, compressed with brotli as a server sends them, exceed
// the budget of that name.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const [budgetPath, name, ...paths] = process.argv.slice(2);
const { [name]: budget } = JSON.parse(readFileSync(budgetPath, "utf8"));
if (budget === undefined || paths.length === 0) throw new Error(`no budget ${name}, or nothing to weigh`);

let raw = 0;
let size = 0;
for (const path of paths) {
  const content = readFileSync(path);
  raw += content.length;
  size += brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  }).length;
}

const count = (bytes) => `${bytes.toLocaleString("en")} bytes`;
console.log(`${name}: ${count(raw)}, ${count(size)} after brotli; the budget is ${count(budget)}`);
if (size > budget) {
  console.error(`Over the budget by ${count(size - budget)}.`);
  process.exitCode = 1;
}
