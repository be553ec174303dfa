import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { test } from "node:test";

import { compileRego, createGuard, HarnessImageGuardError } from "harness-image-guard";

import { packageFolder } from "./paths.js";
import { projectFiles } from "./project.js";

const modules = { "p.rego": 'package p\n\ndeny["no"] { input.a }\n\ntest_denies { deny["no"] with input as {"a": 1} }\n' };

function isUsage(error: unknown): boolean {
  return error instanceof HarnessImageGuardError && error.code === "usage" && /has been disposed of/.test(error.message);
}

test("what is called after dispose is an error that says so", async () => {
  const guard = await createGuard();
  guard.check([]);
  guard.dispose();
  guard.dispose();
  for (const call of [
    () => guard.check([]),
    () => guard.fix([]),
    () => guard.images([]),
    () => guard.policyRemarks,
  ]) {
    assert.throws(call, isUsage);
  }
  const policy = await compileRego({ modules });
  policy.dispose();
  policy.dispose();
  for (const call of [() => policy.eval("data"), () => policy.evaluate({}), () => policy.test()]) {
    assert.throws(call, isUsage);
  }
});

test("others go on when one is disposed of, also after a trap", async () => {
  const [gone, stays] = [await createGuard(), await createGuard()];
  const before = JSON.stringify(stays.check(projectFiles()));
  const policy = await compileRego({ modules });
  gone.dispose();
  assert.equal(JSON.stringify(stays.check(projectFiles())), before);
  assert.equal(policy.test().tests[0]?.status, "pass");
  const another = await compileRego({ modules });
  another[Symbol.dispose]();
  assert.deepEqual(policy.evaluate({ a: 1 }).deny_messages, ["no"]);
});

/** How many bytes a process of its own holds more after many times than after a few. */
function growth(make: string): number {
  const entry = pathToFileURL(join(packageFolder, "dist/node.js")).href;
  const program = `
    import { compileRego, createGuard } from ${JSON.stringify(entry)};
    const files = [{ path: "a.yaml", text: "pipeline: {stages: []}" }];
    const modules = ${JSON.stringify(modules)};
    const make = async () => { ${make} };
    for (let i = 0; i < 20; i += 1) await make();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 3000; i += 1) await make();
    console.log(process.memoryUsage.rss() - before);
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return Number(stdout);
}

for (const [what, most, make] of [
  ["guards that are disposed of", 100, "const guard = await createGuard(); guard.check(files); guard.dispose();"],
  // JavaScript collects none of them before it comes to rest.
  ["guards that nobody disposes of", 300, "(await createGuard()).check(files);"],
  ["policies that are disposed of", 100, "const policy = await compileRego({ modules }); policy.evaluate({}); policy.dispose();"],
  ["runs of tests", 100, "globalThis.policy ??= await compileRego({ modules }); globalThis.policy.test();"],
] as const) {
  test(`3,000 ${what} take little memory`, () => {
    const megabytes = growth(make) / 1e6;
    assert.ok(megabytes < most, `${String(Math.round(megabytes))} MB more`);
  });
}
