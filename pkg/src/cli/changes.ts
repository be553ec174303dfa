import { realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { isInput } from "../input-file.js";
import type { Report } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { asked, BaseFiles, isBelow } from "./base-files.js";
import { bytesOf } from "./bytes.js";
import { configFileNames } from "./config-file.js";
import type { Inputs } from "./inputs.js";
import { shown } from "./output.js";
import { isWithin, relativePath, repositoriesAbove } from "./paths.js";
import { readRegularFile } from "./regular-file.js";
import { UsageError } from "./usage-error.js";

/** What has changed since the merge base with a ref, or, where branches have been merged crosswise, since one of several. */
export interface Changes {
  /** The files of the report that have changed. */
  readonly files: ReadonlySet<string>;
  /** What has changed that affects all files, so that every file is reported. */
  readonly everything: string | undefined;
}

const largest = 16 * 2 ** 20;

/**
 * Finds which files have changed since the commit at which the branch left a ref.
 *
 * The content that was checked is compared with that commit's. So it doesn't matter whether a change is staged, or whether a
 * file is untracked or renamed, and Git runs no filter. A file of a submodule is compared with the commit at which that was; one of
 * any other repository counts as changed.
 *
 * @param inputs with everything named that affects all files: policies and folders of them, metadata, a baseline
 * @throws UsageError if there is no such commit, or no repository
 */
export async function changesSince(ref: string, inputs: Pick<Inputs, "guard" | "places" | "configFile" | "named">, sources: readonly SourceFile[], report: Report): Promise<Changes> {
  const workingFolder = process.cwd();
  const [found] = repositoriesAbove(workingFolder);
  if (found === undefined) {
    throw new UsageError(`'--changed-since' asks Git, and '${shown(workingFolder)}' isn't in a repository`);
  }
  const top = await realpath(found);
  const files = new Set<string>();
  let everything: string | undefined;
  const commits = await mergeBases(top, ref);
  if (commits.length === 0) return { files: new Set(sources.map(({ path }) => path)), everything };
  for (const commit of commits) {
    const base = await BaseFiles.at(top, commit);
    for (const source of sources) {
      const real = inputs.places.get(source.path);
      const content = "text" in source ? bytesOf(source.text) : undefined;
      if (real === undefined || content === undefined || !base.has(resolve(source.path), real, content)) files.add(source.path);
    }
    everything ??= (await judgedBy(inputs, base, top)) ?? connectorIn(report, files) ?? (await connectorThatWas(inputs, base, files, top));
  }
  return { files, everything };
}

/** A file among some that has a connector. */
function connectorIn({ files }: Report, among: ReadonlySet<string>): string | undefined {
  return files.find(({ path, documents }) => among.has(path) && documents.some(({ entity }) => entity === "connector"))?.path;
}

/** A file that has been changed or removed since, and had a connector. */
async function connectorThatWas({ guard, places }: Pick<Inputs, "guard" | "places">, base: BaseFiles, files: ReadonlySet<string>, top: string): Promise<string | undefined> {
  const changed = [...files].flatMap((path) => [resolve(path), places.get(path) ?? resolve(path)]);
  const inside = changed.filter((absolute) => isWithin(top, absolute)).map((absolute) => relativePath(top, absolute)).filter((path) => base.hasFile(path));
  const old = await base.contentsOf([...new Set([...(await base.gone(isInput)), ...inside])]);
  // Its content isn't known if a partial clone lacks it, if a link led out of the repository to it, or if its submodule is gone.
  const unknown = old.find(({ text }) => text === undefined)?.path ?? base.lost[0];
  if (unknown !== undefined) return unknown;
  const report = guard.check(old.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text, searched: true }])));
  return connectorIn(report, new Set(old.map(({ path }) => path)));
}

/** The report of only what has changed, and of what depends on that. */
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

/**
 * The commit at which the branch left a ref. Branches that were merged crosswise have left each other at several: a
 * file that is as it was at one of them may be what the ref has changed since another. Before the first commit, `HEAD` has none.
 */
async function mergeBases(top: string, ref: string): Promise<readonly string[]> {
  // Git would take it for an option.
  if (ref.startsWith("-")) throw new UsageError(`'${shown(ref)}' isn't a ref: it begins with '-'`);
  await assertOneRef(top, ref);
  const [other, head] = [await commitAt(top, ref), await commitAt(top, "HEAD")];
  if (head === undefined && ref === "HEAD") return [];
  if (head === undefined) throw new UsageError(`there is no commit in '${shown(top)}' yet, so nothing has changed since '${shown(ref)}'`);
  const advice = await shallowAdvice(top);
  if (other === undefined) throw new UsageError(`there is no commit '${shown(ref)}' in '${shown(top)}'${advice ?? ": fetch it, or check its name"}`);
  const bases = await line(top, ["merge-base", "--all", "--", head, other], 1);
  if (bases === undefined) throw new UsageError(`'${shown(ref)}' and HEAD have no commit in common${advice ?? ""}`);
  return bases.split("\n");
}

/**
 * Of a tag and a branch of one name, Git takes the tag; of a branch and one of a remote, the branch. Who may push a tag
 * `origin/main` would choose what counts as changed.
 */
async function assertOneRef(top: string, ref: string): Promise<void> {
  const [name = ""] = ref.split(/[~^:]|@\{/, 1);
  const candidates = [name, `tags/${name}`, `heads/${name}`, `remotes/${name}`, `remotes/${name}/HEAD`].map((each) => `refs/${each}`);
  const found = (await line(top, ["for-each-ref", "--format=%(refname)", "--", ...candidates]))?.split("\n") ?? [];
  const [full, ...kinds] = candidates.map((each) => found.includes(each));
  // What is written in full outranks the others.
  if (/^(?:HEAD$|refs\/)/.test(name) || full || kinds.filter((is) => is).length < 2) return;
  const refs = candidates.filter((each) => found.includes(each)).map((each) => `'${shown(each)}'`);
  throw new UsageError(`'${shown(name)}' is more than one ref: ${refs.join(", ")}; write in full which one is meant`);
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

/** What every file is judged by and has changed: the configuration, a policy, a list of connectors, metadata, a baseline. */
async function judgedBy({ configFile, guard, named }: Pick<Inputs, "guard" | "configFile" | "named">, base: BaseFiles, top: string): Promise<string | undefined> {
  const folder = configFile?.folder ?? process.cwd();
  const read = [...guard.connectorFiles, ...guard.policies].flatMap(({ path }) => [resolve(path), resolve(folder, path)]);
  for (const path of [...(configFile === undefined ? [] : [resolve(configFile.path)]), ...read, ...named]) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || !isWithin(top, real)) continue;
    // A folder of policies says something else without one of them, too.
    const folders = base.foldersOf(relativePath(top, real));
    const [gone] = await base.gone((each) => (each.endsWith(".rego") || !base.hasFile(each)) && folders.some((one) => isBelow(one, each)));
    if (gone !== undefined) return gone;
    const content = await readRegularFile(real, largest).catch(() => undefined);
    if (content !== undefined && !base.has(path, real, content)) return relativePath(top, real);
  }
  const above = foldersUpTo(top, await realpath(process.cwd()));
  const configs = new Set(above.flatMap((each) => configFileNames.map((name) => relativePath(top, join(each, name)))));
  const [config] = await base.gone((path) => configs.has(path));
  return config;
}

/** A folder and those above it, up to one of them. */
function foldersUpTo(top: string, folder: string): readonly string[] {
  const folders: string[] = [];
  for (let each = folder; isWithin(top, each); each = dirname(each)) {
    folders.push(each);
    if (each === top) break;
  }
  return folders;
}
