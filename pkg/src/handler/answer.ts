import { isBytes } from "../bytes.js";

/** What a route answers. */
export interface Answer {
  /** 200 without it. */
  readonly status?: number;
  /** `Content-Type`. */
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, whole or page by page, or as bytes. */
  readonly body: string | readonly string[] | Uint8Array<ArrayBuffer>;
}

/** In UTF-16 units: what is larger is streamed. */
const largestPiece = 2 ** 16;

/**
 * An answer as a response. What is large goes out as fast as it is read.
 *
 * @param headers those that every answer has
 * @param end called once, when nothing is left to be sent
 */
export function responseOf({ status = 200, type, headers: own = {}, body }: Answer, headers: Readonly<Record<string, string>>, end: () => void): Response {
  const init = { status, headers: { "content-type": type, ...headers, ...own } };
  if (isBytes(body) || status === 304) {
    end();
    // A browser has it already where the status is 304, which can't have a body.
    return new Response(isBytes(body) ? body : null, init);
  }
  const pages = typeof body === "string" ? [body] : body;
  if (pages.reduce((length, page) => length + page.length, 0) <= largestPiece) {
    end();
    return new Response(pages.join(""), init);
  }
  const pieces = piecesOf(pages);
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done !== true) {
        controller.enqueue(encoder.encode(value));
        return;
      }
      controller.close();
      end();
    },
    cancel: end,
  });
  return new Response(stream, init);
}

function* piecesOf(pages: readonly string[]): Generator<string, undefined> {
  for (const page of pages) {
    for (let start = 0; start < page.length; ) {
      let end = Math.min(start + largestPiece, page.length);
      // A pair of surrogates is one character.
      if (end < page.length && /[\ud800-\udbff]/.test(page.charAt(end - 1))) end -= 1;
      yield page.slice(start, end);
      start = end;
    }
  }
  return undefined;
}
