// speed-budget.mjs BUDGET.json PROGRAM [--write]: counts the instructions of each case of the program (benches/instructions)
// with Valgrind; the count doesn't depend on the machine's load. Fails if a case exceeds its budget by more than a
// twentieth; --write makes the count the budget.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const tolerance = 0.05;
const renew = "make speed-budget";

const [budgetPath, program, write] = process.argv.slice(2);

/** What a program prints; `undefined` if there is no such program. */
function output(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error?.code === "ENOENT") return undefined;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
  return { stdout, stderr };
}

function counted(name) {
  const { stderr } = output("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=instructions::measured*", program, name);
  const count = Number(/^==\d+== Collected : (\d+)$/m.exec(stderr)?.[1]);
  // Valgrind counts 0 if it doesn't find the function.
  if (!(count > 0)) throw new Error(`Valgrind counted nothing of '${name}': ${stderr}`);
  return count;
}

function notCompared(why) {
  console.log(`NOT COMPARED: the instructions of a check, because ${why}`);
  process.exit(0);
}

if (output("valgrind", "--version") === undefined) {
  notCompared("'valgrind' is not on the PATH.\nOn Debian: sudo apt-get install valgrind");
}
const compiler = output("rustc", "--version", "--verbose").stdout;
const [version = ""] = compiler.split("\n");
const target = /^host: (.*)$/m.exec(compiler)?.[1] ?? "";
const names = output(program).stdout.trim().split("\n");
const instructions = () => Object.fromEntries(names.map((name) => [name, counted(name)]));

if (write === "--write") {
  writeFileSync(budgetPath, `${JSON.stringify({ compiler: version, target, instructions: instructions() }, null, 2)}\n`);
  process.exit(0);
}

const budget = JSON.parse(readFileSync(budgetPath, "utf8"));
if (budget.compiler !== version || budget.target !== target) {
  notCompared(`the budget was counted with ${budget.compiler} for ${budget.target}, and this is ${version} for ${target}.\n'${renew}' makes a budget for it.`);
}
if (JSON.stringify(Object.keys(budget.instructions)) !== JSON.stringify(names)) {
  console.error(`The budget and the program have other cases: '${renew}' renews it.`);
  process.exit(1);
}
const fallen = [];
const grown = [];
for (const [name, count] of Object.entries(instructions())) {
  const before = budget.instructions[name];
  const percent = (100 * (count - before)) / before;
  console.log(`${name}: ${count.toLocaleString("en")} instructions; the budget is ${before.toLocaleString("en")} (${percent < 0 ? "" : "+"}${percent.toFixed(1)} %)`);
  if (count > before * (1 + tolerance)) grown.push(`'${name}' by ${percent.toFixed(1)} %`);
  if (count < before * (1 - tolerance)) fallen.push(`'${name}' by ${(-percent).toFixed(1)} %`);
}
if (fallen.length > 0) console.log(`Faster than the budget: ${fallen.join(", ")}. '${renew}' renews it, so that it stays so.`);
if (grown.length > 0) {
  console.error(
    `Slower than the budget allows (${100 * tolerance} %): ${grown.join(", ")}.\n` +
      `'valgrind --tool=callgrind --dump-instr=no --toggle-collect=\"instructions::measured*\" ${program} CASE' and\n` +
      `'callgrind_annotate' say where. Where it is worth it, '${renew}' renews the budget; say why in the commit.`,
  );
  process.exit(1);
}
