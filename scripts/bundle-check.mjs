// bundle-check.mjs DIST FOLDER: the command `check` in two files, of the compiled modules in DIST: `check.cjs` has what every
// check loads, and `check-more.cjs` what some of them load besides. 60 modules would take Node as long to find and load
// as the check itself takes. They are CommonJS, where Node's own modules, too, are loaded when the code that needs them
// runs. They have to be in DIST; FOLDER is another one for who compares them.
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

import { build } from "esbuild";

const [dist, out] = process.argv.slice(2);
const folder = resolve(dist);
const wayTo = (path) => relative(folder, path).replaceAll(sep, "/");

const first = "check.cjs";
const second = "check-more.cjs";
/** What the entry of each is called. */
const entry = "entry";

/** Files beside a module are found from where it was. */
const placeOf = 'const placeOf = (way) => require("node:url").pathToFileURL(require("node:path").join(__dirname, way)).href;';

/** What some checks load: either the first file has it anyway, or the second one. No module has a name like that. */
const more = `const $more = async (way) => module.exports.shared[way] ?? require("./${second}").modules[way]();`;

const dynamicImport = /\bimport\("(\.[^"]+)"\)/g;

/** What isn't part of either: other commands, which are never called there, and the module for users' Rego. */
function isApart(importer, path) {
  return importer === "cli/commands.js" || path.startsWith("authoring/");
}

/** The modules that are loaded when somebody asks for them. */
const asked = new Set();
/** The modules of the first file that the second one needs. */
const shared = new Set();

/**
 * How modules are read.
 *
 * @param isFirst whether what they load when it is asked for is elsewhere
 */
function modules(isFirst) {
  return {
    name: "modules",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/, namespace: "file" }, ({ path }) => {
        const way = wayTo(path);
        let contents = readFileSync(path, "utf8").replaceAll("import.meta.url", `placeOf(${JSON.stringify(way)})`);
        if (way === "cli/commands.js") contents = `import * as checkModule from "./check.js";\n${contents.replace('await import("./check.js")', "checkModule")}`;
        contents = contents.replace(dynamicImport, (found, target) => {
          const to = wayTo(resolve(dirname(path), target));
          if (isApart(way, to)) return `import("./${to}")`;
          if (!isFirst) return found;
          asked.add(to);
          return `$more(${JSON.stringify(to)})`;
        });
        return { contents, loader: "js" };
      });
    },
  };
}

/** Other files beside the two. */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(?:authoring|cli)\// }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** What the second file needs of the first is there once, so that what is one class stays one. */
const ofFirst = (inputs) => ({
  name: "of-first",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const way = wayTo(resolve(resolveDir, path));
      if (!inputs.has(way)) return undefined;
      shared.add(way);
      return { path: way, namespace: "of-first" };
    });
    onLoad({ filter: /.*/, namespace: "of-first" }, ({ path }) => ({ contents: `module.exports = require("./${first}").shared[${JSON.stringify(path)}];`, loader: "js" }));
    onResolve({ filter: new RegExp(`^\\./${first}$`), namespace: "of-first" }, ({ path }) => ({ path, external: true }));
  },
});

async function bundle(name, contents, banner, plugins, write = true) {
  const { metafile, warnings } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: entry },
    ...{ outfile: resolve(out, name), bundle: true, format: "cjs", platform: "node", target: "node20", charset: "utf8", legalComments: "inline", banner: { js: banner }, absWorkingDir: folder, write },
    plugins,
    // What `--verify` asks registries with is another package's, and loaded from there.
    packages: "external",
    metafile: true,
    logLevel: "warning",
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== entry && !path.startsWith("of-first:"));
  const foreign = inputs.filter((path) => wayTo(resolve(folder, path)).startsWith(".."));
  if (foreign.length > 0) throw new Error(`code of others would be in the bundle, without its license: ${foreign.join(", ")}`);
  if (warnings.length > 0) process.exit(1);
  return new Set(inputs);
}

const start = 'export { start } from "./cli/main.js";\n';
const inputs = await bundle(first, start, `${placeOf}\n${more}`, [modules(true), apart], false);
const elsewhere = [...asked].filter((way) => !inputs.has(way)).sort();
const loaders = elsewhere.map((way) => `${JSON.stringify(way)}: () => import("./${way}")`);
await bundle(second, `export const modules = { ${loaders.join(", ")} };\n`, placeOf, [ofFirst(inputs), modules(false)]);
const known = [...new Set([...shared, ...asked])].filter((way) => inputs.has(way)).sort();
const namespaces = known.map((way, at) => `import * as module${at} from "./${way}";\n`);
const entries = known.map((way, at) => `${JSON.stringify(way)}: module${at}`);
await bundle(first, `${start}${namespaces.join("")}export const shared = { ${entries.join(", ")} };\n`, `${placeOf}\n${more}`, [modules(true), apart]);
