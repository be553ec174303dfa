import { isAbsolute, resolve } from "node:path";

import type { Report } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { unnamedInput } from "./inputs.js";
import type { Output } from "./outputs.js";
import { isWithin, relativePath, repositoriesAbove } from "./paths.js";

/** What a format shows. */
export interface Content {
  readonly report: Report;
  readonly files: readonly SourceFile[];
}

const besideRepository: ReadonlySet<Output["format"]> = new Set(["github", "gitlab", "markdown", "sarif"]);

/**
 * Whether a format is read beside the repository's files, where nobody knows in which folder the command ran. `rdjson`
 * and `checkstyle` aren't: reviewdog prepends the folder in which it runs.
 */
export function isReadBesideRepository(format: Output["format"]): boolean {
  return besideRepository.has(format);
}

/**
 * The same content with paths from the root of the repository in which a folder is, if it is in one. A path that leads
 * out of it stays as it is, and so does an absolute one.
 *
 * @param workingFolder where the paths of the content begin
 */
export function withRepositoryPaths(content: Content, workingFolder: string): Content {
  const [top = workingFolder] = repositoriesAbove(workingFolder);
  if (top === workingFolder) return content;
  const known = new Map<string, string>();
  const pathOf = (path: string): string => {
    const there = known.get(path) ?? pathIn(top, path, workingFolder);
    known.set(path, there);
    return there;
  };
  const placed = <T extends { readonly file: string }>(each: T): T => ({ ...each, file: pathOf(each.file) });
  const named = <T extends { readonly path: string }>(each: T): T => ({ ...each, path: pathOf(each.path) });
  const { report, files } = content;
  return {
    report: {
      ...report,
      diagnostics: report.diagnostics.map((each) => ({ ...placed(each), related: each.related.map(placed), exception: each.exception && placed(each.exception) })),
      omitted: report.omitted.map(placed),
      files: report.files.map(named),
      connectorLists: report.connectorLists.map(placed),
    },
    files: files.map(named),
  };
}

function pathIn(top: string, path: string, workingFolder: string): string {
  if (path === unnamedInput || isAbsolute(path)) return path;
  const absolute = resolve(workingFolder, path);
  return isWithin(top, absolute) ? relativePath(top, absolute) || "." : path;
}
