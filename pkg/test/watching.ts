import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";

import { neutralVariables } from "./command.js";
import { commandPath } from "./paths.js";

/** `check --watch` as a process; it ends with the test. */
export class Watching {
  /** What it has written since somebody last asked, to both of its outputs in their order. */
  written = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<NodeJS.Signals | number | null>;
  #wake: () => void = () => undefined;

  constructor(t: TestContext, folder: string, args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
    // Of two pipes, nobody could tell which was written to last.
    this.#child = spawn("sh", ["-c", 'exec "$0" "$@" 2>&1', process.execPath, commandPath, "check", "--watch", ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...neutralVariables(), ...variables },
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
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
    await this.#until(() => until.test(this.written));
    const shown = this.written;
    this.written = "";
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
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`it has ended:\n${this.written}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    clearTimeout(late);
  }
}
