import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

import type { LogEntry } from "harness-image-guard/handler";

import { neutralVariables } from "./command.js";
import { commandPath } from "./paths.js";

/** `harness-image-guard serve` as a process. */
export interface Served {
  /** Without a slash at its end. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Each line of standard error so far. */
  readonly lines: readonly string[];
  /** Ends it; its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the command on a free port; it goes when the test ends. */
export async function served(t: Pick<TestContext, "after">, args: readonly string[] = [], folder?: string): Promise<Served> {
  const child = spawn(process.execPath, [commandPath, "serve", "--port", "0", ...args], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: neutralVariables(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  // With its last lines, which may come after its exit.
  const ended = once(child, "close") as Promise<[number | null]>;
  const lines: string[] = [];
  const started = new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      lines.push(line);
      const entry = line.startsWith("{") ? (JSON.parse(line) as LogEntry) : undefined;
      if (entry?.message === "start") resolve(entry.address ?? "");
    });
    void ended.then(() => reject(new Error(lines.join("\n"))));
  });
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
    child.kill(signal);
    return (await ended)[0];
  };
  t.after(() => stop("SIGKILL"));
  return { url: await started, child, lines, stop };
}
