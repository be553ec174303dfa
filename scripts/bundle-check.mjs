// bundle-check.mjs DIST FOLDER: bundles the compiled modules in DIST that the command `check` loads into two files:
// `check.cjs` with what every check loads, and `check-more.cjs` with what only some load. To find and load 60 modules
// would take Node as long as the check itself. The files are CommonJS, in which Node's own modules, too, are loaded only
// when the code that needs them runs. FOLDER is DIST, but in a test, which compares two builds.
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

import { build } from "esbuild";

const [dist, out] = process.argv.slice(2);
const folder = resolve(dist);
/** A module's path from DIST. */
const pathIn = (path) => relative(folder, path).replaceAll(sep, "/");

const first = "check.cjs";
const second = "check-more.cjs";
/** The name of each file's entry module. */
const entry = "entry";

/** Gives each module the `import.meta.url` that it had before, so that it finds the files beside it. */
const urlOf = 'const $urlOf = (path) => require("node:url").pathToFileURL(require("node:path").join(__dirname, path)).href;';

/** Loads a module on demand, from the first file if that has it, or else from the second. No module uses these names. */
const more = `const $more = async (path) => module.exports.shared[path] ?? require("./${second}").modules[path]();`;

const dynamicImport = /\bimport\("(\.[^"]+)"\)/g;

/** Whether a module is in neither file: other commands, which `check` never calls, and the module for users' Rego. */
function isApart(importer, path) {
  return importer === "cli/commands.js" || path.startsWith("authoring/");
}

/** The modules that are loaded on demand. */
const onDemand = new Set();
/** The modules of the first file that the second one imports. */
const shared = new Set();

/**
 * Reads modules, with their paths and dynamic imports rewritten.
 *
 * @param isFirst whether this is the first file, in which what is loaded on demand may be in the other
 */
function modules(isFirst) {
  return {
    name: "modules",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/, namespace: "file" }, ({ path }) => {
        const module = pathIn(path);
        let contents = readFileSync(path, "utf8").replaceAll("import.meta.url", `$urlOf(${JSON.stringify(module)})`);
        if (module === "cli/commands.js") contents = `import * as checkModule from "./check.js";\n${contents.replace('await import("./check.js")', "checkModule")}`;
        contents = contents.replace(dynamicImport, (found, target) => {
          const to = pathIn(resolve(dirname(path), target));
          if (isApart(module, to)) return `import("./${to}")`;
          if (!isFirst) return found;
          onDemand.add(to);
          return `$more(${JSON.stringify(to)})`;
        });
        return { contents, loader: "js" };
      });
    },
  };
}

/** Leaves imports of other files as they are. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(?:authoring|cli)\// }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** Takes what the second file needs of the first from there, so that one class isn't two. */
const ofFirst = (inputs) => ({
  name: "of-first",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const module = pathIn(resolve(resolveDir, path));
      if (!inputs.has(module)) return undefined;
      shared.add(module);
      return { path: module, namespace: "of-first" };
    });
    onLoad({ filter: /.*/, namespace: "of-first" }, ({ path }) => ({ contents: `module.exports = require("./${first}").shared[${JSON.stringify(path)}];`, loader: "js" }));
    onResolve({ filter: new RegExp(`^\\./${first}$`), namespace: "of-first" }, ({ path }) => ({ path, external: true }));
  },
});

async function bundle(name, contents, banner, plugins, write = true) {
  const { metafile, warnings } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: entry },
    outfile: resolve(out, name),
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    charset: "utf8",
    legalComments: "inline",
    banner: { js: banner },
    absWorkingDir: folder,
    write,
    plugins,
    // `--verify` asks registries by another package, which stays where it is.
    packages: "external",
    metafile: true,
    logLevel: "warning",
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== entry && !path.startsWith("of-first:"));
  const foreign = inputs.filter((path) => pathIn(resolve(folder, path)).startsWith(".."));
  if (foreign.length > 0) throw new Error(`code of others would be in the bundle, without its license: ${foreign.join(", ")}`);
  if (warnings.length > 0) process.exit(1);
  return new Set(inputs);
}

const start = 'export { start } from "./cli/main.js";\n';
const inputs = await bundle(first, start, `${urlOf}\n${more}`, [modules(true), apart], false);
const elsewhere = [...onDemand].filter((path) => !inputs.has(path)).sort();
const loaders = elsewhere.map((path) => `${JSON.stringify(path)}: () => import("./${path}")`);
await bundle(second, `export const modules = { ${loaders.join(", ")} };\n`, urlOf, [ofFirst(inputs), modules(false)]);
const exported = [...new Set([...shared, ...onDemand])].filter((path) => inputs.has(path)).sort();
const namespaces = exported.map((path, at) => `import * as module${at} from "./${path}";\n`);
const entries = exported.map((path, at) => `${JSON.stringify(path)}: module${at}`);
await bundle(first, `${start}${namespaces.join("")}export const shared = { ${entries.join(", ")} };\n`, `${urlOf}\n${more}`, [modules(true), apart]);
