import { askGit } from "./git.js";

/** What Git says of the files in a work tree. Paths are relative to its top, with `/`. */
export interface WorkTree {
  /** What is tracked, whatever ignores it, and what is neither tracked nor ignored: files and links. */
  readonly files: readonly string[];
  /** Folders that are repositories of their own: submodules, and others that lie in it. */
  readonly repositories: readonly string[];
  /** Tracked files that a sparse checkout leaves out of the work tree, where they aren't there. */
  readonly sparse: ReadonlySet<string>;
  /** Tracked files of which Git writes something else into the work tree than is committed, and why. */
  readonly rewritten: ReadonlyMap<string, string>;
  /** Names that aren't UTF-8, with `\xff` for such bytes: nothing of that name can be opened. */
  readonly nameless: readonly string[];
}

const gitlink = "160000";

/** Leaves out what Git writes into the work tree as it is committed. */
const asCommitted = [
  ":(exclude,attr:!working-tree-encoding)",
  ...["UTF-8", "utf-8", "UTF8", "utf8"].map((encoding) => `:(exclude,attr:working-tree-encoding=${encoding})`),
];

const anotherEncoding = "`.gitattributes` has Git write it in another encoding (`working-tree-encoding`) than Harness reads it in";
const inIdentifier = "`.gitattributes` has Git replace what is between `$Id:` and `$` (`ident`), and Harness reads what is committed there";

function namesIn(listed: Buffer, reason: string): readonly (readonly [string, string])[] {
  return listed.toString("utf8").split("\0").map((name) => [name, reason]);
}

/**
 * The files of a work tree in some of its folders.
 *
 * What others left in `node_modules` is left out; what is tracked there isn't.
 *
 * @param top the folder in which its `.git` is
 * @param folders relative to it, with `/`; empty for all
 * @throws GitFailure
 */
export async function workTreeAt(top: string, folders: readonly string[]): Promise<WorkTree> {
  const [listed, encoded, identified] = await Promise.all([
    askGit(top, [
      "--literal-pathspecs",
      "ls-files",
      "-z",
      "-t",
      "--stage",
      "--cached",
      "--others",
      "--exclude-standard",
      "--",
      ...folders,
    ]),
    // Of all folders: beside a literal one, Git 2.39 takes no notice of attributes.
    askGit(top, ["ls-files", "-z", "--", ".", ...asCommitted]),
    // Committed by Git itself, an identifier is empty: `$Id$`. What else is in one isn't in the work tree.
    askGit(top, ["grep", "--cached", "--no-recurse-submodules", "--no-color", "-zlaF", "-e", "$Id:", "--", ":(attr:ident)"], "", 1),
  ]);
  const files = new Set<string>();
  const repositories = new Set<string>();
  const sparse = new Set<string>();
  const nameless = new Set<string>();
  for (const entry of entriesOf(listed)) {
    if (entry.name === undefined) nameless.add(entry.escaped);
    else if (entry.mode === gitlink) repositories.add(entry.name);
    else if (entry.mode !== undefined) {
      files.add(entry.name);
      if (entry.tag === "S") sparse.add(entry.name);
    } else if (/(?:^|\/)node_modules\//.test(entry.name)) continue;
    else if (entry.name.endsWith("/")) repositories.add(entry.name.slice(0, -1));
    else files.add(entry.name);
  }
  return {
    files: [...files],
    repositories: [...repositories],
    sparse,
    rewritten: new Map([...namesIn(identified, inIdentifier), ...namesIn(encoded, anotherEncoding)]),
    nameless: [...nameless],
  };
}

/**
 * Which of some folders Git ignores. Whoever names one wants it all the same.
 *
 * @throws GitFailure
 */
export async function ignoredFolders(top: string, folders: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = folders.filter((folder) => folder !== "");
  if (asked.length === 0) return new Set();
  const args = ["check-ignore", "-z", "--stdin", "--no-index", "--verbose", "--non-matching"];
  const input = asked.map((folder) => `./${folder}/\0`).join("");
  const answer = (await askGit(top, args, input, 1)).toString("utf8");
  const ignored = new Set<string>();
  const fields = answer.split("\0");
  for (let i = 0; i + 3 < fields.length; i += 4) {
    const [source = "", , pattern = "", path = ""] = fields.slice(i, i + 4);
    if (source !== "" && !pattern.startsWith("!")) ignored.add(path.slice("./".length, -"/".length));
  }
  return ignored;
}

interface Entry {
  /** `H` and `S` of what is tracked, `?` of what isn't. */
  readonly tag: string;
  /** The mode of what is tracked. */
  readonly mode: string | undefined;
  /** None where it isn't UTF-8. */
  readonly name: string | undefined;
  readonly escaped: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `H 100644 0123… 0\tname`, or `? name`. */
function* entriesOf(listed: Buffer): Generator<Entry> {
  for (let start = 0; start < listed.length; ) {
    const end = listed.indexOf(0, start);
    const entry = listed.subarray(start, end === -1 ? listed.length : end);
    start += entry.length + 1;
    const tag = entry.toString("latin1", 0, 1);
    const tab = tag === "?" ? 1 : entry.indexOf(9);
    const mode = tag === "?" ? undefined : entry.toString("latin1", 2, 8);
    const bytes = entry.subarray(tab + 1);
    yield { tag, mode, name: decoded(bytes), escaped: escapedName(bytes) };
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function escapedName(bytes: Buffer): string {
  if (decoded(bytes) !== undefined) return "";
  return bytes.toString("latin1").replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
