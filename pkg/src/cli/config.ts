import { type Preset, specifications } from "../configuration.js";
import { inertJson } from "../inert.js";
import { readDocument } from "../node.js";
import { findConfigFile, type ConfigFile } from "./config-file.js";
import { configKeys } from "./config-schema.js";
import { describeOptions, helpOption, type Options, parseCommandLine, subcommandOf } from "./command-line.js";
import { followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { makeGuard } from "./inputs.js";
import { print, printJson, shown } from "./output.js";
import { presetOption } from "./preset-option.js";
import { rulesOf } from "./rule-table.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = {
  config: {
    value: "FILE",
    description: "the configuration; by default the nearest harness-image-guard.yaml\nfrom the working directory upwards",
  },
  ...presetOption,
  format: { value: "FORMAT", choices: ["text", "json"], description: "text (default), which is YAML with comments, or json" },
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

/** Its subcommands. */
export const verbs = ["print"] as const;

const hint = "'harness-image-guard config --help' lists the options";

const help = `Prints the configuration in effect, and where each value comes from.

Usage: harness-image-guard config print [OPTION…]

Options:
${describeOptions(options)}

Exit codes:
  0   the configuration is printed
  2   the command line or the configuration is wrong
  70  an internal error
`;

/** A value, and where it comes from. */
interface Value {
  readonly value: unknown;
  readonly from: "default" | "preset" | "configuration" | "command line";
  /** The file and line, or the option. */
  readonly place: string | null;
}

/**
 * `harness-image-guard config print`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function config(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [verb = "", surplus] = positionals;
  subcommandOf("config", verb, verbs, hint);
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': '--config FILE' names another configuration`, hint);
  const file = await findConfigFile(process.cwd(), given.config, given["follow-links"] === true);
  await assertRight(file);
  const values = await valuesOf(file, given.preset);
  if (given.format === "json") printJson(`${JSON.stringify({ configuration: file?.path ?? null, values }, null, 2)}\n`);
  else print(text(file, values));
  return ExitCode.ok;
}

/**
 * Reads it as a check does, with all that it names.
 *
 * @throws UsageError with what is wrong and where
 */
async function assertRight(file: ConfigFile | undefined): Promise<void> {
  if (file !== undefined) (await makeGuard(file, {})).dispose();
}

async function valuesOf(file: ConfigFile | undefined, preset: string | undefined): Promise<Readonly<Record<string, Value>>> {
  const own = file === undefined ? {} : ((JSON.parse(await readDocument(file.text, 0)) as Readonly<Record<string, unknown>> | null) ?? {});
  const place = (path: readonly string[]): string | null => (file === undefined ? null : placeOf(file, path));
  const values: Record<string, Value> = {};
  for (const [key, { default: byDefault }] of Object.entries(configKeys())) {
    if (key === "rules" || key === "harnessImage") continue;
    if (Object.hasOwn(own, key)) values[key] = { value: own[key], from: "configuration", place: place([key]) };
    else if (byDefault !== undefined) values[key] = { value: byDefault, from: "default", place: null };
  }
  if (preset !== undefined) values["preset"] = { value: preset, from: "command line", place: "--preset" };
  const specified = (own["harnessImage"] ?? {}) as Readonly<Record<string, unknown>>;
  for (const [field, value] of Object.entries({ ...specifications[values["preset"]?.value as Preset], ...specified })) {
    values[`harnessImage.${field}`] = Object.hasOwn(specified, field)
      ? { value, from: "configuration", place: place(["harnessImage", field]) }
      : { value, from: "preset", place: null };
  }
  const rules = (own["rules"] ?? {}) as Readonly<Record<string, unknown>>;
  for (const { rule, severity } of rulesOf()) {
    values[`rules.${rule}`] = Object.hasOwn(rules, rule)
      ? { value: rules[rule], from: "configuration", place: place(["rules", rule]) }
      : { value: severity, from: "default", place: null };
  }
  return values;
}

/** Where a key is written, by its line; that of the key above it, or the file alone, where it isn't on a line of its own. */
function placeOf(file: ConfigFile, [key, inner]: readonly string[]): string {
  const keys = file.text.split(/\r\n|\r|\n/).map((line) => /^(\s*)["']?([\w-]+)["']?\s*:/.exec(line) ?? []);
  const isOuter = ([, indent]: readonly string[]): boolean => indent === "";
  const at = keys.findIndex((found) => isOuter(found) && found[2] === key);
  if (at === -1) return file.path;
  const end = keys.findIndex((found, index) => index > at && isOuter(found));
  const within = keys.slice(at + 1, end === -1 ? keys.length : end).findIndex(([, , name]) => name !== undefined && name === inner);
  return `${file.path}:${at + 1 + within + 1}`;
}

function text(file: ConfigFile | undefined, values: Readonly<Record<string, Value>>): string {
  const rows = Object.entries(values).map(([key, { value, from, place }]) => {
    const [parent = "", name] = key.split(".", 2);
    const written = inertJson(JSON.stringify(value));
    const source = place === null ? from : shown(place);
    return name === undefined ? { written: `${parent}: ${written}`, source } : { parent, written: `  ${name}: ${written}`, source };
  });
  const width = Math.min(60, Math.max(...rows.map(({ written }) => written.length)));
  const lines = rows.map(({ parent, written, source }, at) => {
    const heading = parent === undefined || parent === rows[at - 1]?.parent ? "" : `${parent}:\n`;
    return `${heading}${written.padEnd(width)}  # ${source}\n`;
  });
  const head = file === undefined ? "# no configuration: every value is the default\n" : `# ${shown(file.path)}\n`;
  return [head, ...lines].join("");
}
