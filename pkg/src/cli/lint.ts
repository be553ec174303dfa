import { resolve } from "node:path";

import { plural } from "../plural.js";
import type { LintOptions, LintReport } from "../lint.js";
import { lintRego, showLint } from "../node.js";
import { describeOptions, didYouMean, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { findModules } from "./modules.js";
import { readNamedText } from "./named-file.js";
import { print, printError, printJson, shown } from "./output.js";
import { sectionsOf } from "./rule-pages.js";
import { suggestion } from "./suggestion.js";
import { versionOf, versionOptions } from "./rego-version.js";
import { describeSystemError } from "./system-error.js";
import { standardOutput } from "./standard-stream.js";
import { wantsColor } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = {
  ...versionOptions,
  compile: { description: "also compile the modules together, and report errors as 'opa check' does" },
  strict: { short: "S", description: "also apply strict compiler checks, as 'opa check --strict' does;\nimplies --compile" },
  disable: { value: "RULE", many: true, description: "skip this lint rule; may be given several times" },
  "oldest-opa": { value: "VERSION", description: "the oldest OPA that must be able to read the policies; 0.47 by default" },
  format: {
    short: "f",
    value: "FORMAT",
    choices: ["text", "json"],
    description: "how to show the findings: text (default) or json",
  },
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard lint --help' lists the options";

const help = `Reports where policies for Harness fail open, and what some versions of OPA can't read.

Usage: harness-image-guard lint [OPTION…] [PATH…]

A PATH is a module, or a folder to search for *.rego. Without one, the working directory is
searched. Lint modules that are used together in one run.

Options:
${describeOptions(options)}

Exit codes:
  0   no warnings; there may be notes
  1   warnings, or errors of the compiler
  2   the command line is wrong
  3   nothing to lint: no *.rego in the folders
  4   a file can't be read, or isn't Rego; the other files were linted
  70  an internal error
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
    print(help);
    return ExitCode.ok;
  }
  const paths = commandLine.positionals.length === 0 ? ["."] : commandLine.positionals;
  if (paths.includes("")) throw new UsageError("a PATH is empty", hint);
  const regoVersion = versionOf(commandLine.options, hint);
  const { "oldest-opa": oldestOpa, disable = [], format = "text" } = commandLine.options;
  if (oldestOpa !== undefined && !/^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?$/.test(oldestOpa)) {
    throw new UsageError(`'--oldest-opa' can't be '${shown(oldestOpa)}'; it is a version such as 0.42`, hint);
  }
  for (const rule of disable) assertKnown(rule);
  const { modules, unreadable } = await readModules(paths, commandLine.options["follow-links"] === true);
  printError(unreadable.join(""));
  if (Object.keys(modules).length === 0 && unreadable.length === 0) {
    printError(`harness-image-guard: no *.rego in ${paths.map((path) => `'${shown(path)}'`).join(", ")}\n`);
    return ExitCode.nothing;
  }
  const asked = {
    modules,
    regoVersion,
    compile: commandLine.options.compile ?? false,
    strict: commandLine.options.strict ?? false,
    disable,
    ...(oldestOpa === undefined ? {} : { oldestOpa }),
  };
  const report = format === "json" ? await printAsJson(asked) : await printAsText(asked);
  const warnings = countWarnings(report);
  if (report.problems.some(({ rule }) => rule === "rego_parse_error") || unreadable.length > 0) return ExitCode.incomplete;
  return warnings + report.problems.length > 0 ? ExitCode.findings : ExitCode.ok;
}

function assertKnown(rule: string): void {
  const known = sectionsOf("lint.md").map(({ id }) => id);
  if (known.includes(rule)) return;
  const meant = didYouMean(suggestion(rule, known));
  throw new UsageError(`'--disable' can't be '${shown(rule)}': the lint has no such rule${meant}`, hint);
}

async function printAsJson(asked: LintOptions): Promise<LintReport> {
  const report = await lintRego(asked);
  printJson(`${JSON.stringify(report, null, 2)}\n`);
  return report;
}

async function printAsText(asked: LintOptions): Promise<LintReport> {
  const color = wantsColor(standardOutput);
  const report = await showLint(asked, color);
  print(report.text, color);
  const warnings = countWarnings(report);
  print(closing(warnings, report.findings.length - warnings, report.problems.length));
  return report;
}

function countWarnings({ findings }: LintReport): number {
  return findings.filter(({ severity }) => severity !== "note").length;
}

interface Modules {
  readonly modules: Record<string, string>;
  /** What is said of each file that can't be read, a line each. */
  readonly unreadable: readonly string[];
}

async function readModules(paths: readonly string[], isOpen: boolean): Promise<Modules> {
  const enclosure = await Enclosure.around(paths.map((path) => resolve(path)), process.cwd(), isOpen);
  const modules: Record<string, string> = {};
  const unreadable: string[] = [];
  const read = async (path: string, absolute: string): Promise<void> => {
    try {
      modules[path] = await readNamedText(absolute, enclosure);
    } catch (error) {
      unreadable.push(`harness-image-guard: '${shown(path)}' can't be read: ${describeSystemError(error)}\n`);
    }
  };
  // No module twice, under whatever names: it would contradict itself.
  const known = new Set<string>();
  for (const path of paths) {
    try {
      for (const found of await findModules(path, resolve(path), `'${shown(path)}'`, enclosure)) {
        if (known.has(found.real)) continue;
        known.add(found.real);
        await read(found.path, found.absolute);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unreadable.push(`harness-image-guard: ${error.message}\n`);
    }
  }
  return { modules, unreadable };
}

function closing(warnings: number, notes: number, problems: number): string {
  const parts = [plural(warnings, "warning"), plural(notes, "note")];
  if (problems > 0) parts.unshift(plural(problems, "error"));
  return `${parts.join(", ")}\n`;
}
