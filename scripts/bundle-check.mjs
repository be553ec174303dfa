// bundle-check.mjs DIST FILE: all of `check` in one file, of the compiled modules in DIST: 60 modules take Node as
// long to find and load as the check itself takes. It is CommonJS, where Node's own modules, too, are loaded when
// the code that needs them runs. FILE has to be in DIST.
import { readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

import { build } from "esbuild";

const [dist, outfile] = process.argv.slice(2);
const folder = resolve(dist);
const wayTo = (path) => relative(folder, path).replaceAll(sep, "/");

const placeOf = 'const placeOf = (way) => require("node:url").pathToFileURL(require("node:path").join(__dirname, way)).href;';

/** What isn't part of it: other commands, which are never called there, and the module for users' Rego. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind, importer, resolveDir }) => {
      const isOther = wayTo(importer) === "cli/commands.js" && path !== "./check.js";
      const isAuthoring = path.includes("/authoring/");
      return kind === "dynamic-import" && (isOther || isAuthoring) ? { path: `./${wayTo(resolve(resolveDir, path))}`, external: true } : undefined;
    });
  },
};

/** Files beside a module are found from where it was. */
const places = {
  name: "places",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const place = `placeOf(${JSON.stringify(wayTo(path))})`;
      return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", place), loader: "js" };
    });
  },
};

const { metafile, warnings } = await build({
  entryPoints: [join(folder, "cli", "main.js")],
  ...{ outfile: resolve(outfile), bundle: true, format: "cjs", platform: "node", target: "node20", charset: "utf8", legalComments: "inline", banner: { js: placeOf }, absWorkingDir: folder },
  plugins: [apart, places],
  // What `--verify` asks registries with is another package's, and loaded from there.
  packages: "external",
  metafile: true,
  logLevel: "warning",
});
const foreign = Object.keys(metafile.inputs).filter((path) => wayTo(resolve(folder, path)).startsWith(".."));
if (foreign.length > 0) throw new Error(`code of others would be in the bundle, without its licence: ${foreign.join(", ")}`);
if (warnings.length > 0) process.exit(1);
