// OPA's own conformance cases through the Node interface: each has to give the answer that it wants, or be refused before
// evaluation with the name of the built-in function that isn't supported. Cases come on standard input, one a line, as
// tests/opa/reference/conformance writes them.
//
// node tests/conformance/run.mjs [--verbose] NAME < cases

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { compileRego, HarnessImageGuardError } from "harness-image-guard";

const name = process.argv.at(-1);
const isVerbose = process.argv.includes("--verbose");
const exceptions = JSON.parse(readFileSync(new URL("exceptions.json", import.meta.url), "utf8"));
const excepted = exceptions[name] ?? {};

const counts = { passed: 0, builtin: 0, excepted: 0, failed: 0 };
const builtins = new Map();
const failures = [];
const needless = new Set(Object.keys(excepted));

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const verdict = await judge(question);
  if (question.id in excepted && !["passed", "builtin"].includes(verdict.kind)) {
    needless.delete(question.id);
    counts.excepted += 1;
    continue;
  }
  counts[verdict.kind] += 1;
  for (const builtin of verdict.builtins ?? []) {
    builtins.set(builtin, (builtins.get(builtin) ?? 0) + 1);
  }
  if (verdict.kind === "failed") failures.push(`${question.id}\n  ${verdict.why}`);
}

const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
console.log(
  `${name}: ${total} cases: ${counts.passed} pass, ${counts.builtin} refused for a builtin that isn't supported, ` +
    `${counts.excepted} excepted, ${counts.failed} fail`,
);
if (isVerbose) {
  const byCount = [...builtins].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [builtin, count] of byCount) console.log(`  ${builtin}: ${count}`);
}
for (const failure of failures) console.log(failure);
for (const id of needless) console.log(`${id}\n  passes now: remove it from exceptions.json`);
if (failures.length > 0 || needless.size > 0 || total === 0) process.exitCode = 1;

async function judge({ modules, data, input, inputTerm, query, regoVersion, strictBuiltinErrors, want }) {
  const asked = inputTerm === undefined ? query : `${query} with input as ${inputTerm}`;
  let policy;
  let answer;
  try {
    // These cases are about evaluation: the commands' check for rules over data would come first.
    policy = await compileRego({ modules, data, regoVersion, rulesOverData: true });
    // `eval` reads a string as JSON text, so a value that is a string has to be written as JSON.
    const text = input === undefined ? undefined : JSON.stringify(input);
    answer = policy.eval(asked, text, { strictBuiltinErrors: strictBuiltinErrors === true });
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") throw error;
    return judgeErrors(error.problems, policy !== undefined, want);
  }
  if (want.errorCode !== undefined || want.error !== undefined) {
    return failed(`an error was wanted: ${JSON.stringify(want)}, not ${JSON.stringify(answer)}`);
  }
  const wanted = setOf(want.result.map((bindings) => canonical(bindings, want, false)));
  const got = setOf(answer.map(({ bindings }) => canonical(bindings, want, true)));
  return wanted === got ? { kind: "passed" } : failed(`wanted ${wanted}, got ${got}`);
}

function judgeErrors(problems, isCompiled, want) {
  const text = problems
    .map(({ file, line, code, message }) => `${file ?? ""}:${line ?? ""}: ${code}: ${message}`)
    .join("; ");
  const isWanted =
    (want.errorCode !== undefined || want.error !== undefined) &&
    (want.errorCode === undefined || problems[0].code === want.errorCode) &&
    (want.error === undefined || text.includes(want.error));
  if (isWanted) return { kind: "passed" };
  const missing = problems.map(({ message }) => /^undefined function (?!data\.)([\w.]+)/.exec(message)?.[1]);
  if (missing.every((builtin) => builtin !== undefined)) return { kind: "builtin", builtins: new Set(missing) };
  // A call that is refused for its values ends the evaluation, and is named too.
  const refused = problems.map(({ code, message }) =>
    code === "eval_refused_error" ? /^[\w.]+/.exec(message)?.[0] : undefined,
  );
  if (refused.every((builtin) => builtin !== undefined)) return { kind: "builtin", builtins: new Set(refused) };
  return failed(`${isCompiled ? "" : "not compiled: "}${text}; wanted ${JSON.stringify(want)}`);
}

function failed(why) {
  return { kind: "failed", why };
}

/** Bindings as JSON, with sorted keys, and with sorted arrays where a case says so. */
function canonical(bindings, { sortBindings, ignoreGeneratedVars }, isAnswer) {
  const entries = Object.entries(bindings).filter(
    ([key]) => !(isAnswer && ignoreGeneratedVars === true && key.startsWith("__localq")),
  );
  const sorted = entries.map(([key, value]) => [
    key,
    sortBindings === true && Array.isArray(value) ? value.map(ordered).sort(byText) : ordered(value),
  ]);
  return JSON.stringify(ordered(Object.fromEntries(sorted)));
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
}

function byText(a, b) {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function setOf(texts) {
  return [...new Set(texts)].sort().join(" ");
}
