import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { root } from "./site.js";

const policies = join(root, "policies");

/** The rules that are written in Rego, each a folder, in the order in which the page lists them. */
export const rules: readonly string[] = readdirSync(policies)
  .filter((folder) => existsSync(join(policies, folder, "rule.rego")))
  .map((folder) => folder.replaceAll("_", "-"))
  .sort();
