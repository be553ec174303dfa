import { commandTables, oneLine, valuesOf, type CommandTable } from "./command-tables.js";
import { describeOptions, didYouMean, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { print, printExact, shown } from "./output.js";
import { shellWord } from "./shell-word.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = { ...helpOption } as const satisfies Options;

const hint = "'harness-image-guard completion --help' says how it is used";

const help = `Prints a completion script for a shell.

Usage: harness-image-guard completion bash|zsh|fish

  bash   source <(harness-image-guard completion bash)
  zsh    harness-image-guard completion zsh > "\${fpath[1]}/_harness-image-guard"
  fish   harness-image-guard completion fish > ~/.config/fish/completions/harness-image-guard.fish

Options:
${describeOptions(options)}
`;

const shells: Readonly<Record<string, (tables: readonly CommandTable[]) => string>> = { bash, zsh, fish };

/** The shells, one of which has to be named. */
export const verbs = Object.keys(shells);

/**
 * `harness-image-guard completion`: made of the tables of options that the help is made of.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function completion(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [shell = "", surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': one shell at a time`, hint);
  const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (write === undefined) {
    const what = shell === "" ? "a shell is missing" : `there is no completion for '${shown(shell)}'`;
    throw new UsageError(`${what}: it is one of ${verbs.join(", ")}${didYouMean(suggestion(shell, verbs))}`, hint);
  }
  printExact(write(await commandTables()));
  return ExitCode.ok;
}

/** The options of a command as they are written. */
function flags(options: Options): readonly string[] {
  return Object.entries(options).flatMap(([name, { short }]) => [...(short === undefined ? [] : [`-${short}`]), `--${name}`]);
}

function bash(tables: readonly CommandTable[]): string {
  const valued = tables.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, table]) => {
      if (table.value === undefined) return [];
      const values = valuesOf(table);
      const reply = values === undefined ? "_harness_image_guard_files" : `_harness_image_guard_words '${values.join(" ")}'`;
      const short = table.short === undefined ? "" : `|'${name} -${table.short}'`;
      return [`    '${name} --${option}'${short}) ${reply}; return ;;\n`];
    }),
  );
  const own = tables.map(({ name, options }) => `    ${name}) options='${flags(options).join(" ")}' ;;\n`);
  const verbs = tables.flatMap(({ name, verbs }) => (verbs === undefined ? [] : [`    '${name} 2') _harness_image_guard_words '${verbs.join(" ")}'; return ;;\n`]));
  return `# Completion of harness-image-guard for bash; made by 'harness-image-guard completion bash'.
_harness_image_guard_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_harness_image_guard_files() {
  compopt -o filenames 2> /dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$current"))
}

_harness_image_guard() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" options=''
  # The shell takes '--format=json' for three words.
  if [[ $current == '=' ]]; then current=''; elif [[ $before == '=' ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    _harness_image_guard_words '${tables.map(({ name }) => name).join(" ")} --help --version'
    return
  fi
  case "$command $before" in
${valued.join("")}  esac
  case "$command" in
${own.join("")}  esac
  if [[ $current == -* ]]; then
    _harness_image_guard_words "$options"
    return
  fi
  case "$command $COMP_CWORD" in
${verbs.join("")}  esac
  _harness_image_guard_files
}

complete -F _harness_image_guard harness-image-guard
`;
}

function zsh(tables: readonly CommandTable[]): string {
  const described = (text: string): string => text.replace(/[\\:[\]]/g, "\\$&");
  const argumentsOf = ({ options, verbs }: CommandTable): string => {
    const specs = Object.entries(options).flatMap(([name, table]) => {
      const text = `[${described(oneLine(table.description))}]`;
      const values = valuesOf(table);
      const value = table.value === undefined ? "" : `:${described(table.value)}:${values === undefined ? "_files" : `(${values.join(" ")})`}`;
      const many = table.many ? "*" : "";
      const long = shellWord(`${many}--${name}${table.value === undefined ? "" : "="}${text}${value}`);
      return table.short === undefined ? [long] : [long, shellWord(`${many}-${table.short}${text}${value}`)];
    });
    const first = verbs === undefined ? [] : [shellWord(`1:what:(${verbs.join(" ")})`)];
    return [...specs, ...first, shellWord("*:path:_files")].join(" \\\n        ");
  };
  return `#compdef harness-image-guard
# Completion of harness-image-guard for zsh; made by 'harness-image-guard completion zsh'.

_harness-image-guard() {
  local -a commands
  commands=(
${tables.map(({ name, description }) => `    ${shellWord(`${name}:${described(description)}`)}\n`).join("")}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments '--help[show the commands]' '--version[show the version]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${tables.map((table) => `    ${table.name})\n      _arguments -S \\\n        ${argumentsOf(table)}\n      ;;\n`).join("")}  esac
}

if [[ $funcstack[1] == _harness-image-guard ]]; then
  _harness-image-guard "$@"
else
  compdef _harness-image-guard harness-image-guard
fi
`;
}

function fish(tables: readonly CommandTable[]): string {
  const described = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const lines = tables.flatMap(({ name, description, verbs, options }) => [
    `complete -c harness-image-guard -n __fish_use_subcommand -f -a ${name} -d ${described(description)}`,
    ...(verbs === undefined ? [] : [`complete -c harness-image-guard -n '__fish_seen_subcommand_from ${name}' -f -a '${verbs.join(" ")}'`]),
    ...Object.entries(options).map(([option, table]) => {
      const short = table.short === undefined ? "" : ` -s ${table.short}`;
      const values = valuesOf(table);
      const value = table.value === undefined ? "" : values === undefined ? " -r -F" : ` -x -a '${values.join(" ")}'`;
      return `complete -c harness-image-guard -n '__fish_seen_subcommand_from ${name}'${short} -l ${option}${value} -d ${described(oneLine(table.description))}`;
    }),
  ]);
  return `# Completion of harness-image-guard for fish; made by 'harness-image-guard completion fish'.
complete -c harness-image-guard -n __fish_use_subcommand -f -s h -l help -d 'show the commands'
complete -c harness-image-guard -n __fish_use_subcommand -f -s V -l version -d 'show the version'
${lines.join("\n")}
`;
}
