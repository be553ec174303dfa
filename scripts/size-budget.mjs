// size-budget.mjs BUDGET.json MODULE.wasm: ends with 1 if the module, as a server sends it, is over its budget.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const [budgetPath, modulePath] = process.argv.slice(2);
const { wasm_brotli_bytes: budget } = JSON.parse(readFileSync(budgetPath, "utf8"));
const module = readFileSync(modulePath);
const { length: size } = brotliCompressSync(module, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
  },
});

const count = (bytes) => `${bytes.toLocaleString("en")} bytes`;
console.log(
  `${modulePath}: ${count(module.length)}, ${count(size)} after brotli; the budget is ${count(budget)}`,
);
if (size > budget) {
  console.error(`Over the budget by ${count(size - budget)}.`);
  process.exitCode = 1;
}
