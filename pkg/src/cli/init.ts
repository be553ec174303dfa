import { type Preset, presets, specifications } from "../configuration.js";
import { createGuard } from "../node.js";
import { configFileNames } from "./config-file.js";
import { configKeys } from "./config-schema.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { openInputs } from "./inputs.js";
import { print, printError, shown } from "./output.js";
import { type OutputFile, writeOutputs } from "./output-files.js";
import { exists } from "./paths.js";
import { canPrompt, Prompt } from "./prompt.js";
import { type Runner, runners } from "./runners.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";

/** What the command line may have. */
export const options = {
  preset: {
    value: "NAME",
    choices: presets,
    description: `the preset: ${presets.join(", ")}; by default that of the\nharnessImage connector in the files, or else ${presets[0]}`,
  },
  ci: {
    value: "NAME",
    many: true,
    offered: Object.keys(runners),
    description: "also write what runs the check: harness (a step template), github (a\nworkflow), gitlab (a job to include) or pre-commit; may be given several\ntimes",
  },
  yes: { short: "y", description: "ask nothing, even on a terminal" },
  "dry-run": { description: "list what would be written, and write nothing" },
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard init --help' lists the options";

const help = `Writes a first configuration with comments, a harnessImage connector if none is among the
files, and with --ci what runs the check. Existing files are left as they are. On a terminal
and without options, it asks first.

Usage: harness-image-guard init [OPTION…]

Options:
${describeOptions(options)}

Exit codes:
  0   the files are written or exist already, or you answered no
  2   the command line is wrong
  4   a file can't be written; none has been
  70  an internal error
`;

/**
 * `harness-image-guard init`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function init(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': init is about the working directory`, hint);
  const chosen = new Set((given.ci ?? []).map((name) => runnerOf(name)));
  const found = await connectorFound();
  const likely = given.preset ?? found.preset ?? (configKeys()["preset"]?.default as Preset);
  const prompt = Object.keys(given).length === 0 && canPrompt() ? new Prompt("nothing has been written") : undefined;
  try {
    const preset = prompt === undefined ? likely : await askedPreset(prompt, likely);
    for (const name of prompt === undefined ? [] : await askedRunners(prompt)) chosen.add(runnerOf(name));
    const files = [
      { file: configName(), text: configuration(preset) },
      ...(found.isThere ? [] : [{ file: ".harness/harnessImage.yaml", text: connector(preset) }]),
      ...[...chosen].map(({ file, text }) => ({ file, text: text(version()) })),
    ];
    const fresh: typeof files = [];
    for (const each of files) {
      if (!exists(each.file)) fresh.push(each);
      else printError(`harness-image-guard: '${each.file}' exists, and is left as it is\n`);
    }
    if (prompt !== undefined && fresh.length > 0) {
      const names = fresh.map(({ file }) => `  ${file}\n`).join("");
      if (!(await prompt.confirm(`These files will be written:\n${names}Write them?`, true))) {
        printError("harness-image-guard: nothing has been written\n");
        return ExitCode.ok;
      }
    }
    return await written(fresh, given["dry-run"] === true);
  } finally {
    prompt?.end();
  }
}

/** Writes the files, or says that they would be. */
async function written(fresh: readonly OutputFile[], isDry: boolean): Promise<number> {
  const verb = isDry ? "would write" : "wrote";
  if (!isDry) await writeOutputs(fresh);
  for (const { file } of fresh) printError(`harness-image-guard: ${verb} '${file}'\n`);
  return ExitCode.ok;
}

/** @throws UsageError where there is none of that name */
function runnerOf(name: string): Runner {
  const runner = Object.hasOwn(runners, name) ? runners[name] : undefined;
  if (runner !== undefined) return runner;
  throw new UsageError(`option '--ci' can't be '${shown(name)}'; it is one of ${Object.keys(runners).join(", ")}`, hint);
}

async function askedPreset(prompt: Prompt, likely: Preset): Promise<Preset> {
  const urls = Object.fromEntries([...presets].sort().map((preset) => [preset, specifications[preset].url])) as Record<Preset, string>;
  return prompt.choice("Which registry should Harness's own images come from?", urls, likely);
}

async function askedRunners(prompt: Prompt): Promise<readonly string[]> {
  const words = Object.fromEntries(Object.entries(runners).map(([name, { what }]) => [name, what]));
  const likely: string[] = [];
  for (const [name, { sign }] of Object.entries(runners)) if (sign !== undefined && exists(sign)) likely.push(name);
  return prompt.choices("What should run the check?", words, likely);
}

/** The rule that says what the harnessImage connector has to be, and so which connector is one. */
const specification = "harness-image-registry";

/**
 * Whether a harnessImage connector is among the files, and of which preset it is: the one with which it has fewer findings
 * than with any other. No connector is right by every preset, so where none has a finding there is no connector.
 */
async function connectorFound(): Promise<{ readonly isThere: boolean; readonly preset: Preset | undefined }> {
  const { sources, progress } = await openInputs({ options: {}, positionals: [] }, {}, hint);
  const judged = presets.map(async (preset) => {
    using guard = await createGuard({ preset, rules: [specification] });
    return { preset, findings: guard.check(sources).diagnostics.filter(({ rule }) => rule === specification).length };
  });
  const [best, next] = (await Promise.all(judged)).sort((a, b) => a.findings - b.findings);
  progress.end();
  const isOne = best !== undefined && best.findings < (next?.findings ?? Infinity);
  return { isThere: next !== undefined && next.findings > 0, preset: isOne ? best.preset : undefined };
}

function configName(): string {
  return configFileNames.find(exists) ?? configFileNames[0] ?? "";
}

/** The preset, and every other key as a comment, with the schema's description and an example, or else its default. */
function configuration(preset: Preset): string {
  const { preset: presetKey, ...others } = configKeys();
  const keys = Object.entries(others).map(([key, { description, default: byDefault, examples = [] }]) => {
    const value = examples[0] ?? byDefault;
    return `${comment(description)}${value === undefined ? `# ${key}:\n` : `# ${key}: ${JSON.stringify(value)}\n`}`;
  });
  return [`# The configuration of harness-image-guard: docs/configuration.md says more. Each key in a comment\n# has an example, or else its default.\n`, `${comment(presetKey?.description ?? "")}preset: ${preset}\n`, ...keys].join("\n");
}

/** Lines of at most 100 characters. */
function comment(text: string): string {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length > 98) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return `${[...lines, line].join("\n")}\n`;
}

function connector(preset: Preset): string {
  const { url, providerType, auth } = specifications[preset];
  return `# Harness's own images come through this connector. It belongs to the account.
connector:
  identifier: harnessImage
  name: harnessImage
  type: DockerRegistry
  spec:
    dockerRegistryUrl: ${url}
    providerType: ${providerType}
    auth:
      type: ${auth}
`;
}
