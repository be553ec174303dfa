import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, type Loader, type Plugin } from "esbuild";
import { Miniflare } from "miniflare";

/** Where the programs are that run on other hosts. */
export const hosts = fileURLToPath(new URL("./hosts/", import.meta.url));

/** `x.wasm?module` is how the bundlers of edge functions say what others say by `x.wasm`. */
const moduleSuffix: Plugin = {
  name: "module-suffix",
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("?module", "")),
    }));
  },
};

/** As the bundler of a host does it: by the host's condition, with the module as a file beside. */
export async function bundle(entry: string, condition: string, folder: string, minify = false): Promise<void> {
  const wasmAsFile: Record<string, Loader> = { ".wasm": "copy" };
  await build({
    entryPoints: [join(hosts, entry)],
    conditions: [condition],
    ...{ bundle: true, minify },
    format: "esm",
    loader: wasmAsFile,
    // There are two modules of one name.
    assetNames: "[name]-[hash]",
    plugins: [moduleSuffix],
    outdir: folder,
    logLevel: "error",
  });
}

/** A bundle in workerd. */
export function workerIn(folder: string, script: string): Miniflare {
  return new Miniflare({
    modules: true,
    modulesRoot: folder,
    scriptPath: join(folder, script),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-01-01",
    // Otherwise it asks a server of its makers for what a request looks like there.
    cf: false,
  });
}
