import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

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

/** What `/metrics` says of a metric; of one with labels, of the first. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: "close" } })).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** Waits until something is so, 15 seconds at most: another process hears of things when it comes to it. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    if (await isSo()) return;
    await wait(50);
  }
  assert.fail(`${what}: not after 15 seconds`);
}
