import { crc32 } from "../../pkg/src/handler/archive/crc32.ts";
import type { OwnPolicy, PlainFile, Project } from "./project.ts";

/** The version of the format, at the beginning of the fragment. Version 1, without a checksum, is still read. */
const VERSION = 2;
/** The size of the checksum at the beginning, in bytes. */
const CHECKSUM = 4;
/** A fragment of this length is a link of ours, maybe damaged; anchors are shorter. */
const LEAST_CHARACTERS = 40;
/** The limits of a fragment, in characters, and of its unpacked content, in bytes. */
const MOST_CHARACTERS = 2_000_000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 2000;

/** Why a link can't be opened, in a sentence for the user. */
export class LinkError extends Error {}

/** The fragment of a link to a project, without its `#`. Browsers don't send fragments to servers. */
export async function encode(shared: Project): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(shared));
  if (json.length > MOST_BYTES) throw new LinkError(tooLarge);
  const packed = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const content = new Uint8Array(await new Response(packed).arrayBuffer());
  const bytes = new Uint8Array(CHECKSUM + content.length);
  new DataView(bytes.buffer).setUint32(0, crc32(content));
  bytes.set(content, CHECKSUM);
  const fragment = `v${VERSION}.${base64url(bytes)}`;
  if (fragment.length > MOST_CHARACTERS) throw new LinkError(tooLarge);
  return fragment;
}

const tooLarge = "This is too large for a link. Save it as a zip instead.";
const broken = "This link is broken: part of it is missing or was changed on its way.";

/**
 * Reads a fragment.
 *
 * @returns `undefined` if it isn't a link of ours
 * @throws LinkError if it is, but can't be read
 */
export async function decode(fragment: string): Promise<Project | undefined> {
  const [, version, packed] = /^v(\d+)\.(.*)$/s.exec(fragment) ?? [];
  if (fragment.length > MOST_CHARACTERS) throw new LinkError("This link is too large to be opened.");
  if (version === undefined || packed === undefined) {
    if (fragment.length >= LEAST_CHARACTERS) throw new LinkError(broken);
    return undefined;
  }
  if (Number(version) > VERSION) {
    throw new LinkError("This link was made by a later version of this page, which this one can't read.");
  }
  const bytes = bytesOf(packed);
  if (version === "1") return sharedOf(await inflated(bytes));
  return sharedOf(await inflated(contentOf(version, packed, bytes)));
}

/** The content after the checksum, which has to match. */
function contentOf(version: string, packed: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const content = bytes.subarray(CHECKSUM);
  const isWhole =
    version === String(VERSION) &&
    bytes.length > CHECKSUM &&
    new DataView(bytes.buffer).getUint32(0) === crc32(content) &&
    // The last character may have unused bits, which the checksum doesn't cover.
    base64url(bytes) === packed;
  if (!isWhole) throw new LinkError(broken);
  return content;
}

/** Unpacks content, up to a limit: a short link may unpack to very much. */
async function inflated(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([packed])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MOST_BYTES) {
        await reader.cancel();
        throw new LinkError("This link contains too much to be opened.");
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError(broken, { cause: error });
  }
}

function sharedOf(json: string): Project {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new LinkError(broken, { cause });
  }
  const shared = readShared(value);
  if (shared === undefined) throw new LinkError(broken);
  return shared;
}

/** Reads a project from untrusted JSON, without other properties; `undefined` if it isn't one. */
export function readShared(value: unknown): Project | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { files, config, policy } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(files) || files.length > MOST_FILES || typeof config !== "string") {
    return undefined;
  }
  const read = files.map(readFile);
  if (read.includes(undefined)) return undefined;
  return { files: read as PlainFile[], config, policy: readPolicy(policy) };
}

function readFile(value: unknown): PlainFile | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { path, text } = value as Readonly<Record<string, unknown>>;
  if (typeof path !== "string" || typeof text !== "string" || path === "") return undefined;
  return { path, text };
}

export function readPolicy(value: unknown): OwnPolicy | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Older links have no tests.
  const { rego, tests = "", version, everywhere } = value as Readonly<Record<string, unknown>>;
  if (typeof rego !== "string" || typeof tests !== "string") return undefined;
  if (version !== 0 && version !== 1) return undefined;
  return { rego, tests, version, ...(everywhere === true ? { everywhere } : {}) };
}

function base64url(bytes: Uint8Array): string {
  let binary = "";
  // In parts, because the number of arguments is limited.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new LinkError(broken, { cause });
  }
}
