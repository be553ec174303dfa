import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { neutralVariables } from "./command.js";
import { commandPath } from "./paths.js";

/** `check --watch` as a process; it ends with the test. */
export class Watching {
  /** What it has written since somebody last asked. */
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<NodeJS.Signals | number | null>;
  #wake: () => void = () => undefined;

  constructor(t: TestContext, folder: string, args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [commandPath, "check", "--watch", ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...neutralVariables(), ...variables },
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        resolve(signal ?? code);
        this.#wake();
      });
    });
    t.after(() => this.#child.kill("SIGKILL"));
  }

  get id(): number {
    return this.#child.pid ?? 0;
  }

  /** What it shows until it waits again, as one string. */
  async shown(until = /waiting[^\n]*\n/): Promise<string> {
    await this.#until(() => until.test(this.stderr));
    // What it wrote before has gone another way, and may take longer; where nothing could be checked, it is nothing.
    for (let waits = 0; this.stdout === "" && waits < 30; waits += 1) await wait(10);
    await this.#until(() => this.stdout === "" || /\n$/.test(this.stdout));
    const shown = this.stdout + this.stderr;
    this.stdout = "";
    this.stderr = "";
    return shown;
  }

  /** Ctrl-C. */
  async interrupt(): Promise<NodeJS.Signals | number | null> {
    this.#child.kill("SIGINT");
    return this.#ended;
  }

  get ended(): Promise<NodeJS.Signals | number | null> {
    return this.#ended;
  }

  async #until(isThere: () => boolean): Promise<void> {
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 60_000);
    while (!isThere()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`it has ended:\n${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    clearTimeout(late);
  }
}
