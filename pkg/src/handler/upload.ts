import { isInput } from "../input-file.js";
import { isObject } from "../json-object.js";
import type { SourceFile } from "../source-file.js";
import type { Entry } from "./archive/entry.js";
import { bodyOf, textOf } from "./body.js";
import type { Bytes } from "./byte-stream.js";
import { filePathOf, longestPath } from "./file-path.js";
import { parsedJson } from "./json.js";
import type { Limits } from "./limits.js";
import { mediaTypeOf } from "./media-type.js";
import { invalid, Refusal, tooLarge } from "./refusal.js";

/** In which forms files can be sent, by the media types that say so. */
export const uploadTypes = {
  json: ["application/json"],
  multipart: ["multipart/form-data"],
  file: ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain"],
  zip: ["application/zip", "application/x-zip-compressed"],
  gzippedTar: ["application/gzip", "application/x-gzip", "application/x-gtar", "application/x-tgz"],
  tar: ["application/x-tar"],
} as const;

/** What the only file of a body is called where the request doesn't say. */
export const defaultPath = "pipeline.yaml";

/** How many folders an archive's paths may be relieved of. */
export const mostStripped = 64;

/** What a request says about its files beside the body. */
export interface UploadParameters {
  /** What the only file of a body is called. */
  readonly path: string | undefined;
  /** How many folders are taken away at the beginning of the paths of an archive. */
  readonly strip: number;
}

/**
 * The files that a request brings, each with its path once.
 *
 * @throws Refusal with 400, 408, 413 or 415
 */
export async function uploaded(request: Request, parameters: UploadParameters, limits: Limits): Promise<readonly SourceFile[]> {
  const form = formOf(request);
  if (form !== "file" && parameters.path !== undefined) throw invalid("'path' names the file of a body that is one file; this body has names of its own");
  const isArchive = form === "zip" || form === "tar" || form === "gzippedTar";
  if (!isArchive && parameters.strip !== 0) throw invalid("'strip' is about the paths in an archive, and the body isn't an archive");
  const body = await bodyOf(request, limits);
  const files = new Uploads(limits.files);
  switch (form) {
    case "json":
      addJson(files, body, limits);
      break;
    case "multipart":
      await addMultipart(files, body, request.headers.get("content-type") ?? "");
      break;
    case "file":
      files.add(parameters.path ?? defaultPath, body);
      break;
    default:
      await addArchive(files, await entriesOf(form, body, limits), parameters.strip);
  }
  return files.all();
}

function formOf(request: Request): keyof typeof uploadTypes {
  const { type, charset } = mediaTypeOf(request.headers.get("content-type"));
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8") throw new Refusal(415, "unsupported_media_type", "the body's charset can't be read; it is utf-8");
  for (const [form, types] of Object.entries(uploadTypes)) {
    if ((types as readonly string[]).includes(type)) return form as keyof typeof uploadTypes;
  }
  const known = Object.values(uploadTypes).flat().join(", ");
  throw new Refusal(415, "unsupported_media_type", `'Content-Type' doesn't say how the files are sent; it is one of ${known}`);
}

/** Files, each with its path once. */
class Uploads {
  readonly #files = new Map<string, SourceFile>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws Refusal with 400 for a path that can't be taken, with 413 for one file too many */
  add(written: string, text: string | Uint8Array, searched = false, strip = 0): void {
    const path = filePathOf(written, strip);
    if (path === undefined) throw invalid(`the path ${JSON.stringify(written.slice(0, 200))} names no file`);
    this.#set(path, { path, text, ...(searched ? { searched } : {}) });
  }

  addUnreadable(path: string, unreadable: string): void {
    this.#set(path, { path, unreadable });
  }

  textOf(path: string): string | Uint8Array | undefined {
    const file = this.#files.get(path);
    return file !== undefined && "text" in file ? file.text : undefined;
  }

  /** @throws Refusal with 400 where there are none */
  all(): readonly SourceFile[] {
    if (this.#files.size === 0) throw invalid("there is no file to check: no name ends with .yaml, .yml or .json");
    return [...this.#files.values()];
  }

  #set(path: string, file: SourceFile): void {
    if (this.#files.has(path)) throw invalid(`the path ${JSON.stringify(path)} is there twice`);
    if (this.#files.size === this.#most) throw tooLarge(`there are more than ${this.#most} files`);
    this.#files.set(path, file);
  }
}

/** `{"files": [{"path", "text"}]}`. */
function addJson(files: Uploads, body: Bytes, { nesting }: Limits): void {
  const value = parsedJson(textOf(body), nesting);
  const list = isObject(value) ? value["files"] : undefined;
  if (!isObject(value) || !Array.isArray(list)) throw invalid(`the body has to be {"files": [{"path", "text"}]}`);
  assertKeys(value, ["files"], "the body");
  for (const [index, each] of (list as readonly unknown[]).entries()) {
    const what = `'files[${index}]'`;
    if (!isObject(each)) throw invalid(`${what} has to be an object`);
    assertKeys(each, ["path", "text"], what);
    const { path, text } = each;
    if (typeof path !== "string" || typeof text !== "string") throw invalid(`${what} has to have 'path' and 'text', both strings`);
    files.add(path, text);
  }
}

function assertKeys(object: Readonly<Record<string, unknown>>, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`${what} has an unknown key ${JSON.stringify(unknown.slice(0, 200))}; there are ${known.join(", ")}`);
}

/** Each part is a file; its path is its file name, and without one the name of the field. */
async function addMultipart(files: Uploads, body: Bytes, contentType: string): Promise<void> {
  // What breaks off is an error on some hosts, and a shorter form on others.
  if (!isClosed(body, contentType)) throw invalid("the body isn't multipart/form-data, or it ends early");
  let form: FormData;
  try {
    form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw invalid("the body isn't multipart/form-data, or it ends early");
  }
  for (const [name, value] of form as unknown as Iterable<readonly [string, string | File]>) {
    if (typeof value === "string") files.add(name, value);
    else files.add(value.name, new Uint8Array(await value.arrayBuffer()));
  }
}

/** Whether a form ends with the line that ends it. */
function isClosed(body: Bytes, contentType: string): boolean {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (boundary === null) return false;
  const end = new TextDecoder("latin1").decode(body.subarray(-100)).trimEnd();
  return end.endsWith(`--${boundary[1] ?? boundary[2] ?? ""}--`);
}

async function entriesOf(form: "zip" | "tar" | "gzippedTar", body: Bytes, limits: Limits): Promise<AsyncIterable<Entry>> {
  // What isn't Harness's is passed over, and a repository has far more of that.
  const archiveLimits = { unpackedBytes: limits.unpackedBytes, entries: 10 * limits.files };
  if (form === "zip") return (await import("./archive/zip.js")).unzipped(body, isWanted, archiveLimits);
  return (await import("./archive/tar.js")).untarred(body, form === "gzippedTar", isWanted, archiveLimits);
}

/** What a search in a folder finds, too. A path that leads out is an error, whatever it leads to. */
function isWanted(path: string): boolean {
  const written = filePathOf(path.replace(/\/$/, ""));
  return written !== undefined && isInput(written) && !written.split("/").includes(".git");
}

async function addArchive(files: Uploads, entries: AsyncIterable<Entry>, strip: number): Promise<void> {
  const links: Extract<Entry, { readonly kind: "link" }>[] = [];
  for await (const entry of entries) {
    if (entry.kind === "link") links.push(entry);
    else if (filePathOf(entry.path, strip) !== undefined) files.add(entry.path, entry.content, true, strip);
  }
  const targets = links.map((link) => ({ link, text: textAt(files, link, strip) }));
  for (const { link, text } of targets) {
    const path = filePathOf(link.path, strip);
    if (path === undefined) continue;
    if (text === undefined) files.addUnreadable(path, "it is a link, and no *.yaml, *.yml or *.json of the archive is at its end");
    else files.add(link.path, text, true, strip);
  }
}

/** What a link leads to, if that is a file of the archive. */
function textAt(files: Uploads, { path, target, isHard }: Extract<Entry, { readonly kind: "link" }>, strip: number): string | Uint8Array | undefined {
  // Split, a target of as many bytes as an archive may have would take twenty times its memory.
  if (target.startsWith("/") || target.length > longestPath) return undefined;
  const parts = isHard ? [] : path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  const wanted = parts.filter((part) => part !== "" && part !== ".").slice(strip).join("/");
  return files.textOf(wanted);
}
