import { hex, sha256 } from "../digest.js";
import type { Finding } from "./finding.js";

/** In bytes: what a path has beyond this says no more about which one it is. */
const mostContent = 4096;

/**
 * What a finding is, wherever it has moved: its rule, what it is about in Harness's terms, the keys that lead there, what
 * is written there and where an expression has its value, and the images that it is about, hashed. The file isn't part of
 * it, nor lines, nor places in lists.
 *
 * @param contents without that of its file, what is written doesn't count
 */
export async function fingerprintOf(finding: Finding, contents: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const { rule, verdict, subject, path, message, images, related } = finding;
  const keys = path.filter((step) => typeof step === "string");
  const written = [finding, ...related].map((place) => contentAt(place, contents));
  // What is about a whole document differs from others by its message alone.
  const identity = [rule, verdict, subject, keys, written, images, path.length === 0 ? message : null];
  return hex(await sha256(JSON.stringify(identity)));
}

function contentAt({ file, start, end }: Pick<Finding, "file" | "start" | "end">, contents: ReadonlyMap<string, Uint8Array>): string | null {
  const bytes = contents.get(file)?.subarray(start.offset, Math.min(end.offset, start.offset + mostContent));
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

/** The same for each, with a number where several are alike: no two are the same. */
export async function fingerprints(
  findings: readonly Finding[],
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  const seen = new Map<string, number>();
  const all = await Promise.all(findings.map((finding) => fingerprintOf(finding, contents)));
  return all.map((fingerprint) => {
    const before = seen.get(fingerprint) ?? 0;
    seen.set(fingerprint, before + 1);
    return before === 0 ? fingerprint : `${fingerprint}:${before + 1}`;
  });
}
