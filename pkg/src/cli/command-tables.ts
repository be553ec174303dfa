import { commands, generalOptions, type Command, type CommandModule } from "./commands.js";
import type { Option } from "./command-line.js";
import { rulePages } from "./rule-pages.js";

/** A command with its options, for what is written of all of them. */
export interface CommandTable extends Pick<Command, "description">, Pick<CommandModule, "options" | "verbs"> {
  readonly name: string;
}

/** Every command, by its name in order. */
export async function commandTables(): Promise<readonly CommandTable[]> {
  return Promise.all(
    Object.entries(commands).map(async ([name, { description, load }]) => {
      const { options, verbs } = await load();
      return { name, description, options, ...(verbs === undefined ? {} : { verbs }) };
    }),
  );
}

export { generalOptions };

/** The values of an option, where they are a few words; `undefined` where it may be a file or anything. */
export function valuesOf({ choices, offered, value }: Option): readonly string[] | undefined {
  return choices ?? offered ?? (value === "RULE" ? rulePages().map(({ id }) => id) : undefined);
}

/** A description in one line. */
export function oneLine(description: string): string {
  return description.replaceAll(/\s*\n\s*/g, " ");
}
