import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { build, type Plugin } from "vite";

import { filesBelow, root } from "./project.ts";

/** What is fetched in the background, or when it is first needed: it is large, and many visitors don't need it. */
const LATER = /authoring/;
/** What isn't kept: the service worker itself, and source maps. */
const UNKEPT = /^sw\.js$|\.map$/;

/** Writes the service worker beside the pages, with the list of files that it keeps for offline use. */
export function offline(): Plugin {
  let folder = "";
  return {
    name: "offline",
    apply: "build",
    configResolved: ({ root: www, build: { outDir } }) => {
      folder = join(www, outDir);
    },
    // After everything else is written, so that the list is complete.
    closeBundle: {
      order: "post",
      sequential: true,
      handler: async () => {
        const below = relative(root, folder).split(sep).join("/");
        const paths = filesBelow(below, "")
          .map((path) => path.slice(below.length + 1))
          .filter((path) => !UNKEPT.test(path));
        const hash = createHash("sha256");
        for (const path of paths) hash.update(`${path}\n`).update(readFileSync(join(folder, path)));
        await build({
          configFile: false,
          logLevel: "warn",
          publicDir: false,
          define: {
            KEPT: JSON.stringify(paths.filter((path) => !LATER.test(path))),
            LATER: JSON.stringify(paths.filter((path) => LATER.test(path))),
            VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)),
          },
          build: {
            target: "es2023",
            outDir: folder,
            emptyOutDir: false,
            reportCompressedSize: false,
            lib: {
              entry: join(root, "www/src/worker/offline.ts"),
              formats: ["es"],
              fileName: () => "sw.js",
            },
          },
        });
      },
    },
  };
}
