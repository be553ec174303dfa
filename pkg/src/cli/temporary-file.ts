import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { type FileHandle, lstat, open, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { isSystemError } from "./system-error.js";

/**
 * Says which machine, since when it runs, and which of its containers: only there does the number of a process mean
 * this process.
 */
const machine = createHash("sha256")
  .update([hostname(), read("/proc/sys/kernel/random/boot_id"), link("/proc/self/ns/pid")].join("\0"))
  .digest("hex")
  .slice(0, 16);

const pattern = /^\.harness-image-guard-([0-9a-f]{16})-(\d+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** In milliseconds: after this, nobody is still writing. */
const day = 24 * 60 * 60 * 1000;

/** A name for a file that is written beside others, and gone when the work is done. */
export function temporaryIn(folder: string): string {
  return join(folder, `.harness-image-guard-${machine}-${process.pid}-${randomUUID()}.tmp`);
}

/**
 * Writes a new file, and waits until the disk has it.
 *
 * @param prepare what else it needs before it takes its place, such as an owner
 * @param mode as long as it isn't prepared
 */
export async function writeTemporary(
  path: string,
  content: string | Uint8Array,
  prepare: (file: FileHandle) => Promise<void> = async () => undefined,
  mode = 0o666,
): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(content);
    await prepare(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Removes what a run that was killed left in a folder: files of such a name whose process is no more; those of other
 * machines after a day.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, of, process] = pattern.exec(name) ?? [];
    if (of === undefined) continue;
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    const isLeft = of === machine ? !runs(Number(process)) : Date.now() - stats.mtimeMs > day;
    if (isLeft) await rm(path, { force: true }).catch(() => undefined);
  }
}

function runs(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // There is one, of somebody else, if we may not.
    return !isSystemError(error, "ESRCH");
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
