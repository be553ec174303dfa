import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import WebSocket from "ws";

/** How long to wait for anything, in milliseconds. */
const TIMEOUT = 60_000;

/** The Firefox that `FIREFOX` names, or else Debian's; `undefined` if there is none. */
export function firefoxPath(): string | undefined {
  const named = process.env["FIREFOX"];
  if (named !== undefined) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "firefox-esr")).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Message {
  readonly id?: number;
  readonly type: string;
  readonly method?: string;
  readonly params?: { readonly level?: string; readonly text?: string | null };
  readonly result?: unknown;
  readonly message?: string;
}

/** Firefox, by WebDriver BiDi: Playwright needs a patched Firefox. */
export class Firefox {
  /** Errors and warnings on the console. */
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #count = 0;
  #context = "";

  private constructor(program: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = program;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("message", (data: unknown) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async start(path: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), "firefox-"));
    const program = spawn(path, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const socket = new WebSocket(`${await addressOf(program)}/session`);
    await once(socket, "open", { signal: AbortSignal.timeout(TIMEOUT) });
    const firefox = new Firefox(program, profile, socket);
    await firefox.#send("session.new", { capabilities: {} });
    await firefox.#send("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = (await firefox.#send("browsingContext.getTree", {})) as { contexts: { context: string }[] };
    firefox.#context = contexts[0]?.context ?? "";
    return firefox;
  }

  async go(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** The value of an expression in the page: a string, a number or a boolean. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = (await this.#send("script.evaluate", {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
    })) as { type: string; result?: { value?: unknown }; exceptionDetails?: { text?: string } };
    if (answer.type !== "success") throw new Error(`${expression}: ${answer.exceptionDetails?.text ?? "failed"}`);
    return answer.result?.value;
  }

  /** Waits until an expression holds in the page. */
  async until(expression: string): Promise<void> {
    const end = Date.now() + TIMEOUT;
    while ((await this.evaluate(`Boolean(${expression})`)) !== true) {
      if (Date.now() > end) throw new Error(`never true: ${expression}`);
      await sleep(50);
    }
  }

  /** Presses the keys of a text, one after another. */
  type(text: string): Promise<unknown> {
    return this.#keys([...text].flatMap((value) => [down(value), up(value)]));
  }

  /** Presses a key together with Control. */
  control(key: string): Promise<unknown> {
    return this.#keys([down("\uE009"), down(key), up(key), up("\uE009")]);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#socket.close();
    this.#process.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #keys(actions: readonly object[]): Promise<unknown> {
    return this.#send("input.performActions", {
      context: this.#context,
      actions: [{ type: "key", id: "keyboard", actions }],
    });
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = (this.#count += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, result, message }) => {
        if (type === "success") resolve(result);
        else reject(new Error(`${method}: ${message ?? type}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive({ id, method, params, ...rest }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(rest);
      this.#waiting.delete(id);
    } else if (method === "log.entryAdded" && (params?.level === "error" || params?.level === "warn")) {
      this.errors.push(params.text ?? "");
    }
  }
}

const down = (value: string) => ({ type: "keyDown", value });
const up = (value: string) => ({ type: "keyUp", value });

/** The address on which a Firefox that was just started listens. */
function addressOf(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`Firefox doesn't listen: ${output}`)), TIMEOUT);
    program.once("exit", () => reject(new Error(`Firefox has ended: ${output}`)));
    program.stderr?.on("data", (chunk: unknown) => {
      output += String(chunk);
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(output) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
