import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { neutralVariables } from "./command.js";
import { commandPath } from "./paths.js";

/** A page with files (`` `path`: `` and a block of YAML) and what a terminal shows (a block `console`). */
export class Transcript {
  readonly #page: string;

  constructor(page: string) {
    this.#page = page;
  }

  /** How many commands there are. */
  get commands(): number {
    return this.#page.match(/^\$ /gm)?.length ?? 0;
  }

  /**
   * The page as it is right: files are written into a folder and commands run there, in order, and what they print
   * takes the place of what the page says.
   *
   * @param variables of the commands' environment
   */
  replayed(folder: string, variables: Readonly<Record<string, string>> = {}): string {
    return this.#page.replace(/(?:`([^`\n]+)`:\n\n)?^```(yaml|console)\n([^]*?)^```$/gm, (whole, file: string | undefined, kind: string, text: string) => {
      if (kind === "console") {
        const commands = text.split("\n").filter((line) => line.startsWith("$ "));
        return `\`\`\`console\n${commands.map((line) => `${line}\n${printed(line.slice(2), folder, variables)}`).join("")}\`\`\``;
      }
      if (file !== undefined) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
      return whole;
    });
  }
}

/** What a command of a shell prints, with what it complains of. */
function printed(command: string, folder: string, variables: Readonly<Record<string, string>>): string {
  const functions = `harness-image-guard() { '${process.execPath}' '${commandPath}' "$@"; }; npx() { "$@"; }; exec 2>&1`;
  const { stdout } = spawnSync("bash", ["-c", `${functions}\n${command}`], {
    cwd: folder,
    env: { ...neutralVariables(), ...variables },
    encoding: "utf8",
    input: "",
  });
  return stdout.replace(/(?<=[^\n])$/, "\n");
}
