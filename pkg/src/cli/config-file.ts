import { lstatSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { Enclosure } from "./enclosure.js";
import { realpath } from "./file-system.js";
import { readNamedFile } from "./named-file.js";
import { shown } from "./output.js";
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
  /** The path without links. */
  readonly real: string;
  /** Its repository, or else its folder: what it names must not lead out of it. */
  readonly enclosure: Enclosure;
}

/**
 * The configuration that `--config` names, or the nearest one from the working directory upwards.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError if it can't be read, or if there are two in one folder
 */
export async function findConfigFile(
  workingFolder: string,
  named: string | undefined,
  isOpen = false,
): Promise<ConfigFile | undefined> {
  if (named !== undefined) {
    const absolute = resolve(workingFolder, named);
    const enclosure = await Enclosure.around([absolute], workingFolder, isOpen);
    return readConfig(absolute, named, enclosure);
  }
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const found = await configIn(folder, workingFolder, isOpen);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

async function configIn(
  folder: string,
  workingFolder: string,
  isOpen: boolean,
): Promise<ConfigFile | undefined> {
  const candidates = await Promise.all(
    configFileNames.map(async (name) => {
      const absolute = join(folder, name);
      if (isNothingAt(absolute)) return undefined;
      const path = relative(workingFolder, absolute);
      try {
        const enclosure = await Enclosure.around([absolute], workingFolder, isOpen);
        return await readConfig(absolute, path, enclosure);
      } catch (error) {
        if (error instanceof UsageError && isAbsent(error.cause)) return undefined;
        throw error;
      }
    }),
  );
  const [first, second] = candidates.filter((candidate) => candidate !== undefined);
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `both '${shown(first.path)}' and '${shown(second.path)}' exist: remove one, or choose with '--config'`,
    );
  }
  return first;
}

/**
 * Whether there is nothing of that name, not even a link, as in most folders. A synchronous call takes a tenth of the time
 * that a thread takes.
 */
function isNothingAt(absolute: string): boolean {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) === undefined;
  } catch {
    // Reading it says why.
    return false;
  }
}

async function readConfig(absolute: string, path: string, enclosure: Enclosure): Promise<ConfigFile> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readNamedFile(absolute, enclosure));
    const real = await realpath(absolute).catch(() => absolute);
    return { path, folder: dirname(absolute), text, real, enclosure };
  } catch (error) {
    const reason = error instanceof TypeError ? "it isn't UTF-8" : describeSystemError(error);
    const failure = new UsageError(`can't read the configuration '${shown(path)}': ${reason}`);
    failure.cause = error;
    throw failure;
  }
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error, "ENOENT") || isSystemError(error, "ENOTDIR");
}
