import { sha256 } from "../../digest.js";
import { areSame } from "../access.js";
import type { Bytes } from "../byte-stream.js";
import { Refusal } from "../refusal.js";
import type { Platform } from "./change.js";

/** In which header each platform signs, and how that begins. GitLab sends the secret itself. */
const signatures: Readonly<Record<Exclude<Platform, "gitlab">, { readonly header: string; readonly prefix: string }>> = {
  github: { header: "x-hub-signature-256", prefix: "sha256=" },
  bitbucket: { header: "x-hub-signature", prefix: "sha256=" },
  harness: { header: "x-harness-signature", prefix: "" },
};

/**
 * That a delivery comes from somebody who has one of the secrets. How long it takes says nothing of them.
 *
 * @throws Refusal with 401
 */
export async function assertSigned(platform: Platform, headers: Headers, body: Bytes, secrets: readonly string[]): Promise<void> {
  let isSigned = false;
  for (const secret of secrets) {
    const is = platform === "gitlab" ? await isSecret(headers.get("x-gitlab-token") ?? "", secret) : await isSignature(signatures[platform], headers, body, secret);
    isSigned = is || isSigned;
  }
  if (!isSigned) throw new Refusal(401, "unauthorized", "the signature is missing or wrong: the secret here and that of the webhook differ");
}

async function isSignature({ header, prefix }: { readonly header: string; readonly prefix: string }, headers: Headers, body: Bytes, secret: string): Promise<boolean> {
  const sent = headers.get(header) ?? "";
  const digits = sent.startsWith(prefix) ? sent.slice(prefix.length) : "";
  const signature = /^[\da-f]{64}$/i.test(digits) ? Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) : new Uint8Array(32);
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const right = new Uint8Array(await crypto.subtle.sign("HMAC", key, body));
  return areSame(signature, right) && digits.length === 64;
}

async function isSecret(sent: string, secret: string): Promise<boolean> {
  const [one, other] = await Promise.all([sha256(sent), sha256(secret)]);
  return areSame(one, other);
}
