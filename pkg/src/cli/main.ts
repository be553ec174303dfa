import { setFlagsFromString } from "node:v8";

import { describeList, describeOptions, didYouMean, type Options } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { print, printError, shown } from "./output.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";

interface Command {
  readonly description: string;
  /** Loaded when it is asked for: nobody waits for what `--version` doesn't need. */
  load(): Promise<(args: readonly string[]) => Promise<number>>;
}

const commands: Readonly<Record<string, Command>> = {
  baseline: {
    description: "record what a check finds, for check --baseline",
    load: async () => (await import("./baseline.js")).baseline,
  },
  check: {
    description: "check files and folders",
    load: async () => (await import("./check.js")).check,
  },
  connectors: {
    description: "list the connectors that exist only in the account",
    load: async () => (await import("./connectors.js")).connectors,
  },
  eval: {
    description: "evaluate a query of Rego as OPA does",
    load: async () => (await import("./eval.js")).evaluate,
  },
  explain: {
    description: "print the page of a rule",
    load: async () => (await import("./explain.js")).explain,
  },
  export: {
    description: "write our rules as policies of Harness",
    load: async () => (await import("./export.js")).exportTo,
  },
  fmt: {
    description: "format Rego as opa fmt does",
    load: async () => (await import("./fmt.js")).fmt,
  },
  images: {
    description: "list every image with the registry that it comes from",
    load: async () => (await import("./images.js")).images,
  },
  input: {
    description: "print what Harness would hand to a policy for a file",
    load: async () => (await import("./input.js")).input,
  },
  lint: {
    description: "say where policies fail open",
    load: async () => (await import("./lint.js")).lint,
  },
  registry: {
    description: "ask whether the specified registry has what Harness needs",
    load: async () => (await import("./registry/command.js")).registry,
  },
  test: {
    description: "run the tests of policies",
    load: async () => (await import("./test.js")).test,
  },
};

const options = {
  help: { short: "h", description: "show this, or the help of a command" },
  version: { short: "V", description: "show the version" },
} as const satisfies Options;

// V8 optimises code that has become warm on as many threads as it likes, and a process waits for
// them before it ends: one file takes twice as long. So here code has to stay warm for longer. Only
// where the flag is known to be there: V8 complains of others.
if (/^v(?:20|22|24)\./.test(process.version)) setFlagsFromString("--wasm-tiering-budget=100000000");

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
  if (command !== undefined) return (await command.load())(rest);
  const isOption = first.startsWith("-");
  const known = isOption
    ? Object.keys(options).map((name) => `--${name}`)
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
${describeOptions(options)}

'harness-image-guard COMMAND --help' tells more. To begin: harness-image-guard check
`;
}

/** Says why the program ends. */
function complain(error: unknown): number {
  if (error instanceof UsageError) {
    const hintLine = error.hint === undefined ? "" : `${error.hint}\n`;
    printError(`harness-image-guard: ${error.message}\n${hintLine}`);
    return ExitCode.usage;
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

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read the output has had enough of it (`| head`), which is nobody's fault.
    if (error.code === "EPIPE") process.exit();
    if (stream === process.stdout) {
      printError(`harness-image-guard: can't write the output: ${shown(error.message)}\n`);
    }
    process.exit(ExitCode.internal);
  });
}

process.exitCode = await main(process.argv.slice(2)).catch(complain);
