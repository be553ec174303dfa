import assert from "node:assert/strict";
import { test } from "node:test";

import { compileRego, createGuard, type ErrorCode, HarnessImageGuardError } from "harness-image-guard";
import { createHandler, type HandlerOptions } from "harness-image-guard/handler";

/** What is thrown where something is handed over that can't be taken. */
async function refused(work: () => unknown, code: ErrorCode = "usage"): Promise<HarnessImageGuardError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof HarnessImageGuardError, `no error of ours, but ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail("nothing was thrown");
}

test("a list of rules without any rule is refused, and doesn't switch the check off", async () => {
  const { message } = await refused(() => createGuard({ rules: [] }));
  assert.match(message, /`rules` is empty: no rule would run/);
  await refused(() => createHandler({ anonymous: true, guard: { rules: [] } }).ready());
});

test("without a module, Harness has nothing to conclude from", async () => {
  using policy = await compileRego({ modules: {} });
  for (const evaluate of [() => policy.evaluate({}), () => policy.evaluateText({})]) {
    assert.match((await refused(evaluate)).message, /there is no module/);
  }
  assert.deepEqual(policy.eval("1 + 1").length, 1, "a query needs none");
});

test("a handler whose tokens are null isn't one with tokens", async () => {
  assert.match((await refused(() => createHandler({ tokens: null } as unknown as HandlerOptions))).message, /nobody could use this handler/);
});
