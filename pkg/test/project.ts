import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { SourceFile } from "harness-image-guard";

import { projectFolder } from "./paths.js";

const paths = [
  ".harness/connector.yaml",
  ".harness/pipeline.yaml",
  ".harness/right.yaml",
  "workflow.yaml",
];

/** The files of the fixture project. */
export function projectFiles(): SourceFile[] {
  return paths.map((path) => ({ path, text: readFileSync(join(projectFolder, path), "utf8") }));
}

/** One file of the fixture project. */
export function projectFile(path: string): SourceFile {
  return { path, text: readFileSync(join(projectFolder, path), "utf8") };
}
