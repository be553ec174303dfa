import { spawn } from "node:child_process";
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
   * @param host what the page calls a host, and the host that it is in the test
   */
  async replayed(folder: string, variables: Readonly<Record<string, string>> = {}, [called, host]: readonly [string, string] = ["", ""]): Promise<string> {
    const real = (text: string): string => (called === "" ? text : text.replaceAll(called, host));
    const shown = (text: string): string => (called === "" ? text : text.replaceAll(host, called));
    let page = "";
    let at = 0;
    for (const block of this.#page.matchAll(/(?:`([^`\n]+)`:\n\n)?^```(yaml|console)\n([^]*?)^```$/gm)) {
      const [whole, file, kind, text = ""] = block;
      page += this.#page.slice(at, block.index);
      at = block.index + whole.length;
      if (kind === "yaml") {
        page += whole;
        if (file === undefined) continue;
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), real(text));
        continue;
      }
      page += "```console\n";
      for (const line of text.split("\n").filter((each) => each.startsWith("$ "))) {
        page += `${line}\n${shown(await printed(real(line.slice(2)), folder, variables))}`;
      }
      page += "```";
    }
    return page + this.#page.slice(at);
  }
}

/** What a command of a shell prints, with what it complains of. */
async function printed(command: string, folder: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const functions = `harness-image-guard() { '${process.execPath}' '${commandPath}' "$@"; }; npx() { "$@"; }; exec 2>&1`;
  const child = spawn("bash", ["-c", `${functions}\n${command}`], {
    cwd: folder,
    env: { ...neutralVariables(), ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return text.replace(/(?<=[^\n])$/, "\n");
}
