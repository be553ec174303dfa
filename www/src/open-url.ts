import { element } from "./dom.ts";
import type { PlainFile } from "./project.ts";
import { LinkError } from "./share.ts";

/** How long to wait for the sandbox, in milliseconds: longer than it waits itself. */
const TIMEOUT = 25_000;

/** The sandbox's answer: see public/fetch-url.js. */
type Answer =
  | { readonly content: ArrayBuffer }
  | { readonly refused: "status"; readonly status: number }
  | { readonly refused: "page" | "large" | "late" | "unreachable" };

/**
 * Fetches the file that `?url=` names, in a sandbox, because this document may send requests only to its own server. They
 * carry no cookies, no credentials and no referrer.
 *
 * @throws LinkError (as a rejection) with a sentence for the user
 */
export async function fileAt(address: string): Promise<PlainFile> {
  const url = URL.parse(address);
  if (url === null) throw new LinkError("Nothing was opened: what follows “?url=” isn't an address.");
  if (url.protocol !== "https:") throw new LinkError("Nothing was opened: the address after “?url=” has to begin with https://.");
  if (url.username !== "" || url.password !== "") throw new LinkError("Nothing was opened: the address after “?url=” contains a name or a password.");
  const answer = await asked(url.href);
  if ("refused" in answer) throw new LinkError(reasonOf(answer, url));
  try {
    return { path: nameOf(url), text: new TextDecoder("utf-8", { fatal: true }).decode(answer.content) };
  } catch {
    throw new LinkError(`Nothing was opened: the file at ${url.host} isn't UTF-8.`);
  }
}

async function asked(url: string): Promise<Answer> {
  // Without `allow-same-origin` it has no origin, and no access to this page.
  const frame = element("iframe", { sandbox: "allow-scripts", src: "./fetch-url.html", hidden: true, title: "Fetches one file" });
  const { port1, port2 } = new MessageChannel();
  try {
    return await new Promise<Answer>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
      // It has no origin to name instead of `*`.
      frame.addEventListener("load", () => frame.contentWindow?.postMessage(url, "*", [port2]), { once: true });
      setTimeout(() => resolve({ refused: "late" }), TIMEOUT);
      document.body.append(frame);
    });
  } finally {
    port1.close();
    frame.remove();
  }
}

function reasonOf(answer: Exclude<Answer, { readonly content: ArrayBuffer }>, { host, pathname }: URL): string {
  switch (answer.refused) {
    case "status":
      return `Nothing was opened: ${host} answered ${answer.status}${answer.status === 404 ? ", it has no such file" : ""}.`;
    case "page":
      return `Nothing was opened: what ${host} has there is a web page. Use the address of the file itself (“Raw”).`;
    case "large":
      return `Nothing was opened: the file at ${host} is larger than 16 MiB.`;
    case "late":
      return `Nothing was opened: ${host} didn't answer in time.`;
    case "unreachable":
      return host === "github.com" && pathname.includes("/blob/")
        ? "Nothing was opened: github.com doesn't let other pages read it. Use the address of the file itself (“Raw”), at raw.githubusercontent.com."
        : `Nothing was opened: ${host} can't be reached, or doesn't let other pages read this file (CORS). Save the file, and drop it here.`;
  }
}

/** A file's path, from the last part of the URL's. */
function nameOf({ pathname, host }: URL): string {
  let last = pathname.slice(pathname.lastIndexOf("/") + 1);
  try {
    last = decodeURIComponent(last);
  } catch {
    // Then it stays encoded.
  }
  const name = last.replaceAll(/[/\\\p{Cc}]/gu, "_") || host;
  return /\.(ya?ml|json|rego)$/i.test(name) ? name : `${name}.yaml`;
}
