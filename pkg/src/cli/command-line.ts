import { parseArgs } from "node:util";

import { shown } from "./output.js";
import { exists } from "./paths.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";

/** One option of a command. */
export interface Option {
  /** What `--help` says about it. */
  readonly description: string;
  /** Its short form, a letter. */
  readonly short?: string;
  /** The name of its value in `--help`; an option without this takes no value. */
  readonly value?: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** OPA's values that aren't supported, with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** What a shell's completion offers if other values are possible, too. */
  readonly offered?: readonly string[];
  /** Whether it may be given several times. */
  readonly many?: true;
}

/** The options of a command, by their long names. */
export type Options = Readonly<Record<string, Option>>;

/** The option of every command. */
export const helpOption = { help: { short: "h", description: "show this" } } as const satisfies Options;

type ValueOf<O extends Option> = O extends { readonly many: true } ? readonly string[] : OneValueOf<O>;

type OneValueOf<O extends Option> = O extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : O extends { readonly value: string }
    ? string
    : true;

/** What somebody wrote after a command's name. */
export interface CommandLine<O extends Options> {
  /** The options that are given. If one is given twice that may not be, the last one counts. */
  readonly options: { readonly [Name in keyof O]?: ValueOf<O[Name]> };
  /** Everything else, in order. */
  readonly positionals: readonly string[];
}

/**
 * Reads a command's arguments. A name that a shell makes of `*` must not become an option of somebody's choice, such as
 * `--config=x.yaml`: where a file is really called so, that is an error.
 *
 * @param hint where to read on, for messages
 * @param refused OPA's options that aren't supported, by their names, with the reason
 * @throws UsageError for an unknown option, and for a value that is missing, not expected or not one of the choices
 */
export function parseCommandLine<const O extends Options>(
  args: readonly string[],
  known: O,
  hint: string,
  refused: Readonly<Record<string, string>> = {},
): CommandLine<O> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(known).map(([name, option]) => [
        name,
        {
          type: option.value === undefined ? ("boolean" as const) : ("string" as const),
          ...(option.short === undefined ? {} : { short: option.short }),
        },
      ]),
    ),
    // The messages of strict mode differ between Node's versions, and suggest nothing.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Record<string, string | true | string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const written = args[token.index] ?? "";
    if (exists(written)) throw new UsageError(`a file is called '${shown(written)}': write './${shown(written)}' to name it, or rename it to use the option`, hint);
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (option === undefined) {
      assertSupported(token.rawName, token.name, refused, hint);
      throw new UsageError(unknownOption(token.rawName, known), hint);
    }
    const value = valueOf(token, option, hint);
    const before = options[token.name];
    if (option.many && value !== true) {
      options[token.name] = Array.isArray(before) ? [...before, value] : [value];
    } else options[token.name] = value;
  }
  return { options: options as CommandLine<O>["options"], positionals };
}

/**
 * The subcommand that somebody wrote after a command's name.
 *
 * @param written empty where there is none
 * @throws UsageError where it is missing, or isn't one of the command's
 */
export function subcommandOf<const Verb extends string>(command: string, written: string, verbs: readonly Verb[], hint: string): Verb {
  const verb = verbs.find((each) => each === written);
  if (verb !== undefined) return verb;
  const why = written === "" ? `a subcommand is missing: ${verbs.map((each) => `'${each}'`).join(" or ")}` : `unknown command '${command} ${shown(written)}'`;
  throw new UsageError(`${why}${didYouMean(suggestion(written, verbs))}`, hint);
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function valueOf(token: OptionToken, option: Option, hint: string): string | true {
  const { rawName, value, inlineValue } = token;
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`option '${shown(rawName)}' takes no value`, hint);
    return true;
  }
  // `--config --format json` lacks a value, and isn't a configuration called `--format`.
  const missing =
    value === undefined || value === "" || (inlineValue !== true && /^-./.test(value));
  if (missing) throw new UsageError(`option '${shown(rawName)}' needs a value: ${option.value}`, hint);
  assertSupported(`${rawName} ${value}`, value, option.refused, hint);
  if (option.choices !== undefined && !option.choices.includes(value)) {
    throw new UsageError(
      `option '${shown(rawName)}' can't be '${shown(value)}'; it is one of ${list(option.choices)}` +
        didYouMean(suggestion(value, option.choices)),
      hint,
    );
  }
  return value;
}

/** @throws UsageError for what is refused by this name */
function assertSupported(written: string, name: string, refused: Option["refused"] = {}, hint: string): void {
  if (Object.hasOwn(refused, name)) throw new UsageError(`option '${shown(written)}' is not supported: ${refused[name]}`, hint);
}

function unknownOption(rawName: string, known: Options): string {
  const names = Object.keys(known).map((name) => `--${name}`);
  return `unknown option '${shown(rawName)}'${didYouMean(suggestion(rawName, names))}`;
}

/** The end of a message about something unknown. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? "" : `; did you mean '${shown(meant)}'?`;
}

function list(choices: readonly string[]): string {
  return choices.map((choice) => `'${shown(choice)}'`).join(", ");
}

/** The lines of a `--help` about options. */
export function describeOptions(options: Options): string {
  return describeList(
    Object.entries(options).map(([name, option]) => {
      const short = option.short === undefined ? "    " : `-${option.short}, `;
      const value = option.value === undefined ? "" : ` ${option.value}`;
      return [`${short}--${name}${value}`, option.description];
    }),
  );
}

/** Two columns, the second aligned. */
export function describeList(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows
    .map(([term, text]) => {
      const [first, ...rest] = text.split("\n");
      const indent = " ".repeat(width + 4);
      return [`  ${term.padEnd(width)}  ${first}`, ...rest.map((line) => indent + line)].join("\n");
    })
    .join("\n");
}
