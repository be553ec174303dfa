import { readFileSync } from "node:fs";

import { type Preset, presets } from "../configuration.js";
import { createGuard } from "../node.js";
import { configFileNames } from "./config-file.js";
import { describeOptions, parseCommandLine, type Options } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { openInputs } from "./inputs.js";
import { print, printError, shown } from "./output.js";
import { type OutputFile, writeOutputs } from "./output-files.js";
import { exists } from "./paths.js";
import { canPrompt, Prompt } from "./prompt.js";
import { UsageError } from "./usage-error.js";
import { version } from "./version.js";

/** What the command line may have. */
export const options = {
  preset: {
    value: "NAME",
    choices: presets,
    description: "the preset; by default that of the harnessImage connector in the files,\nor else app-harness",
  },
  ci: {
    value: "NAME",
    many: true,
    offered: ["harness", "github", "gitlab", "pre-commit"],
    description: "also write what runs the check: harness (a step template), github (a\nworkflow), gitlab (a job to include) or pre-commit; may be given several\ntimes",
  },
  yes: { short: "y", description: "ask nothing, even on a terminal" },
  "dry-run": { description: "list what would be written, and write nothing" },
  help: { short: "h", description: "show this" },
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

/** As `policies/data.json` has it. */
interface Presets {
  readonly presets: Readonly<Record<string, { readonly url: string; readonly providerType: string; readonly auth: string }>>;
}

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
  const runners = new Set((given.ci ?? []).map((name) => runnerOf(name)));
  const { presets: specifications } = JSON.parse(readFileSync(new URL("../pages/presets.json", import.meta.url), "utf8")) as Presets;
  const found = await connectorFound();
  const usual: string = given.preset ?? found.preset ?? "app-harness";
  const prompt = Object.keys(given).length === 0 && canPrompt() ? new Prompt("nothing has been written") : undefined;
  try {
    const preset = prompt === undefined ? usual : await askedPreset(prompt, specifications, usual);
    for (const name of prompt === undefined ? [] : await askedRunners(prompt)) runners.add(runnerOf(name));
    const files = [
      { file: configName(), text: configuration(preset) },
      ...(found.isThere ? [] : [{ file: ".harness/harnessImage.yaml", text: connector(specifications[preset]) }]),
      ...[...runners].map(({ file, text }) => ({ file, text: text(version()) })),
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
  const runner = Object.hasOwn(ci, name) ? ci[name] : undefined;
  if (runner !== undefined) return runner;
  throw new UsageError(`option '--ci' can't be '${shown(name)}'; it is one of ${Object.keys(ci).join(", ")}`, hint);
}

async function askedPreset(prompt: Prompt, specifications: Presets["presets"], usual: string): Promise<string> {
  const words = Object.fromEntries(Object.entries(specifications).map(([name, { url }]) => [name, url]));
  return prompt.choice("Which registry should Harness's own images come from?", words, usual);
}

async function askedRunners(prompt: Prompt): Promise<readonly string[]> {
  const words = Object.fromEntries(Object.entries(ci).map(([name, { what }]) => [name, what]));
  const usual: string[] = [];
  for (const [name, { sign }] of Object.entries(ci)) if (sign !== undefined && exists(sign)) usual.push(name);
  return prompt.choices("What should run the check?", words, usual);
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
function configuration(preset: string): string {
  const schema = JSON.parse(readFileSync(new URL("../../schema/harness-image-guard.schema.json", import.meta.url), "utf8")) as {
    readonly properties: Readonly<Record<string, { readonly description: string; readonly default?: unknown; readonly examples?: readonly unknown[] }>>;
  };
  const { preset: presetKey, ...others } = schema.properties;
  const keys = Object.entries(others).map(([key, { description, default: usual, examples = [] }]) => {
    const value = examples[0] ?? usual;
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

function connector(preset: Presets["presets"][string] | undefined): string {
  return `# Harness's own images come through this connector. It belongs to the account.
connector:
  identifier: harnessImage
  name: harnessImage
  type: DockerRegistry
  spec:
    dockerRegistryUrl: ${preset?.url ?? ""}
    providerType: ${preset?.providerType ?? ""}
    auth:
      type: ${preset?.auth ?? ""}
`;
}

interface Runner {
  /** What it is, for a person. */
  readonly what: string;
  /** Where this is, it is likely wanted. */
  readonly sign?: string;
  readonly file: string;
  /** @param version of the package that is to run */
  readonly text: (version: string) => string;
}

/** None has the name of a configuration: a check in its folder would take it for one. */
const ci: Readonly<Record<string, Runner>> = {
  harness: {
    what: "a step template for CI stages",
    file: ".harness/harness-image-guard-step.yaml",
    text: (version) => `# A step for a CI stage. The connector leads to a registry with an image of Node.
template:
  identifier: harness_image_guard
  name: harness-image-guard
  versionLabel: "1"
  type: Step
  spec:
    type: Run
    spec:
      connectorRef: <+input>
      image: node:22-alpine
      shell: Sh
      command: npx --yes harness-image-guard@${version} check --output text --output junit=harness-image-guard.xml
      reports:
        type: JUnit
        spec:
          paths:
            - harness-image-guard.xml
`,
  },
  github: {
    what: "a workflow of GitHub Actions",
    sign: ".github",
    file: ".github/workflows/harness-image-guard-check.yaml",
    text: (version) => `name: harness-image-guard
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - run: npx --yes harness-image-guard@${version} check --output github
`,
  },
  gitlab: {
    what: "a job to include",
    sign: ".gitlab-ci.yml",
    file: ".gitlab/harness-image-guard-job.yml",
    text: (version) => `# In .gitlab-ci.yml: include: {local: .gitlab/harness-image-guard-job.yml}
harness-image-guard:
  image: node:22-alpine
  script:
    - npx --yes harness-image-guard@${version} check --output text --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
`,
  },
  "pre-commit": {
    what: "a configuration for pre-commit",
    file: ".pre-commit-config.yaml",
    text: () => `# The package has to be installed: npm install --save-dev harness-image-guard
repos:
  - repo: local
    hooks:
      - id: harness-image-guard
        name: where the images of Harness pipelines come from
        entry: npx --no -- harness-image-guard check
        language: system
        files: \\.(ya?ml|json)$
        pass_filenames: false
`,
  },
};
