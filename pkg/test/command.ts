import { spawn } from "node:child_process";

import { commandPath } from "./paths.js";

/** How a run of the command ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
}

/** The circumstances of a run. */
export interface Circumstances {
  readonly folder?: string;
  readonly stdin?: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
  /** A program, with arguments, that starts the command. */
  readonly under?: readonly string[];
}

/** Runs `harness-image-guard` as a process of its own. */
export async function run(
  args: readonly string[],
  { folder, stdin = "", variables = {}, under = [] }: Circumstances = {},
): Promise<Outcome> {
  const [program = process.execPath, ...rest] = [...under, process.execPath, commandPath, ...args];
  const child = spawn(program, rest, {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { ...neutralVariables(), ...variables },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A command that ends before it has read everything is a case of its own, not an error of ours.
  child.stdin.on("error", () => undefined).end(stdin);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return { stdout, stderr, exitCode };
}

/** The variables of this process, without those that decide on colors. */
export function neutralVariables(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _forced, NO_COLOR: _refused, ...others } = process.env;
  return others;
}
