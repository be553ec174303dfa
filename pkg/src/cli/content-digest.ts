import { createHash } from "node:crypto";

/** The SHA-256 of a file's content, as hexadecimal digits; of a string, in UTF-8. */
export function contentDigest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
