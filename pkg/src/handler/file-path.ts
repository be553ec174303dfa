import { invalid } from "./refusal.js";

/** In UTF-16 units; a file system's paths are shorter. */
export const longestPath = 4096;

/**
 * A path that somebody sent for a file: relative, with `/` between folders, and within the folder that it is relative
 * to. Whoever writes the answer's files under such a path writes nowhere else.
 *
 * @param strip how many folders at its beginning are taken away
 * @returns the path without `./`; `undefined` where nothing is left of it
 * @throws Refusal with 400
 */
export function filePathOf(written: string, strip = 0): string | undefined {
  const refuse = (why: string): never => {
    throw invalid(`the path ${JSON.stringify(written.slice(0, 200))} ${why}`);
  };
  if (written === "") refuse("is empty");
  if (written.length > longestPath) refuse(`is longer than ${longestPath} characters`);
  if (/[\0\\]/.test(written)) refuse("has a NUL or a backslash; folders are separated by '/'");
  if (/^(?:\/|[a-z]:)/i.test(written)) refuse("is absolute; paths are relative to the repository");
  const parts = written.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) refuse("leads out by '..'");
  const rest = parts.slice(strip);
  return rest.length === 0 ? undefined : rest.join("/");
}
