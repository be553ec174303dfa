import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";

import { compileRego, HarnessImageGuardError, testRego } from "harness-image-guard";

import { WasmSuite } from "../dist/authoring/harness_image_guard.js";
import { nanoseconds } from "../dist/cli/duration.js";
import { type Outcome, run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A run of `harness-image-guard test` on files; each duration is 0. */
async function tested(t: TestContext, files: Record<string, string>, ...options: string[]): Promise<Outcome> {
  const outcome = await run(["test", ...options], { folder: temporaryFolder(t, files) });
  return { ...outcome, stdout: outcome.stdout.replace(/ \(\d[\d.a-zµ]*s\)/g, " (0s)") };
}

const line = "-".repeat(80);

// The shown texts are what OPA 0.70 and 1.22 print on these files, with other durations.

test("a second test of a name that fails isn't covered up by the first", async (t) => {
  const files = { "a_test.rego": "package a\ntest_twice { 1 == 1 }\ntest_twice { 2 == 3 }\n" };
  const { stdout, exitCode } = await tested(t, files);
  assert.equal(stdout, `a_test.rego:\ndata.a.test_twice#01: FAIL (0s)\n${line}\nPASS: 1/2\nFAIL: 1/2\n`);
  assert.equal(exitCode, 2);
});

test("a set is not true", async (t) => {
  const { stdout, exitCode } = await tested(t, { "a_test.rego": "package a\ntest_set[x] { x := 1 }\n" });
  assert.equal(stdout, `a_test.rego:\ndata.a.test_set: FAIL (0s)\n${line}\nFAIL: 1/1\n`);
  assert.equal(exitCode, 2);
});

const many = `package a
test_sum[tc.note] if {
	some tc in [{"note": "one", "of": [1], "sum": 1}, {"note": "two", "of": [1, 2], "sum": 4}]
	sum(tc.of) == tc.sum
}
`;

test("in Rego v1, a case that fails makes its test fail", async (t) => {
  const { stdout, stderr, exitCode } = await tested(t, { "a_test.rego": many }, "--v1-compatible");
  assert.equal(stdout, `a_test.rego:2:\ndata.a.test_sum: FAIL (0s)\n  two: FAIL\n${line}\nPASS: 1/2\nFAIL: 1/2\n`);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^a_test\.rego: data\.a\.test_sum: line 4: sum\(tc\.of\) == tc\.sum\n {2}left: {2}3\n {2}right: 4\n$/);
  const verbose = await tested(t, { "a_test.rego": many }, "--v1-compatible", "--verbose");
  assert.match(verbose.stdout, /\n {2}one: PASS\n {2}two: FAIL\n/);
});

test("a test that is skipped ends in exit code 2, unless that is right", async (t) => {
  const files = { "a_test.rego": "package a\ntest_now { true }\ntodo_test_later { false }\n" };
  const { stdout, exitCode } = await tested(t, files);
  assert.equal(stdout, `a_test.rego:\ndata.a.todo_test_later: SKIPPED\n${line}\nPASS: 1/2\nSKIPPED: 1/2\n`);
  assert.equal(exitCode, 2);
  assert.equal((await tested(t, files, "-z")).exitCode, 0);
});

test("an error names its place, and what was printed before it is shown", async (t) => {
  const files = {
    "a_test.rego": "package a\ntwo = x { x := [1, 2][_] }\ntest_print { print(\"seen\", 1); two == 1 }\ntest_x { true }\n",
  };
  const { stdout, exitCode } = await tested(t, files, "--verbose");
  assert.equal(
    stdout,
    "a_test.rego:\ndata.a.test_print: ERROR (0s)\n\n  seen 1\n\n" +
      "  a_test.rego:2: eval_conflict_error: complete rules must not produce multiple outputs\n" +
      `data.a.test_x: PASS (0s)\n${line}\nPASS: 1/2\nERROR: 1/2\n`,
  );
  assert.equal(exitCode, 2);
});

test("tests are chosen by their full names", async (t) => {
  const files = { "a_test.rego": "package a\ntest_ab { true }\ntest_b { false }\ntest_c { false }\n" };
  const { stdout, exitCode } = await tested(t, files, "--run", "a\\.test_a", "-v");
  assert.equal(stdout, `a_test.rego:\ndata.a.test_ab: PASS (0s)\n${line}\nPASS: 1/1\n`);
  assert.equal(exitCode, 0);
  const none = await tested(t, files, "-r", "nothing");
  assert.deepEqual([none.stdout, none.exitCode], ["", 0]);
  const refused = await tested(t, files, "-r", "nothing", "--fail-on-empty");
  assert.deepEqual([refused.exitCode, /no tests were run/.test(refused.stderr)], [1, true]);
  const wrong = await tested(t, files, "-r", "a[");
  assert.equal(wrong.stderr, "error parsing regexp: missing closing ]: `[`\n");
  assert.equal(wrong.exitCode, 1);
});

test("the report for programs is OPA's", async (t) => {
  const { stdout } = await run(["test", "--v1-compatible", "-f", "json"], {
    folder: temporaryFolder(t, { "a_test.rego": `${many}\ntest_html if { print("<&>"); 1 == 2 }\n` }),
  });
  assert.match(stdout, /^\[\n {2}\{\n {4}"location": \{\n {6}"file": "a_test\.rego",\n/);
  const tests = JSON.parse(stdout) as { duration?: number }[];
  for (const each of tests) delete each.duration;
  assert.deepEqual(tests, [
    {
      location: { file: "a_test.rego", row: 2, col: 1 },
      package: "data.a",
      name: "test_sum",
      fail: true,
      sub_results: { one: { name: "one" }, two: { name: "two", fail: true } },
    },
    {
      location: { file: "a_test.rego", row: 7, col: 1 },
      package: "data.a",
      name: "test_html",
      fail: true,
      output: "PCY+Cg==",
    },
  ]);
});

test("build servers get a report that they read", async (t) => {
  const { stdout, exitCode } = await tested(t, { "a_test.rego": many }, "--v1-compatible", "--format", "junit");
  assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="2" failures="1" errors="0" skipped="0" /);
  assert.match(stdout, /<testcase classname="data\.a" name="test_sum\/two" file="a_test\.rego" line="2" time="[\d.]+">\n {6}<failure /);
  assert.equal(exitCode, 2);
});

test("too little coverage ends in exit code 2, and says which lines are missing", async (t) => {
  const files = {
    "p.rego": "package p\n\na { true }\n\nb {\n  input.x\n}\n",
    "p_test.rego": "package p\ntest_a { a }\n",
  };
  const { stdout, stderr, exitCode } = await tested(t, files, "--threshold", "70.5", "-v");
  assert.equal(stdout, "");
  assert.equal(stderr, "Code coverage threshold not met: got 50.00 instead of 70.50\nLines not covered:\n\tp.rego:5-6\n");
  assert.equal(exitCode, 2);
  assert.equal((await tested(t, files, "--threshold", "50")).exitCode, 0);
  const failing = await tested(t, { "p_test.rego": "package p\ntest_a { false }\n" }, "--coverage");
  assert.match(failing.stderr, /^data\.p\.test_a: FAIL \(.*\)\n$/);
  assert.equal(failing.exitCode, 1);
});

test("what can't be compiled or read is no failing test", async (t) => {
  const { stderr, exitCode } = await tested(t, { "a_test.rego": "package a\ntest_x { y }\n" });
  assert.match(stderr, /^a_test\.rego:2:10: rego_unsafe_var_error: var y is unsafe/);
  assert.equal(exitCode, 1);
  assert.equal((await tested(t, {}, "nowhere")).exitCode, 1);
  assert.equal((await tested(t, { "data.json": "{}" })).exitCode, 1);
});

test("files and folders are left out by their names", async (t) => {
  const wrong = "package old\ntest_x { false }\n";
  const files = { "a_test.rego": "package a\ntest_x { true }\n", "b_old.rego": wrong, "old/c_test.rego": wrong, ".d/e.rego": "{" };
  assert.equal((await tested(t, files, "--ignore", "*_old.rego,old", "--ignore=.*")).stdout, "PASS: 1/1\n");
});

test("what opa test has and this hasn't is refused by its name", async (t) => {
  for (const option of ["--bench", "--watch", "-w", "--var-values", "--explain=full", "--target=wasm", "--capabilities=x", "-s"]) {
    const { stderr, exitCode } = await tested(t, { "a_test.rego": "package a\ntest_x { true }\n" }, option);
    assert.match(stderr, new RegExp(`option '${option.replace(/=.*/, "")}' is not supported: `));
    assert.equal(exitCode, 2);
  }
  const { stderr } = await tested(t, {}, "--format", "gobench");
  assert.match(stderr, /can't be 'gobench'/);
});

test("a test without end ends, is named, and the others are run", async (t) => {
  const endless = "test_endless { a := numbers.range(1, 3000); a[_] + a[_] + a[_] == -1 }";
  const files = { "a_test.rego": `package a\n${endless}\ntest_after { true }\n` };
  const { stdout, exitCode } = await tested(t, files, "--timeout", "200ms");
  assert.equal(
    stdout,
    "a_test.rego:\ndata.a.test_endless: ERROR (0s)\n  a_test.rego:2: eval_cancel_error: caller cancelled query execution\n" +
      `${line}\nPASS: 1/2\nERROR: 1/2\n`,
  );
  assert.equal(exitCode, 2);
});

test("ten thousand tests are run", async (t) => {
  const tests = Array.from({ length: 10_000 }, (_, i) => `test_${i} { ${i} == ${i} }`);
  const { stdout } = await tested(t, { "a_test.rego": `package a\n${tests.join("\n")}\n` });
  assert.equal(stdout, "PASS: 10000/10000\n");
});

test("a count repeats the tests until one fails", async (t) => {
  const right = { "a_test.rego": "package a\ntest_x { true }\n" };
  assert.equal((await tested(t, right, "--count", "3")).stdout, "PASS: 1/1\n".repeat(3));
  const wrong = await tested(t, { "a_test.rego": "package a\ntest_x { false }\n" }, "--count", "3");
  assert.equal(wrong.stdout.match(/FAIL: 1\/1/g)?.length, 1);
});

test("the interface runs tests as the command does", async () => {
  const modules = { "a_test.rego": many };
  const { tests } = await testRego({ modules, regoVersion: 1 });
  const [first] = tests;
  assert.equal(first?.status, "fail");
  assert.deepEqual(first?.cases, {
    one: { name: "one", fails: false, cases: {} },
    two: { name: "two", fails: true, cases: {} },
  });
  assert.ok(first !== undefined && first.duration > 0);
  const policy = await compileRego({ modules, regoVersion: 1 });
  assert.equal(policy.test().tests[0]?.status, "fail");
  assert.deepEqual(policy.test({ run: "nothing" }).tests, []);
  // Several tests of one name are no conflict where they are run as tests.
  const twice = "package a\ndefault test_x = true\ndefault test_x = false\n";
  const statuses = (await testRego({ modules: { "a_test.rego": twice } })).tests.map(({ name, status }) => [name, status]);
  assert.deepEqual(statuses, [["test_x", "pass"], ["test_x#01", "fail"]]);
  await assert.rejects(compileRego({ modules: { "a_test.rego": twice } }), { code: "rego" });
});

test("a test that breaks the module is named, and the others are run", async () => {
  const { run: original } = WasmSuite.prototype;
  WasmSuite.prototype.run = function (this: WasmSuite & { __wbg_ptr: number }, number, ...rest) {
    // The next call is led to an address that isn't there.
    if (number === 1) this.__wbg_ptr = 0xffff_fff0;
    return original.call(this, number, ...rest);
  };
  try {
    const modules = { "a_test.rego": "package a\ntest_a { true }\ntest_b { true }\ntest_c { true }\n" };
    const { tests } = await testRego({ modules });
    assert.deepEqual(tests.map(({ name, status }) => [name, status]), [
      ["test_a", "pass"],
      ["test_b", "error"],
      ["test_c", "pass"],
    ]);
    assert.match(tests[1]?.message ?? "", /^a_test\.rego:3: internal_error: internal error: /);
  } finally {
    WasmSuite.prototype.run = original;
  }
  await assert.rejects(testRego({ modules: {}, run: "a[" }), (error) => error instanceof HarnessImageGuardError && error.code === "usage");
});

test("durations are read as Go writes them", () => {
  assert.deepEqual(["1m30s", "500ms", "1.5h", "2us", "0"].map(nanoseconds), [9e10, 5e8, 5.4e12, 2000, 0]);
  for (const text of ["", "5", "s", "-1s", "1d", "1s 2s"]) assert.equal(nanoseconds(text), undefined, text);
});

test("a wrong number or duration is refused, with what it can be", async (t) => {
  for (const [option, value, message] of [
    ["--threshold", "101", "'--threshold' has to be a number from 0 to 100, not '101'"],
    ["--threshold", "most", "'--threshold' has to be a number from 0 to 100, not 'most'"],
    ["--count", "0", "'--count' has to be a whole number from 1, not '0'"],
    ["--count", " ", "'--count' has to be a whole number from 1, not ' '"],
    ["--timeout", "5", "'--timeout' has to be a duration such as 500ms, 5s or 1m30s, not '5'"],
  ] as const) {
    const { stderr, exitCode } = await tested(t, { "a_test.rego": "package a\ntest_x { true }\n" }, option, value);
    assert.deepEqual([stderr.split("\n")[0], exitCode], [`harness-image-guard: ${message}`, 2]);
  }
});

test("bundles are paths as others are", async (t) => {
  const files = { "b/p.rego": "package p\ntest_x { data.a == 1 }\n", "b/data.json": '{"a": 1}', "b/other.json": '{"a": 2}' };
  assert.equal((await tested(t, files, "-b", "b")).stdout, "PASS: 1/1\n");
});

test("every option of the command is in the documentation's table", () => {
  const page = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
  for (const option of ["--run", "--format", "--threshold", "--timeout", "--ignore", "--count", "-z", "--fail-on-empty"]) {
    assert.ok(page.includes(option), option);
  }
});
