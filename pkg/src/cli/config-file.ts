import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

import { describeSystemError, isSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** The names under which a configuration is found. */
export const configFileNames: readonly string[] = [
  "harness-image-guard.yaml",
  "harness-image-guard.yml",
];

/** A configuration as it was found. */
export interface ConfigFile {
  /** Relative to the working directory, for messages. */
  readonly path: string;
  /** The folder that its globs are relative to, absolute. */
  readonly folder: string;
  readonly text: string;
}

/**
 * The configuration that `--config` names, or the nearest one from the working directory upwards.
 *
 * @throws UsageError if it can't be read, or two lie side by side
 */
export async function findConfigFile(
  workingFolder: string,
  named: string | undefined,
): Promise<ConfigFile | undefined> {
  if (named !== undefined) {
    const absolute = resolve(workingFolder, named);
    const text = await readConfig(absolute, named);
    return { path: named, folder: dirname(absolute), text };
  }
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const found = await configIn(folder, workingFolder);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

async function configIn(folder: string, workingFolder: string): Promise<ConfigFile | undefined> {
  const candidates = await Promise.all(
    configFileNames.map(async (name) => {
      const absolute = join(folder, name);
      const path = relative(workingFolder, absolute);
      try {
        return { path, folder, text: await readConfig(absolute, path) };
      } catch (error) {
        if (error instanceof UsageError && isAbsent(error.cause)) return undefined;
        throw error;
      }
    }),
  );
  const [first, second] = candidates.filter((candidate) => candidate !== undefined);
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `both '${first.path}' and '${second.path}' exist: remove one, or choose with '--config'`,
    );
  }
  return first;
}

async function readConfig(absolute: string, path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(absolute));
  } catch (error) {
    const reason = error instanceof TypeError ? "it isn't UTF-8" : describeSystemError(error);
    const failure = new UsageError(`can't read the configuration '${path}': ${reason}`);
    failure.cause = error;
    throw failure;
  }
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error, "ENOENT") || isSystemError(error, "ENOTDIR");
}
