import { dirname } from "node:path";

import { shown } from "./output.js";
import { isNotRun, programOnPath } from "./program.js";

/** Git has no answer, for this reason. */
export class GitFailure extends Error {}

/** Nothing that Git does here takes a minute; something else does. */
const milliseconds = 120_000;

/**
 * What a repository's own configuration could have Git run is switched off: it may lie in a folder of somebody else's.
 * A repository without a work tree is not looked into, for such a one can be part of a work tree.
 */
const safely: readonly string[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.sshCommand", "false"],
  ["core.alternateRefsCommand", "false"],
  ["core.untrackedCache", "false"],
  ["protocol.allow", "never"],
  ["safe.bareRepository", "explicit"],
].flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/**
 * Asks Git something of a work tree.
 *
 * @param top the folder in which its `.git` is
 * @param isNoError the exit code with which Git says no, which is an answer
 * @returns what Git writes, as bytes, for a name may be any
 * @throws GitFailure
 */
export async function askGit(top: string, args: readonly string[], input = "", isNoError = 0): Promise<Buffer> {
  const program = await programOnPath("git", top);
  if (program === undefined) throw new GitFailure(`the program 'git' isn't installed: ${isNotRun}`);
  // Loading it takes Node a fiftieth of a check of one file, which asks Git nothing.
  const { execFile } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve, reject) => {
    const child = execFile(
      program.path,
      ["--no-pager", ...safely, "-C", top, ...args],
      {
        // On Windows, a program is looked for in the working directory first.
        cwd: dirname(program.path),
        encoding: "buffer",
        env: variables(program.variables, top),
        maxBuffer: 2 ** 30,
        timeout: milliseconds,
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null || error.code === isNoError) resolve(stdout);
        else reject(new GitFailure(reasonOf(error, stderr), { cause: error }));
      },
    );
    // Git may end before it has read anything.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

function reasonOf(error: Error, stderr: Buffer): string {
  const [first = ""] = stderr.toString("utf8").trim().split("\n");
  return shown(first.replace(/^fatal: /, "") || error.message);
}

/**
 * The variables for Git: the user's own, but for those that name another repository, as they do in a hook, or
 * change what paths mean.
 */
function variables(found: NodeJS.ProcessEnv, top: string): NodeJS.ProcessEnv {
  const kept = /^GIT_(?:CONFIG|EXEC_PATH$)/;
  const own = Object.entries(found).filter(([name]) => !/^GIT_/i.test(name) || kept.test(name));
  return {
    ...Object.fromEntries(own),
    // From a `.git` that is none, Git would go on upwards.
    GIT_CEILING_DIRECTORIES: dirname(top),
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}
