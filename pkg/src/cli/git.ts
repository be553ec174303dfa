import { dirname } from "node:path";

import { shown } from "./output.js";
import { isNotRun, programOnPath } from "./program.js";

/** Git failed, for this reason. */
export class GitFailure extends Error {}

/** Git takes less than a minute for anything here, unless something is wrong. */
const milliseconds = 120_000;

/**
 * Switches off everything that a repository's own configuration could make Git run, because somebody else may have written
 * it. A bare repository isn't read, because it can be hidden in a work tree.
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
 * Runs Git in a work tree.
 *
 * @param top the folder in which its `.git` is
 * @param isNoError an exit code that isn't an error, such as that for "no"
 * @returns what Git writes, as bytes, because names may have any bytes
 * @throws GitFailure
 */
export async function askGit(top: string, args: readonly string[], input = "", isNoError = 0): Promise<Buffer> {
  const program = await programOnPath("git", top);
  if (program === undefined) throw new GitFailure(`the program 'git' isn't installed: ${isNotRun}`);
  // Loaded only here: this takes Node 2 % of a check of one file, which doesn't need Git.
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
 * The variables for Git: the user's own, without those that name another repository, as in a hook, or change what paths
 * mean.
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
