import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";

import { isInput } from "../input-file.js";
import type { Report } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { configFileNames } from "./config-file.js";
import { askGit, GitFailure } from "./git.js";
import type { Inputs } from "./inputs.js";
import { shown } from "./output.js";
import { isWithin, repositoriesAbove } from "./paths.js";
import { readRegularFile } from "./regular-file.js";
import { UsageError } from "./usage-error.js";

/** What has changed since the merge base with a ref. */
export interface Changes {
  /** The files of the report that have. */
  readonly files: ReadonlySet<string>;
  /** Why every file is reported all the same: what others are judged by has changed. */
  readonly everything: string | undefined;
}

const largest = 16 * 2 ** 20;

/**
 * Finds which files have changed since the commit at which the branch left a ref.
 *
 * The content that was checked is compared with that commit's, so that what is staged, what isn't, what is untracked and
 * what has another name count alike, and Git runs no filter. A file of another repository counts as changed.
 *
 * @param inputs with all that is named by which every file is judged: policies and folders of them, metadata, a baseline
 * @throws UsageError where there is no such commit, or no repository
 */
export async function changesSince(ref: string, inputs: Pick<Inputs, "guard" | "places" | "configFile" | "named">, sources: readonly SourceFile[], report: Report): Promise<Changes> {
  const workingFolder = process.cwd();
  const [found] = repositoriesAbove(workingFolder);
  if (found === undefined) {
    throw new UsageError(`'--changed-since' asks Git, and '${shown(workingFolder)}' isn't in a repository`);
  }
  const top = await realpath(found);
  const base = await Base.at(top, await mergeBase(top, ref));
  const files = new Set<string>();
  for (const source of sources) {
    const real = inputs.places.get(source.path);
    const content = "text" in source ? bytesOf(source.text) : undefined;
    if (real === undefined || content === undefined || !base.has(real, content)) files.add(source.path);
  }
  const everything = (await judgedBy(inputs, base, top)) ?? connectorIn(report, files) ?? (await connectorThatWas(inputs, base, files));
  return { files, everything };
}

/** A file among some that has a connector. */
function connectorIn({ files }: Report, among: ReadonlySet<string>): string | undefined {
  return files.find(({ path, documents }) => among.has(path) && documents.some(({ entity }) => entity === "connector"))?.path;
}

/** A file that has been changed or removed since, and had a connector. */
async function connectorThatWas({ guard, places }: Pick<Inputs, "guard" | "places">, base: Base, files: ReadonlySet<string>): Promise<string | undefined> {
  const old = await base.contentsOf([...files].flatMap((path) => places.get(path) ?? []));
  const unknown = old.find(({ text }) => text === undefined);
  // A partial clone may lack it: then nobody knows.
  if (unknown !== undefined) return unknown.path;
  const report = guard.check(old.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text, searched: true }])));
  return connectorIn(report, new Set(old.map(({ path }) => path)));
}

/** The same report of what has changed only, and of what rests on it. */
export function reportOf(report: Report, { files, everything }: Changes): Report {
  if (everything !== undefined) return report;
  const diagnostics = report.diagnostics.filter(({ file, related }) => files.has(file) || related.some((place) => files.has(place.file)));
  const kept = new Set([...files, ...diagnostics.map(({ file }) => file)]);
  return {
    ...report,
    diagnostics,
    omitted: report.omitted.filter(({ file }) => kept.has(file)),
    files: report.files.filter(({ path }) => kept.has(path)),
  };
}

/** The commit at which the branch left a ref. */
async function mergeBase(top: string, ref: string): Promise<string> {
  // Git would take it for an option.
  if (ref.startsWith("-")) throw new UsageError(`'${shown(ref)}' isn't a ref: it begins with '-'`);
  const [other, head] = [await commitAt(top, ref), await commitAt(top, "HEAD")];
  if (head === undefined) throw new UsageError(`there is no commit in '${shown(top)}' yet, so nothing has changed since '${shown(ref)}'`);
  const advice = await shallowAdvice(top);
  if (other === undefined) throw new UsageError(`there is no commit '${shown(ref)}' in '${shown(top)}'${advice ?? ": fetch it, or check its name"}`);
  const base = await line(top, ["merge-base", "--", head, other], 1);
  if (base === undefined) throw new UsageError(`'${shown(ref)}' and HEAD have no commit in common${advice ?? ""}`);
  return base;
}

async function commitAt(top: string, ref: string): Promise<string | undefined> {
  return line(top, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], 1);
}

async function shallowAdvice(top: string): Promise<string | undefined> {
  if ((await line(top, ["rev-parse", "--is-shallow-repository"])) !== "true") return undefined;
  return "; this is a shallow clone, which has the newest commits only: fetch the whole history ('git fetch --unshallow'; fetch-depth: 0 on GitHub, GIT_DEPTH: 0 on GitLab, depth: 0 of the clone in Harness)";
}

/** The only line of an answer. */
async function line(top: string, args: readonly string[], isNoError = 0): Promise<string | undefined> {
  return (await asked(top, args, "", isNoError)).toString("utf8").trim() || undefined;
}

async function asked(top: string, args: readonly string[], input = "", isNoError = 0): Promise<Buffer> {
  try {
    return await askGit(top, args, input, isNoError);
  } catch (error) {
    if (error instanceof GitFailure) throw new UsageError(`Git can't say what has changed: ${error.message}`);
    throw error;
  }
}

/** The files of a commit. */
class Base {
  readonly #top: string;
  /** Hashes by paths from the top, with `/`. */
  readonly #blobs: ReadonlyMap<string, string>;

  private constructor(top: string, blobs: ReadonlyMap<string, string>) {
    this.#top = top;
    this.#blobs = blobs;
  }

  static async at(top: string, commit: string): Promise<Base> {
    const blobs = new Map<string, string>();
    for (const entry of (await asked(top, ["ls-tree", "-r", "-z", "--full-tree", commit])).toString("utf8").split("\0")) {
      const [, hash, path] = /^100\d{3} blob ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
      if (hash !== undefined && path !== undefined) blobs.set(path, hash);
    }
    return new Base(top, blobs);
  }

  /** Whether a file has this content there; a checkout may have changed its line breaks. */
  has(real: string, content: Uint8Array): boolean {
    const hash = this.#hashOf(real);
    if (hash === undefined) return false;
    return hash === blobHash(content, hash.length) || hash === blobHash(withLineFeeds(content), hash.length);
  }

  /** Whether a file was there. */
  hasPath(real: string): boolean {
    return this.#hashOf(real) !== undefined;
  }

  /** A module of Rego below a folder that was there and isn't any more. */
  moduleGoneBelow(folder: string): string | undefined {
    const way = wayFrom(this.#top, folder);
    const isBelow = (path: string): boolean => way === "" || path.startsWith(`${way}/`);
    return [...this.#blobs.keys()].find((path) => path.endsWith(".rego") && isBelow(path) && !existsSync(join(this.#top, path)));
  }

  /** What was in files that are changed, and in those that are removed, by their paths from the top. */
  async contentsOf(changed: readonly string[]): Promise<readonly { readonly path: string; readonly text: Uint8Array | undefined }[]> {
    const removed = [...this.#blobs.keys()].filter((path) => isInput(path) && !existsSync(join(this.#top, path)));
    const inside = changed.filter((real) => isWithin(this.#top, real)).map((real) => wayFrom(this.#top, real));
    const paths = [...new Set([...removed, ...inside])].filter((path) => this.#blobs.has(path));
    if (paths.length === 0) return [];
    const answer = await asked(this.#top, ["cat-file", "--batch"], paths.map((path) => `${this.#blobs.get(path) ?? ""}\n`).join(""));
    let at = 0;
    return paths.map((path) => {
      const end = answer.indexOf(10, at);
      const size = / blob (\d+)$/.exec(answer.toString("latin1", at, end))?.[1];
      at = end + 1;
      if (size === undefined) return { path, text: undefined };
      const text = answer.subarray(at, at + Number(size));
      at += Number(size) + 1;
      return { path, text };
    });
  }

  #hashOf(real: string): string | undefined {
    return isWithin(this.#top, real) ? this.#blobs.get(wayFrom(this.#top, real)) : undefined;
  }
}

function wayFrom(top: string, real: string): string {
  return relative(top, real).split(sep).join("/");
}

/** As Git names a content. */
function blobHash(content: Uint8Array, length: number): string {
  return createHash(length === 64 ? "sha256" : "sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function withLineFeeds(content: Uint8Array): Uint8Array {
  if (!content.includes(13)) return content;
  return Buffer.from(Buffer.from(content).toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

/** What every file is judged by and has changed: the configuration, a policy, a list of connectors, metadata, a baseline. */
async function judgedBy({ configFile, guard, named }: Pick<Inputs, "guard" | "configFile" | "named">, base: Base, top: string): Promise<string | undefined> {
  const folder = configFile?.folder ?? process.cwd();
  const read = [...guard.connectorFiles, ...guard.policies].flatMap(({ path }) => [resolve(path), resolve(folder, path)]);
  for (const path of [...(configFile === undefined ? [] : [configFile.real]), ...read, ...named]) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || !isWithin(top, real)) continue;
    // A folder of policies says something else without one of them, too.
    const gone = base.moduleGoneBelow(real);
    if (gone !== undefined) return gone;
    const content = await readRegularFile(real, largest).catch(() => undefined);
    if (content !== undefined && !base.has(real, content)) return wayFrom(top, real);
  }
  for (let each = await realpath(process.cwd()); isWithin(top, each); each = dirname(each)) {
    for (const name of configFileNames) {
      const path = join(each, name);
      if (base.hasPath(path) && !existsSync(path)) return wayFrom(top, path);
    }
    if (each === top) break;
  }
  return undefined;
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
