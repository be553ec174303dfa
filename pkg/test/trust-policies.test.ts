import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test, type TestContext } from "node:test";

import { neutralVariables } from "./command.js";
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

async function evaluate(
  t: TestContext,
  { policy, query = "data.p.x", input = "1", args = [] }: Hostile,
): Promise<Outcome> {
  const folder = temporaryFolder(t, { "p.rego": policy, "input.json": input });
  const all = [commandPath, "eval", "-d", "p.rego", "-i", "input.json", "--stdin", ...args];
  const child = spawn(process.execPath, ["--import", teller, ...all], {
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
  stdin?.end(query);
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
  const { errors } = JSON.parse(stdout) as { errors: { code: string; message: string }[] };
  assert.ok(errors.length > 0 && errors.every(({ message }) => message.length > 0));
}

describe("nothing that a policy says hangs an evaluation, fills the memory or breaks the stack", { concurrency: 2 }, () => {
  for (const hostile of [...evaluated, ...compiled]) {
    test(hostile.name, async (t) => {
      holds(await evaluate(t, hostile));
    });
  }
});
