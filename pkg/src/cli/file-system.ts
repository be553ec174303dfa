import * as fs from "node:fs";
import { promisify } from "node:util";

// What every check asks the file system. Loading node:fs/promises, which has the same and more, takes Node a hundredth of a
// check of one file, and its functions are slower.

export const lstat = promisify(fs.lstat);
export const readdir = promisify(fs.readdir);
export const readlink = promisify(fs.readlink);
export const stat = promisify(fs.stat);
/** As the operating system finds it. */
export const realpath = promisify(fs.realpath.native);
export const access = promisify(fs.access);
