import { getSystemErrorMap } from "node:util";

import { shown } from "./output.js";
import { UsageError } from "./usage-error.js";

/** What the operating system says went wrong, in words: `no such file or directory`. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) return shown(String(error));
  const { errno } = error as NodeJS.ErrnoException;
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? shown(error.message);
}

/** The same in the words of Go, as OPA says it: `stat x: no such file or directory`. */
export function asGoSaysIt(error: unknown, doing: string, path: string): string {
  const named = error instanceof Error ? inGo[(error as NodeJS.ErrnoException).code ?? ""] : undefined;
  return `${doing} ${shown(path)}: ${named ?? describeSystemError(error)}`;
}

const inGo: Readonly<Record<string, string>> = {
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
};

/** Whether the operating system refused with this code. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/**
 * What is read from the file system.
 *
 * @param what how a message begins that it can't be
 * @throws UsageError where the operating system refuses
 */
export async function readable<T>(what: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new UsageError(`${what} can't be read: ${describeSystemError(error)}`);
  }
}
