import { counted, joined, streamOf, type Bytes } from "./byte-stream.js";
import type { Limits } from "./limits.js";
import { invalid, Refusal, tooLarge } from "./refusal.js";

/**
 * All of a request's body, unpacked if it is compressed.
 *
 * @throws Refusal with 400, 408, 413 or 415
 */
export async function bodyOf(request: Request, limits: Limits): Promise<Bytes> {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (!["", "identity", "gzip", "x-gzip"].includes(encoding)) {
    throw new Refusal(415, "unsupported_media_type", "the body's 'Content-Encoding' can't be read; it is gzip, or there is none");
  }
  const body = await sentBody(request, limits);
  return encoding.endsWith("gzip") ? gunzipped(body, limits) : body;
}

/**
 * Unpacks gzip.
 *
 * @throws Refusal with 400 or 413
 */
async function gunzipped(body: Bytes, { unpackedBytes }: Limits): Promise<Bytes> {
  const unpacked = streamOf(body).pipeThrough(new DecompressionStream("gzip")) as ReadableStream<Bytes>;
  try {
    return await joined(counted(unpacked, unpackedBytes, `the body is larger than ${unpackedBytes} bytes when it is unpacked`));
  } catch (error) {
    throw error instanceof Refusal ? error : invalid("the body isn't gzip, or it ends early");
  }
}

/** The body as it is sent. */
async function sentBody(request: Request, { bodyBytes, bodySeconds }: Limits): Promise<Bytes> {
  const most = `the body is larger than ${bodyBytes} bytes`;
  // What is too long by its own account isn't waited for.
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytes) throw tooLarge(most);
  if (request.body === null) return new Uint8Array();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(408, "timeout", `the body didn't arrive within ${bodySeconds} seconds`)), bodySeconds * 1000);
  });
  const arriving = joined(counted(request.body as ReadableStream<Bytes>, bodyBytes, most));
  try {
    return await Promise.race([arriving, late]);
  } catch (error) {
    throw error instanceof Refusal ? error : invalid("the body ended before all of it had arrived");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Bytes as a string.
 *
 * @throws Refusal with 400 where they aren't UTF-8
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid("the body isn't UTF-8");
  }
}
