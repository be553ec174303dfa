import { plural } from "../plural.js";
import type { SourceFile } from "../source-file.js";
import { bytesOf } from "./bytes.js";
import type { Inputs } from "./inputs.js";
import { shown } from "./output.js";
import { LeftAlone, replaceFile } from "./replace-file.js";

/** What has become of the files. */
export interface Fixed {
  /** The files as they are now. */
  readonly sources: readonly SourceFile[];
  /** What standard input has become, if it is among them. */
  readonly stdin: string | Uint8Array | undefined;
  /** One line about what was done, and one for each file that had to be left as it was. */
  readonly messages: readonly string[];
  /** Whether a file had to be left as it was. */
  readonly failed: boolean;
}

/** Applies fixes to the files that were read, on the disk. */
export async function applyFixes(
  { guard, sources, places, stdinPath, writable }: Inputs,
  { unsafe }: { readonly unsafe: boolean },
): Promise<Fixed> {
  const changed = new Map(guard.fix(sources, { unsafe }).files.map((file) => [file.path, file]));
  const now: SourceFile[] = [];
  const refusals: string[] = [];
  let findings = 0;
  let files = 0;
  for (const source of sources) {
    const fixed = changed.get(source.path);
    if (fixed === undefined || !("text" in source)) {
      now.push(source);
      continue;
    }
    try {
      const place = places.get(source.path);
      if (place !== undefined && !writable.holds(place)) {
        throw new LeftAlone("it is reached through a link that leads out of the repository, or out of the folders that you named");
      }
      if (place !== undefined) await replaceFile(place, bytesOf(source.text), fixed.text);
      now.push({ ...source, text: fixed.text });
      findings += fixed.fixes;
      files += 1;
    } catch (error) {
      if (!(error instanceof LeftAlone)) throw error;
      now.push(source);
      refusals.push(`'${shown(source.path)}' is left as it was: ${error.message}`);
    }
  }
  const stdin = now.find(({ path }) => path === stdinPath);
  return {
    sources: now,
    stdin: stdin !== undefined && "text" in stdin ? stdin.text : undefined,
    messages: [`fixed ${plural(findings, "finding")} in ${plural(files, "file")}`, ...refusals],
    failed: refusals.length > 0,
  };
}
