import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RuleName } from "../configuration.js";
import { exportPolicies, HarnessImageGuardError } from "../node.js";
import { describeOptions, parseCommandLine, type Options } from "./command-line.js";
import { findConfigFile } from "./config-file.js";
import { ExitCode } from "./exit-code.js";
import { inputOptions, wrongConfiguration } from "./inputs.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const options = {
  to: {
    value: "TARGET",
    choices: ["rego", "opa-bundle", "terraform", "harness-yaml"],
    description:
      "rego (a module for each rule and entity), opa-bundle, terraform,\nharness-yaml (the connector and a Policy step)",
  },
  out: { value: "DIR", description: "the folder to write into; made where it isn't there" },
  rule: { value: "RULE", many: true, description: "only this rule; may be given several times" },
  config: inputOptions.config,
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard export --help' lists the options";

const help = `Writes our rules as policies of Harness, with the configuration written in.

Usage: harness-image-guard export --to TARGET --out DIR [OPTION…]

Options:
${describeOptions(options)}

Exit codes:
  0   everything is written
  2   the command line or the configuration is wrong, or a file can't be written
  70  a fault of this program
`;

/**
 * `harness-image-guard export`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function exportTo(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    process.stdout.write(help);
    return ExitCode.ok;
  }
  const [surplus] = positionals;
  if (surplus !== undefined) {
    throw new UsageError(`'${surplus}' is too much: '--rule' says which rules are exported`, hint);
  }
  const { to, out } = given;
  if (to === undefined) throw new UsageError(`'--to' is missing: ${options.to.choices.join(", ")}`, hint);
  if (out === undefined) throw new UsageError("'--out' with a folder is missing", hint);
  for (const { path, content } of await filesOf(to, given.rule ?? [], given.config)) {
    await write(out, path, content);
  }
  return ExitCode.ok;
}

async function filesOf(
  to: (typeof options.to.choices)[number],
  rules: readonly string[],
  config: string | undefined,
) {
  const configFile = await findConfigFile(process.cwd(), config);
  try {
    return await exportPolicies({
      to,
      ...(configFile === undefined ? {} : { config: configFile.text, configPath: configFile.path }),
      // The module knows which rules there are.
      rules: rules as readonly RuleName[],
    });
  } catch (error) {
    if (error instanceof HarnessImageGuardError && error.code === "usage") {
      throw new UsageError(error.message, hint);
    }
    throw wrongConfiguration(error, configFile);
  }
}

async function write(folder: string, path: string, content: Uint8Array): Promise<void> {
  const whole = join(folder, path);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(whole, content);
  } catch (error) {
    throw new UsageError(`can't write '${whole}': ${describeSystemError(error)}`);
  }
  process.stdout.write(`${whole}\n`);
}
