// Runs the command as a process, and measures it.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../pkg/bin/harness-image-guard.js", import.meta.url));

/** Calls `work` with a folder that holds the files, and removes it afterwards. */
export async function inFolderOf(files, work) {
  const folder = mkdtempSync(join(tmpdir(), "harness-image-guard-"));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the command.
 *
 * @param onOutput called with each chunk of standard output, which may be longer than a string can be
 * @returns `{exitCode, stderr, seconds, bytes}`: the processor time, which doesn't depend on the machine's load, and the
 * peak memory; without /proc, the wall-clock time, and no memory
 */
export async function run(args, folder, onOutput = () => undefined) {
  const start = performance.now();
  const child = spawn(process.execPath, [command, ...args], { cwd: folder });
  let stderr = "";
  child.stdout.on("data", onOutput);
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  child.stdin.end();
  let used = {};
  const watch = setInterval(() => (used = { ...used, ...usage(child.pid) }), 20);
  const exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  clearInterval(watch);
  return { exitCode, stderr, seconds: used.seconds ?? (performance.now() - start) / 1000, bytes: used.bytes ?? 0 };
}

function usage(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    const memory = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    // User and system time, in hundredths of a second; a process that has ended has no memory.
    return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, ...(memory && { bytes: Number(memory[1]) * 1024 }) };
  } catch {
    return {};
  }
}
