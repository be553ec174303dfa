import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { neutralVariables } from "./command.js";
import { commandPath, projectFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Runs the command on a terminal; gives what that shows, standard output and error in one. */
function onTerminal(
  t: TestContext,
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): string | undefined {
  if (spawnSync("script", ["--version"]).status !== 0) {
    t.skip("there is no 'script', which makes a terminal");
    return undefined;
  }
  const words = [process.execPath, commandPath, ...args].map((word) => `'${word}'`);
  const { stdout } = spawnSync("script", ["--quiet", "--command", words.join(" "), "/dev/null"], {
    cwd: folder,
    env: { ...neutralVariables(), TERM: "xterm", ...variables },
    input: "",
    encoding: "utf8",
  });
  return stdout;
}

for (const [what, variables, colors] of [
  ["in colours", {}, true],
  ["without colours if NO_COLOR is set", { NO_COLOR: "1" }, false],
  ["in colours if NO_COLOR is empty", { NO_COLOR: "" }, true],
  ["in colours if both NO_COLOR and FORCE_COLOR are set", { NO_COLOR: "1", FORCE_COLOR: "1" }, true],
  ["without colours if it is dumb", { TERM: "dumb" }, false],
] as const) {
  test(`a terminal shows findings ${what}`, (t) => {
    const shown = onTerminal(t, ["check", ".harness"], projectFolder, variables);
    if (shown === undefined) return;
    assert.match(shown, /pipeline\.yaml/);
    assert.equal(/\u001b\[[\d;]*m/.test(shown), colors);
  });
}

test("many files: a terminal shows how far the work is, and the line goes away", (t) => {
  const files = Array.from({ length: 200 }, (_, i) => [join("many", `${i}.yaml`), "a: 1\n"]);
  const shown = onTerminal(t, ["check"], temporaryFolder(t, Object.fromEntries(files)));
  if (shown === undefined) return;
  assert.match(shown, /\r\u001b\[2KChecking 200 files…\r\u001b\[2K[^\r]*200 files/);
});

test("few files: none", (t) => {
  const files = Array.from({ length: 199 }, (_, i) => [join("few", `${i}.yaml`), "a: 1\n"]);
  const shown = onTerminal(t, ["check"], temporaryFolder(t, Object.fromEntries(files)));
  if (shown === undefined) return;
  assert.doesNotMatch(shown, /Reading|Checking/);
});
