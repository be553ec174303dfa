import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { describe, test, type TestContext } from "node:test";

import { neutralVariables, run } from "./command.js";
import { compiled, evaluated, type Hostile } from "./hostile-policies.js";
import { commandPath } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Longer than any of them takes on a machine that does ten other things, and shorter than a person waits. */
const seconds = 40;
const megabytes = 1024;

/** Tells the most memory that a process had, on a channel of its own. */
const teller = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));',
)}`;

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory, in MiB. */
  readonly memory: number;
}

async function evaluate(t: TestContext, hostile: Hostile): Promise<Outcome> {
  const { policy, query = "data.p.x", input = "1", args = [] } = hostile;
  const folder = temporaryFolder(t, { "p.rego": policy, "input.json": input });
  return measure(folder, ["eval", "-d", "p.rego", "-i", "input.json", "--stdin", ...args], query);
}

async function measure(folder: string, args: readonly string[], input = ""): Promise<Outcome> {
  const child = spawn(process.execPath, ["--import", teller, commandPath, ...args], {
    cwd: folder,
    env: neutralVariables(),
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
  });
  const [stdin, stdout, stderr, told] = child.stdio;
  const texts = [stdout, stderr, told].map((stream) => {
    let text = "";
    stream?.on("data", (chunk: Buffer) => (text = (text + chunk.toString()).slice(0, 1 << 20)));
    return () => text;
  });
  stdin?.on("error", () => undefined);
  stdin?.end(input);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const [out = "", err = "", memory = ""] = texts.map((text) => text());
  return { exitCode, stdout: out, stderr: err, memory: Number(memory) / 1024 };
}

function holds({ exitCode, stdout, stderr, memory }: Outcome): void {
  assert.ok(exitCode === 0 || exitCode === 2, `exit code ${exitCode}: ${(stderr + stdout).slice(0, 500)}`);
  assert.ok(memory < megabytes, `${memory} MiB`);
  if (exitCode === 0) return;
  // What ended it is told in OPA's codes.
  assert.match(stderr + stdout, /\b(rego|eval)_[a-z_]*error\b/);
}

describe("nothing that a policy says hangs an evaluation, fills the memory or breaks the stack", { concurrency: 2 }, () => {
  for (const hostile of [...evaluated, ...compiled]) {
    test(hostile.name, async (t) => {
      holds(await evaluate(t, hostile));
    });
  }
});

describe("nor the commands that policy authors type", { concurrency: 2 }, () => {
  for (const { name, policy, args = [] } of compiled) {
    const version = args.filter((arg) => arg.endsWith("-compatible"));
    for (const command of [["lint", "--compile"], ["fmt", "--list"]]) {
      test(`${command.join(" ")}: ${name}`, async (t) => {
        const folder = temporaryFolder(t, { "p.rego": policy });
        const { exitCode, memory, stderr } = await measure(folder, [...command, ...version, "p.rego"]);
        assert.ok([0, 1, 4].includes(exitCode ?? 70), `exit code ${exitCode}: ${stderr.slice(0, 500)}`);
        assert.ok(memory < megabytes, `${memory} MiB`);
      });
    }
  }
});

test("a policy that breaks the module is an error of its own, and the others say what they have to say", async (t) => {
  const depth = 190;
  const folder = temporaryFolder(t, {
    "good.rego": 'package pipeline\n\ndeny["no tags"] { not input.pipeline.tags }\n',
    "deep.rego": `package pipeline\n\ndeny[${"lower(".repeat(depth)}input.pipeline.name${")".repeat(depth)}] { true }\n`,
    "pipeline.yaml": "pipeline: {identifier: p, name: p, stages: []}\n",
  });
  // How much of the stack a policy takes depends on the machine: the sizes go down until this one takes all of it.
  const check = (size: number, ...policies: readonly string[]) =>
    spawnSync(process.execPath, [`--stack-size=${size}`, commandPath, "check", ...policies.flatMap((file) => ["--policy", file]), "pipeline.yaml"], {
      cwd: folder,
      env: neutralVariables(),
      encoding: "utf8",
    });
  for (let size = 400; size >= 140; size -= 20) {
    if (check(size, "good.rego").status !== 1) break;
    const { status, stdout } = check(size, "good.rego", "deep.rego");
    assert.match(stdout, /error\[good\.rego\]: no tags/);
    const isSpared = stdout.includes("error[deep.rego]: p");
    assert.equal(status, isSpared ? 1 : 4, `${size} KiB: ${stdout}`);
    if (isSpared) continue;
    assert.match(stdout, /error\[policy\]: the policy `deep\.rego` could not be evaluated: internal error: .*call stack/);
    return;
  }
  assert.fail("no size of the stack breaks this policy and spares the other");
});

test("sprintf of any width and precision writes what Go writes", async (t) => {
  const query =
    'crypto.md5(sprintf("%.70000f|%.65536e|%.65535g|%#.66000g|%066000d|%.66000x|%#.70000U|%-70000q|%+070000.3f", [1.1, 1.5e-300, 0.1, 3.14, -5, 255, 66, "a", -2.5]))';
  const { stdout } = await evaluate(t, { name: "sprintf", policy: "package p\n", query, args: ["-f", "raw"] });
  // As OPA 0.70.0 and 1.22.2 have it.
  assert.equal(stdout.trim(), "a90fbab56ce231e906649b97a6c80fa8");
});

test("reaching a bound is an error with its place, and the bounds are options", async (t) => {
  const loop = "x := count([1 | numbers.range(1, 1000)[_]])";
  const asked = { name: "loop", policy: `package p\n\n${loop}\n` };
  const error = async (...args: string[]) => {
    const { exitCode, stdout } = await evaluate(t, { ...asked, args });
    return exitCode === 0 ? undefined : (JSON.parse(stdout) as { errors: unknown[] }).errors[0];
  };
  assert.equal(await error(), undefined);
  const steps = await error("--max-steps", "500");
  assert.deepEqual(steps, {
    message: "the evaluation was stopped after 500 steps",
    code: "eval_cancel_error",
    location: { file: "p.rego", row: 3, col: 17 },
  });
  const bytes = await error("--max-bytes", "10KiB");
  assert.match(JSON.stringify(bytes), /needs more than 10240 bytes.*"row":3/);
});

test("a policy that reaches a bound in a check is an error of that policy alone", async (t) => {
  const endless = "deny[m] { a := numbers.range(1, 3000); m := a[_] + a[_] + a[_]; m == -1 }";
  const folder = temporaryFolder(t, {
    "endless.rego": `package pipeline\n\n${endless}\n`,
    "other.rego": 'package pipeline\n\ndeny["no"] { input.pipeline }\n',
    "pipeline.yaml": "pipeline:\n  identifier: a\n  name: a\n  projectIdentifier: p\n  orgIdentifier: o\n  stages: []\n",
  });
  const policies = ["--policy", "endless.rego", "--policy", "other.rego", "--max-steps", "100000"];
  const { stdout, exitCode } = await run(["check", ...policies, "pipeline.yaml"], { folder });
  assert.equal(exitCode, 4);
  assert.match(stdout, /endless\.rego:3:\d+: eval_cancel_error: the evaluation was stopped after 100000 steps/);
  assert.match(stdout, /error\[other\.rego\]: no\n/);
});
