import { setFlagsFromString } from "node:v8";

import { beforeCompiling } from "../compilation.js";
import { describeList, describeOptions, didYouMean } from "./command-line.js";
import { commands, generalOptions } from "./commands.js";
import { ExitCode } from "./exit-code.js";
import { OutputFailure } from "./output-failure.js";
import { print, printError, shown } from "./output.js";
import { standardError, standardOutput } from "./standard-stream.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";

const hint = "'harness-image-guard --help' says how it is used";

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  switch (first) {
    case "--version":
    case "-V":
      print(`harness-image-guard ${version()}\n`);
      return ExitCode.ok;
    case "--help":
    case "-h":
      print(help());
      return ExitCode.ok;
    case undefined:
      throw new UsageError("a command is missing", hint);
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (command !== undefined) return (await command.load()).run(rest);
  const isOption = first.startsWith("-");
  const known = isOption
    ? Object.keys(generalOptions).map((name) => `--${name}`)
    : Object.keys(commands);
  throw new UsageError(
    `unknown ${isOption ? "option" : "command"} '${shown(first)}'${didYouMean(suggestion(first, known))}`,
    hint,
  );
}

function help(): string {
  const rows = Object.entries(commands).map(
    ([name, { description }]) => [name, description] as const,
  );
  return `Says where the images of Harness pipelines come from, and whether that is allowed.

Usage: harness-image-guard COMMAND [OPTION…] [PATH…]

Commands:
${describeList(rows)}

Options:
${describeOptions(generalOptions)}

'harness-image-guard COMMAND --help' explains a command. To begin: harness-image-guard check
`;
}

/** Says why the program ends. */
function complain(error: unknown): number {
  if (error instanceof UsageError) {
    const hintLine = error.hint === undefined ? "" : `${error.hint}\n`;
    printError(`harness-image-guard: ${error.message}\n${hintLine}`);
    return ExitCode.usage;
  }
  if (error instanceof OutputFailure) {
    printError(`harness-image-guard: ${error.message}\n`);
    return ExitCode.incomplete;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.stack : "";
  printError(
    `harness-image-guard ${version()}: internal error\n${trace}\n${cause ? `${cause}\n` : ""}\n` +
      "This is a fault of harness-image-guard, not of your files. Please report it, with these\n" +
      "lines and, if you may share it, the file that brings it about.\n",
  );
  return ExitCode.internal;
}

/**
 * Runs the command of this process's arguments, and sets the exit code.
 */
export async function start(): Promise<void> {
  if (process.argv[2] !== "serve") beforeCompiling(spareCompilation);
  for (const stream of [standardOutput, standardError]) {
    stream.onError((error) => {
      // The reader of the output has ended (`| head`), which isn't an error.
      if (error.code === "EPIPE") process.exit();
      if (stream === standardOutput) {
        printError(`harness-image-guard: can't write the output: ${shown(error.message)}\n`);
      }
      process.exit(ExitCode.incomplete);
    });
  }
  process.once("beforeExit", endUnfinished);
  process.exitCode = await main(process.argv.slice(2)).catch(complain);
  process.off("beforeExit", endUnfinished);
}

/** Nothing is left that could finish the work. Without this, the command would seem to succeed. */
function endUnfinished(): void {
  process.exitCode = complain(new Error("the work never ended"));
}

/**
 * V8 optimizes warm code on several threads, and a process waits for them before it ends, so that checking one file takes
 * three times as long. With the first flag, only code is optimized that runs for very long, as when hundreds of files are
 * checked. With the second, V8 validates a function only when it is first called, which most never are. The flags are set
 * only for versions of Node that are known to have them, because V8 complains about others, and not for `serve`, which
 * keeps running.
 *
 * They are set as late as possible: with flags other than those that Node was built with, V8 compiles each of Node's own
 * modules from source, instead of using Node's snapshot.
 */
function spareCompilation(): void {
  if (!/^v(?:20|22|24)\./.test(process.version)) return;
  setFlagsFromString("--wasm-tiering-budget=2147483647");
  setFlagsFromString("--wasm-lazy-validation");
}
