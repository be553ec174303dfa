import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";

import { temporaryFolder } from "./temporary-folder.js";

/** Runs Git in a folder, without what the machine's user has set up. */
export function git(folder: string, ...args: readonly string[]): string {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...author, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  });
}

/** A repository with these files, of which those that aren't ignored are committed. */
export function repository(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder(t, files);
  git(folder, "init", "--quiet");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "first");
  return folder;
}
