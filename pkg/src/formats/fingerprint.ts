import { hex, sha256 } from "../digest.js";
import type { Finding } from "./finding.js";

/** In bytes: what a path has beyond this says no more about which one it is. */
const mostContent = 4096;

/**
 * What a finding is, wherever it has moved: its rule, what it is about in Harness's terms, the keys that lead there and
 * what is written there, hashed. The file isn't part of it, nor lines, nor places in lists.
 *
 * @param contents without that of its file, what is written doesn't count
 */
export async function fingerprintOf(finding: Finding, contents: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const { rule, verdict, subject, path, file, start, end, message } = finding;
  const bytes = contents.get(file)?.subarray(start.offset, Math.min(end.offset, start.offset + mostContent));
  const keys = path.filter((step) => typeof step === "string");
  // What is about a whole document differs from others by its message alone.
  const identity = [rule, verdict, subject, keys, bytes === undefined ? null : new TextDecoder().decode(bytes), path.length === 0 ? message : null];
  return hex(await sha256(JSON.stringify(identity)));
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
