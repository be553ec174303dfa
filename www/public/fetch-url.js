// Fetches one file for the playground. This document is the only one that may send requests to other hosts. It is in a
// sandbox, without an origin: it has no access to the playground's files and storage, so it can't leak them.

const MOST_BYTES = 16 * 1024 * 1024;
const TIMEOUT = 20_000;

addEventListener("message", async ({ source, data, ports: [port] }) => {
  if (source !== parent || port === undefined || typeof data !== "string") return;
  try {
    port.postMessage(await answerOf(data));
  } catch (error) {
    port.postMessage({ refused: error instanceof DOMException && error.name === "TimeoutError" ? "late" : "unreachable" });
  }
});

async function answerOf(url) {
  const response = await fetch(url, {
    mode: "cors",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (!response.ok) return { refused: "status", status: response.status };
  if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) return { refused: "page" };
  const chunks = [];
  let size = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      return { refused: "large" };
    }
    chunks.push(value);
  }
  return { content: await new Blob(chunks).arrayBuffer() };
}
