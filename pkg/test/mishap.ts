import type { IncomingMessage, ServerResponse } from "node:http";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Answer => (_, response) => {
  response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify({ status: "ERROR", message: "hunter2", errors: [{ code: "X", message: "hunter2" }] }));
};

/** What any server can do wrong. What it says besides is nobody's to read: `hunter2`. */
export const mishaps = {
  "401": status(401),
  "403": status(403),
  "404": status(404),
  "429 for an hour": status(429, { "retry-after": "3600" }),
  "429 again and again": status(429, { "retry-after": "0" }),
  "500": status(500),
  "a redirect to a foreign host": status(302, { location: "https://foreign.example/" }),
  "half an answer": (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write('{"status": "SUCCESS", "data": {');
    setTimeout(() => response.destroy(), 30);
  },
  "JSON that isn't": (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end("<html>hunter2</html>");
  },
  "a connection that hangs": (request) => void request,
} as const satisfies Readonly<Record<string, Answer>>;

/** How each of them is said. */
export type Sentences = Readonly<Record<keyof typeof mishaps, RegExp>>;

/** The same sentence of a server that nobody should wait for, whoever asks. */
export const waiting = {
  "429 for an hour": /HTTP 429; it asks to retry in 3600 s, which is later than '--max-time' allows/,
  "half an answer": /it broke the connection|its response is incomplete/,
  "a connection that hangs": /it hasn't answered within 1 s \('--timeout'\)/,
} as const;

/** The options with which a test waits for an answer: as long as a busy machine needs, unless there will be none. */
export function patience(what: keyof typeof mishaps): readonly string[] {
  return what === "a connection that hangs" ? ["--timeout", "1s"] : [];
}
