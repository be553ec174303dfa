// bundle-entries.mjs PACKAGE FOLDER: bundles the modules in PACKAGE/dist into the few files that Node imports by the
// package's name. To find and read each module would take Node a third of the time to the first report. The main entry
// point is one file. Errors have a file of their own, so that their class exists once, and the other entry points import
// the main one. Hosts with bundlers of their own get the modules.
//
// For each entry point in package.json, the module beside its `types` becomes the file that its condition `node` names.
// FOLDER is PACKAGE/dist/node, but in a test, which compares two builds.
import { readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

import { build } from "esbuild";

const [root, out] = process.argv.slice(2).map((path) => resolve(path));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = join(root, "dist", "node");

/** A file's path from the folder, as an import writes it. */
const pathFrom = (path) => relative(folder, path).replaceAll(sep, "/");

const error = join(root, "dist", "error.js");
const entryPoints = {};
for (const { types, node } of Object.values(exports)) {
  if (node !== undefined) entryPoints[pathFrom(join(root, node)).replace(/\.js$/, "")] = join(root, types.replace(/\.d\.ts$/, ".js"));
}
const { index, ...others } = entryPoints;

/**
 * Rewrites paths, so that a bundle finds the files beside its modules.
 *
 * @param files the modules that have a file of their own, which is imported
 */
const places = (files) => ({
  name: "places",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/(new URL\()"(\.[^"]+)"(?=, import\.meta\.url\))/g, (_, before, to) => before + JSON.stringify(pathFrom(resolve(dirname(path), to)))),
      loader: "js",
    }));
    // The module for users' Rego, and what belongs to it, is loaded only for users' policies.
    onResolve({ filter: /\/authoring\// }, ({ path, resolveDir }) => ({ path: pathFrom(resolve(resolveDir, path)), external: true }));
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const file = kind === "entry-point" ? undefined : files[resolve(resolveDir, path)];
      return file && { path: file, external: true };
    });
  },
});

const inputs = new Set();

async function bundle(entryPoints, files) {
  const { metafile, warnings } = await build({
    entryPoints,
    outdir: out,
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    legalComments: "inline",
    absWorkingDir: root,
    packages: "external",
    metafile: true,
    logLevel: "warning",
    plugins: [places(files)],
  });
  for (const path of Object.keys(metafile.inputs)) inputs.add(path);
  if (warnings.length > 0) process.exit(1);
}

rmSync(out, { recursive: true, force: true });
await bundle({ error }, {});
await bundle({ index }, { [error]: "./error.js" });
await bundle(others, { [error]: "./error.js", [index]: "./index.js" });
const foreign = [...inputs].filter((path) => !path.startsWith("dist/"));
if (foreign.length > 0) throw new Error(`code of others would be in the bundle, without its license: ${foreign.join(", ")}`);
