import { resolve } from "node:path";

import { shown } from "./output.js";
import { exists } from "./paths.js";
import { UsageError } from "./usage-error.js";

/**
 * Arguments in which each `@FILE` before `--` is replaced by the lines of that file. What is in such a file isn't
 * replaced again.
 *
 * A name that a shell makes of `*` must not become options of somebody's choice: where a file is really called `@FILE`,
 * that is an error.
 *
 * @throws UsageError where a file can't be read
 */
export async function expanded(args: readonly string[], hint: string): Promise<readonly string[]> {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  // `@{upstream}` is a ref of Git's.
  const isFile = (argument: string, at: number): boolean => at < end && /^@[^{]/.test(argument);
  if (!args.some(isFile)) return args;
  const { Enclosure } = await import("./enclosure.js");
  const { readNamedText } = await import("./named-file.js");
  const { readable } = await import("./system-error.js");
  const lists = args.map(async (argument, at) => {
    if (!isFile(argument, at)) return [argument];
    if (exists(argument)) {
      throw new UsageError(`a file is called '${shown(argument)}': write './${shown(argument)}' to check it, or rename it to read arguments from '${shown(argument.slice(1))}'`, hint);
    }
    const path = argument.slice(1);
    const enclosure = await Enclosure.around([resolve(path)], process.cwd());
    const text = await readable(`the arguments in '${shown(path)}'`, readNamedText(path, enclosure));
    return text.split(/\r?\n/).filter((line) => line !== "");
  });
  return (await Promise.all(lists)).flat();
}
