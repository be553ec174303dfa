import { getSystemErrorMap } from "node:util";

import { shown } from "../output.js";

/** A server gave no answer that can be used, for this reason: part of a sentence, after whose it is. */
export class Unanswered extends Error {
  /** Whether a later attempt may be answered. */
  readonly passing: boolean;
  /** Whether it is about TLS itself: the other side speaks none. */
  readonly speaksNoTls: boolean;

  constructor(message: string, { passing = false, speaksNoTls = false, cause }: { passing?: boolean; speaksNoTls?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.passing = passing;
    this.speaksNoTls = speaksNoTls;
  }
}

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate isn't valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "no trusted authority has signed its certificate; '--ca-file' adds one",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  SELF_SIGNED_CERT_IN_CHAIN: "no trusted authority has signed its certificate; '--ca-file' adds one",
  UNABLE_TO_GET_ISSUER_CERT: "no trusted authority has signed its certificate; '--ca-file' adds one",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "no trusted authority has signed its certificate; '--ca-file' adds one",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "no trusted authority has signed its certificate; '--ca-file' adds one",
};

const final: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such host",
  EPROTO: "it doesn't speak TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "it doesn't speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it doesn't speak TLS",
  UND_ERR_HEADERS_OVERFLOW: "its response's headers are too long",
};

const passing: Readonly<Record<string, string>> = {
  EAI_AGAIN: "no name server answers",
  ECONNREFUSED: "nothing answers there (connection refused)",
  ECONNRESET: "it broke the connection",
  UND_ERR_SOCKET: "it broke the connection",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "its response is incomplete",
  UND_ERR_RESPONSE: "its response isn't HTTP",
};

/** What went wrong in the network, in words. */
export function unanswered(error: unknown): Unanswered {
  if (error instanceof Unanswered) return error;
  const chain = causesOf(error);
  const inner = chain.find((each) => each instanceof Unanswered);
  if (inner !== undefined) return inner;
  for (const each of chain) {
    const { code = "" } = each as { readonly code?: string };
    const certificate = certificates[code];
    if (certificate !== undefined) return new Unanswered(certificate, { cause: error });
    const ended = final[code];
    if (ended !== undefined) return new Unanswered(ended, { cause: error, speaksNoTls: ended === final["EPROTO"] });
    // undici's error for what isn't HTTP has no code.
    const isBroken = code.startsWith("HPE_") || (each as { readonly name?: string }).name === "HTTPParserError";
    const passes = passing[code] ?? (isBroken ? "its response isn't HTTP" : undefined);
    if (passes !== undefined) return new Unanswered(passes, { cause: error, passing: true });
  }
  for (const each of chain) {
    const { errno } = each as NodeJS.ErrnoException;
    const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
    if (words !== undefined) return new Unanswered(words, { cause: error, passing: true });
  }
  return new Unanswered(shown(error instanceof Error ? error.message : String(error)), { cause: error });
}

/** An error, what caused it, and the errors that it is made of. */
function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  const next = [error];
  while (next.length > 0 && chain.length < 16) {
    const each = next.shift();
    if (typeof each !== "object" || each === null || chain.includes(each)) continue;
    chain.push(each);
    if (each instanceof AggregateError) next.push(...(each.errors as readonly unknown[]));
    next.push((each as { readonly cause?: unknown }).cause);
  }
  return chain;
}
