import { constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

import { access, realpath } from "./file-system.js";
import { isWithin, repositoriesAbove } from "./paths.js";

/** A program of the machine's. */
export interface Program {
  readonly path: string;
  /** The variables for it: what it starts by a name is found as it was. */
  readonly variables: NodeJS.ProcessEnv;
}

/** What is to be said where there is none. */
export const isNotRun = "one in the repository or in node_modules isn't run";

/**
 * The program of a name on PATH. Whoever writes the files that are checked must not choose what is run, and `npx` puts
 * `node_modules/.bin`, of every folder from the working directory upwards, before all others. So nothing in
 * `node_modules` counts, and nothing in a repository around the working directory or around what is looked at: a
 * submodule lies in somebody's, too.
 *
 * @param within a folder of what is looked at, without links: nothing in it counts, be it a repository or not
 */
export async function programOnPath(name: string, within: string): Promise<Program | undefined> {
  const theirs = [within, ...repositoriesAbove(within), ...repositoriesAbove(process.cwd())];
  const isTheirs = (path: string): boolean => theirs.some((folder) => isWithin(folder, path));
  const folders: string[] = [];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const both = [folder, await realpath(folder).catch(() => folder)];
    if (!both.some((path) => /[\\/]node_modules(?:[\\/]|$)/.test(path) || isTheirs(path))) folders.push(folder);
  }
  for (const folder of folders) {
    const path = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    const real = await access(path, constants.X_OK).then(
      () => realpath(path),
      () => undefined,
    );
    if (real !== undefined && !isTheirs(real)) return { path, variables: { ...process.env, PATH: folders.join(delimiter) } };
  }
  return undefined;
}
