import { createHash } from "node:crypto";
import { join, posix } from "node:path";

import { readlink, realpath } from "./file-system.js";
import { askGit, GitFailure } from "./git.js";
import { isFolder, isRepository, isWithin, relativePath } from "./paths.js";
import { UsageError } from "./usage-error.js";

/** The content of a file in a commit. */
export interface BaseContent {
  readonly path: string;
  /** `undefined` if a partial clone lacks it, or a link leads out of the repository. */
  readonly text: Uint8Array | undefined;
}

/** How many links in a row are followed: as many as Linux follows. */
const mostLinks = 40;

/** A file's content by its hash, and the work tree whose repository has it. */
interface Blob {
  readonly hash: string;
  readonly top: string;
}

/** What commits hold, by the paths from the top of the outermost repository, with `/`. */
interface Listed {
  readonly blobs: Map<string, Blob>;
  /** The targets of links. */
  readonly links: Map<string, string>;
  /** The submodules of whose files nothing is known. */
  readonly lost: string[];
}

/**
 * The files of a commit, by their paths from the top, with `/`; those of submodules, too, by the commits at which these were.
 * A link counts as the file to which it leads.
 */
export class BaseFiles {
  readonly #top: string;
  readonly #blobs: ReadonlyMap<string, Blob>;
  readonly #links: ReadonlyMap<string, string>;
  /**
   * The submodules that had files which nobody can look at any more: they are gone, or lack the commit at which they were.
   * One that isn't checked out, or that a sparse checkout leaves out, has nothing that is checked.
   */
  readonly lost: readonly string[];

  private constructor(top: string, { blobs, links, lost }: Listed) {
    this.#top = top;
    this.#blobs = blobs;
    this.#links = links;
    this.lost = lost;
  }

  /** @throws UsageError */
  static async at(top: string, commit: string): Promise<BaseFiles> {
    const listed: Listed = { blobs: new Map(), links: new Map(), lost: [] };
    await list(top, top, commit, listed);
    return new BaseFiles(top, listed);
  }

  /**
   * Whether a file of this name had this content in the commit. A checkout may have changed its line breaks.
   *
   * @param absolute the name; a link that is new, or that leads elsewhere now, is another file
   * @param real the same without links
   */
  has(absolute: string, real: string, content: Uint8Array): boolean {
    if (!isWithin(this.#top, real)) return false;
    const way = relativePath(this.#top, real);
    const hash = this.#blobs.get(way)?.hash;
    if (hash === undefined || (isWithin(this.#top, absolute) && this.#targetOf(relativePath(this.#top, absolute)) !== way)) return false;
    return hash === blobHash(content, hash.length) || hash === blobHash(withLineFeeds(content), hash.length);
  }

  /**
   * The files that are gone: they were removed, a folder or another repository has their name, or their link leads
   * elsewhere.
   */
  async gone(isWanted: (path: string) => boolean): Promise<readonly string[]> {
    const gone: string[] = [];
    for (const path of [...this.#blobs.keys(), ...this.#links.keys()]) {
      if (isWanted(path) && !(await this.#isThere(path))) gone.push(path);
    }
    return gone;
  }

  /** A folder, and those to which links in it led, directly or through each other. */
  foldersOf(folder: string): readonly string[] {
    const folders = [folder];
    // The list grows on the way.
    for (const each of folders) {
      for (const link of this.#links.keys()) {
        const target = isBelow(each, link) ? this.#targetOf(link) : undefined;
        if (target !== undefined && !this.#blobs.has(target) && !folders.includes(target)) folders.push(target);
      }
    }
    return folders;
  }

  /** Whether a file was there, or a link to one. */
  hasFile(path: string): boolean {
    return this.#blobOf(path) !== undefined;
  }

  /** What was in files and links. */
  async contentsOf(paths: readonly string[]): Promise<readonly BaseContent[]> {
    const blobs = paths.map((path) => this.#blobOf(path));
    const wanted = new Map<string, Blob[]>();
    for (const blob of blobs) {
      if (blob === undefined) continue;
      const own = wanted.get(blob.top);
      if (own === undefined) wanted.set(blob.top, [blob]);
      else own.push(blob);
    }
    const contents = new Map<Blob | undefined, Buffer | undefined>();
    for (const [top, own] of wanted) {
      const found = await blobsOf(top, own.map(({ hash }) => hash));
      for (const [at, blob] of own.entries()) contents.set(blob, found[at]);
    }
    return paths.map((path, at) => ({ path, text: contents.get(blobs[at]) }));
  }

  #blobOf(path: string): Blob | undefined {
    return this.#blobs.get(this.#targetOf(path) ?? "");
  }

  async #isThere(path: string): Promise<boolean> {
    const absolute = join(this.#top, path);
    const target = this.#targetOf(path);
    const real = await realpath(absolute).catch(() => undefined);
    const isAtTarget = target !== undefined && real === join(this.#top, target);
    if (target !== undefined && this.#blobs.has(target)) return isAtTarget && !isFolder(real);
    if (target !== undefined && real !== undefined) return isAtTarget && isFolder(real);
    // What led nowhere, or out of the repository, may still do so.
    const link = this.#links.get(path);
    return link !== undefined && link === (await readlink(absolute).catch(() => undefined));
  }

  /** Where a path led, through all links on its way; nowhere, where that is outside. */
  #targetOf(path: string): string | undefined {
    const rest = path.split("/");
    let way = "";
    let links = 0;
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (way === "") return undefined;
        way = posix.dirname(way) === "." ? "" : posix.dirname(way);
        continue;
      }
      const next = way === "" ? part : `${way}/${part}`;
      const target = this.#links.get(next);
      if (target === undefined) {
        way = next;
        continue;
      }
      if (++links > mostLinks) return undefined;
      const isAbsolute = target.startsWith("/");
      if (isAbsolute && !isWithin(this.#top, target)) return undefined;
      if (isAbsolute) way = "";
      rest.unshift(...(isAbsolute ? relativePath(this.#top, target) : target).split("/"));
    }
    return way;
  }
}

/**
 * Lists the files of a commit, and those of its submodules.
 *
 * @param outermost the top from which the paths begin
 * @param top that of the repository which has the commit
 * @throws UsageError
 */
async function list(outermost: string, top: string, commit: string, listed: Listed): Promise<void> {
  const links: (readonly [path: string, hash: string])[] = [];
  const submodules: (readonly [path: string, commit: string])[] = [];
  for (const entry of (await asked(top, ["ls-tree", "-r", "-z", "--full-tree", commit])).toString("utf8").split("\0")) {
    const [, mode, hash, path] = /^(100|120|160)\d{3} \w+ ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    if (hash === undefined || path === undefined) continue;
    if (mode === "160") submodules.push([path, hash]);
    else if (mode === "120") links.push([path, hash]);
    else listed.blobs.set(relativePath(outermost, join(top, path)), { hash, top });
  }
  const targets = await blobsOf(top, links.map(([, hash]) => hash));
  for (const [at, [path]] of links.entries()) listed.links.set(relativePath(outermost, join(top, path)), targets[at]?.toString("utf8") ?? "");
  const absent: string[] = [];
  for (const [path, at] of submodules) {
    const folder = join(top, path);
    const isCheckedOut = isRepository(folder) && (await realpath(folder)) === folder;
    if (!isCheckedOut) absent.push(path);
    else if (await hasCommit(folder, at)) await list(outermost, folder, at, listed);
    else listed.lost.push(relativePath(outermost, folder));
  }
  const gone = await untracked(top, absent);
  listed.lost.push(...gone.map((path) => relativePath(outermost, join(top, path))));
}

/** Whether a submodule has a commit, and Git reads it. */
async function hasCommit(top: string, commit: string): Promise<boolean> {
  try {
    await askGit(top, ["cat-file", "-e", `${commit}^{tree}`]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

/** Those of some submodules that are none any more. */
async function untracked(top: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const entries = (await asked(top, ["ls-files", "-z", "--stage"])).toString("utf8").split("\0");
  const tracked = new Set(entries.filter((entry) => entry.startsWith("160000 ")).map((entry) => entry.slice(entry.indexOf("\t") + 1)));
  return paths.filter((path) => !tracked.has(path));
}

/** An answer of Git's. */
export async function asked(top: string, args: readonly string[], input = "", isNoError = 0): Promise<Buffer> {
  try {
    return await askGit(top, args, input, isNoError);
  } catch (error) {
    if (error instanceof GitFailure) throw new UsageError(`Git can't say what has changed: ${error.message}`);
    throw error;
  }
}

/** Whether a path is a folder or lies below it; both from the top. */
export function isBelow(folder: string, path: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** What is in blobs; `undefined` for one that a partial clone lacks. */
async function blobsOf(top: string, hashes: readonly string[]): Promise<readonly (Buffer | undefined)[]> {
  if (hashes.length === 0) return [];
  const answer = await asked(top, ["cat-file", "--batch"], hashes.map((hash) => `${hash}\n`).join(""));
  let at = 0;
  return hashes.map(() => {
    const end = answer.indexOf(10, at);
    const size = / blob (\d+)$/.exec(answer.toString("latin1", at, end))?.[1];
    at = end + 1;
    if (size === undefined) return undefined;
    const content = answer.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return content;
  });
}

/** As Git names a content. */
function blobHash(content: Uint8Array, length: number): string {
  return createHash(length === 64 ? "sha256" : "sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function withLineFeeds(content: Uint8Array): Uint8Array {
  if (!content.includes(13)) return content;
  return Buffer.from(Buffer.from(content).toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
