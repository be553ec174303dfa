import assert from "node:assert/strict";
import { test } from "node:test";

// Not by the package's name, by which Node gets bindings of its own.
import { createGuard, HarnessImageGuardError, type Guard } from "../dist/node.js";
import { WasmGuard } from "../dist/wasm/harness_image_guard.js";
import { projectFiles } from "./project.js";

/** Makes the module trap in the next call of `guard`: it is led to an address that isn't there. */
function trap(guard: Guard): unknown {
  const { check } = WasmGuard.prototype;
  WasmGuard.prototype.check = function (this: WasmGuard & { __wbg_ptr: number }, files) {
    this.__wbg_ptr = 0xffff_fff0;
    return check.call(this, files);
  };
  try {
    guard.check([]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    WasmGuard.prototype.check = check;
  }
}

/**
 * Calls `guard.check` that often where no stack is left, each time with one frame more. What runs
 * out of it may be the module, or the handling of its error.
 */
function checkAtTheEndOfTheStack(guard: Guard, calls: number): void {
  const files = projectFiles();
  let left = calls;
  const descend = (): void => {
    try {
      descend();
    } catch {
      if (left === 0) throw new Error("done");
      left -= 1;
      try {
        guard.check(files);
      } catch {
        // It has to fail; what matters is what comes after.
      }
      throw new Error("one frame up");
    }
  };
  assert.throws(descend);
}

test("a trap is an error with the code internal, and the cause", async () => {
  const error = trap(await createGuard());
  assert.ok(error instanceof HarnessImageGuardError);
  assert.equal(error.code, "internal");
  assert.ok(error.cause instanceof WebAssembly.RuntimeError);
});

test("after a trap the same guard goes on, on a fresh instance", async () => {
  const guard = await createGuard();
  const before = JSON.stringify(guard.check(projectFiles()));
  for (let i = 0; i < 3; i += 1) {
    assert.ok(trap(guard) instanceof HarnessImageGuardError);
    assert.equal(JSON.stringify(guard.check(projectFiles())), before);
  }
});

test("guards that had no part in a trap go on with their own configurations", async () => {
  const config = { rules: { "no-docker-hub": "off" } } as const;
  const [victim, bystander] = [await createGuard(), await createGuard({ config })];
  const before = JSON.stringify(bystander.check(projectFiles()));
  assert.ok(trap(victim) instanceof HarnessImageGuardError);
  assert.equal(JSON.stringify(bystander.check(projectFiles())), before);
  const later = await createGuard({ config });
  assert.equal(JSON.stringify(later.check(projectFiles())), before);
});

for (const calls of [1, 50, 100, 200, 400]) {
  test(`a guard goes on after ${calls} calls at the end of the stack`, async () => {
    const guard = await createGuard();
    const before = JSON.stringify(guard.check(projectFiles()));
    checkAtTheEndOfTheStack(guard, calls);
    assert.equal(JSON.stringify(guard.check(projectFiles())), before);
  });
}
