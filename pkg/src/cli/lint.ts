import { readFile } from "node:fs/promises";

import { lintRego, showLint } from "../node.js";
import { describeOptions, parseCommandLine, type Options } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { describeSystemError } from "./system-error.js";
import { wantsColor } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const options = {
  ...versionOptions,
  "oldest-opa": { value: "VERSION", description: "the oldest OPA that has to read the policies; 0.47 by default" },
  format: {
    short: "f",
    value: "FORMAT",
    choices: ["text", "json"],
    description: "how to show what was found: text (default) or json",
  },
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard lint --help' lists the options";

const help = `Says where policies for Harness fail open, and what some OPA can't read.

Usage: harness-image-guard lint [OPTION…] FILE.rego…

Options:
${describeOptions(options)}

Exit codes:
  0   no warnings; there may be notes
  1   warnings
  2   the command line is wrong
  4   a file can't be read, or isn't Rego; the other files were looked at
  70  a fault of this program
`;

/**
 * `harness-image-guard lint`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function lint(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args, options, hint);
  if (commandLine.options.help) {
    process.stdout.write(help);
    return ExitCode.ok;
  }
  if (commandLine.positionals.length === 0) throw new UsageError("a policy is missing: FILE.rego", hint);
  const regoVersion = versionOf(commandLine.options, hint);
  const { "oldest-opa": oldestOpa, format = "text" } = commandLine.options;
  if (oldestOpa !== undefined && !/^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?$/.test(oldestOpa)) {
    throw new UsageError(`'--oldest-opa' can't be '${oldestOpa}'; it is a version such as 0.42`, hint);
  }
  const { modules, unreadable } = await readModules(commandLine.positionals);
  process.stderr.write(unreadable.join(""));
  const asked = {
    modules,
    regoVersion,
    ...(oldestOpa === undefined ? {} : { oldestOpa }),
  };
  const report = await lintRego(asked);
  const color = wantsColor({ isTerminal: process.stdout.isTTY ?? false, variables: process.env });
  process.stdout.write(
    format === "json" ? `${JSON.stringify(report, null, 2)}\n` : await showLint(asked, color),
  );
  const warnings = report.findings.filter(({ severity }) => severity !== "note").length;
  if (format === "text") process.stdout.write(closing(warnings, report.findings.length - warnings, report.problems.length));
  if (report.problems.length > 0 || unreadable.length > 0) return ExitCode.unreadable;
  return warnings > 0 ? ExitCode.findings : ExitCode.ok;
}

interface Modules {
  readonly modules: Record<string, string>;
  /** What is said of each file that can't be read, a line each. */
  readonly unreadable: readonly string[];
}

async function readModules(paths: readonly string[]): Promise<Modules> {
  const modules: Record<string, string> = {};
  const unreadable: string[] = [];
  for (const path of paths) {
    try {
      modules[path] = await readFile(path, "utf8");
    } catch (error) {
      unreadable.push(`harness-image-guard: '${path}' can't be read: ${describeSystemError(error)}\n`);
    }
  }
  return { modules, unreadable };
}

function closing(warnings: number, notes: number, problems: number): string {
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const parts = [counted(warnings, "warning"), counted(notes, "note")];
  if (problems > 0) parts.unshift(counted(problems, "error"));
  return `${parts.join(", ")}\n`;
}
