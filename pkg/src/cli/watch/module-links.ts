import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";

import { leftOut } from "../modules.js";
import { isFolder, isWithin, repositoriesAbove } from "../paths.js";

/**
 * Some paths with the links in folders among them, which a search for modules follows, and where these lead. What leads
 * out of its repository isn't followed.
 */
export async function withModuleLinks(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set(paths);
  for (const path of paths) {
    const top = await realpath(path).catch(() => undefined);
    if (top === undefined) continue;
    const [within = top] = repositoriesAbove(top);
    const done = new Set<string>();
    const folders = [top];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      if (done.has(folder) || !isFolder(folder)) continue;
      done.add(folder);
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (leftOut.has(entry.name)) continue;
        const child = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(child);
        if (!entry.isSymbolicLink()) continue;
        const target = await realpath(child).catch(() => child);
        if (!isWithin(within, target)) continue;
        found.add(child).add(target);
        folders.push(target);
      }
    }
  }
  return [...found];
}
