import { constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

import { access, realpath } from "./file-system.js";
import { isWithin, repositoriesAbove } from "./paths.js";

/** A program of the machine's. */
export interface Program {
  readonly path: string;
  /** The variables for it, so that programs that it starts are found in the same way. */
  readonly variables: NodeJS.ProcessEnv;
}

/** The end of the message if there is no such program. */
export const isNotRun = "one in the repository or in node_modules isn't run";

/**
 * Finds a program on PATH. The authors of the files that are checked must not choose what runs, and `npx` puts
 * `node_modules/.bin` of every folder from the working directory upwards first. So programs in `node_modules` are ignored, and
 * those in a repository around the working directory or around the files: for a submodule, that includes the outer one.
 *
 * @param within a folder of the files, without links: programs in it are ignored, whether it is a repository or not
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
