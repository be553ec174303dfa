import { createRequire } from "node:module";

import type { Ignore } from "ignore";

import { isWithin, relativePath } from "./paths.js";

// As in ignore-rules.ts.
const require = createRequire(import.meta.url);

/** Patterns of files, written as in `.gitignore` and relative to a folder. */
export class Patterns {
  readonly #matcher: Ignore;
  readonly #folder: string;

  constructor(patterns: readonly string[], folder: string) {
    const ignore = require("ignore") as typeof import("ignore");
    this.#matcher = ignore({ ignorecase: false }).add([...patterns]);
    this.#folder = folder;
  }

  /** Whether one of them is about a file, or about a folder in which it is. None is about what lies outside. */
  match(absolute: string): boolean {
    return isWithin(this.#folder, absolute) && this.#matcher.ignores(relativePath(this.#folder, absolute));
  }
}
