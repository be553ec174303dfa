import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { type Outcome, run } from "./command.js";

/**
 * `eval` beside real `opa eval`, over a table of invocations. OPA's answers are recorded; where the OPA of a version
 * is installed (`.tools/opa`, by the tests in Rust), what is recorded is compared with it. `UPDATE_ANSWERS=1` records
 * anew.
 */
const root = fileURLToPath(new URL("../../tests/cases/eval/", import.meta.url));
const folder = `${root}files`;

interface Version {
  readonly name: string;
  /** What the command is called with, and what OPA is. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly policy: string;
}

const versions: readonly Version[] = [
  { name: "v0.70.0", ours: [], theirs: [], policy: "policy.rego" },
  { name: "v1.22.2", ours: ["--v1-compatible"], theirs: [], policy: "policy_v1.rego" },
];

interface Invocation {
  readonly line: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

/** What is answered otherwise on purpose, and why: `VERSION: LINE` by reason. It can only shrink. */
const exceptions = new Map<string, string>(
  readFileSync(`${root}exceptions.txt`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [version = "", ...rest] = line.split(": ");
      return [`${version}: ${rest.join(": ")}`, version];
    }),
);

function invocationsOf(version: Version): readonly Invocation[] {
  const lines = readFileSync(`${root}invocations.txt`, "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .filter((line) => version.name === "v0.70.0" || !line.startsWith("v0: "))
    .map((line) => {
      const [command = "", stdin = ""] = line.replace(/^v0: /, "").split(" < ");
      const words = command.match(/'[^']*'|\S+/g) ?? [];
      const args = words
        .map((word) => word.replace(/^'(.*)'$/, "$1"))
        .map((word) => (word === "POLICY" ? version.policy : word));
      return { line, args, stdin };
    });
}

for (const version of versions) {
  const invocations = invocationsOf(version);
  const recording = `${root}opa-${version.name}.jsonl`;
  const opa = fileURLToPath(new URL(`../../.tools/opa/${version.name}/opa`, import.meta.url));

  if (existsSync(opa)) {
    test(`what is recorded is what opa ${version.name} prints`, () => {
      const answers = invocations.map(({ line, args, stdin }) => {
        const { stdout, stderr, status } = spawnSync(opa, ["eval", ...version.theirs, ...args], {
          cwd: folder,
          input: stdin,
          encoding: "utf8",
        });
        return JSON.stringify({ line, stdout, stderr, exitCode: status });
      });
      if (process.env["UPDATE_ANSWERS"] !== undefined) writeFileSync(recording, `${answers.join("\n")}\n`);
      assert.deepEqual(readFileSync(recording, "utf8").trimEnd().split("\n"), answers);
    });
  }

  test(`eval prints what opa eval ${version.name} prints`, async () => {
    const recorded = readFileSync(recording, "utf8").trimEnd().split("\n");
    const expected = recorded.map((line) => JSON.parse(line) as Outcome & { readonly line: string });
    assert.deepEqual(
      expected.map(({ line }) => line),
      invocations.map(({ line }) => line),
      "the answers are recorded anew with UPDATE_ANSWERS=1",
    );
    const differing: string[] = [];
    const alike: string[] = [];
    await inParallel(invocations, async ({ line, args, stdin }, i) => {
      const found = await run(["eval", ...version.ours, ...args], { folder, stdin });
      const { line: _, ...wanted } = expected[i] ?? { line };
      const isExcepted = exceptions.has(`${version.name}: ${line}`);
      try {
        assert.deepEqual(found, wanted);
        if (isExcepted) alike.push(line);
      } catch (error) {
        if (!isExcepted) differing.push(`${line}\n${(error as Error).message}`);
      }
    });
    assert.deepEqual(differing, [], `${differing.length} of ${invocations.length} differ:\n${differing.join("\n\n")}`);
    assert.deepEqual(alike, [], "no exceptions any more; take them out of exceptions.txt");
  });
}

async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T, i);
  };
  await Promise.all([worker(), worker(), worker()]);
}

test("what OPA has and isn't there is refused by its name, with why", async () => {
  const refused = [
    ["--explain=full", "1"],
    ["--profile", "1"],
    ["--metrics", "1"],
    ["--partial", "data.p.x"],
    ["-p", "data.p.x"],
    ["-u", "input.x", "data.p.x"],
    ["--unknowns", "input.x", "data.p.x"],
    ["-t", "wasm", "1"],
    ["-O", "1", "1"],
    ["-s", "schema.json", "1"],
    ["--capabilities", "v0.42.0", "1"],
    ["--show-builtin-errors", "1"],
    ["-f", "source", "1"],
    ["--format", "source", "1"],
  ];
  for (const args of refused) {
    const { stdout, stderr, exitCode } = await run(["eval", ...args], { folder });
    assert.deepEqual([stdout, exitCode], ["", 2], args.join(" "));
    assert.match(stderr, /'[^']+' is not supported: \w.{20,}/, args.join(" "));
  }
  const wrong: readonly (readonly [RegExp, ...string[]])[] = [
    [/specify query argument or --stdin$/m],
    [/specify at most one query argument/, "1", "2"],
    [/specify query argument or --stdin but not both/, "--stdin", "1"],
    [/specify --fail or --fail-defined but not both/, "--fail", "--fail-defined", "1"],
    [/specify --stdin-input or --input but not both/, "-I", "-i", "input.json", "1"],
    [/specify --stdin or --stdin-input but not both/, "-I", "--stdin"],
    [/can't be 'xml'; it is one of 'json', 'values'/, "-f", "xml", "1"],
  ];
  for (const [message, ...args] of wrong) {
    const { stderr, exitCode } = await run(["eval", ...args], { folder });
    assert.match(stderr, message);
    assert.equal(exitCode, 2);
  }
});
