import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { neutralVariables } from "./command.js";
import { commandPath, projectFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/**
 * Runs the command on a terminal; gives what that shows, standard output and error in one.
 *
 * @param elsewhere what of it goes elsewhere, as a shell says it
 */
function onTerminal(
  t: TestContext,
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
  elsewhere = "",
): string | undefined {
  if (spawnSync("script", ["--version"]).status !== 0) {
    t.skip("there is no 'script', which makes a terminal");
    return undefined;
  }
  const words = [process.execPath, commandPath, ...args].map((word) => `'${word}'`);
  const { stdout } = spawnSync("script", ["--quiet", "--command", `${words.join(" ")} ${elsewhere}`, "/dev/null"], {
    cwd: folder,
    env: { ...neutralVariables(), TERM: "xterm", ...variables },
    input: "",
    encoding: "utf8",
  });
  return stdout;
}

for (const [what, variables, colors] of [
  ["in colors", {}, true],
  ["without colors if NO_COLOR is set", { NO_COLOR: "1" }, false],
  ["in colors if NO_COLOR is empty", { NO_COLOR: "" }, true],
  ["in colors if both NO_COLOR and FORCE_COLOR are set", { NO_COLOR: "1", FORCE_COLOR: "1" }, true],
  ["without colors if it is dumb", { TERM: "dumb" }, false],
] as const) {
  test(`a terminal shows findings ${what}`, (t) => {
    const shown = onTerminal(t, ["check", ".harness"], projectFolder, variables);
    if (shown === undefined) return;
    assert.match(shown, /pipeline\.yaml/);
    assert.equal(/\u001b\[[\d;]*m/.test(shown), colors);
  });
}

test("a terminal gets colors, and how far the work is, where only one of the two goes to it", (t) => {
  const out = join(temporaryFolder(t), "out");
  const files = Array.from({ length: 200 }, (_, i) => [`${i}.yaml`, "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: Custom, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: 'node:20'}}}]}}}}]}\n"]);
  const folder = temporaryFolder(t, Object.fromEntries(files));
  const findings = onTerminal(t, ["check"], folder, {}, `2> '${out}'`);
  if (findings === undefined) return;
  assert.match(findings, /\u001b\[[\d;]*m/);
  assert.doesNotMatch(findings, /Checking/);
  assert.equal(readFileSync(out, "utf8"), "");
  assert.match(onTerminal(t, ["check"], folder, {}, `> '${out}'`) ?? "", /\r\u001b\[2KChecking 200 files…\r\u001b\[2K$/);
  assert.match(readFileSync(out, "utf8"), /no-docker-hub/);
  assert.doesNotMatch(readFileSync(out, "utf8"), /\u001b/);
});

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
