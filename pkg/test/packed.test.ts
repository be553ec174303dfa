import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { neutralVariables } from "./command.js";
import { packageFolder } from "./paths.js";

// The package as it is published, installed in an empty folder without a network.

const root = dirname(packageFolder.replace(/\/$/, ""));
const workplace = mkdtempSync(join(tmpdir(), "harness-image-guard-packed-"));
after(() => rmSync(workplace, { recursive: true, force: true }));

const tarball = packed("harness-image-guard", packageFolder);
const installed = join(workplace, "installed");
mkdirSync(installed);
writeFileSync(join(installed, "package.json"), '{"private": true}\n');
npm(installed, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball, packed("ignore", join(root, "node_modules/ignore")), packed("modern-tar", join(root, "node_modules/modern-tar")), packed("undici", dependency("undici")));

/** Where a dependency of the package is: npm puts one of which others want another version beside the package. */
function dependency(name: string): string {
  return dirname(createRequire(join(packageFolder, "package.json")).resolve(name));
}

/** The tarball that npm makes of a folder. */
function packed(name: string, folder: string): string {
  const target = join(workplace, `tarball-${name}`);
  mkdirSync(target);
  npm(folder, "pack", "--ignore-scripts", "--workspaces=false", "--pack-destination", target);
  const [file] = readdirSync(target);
  assert.ok(file !== undefined);
  return join(target, file);
}

function npm(folder: string, ...args: readonly string[]): string {
  return execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** A new folder in which the package is installed, with these files. */
function project(name: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(workplace, name.replaceAll("/", "-"));
  cpSync(installed, folder, { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function run(folder: string, program: string, ...args: readonly string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: "utf8", env: neutralVariables() });
}

test("the tarball has what a reader and a registry look for", () => {
  const manifest = JSON.parse(readFileSync(join(installed, "node_modules/harness-image-guard/package.json"), "utf8")) as Record<string, unknown>;
  for (const key of ["description", "keywords", "homepage", "bugs", "repository", "license", "engines"]) {
    assert.ok(manifest[key] !== undefined, key);
  }
  const files = readdirSync(join(installed, "node_modules/harness-image-guard"));
  assert.deepEqual(files.sort(), ["LICENSE", "README.md", "bin", "dist", "package.json", "schema"]);
  assert.equal(readFileSync(join(packageFolder, "LICENSE"), "utf8"), readFileSync(join(root, "LICENSE"), "utf8"));
});

test("CommonJS gets the package by require", () => {
  const folder = project("commonjs", {
    "main.cjs": `
      const { createGuard, HarnessImageGuardError } = require("harness-image-guard");
      createGuard({ config: "{preset: nonsense}" }).catch((error) => {
        console.log(error instanceof HarnessImageGuardError, error.code);
      });
    `,
  });
  const { stdout, stderr, status } = run(folder, process.execPath, "main.cjs");
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "true config\n");
});

test("the types are right in the resolutions that are promised", () => {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  // From CommonJS, the types are those of the ES module that `require` loads. `node10` knows no
  // `exports`; no TypeScript that knows the rest of what we use is without the others.
  const { stdout, stderr, status } = run(
    workplace,
    process.execPath,
    attw,
    tarball,
    "--format",
    "json",
    "--ignore-rules",
    "cjs-resolves-to-esm",
    "--profile",
    "node16",
    "--entrypoints",
    ".",
  );
  assert.equal(status, 0, stdout + stderr);
});

const consumer = `
import { compileRego, createGuard, type Guard, type Report } from "harness-image-guard";

async function main(): Promise<void> {
  const guard: Guard = await createGuard({ config: { preset: "gar" }, policies: [] });
  const report: Report = guard.check([{ path: "a.yaml", text: "" }]);
  const lines: number[] = report.diagnostics.map(({ start }) => start.line);
  const policy = await compileRego({ modules: {} });
  policy.dispose();
  guard[Symbol.dispose]();
  console.log(lines);
}

void main();
`;

for (const [file, module, resolution] of [
  ["main.mts", "node16", "node16"],
  ["main.mts", "nodenext", "nodenext"],
  ["main.cts", "nodenext", "nodenext"],
  ["main.mts", "esnext", "bundler"],
] as const) {
  test(`TypeScript takes ${file} by ${resolution}, the package's own declarations included`, () => {
    const folder = project(`types-${file}-${resolution}`, { [file]: consumer });
    const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
    const { stdout, status } = run(
      folder,
      join(dirname(compiler), "bin/tsc"),
      ...["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--types", ""],
      ...["--module", module, "--moduleResolution", resolution, file],
    );
    assert.equal(status, 0, stdout);
  });
}

/** A block of code in a page: a file that the page names just before, commands, or a program. */
interface Block {
  readonly language: string;
  readonly text: string;
  readonly file: string | undefined;
}

function blocksOf(page: string): readonly Block[] {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(/(?:^`([\w./-]+)`:\n\n)?^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].map(([, file, language = "", text = ""]) => ({ language, text, file }));
}

/** Whether a block is an example that runs, rather than what a file or an output looks like. */
const runs = ({ language }: Block) => language === "sh" || language === "js";

const pages = ["README.md", "pkg/README.md", "www/docs/tutorial.md", ...readdirSync(join(root, "docs")).map((page) => `docs/${page}`)];

// Their examples need nothing but the package, and the files that the page shows.
for (const page of pages.filter((page) => blocksOf(page).some(runs))) {
  test(`every example in ${page} runs as it is`, () => {
    const blocks = blocksOf(page);
    const files = blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text] as const]));
    const folder = project(page, Object.fromEntries(files));
    let count = 0;
    for (const { language, text } of blocks) {
      if (language === "js") {
        const program = join(folder, /\brequire\(/.test(text) ? "example.cjs" : "example.mjs");
        writeFileSync(program, text);
        const { stdout, stderr, status } = run(folder, process.execPath, program);
        assert.equal(status, 0, text + stderr);
        assert.notEqual(stdout, "", `${text} prints nothing`);
        count += 1;
      }
      if (language !== "sh") continue;
      for (const line of text.split("\n")) {
        // The commands of a checkout are run by its Makefile, and conftest and Terraform are programs of others.
        if (line === "" || /^(make|conftest|terraform) /.test(line)) continue;
        const { stdout, stderr, status } = run(folder, "sh", "-c", line);
        // 1 says that there are findings, and 3 that there is nothing to check; anything else, that the command is wrong.
        const hasEntity = files.some(([path]) => path.startsWith(".harness/"));
        const right = hasEntity ? [0, 1] : [0, 1, 3];
        assert.ok(status !== null && right.includes(status), `${line} ended with ${String(status)}: ${stdout}${stderr}`);
        count += 1;
      }
    }
    assert.ok(count > 0, "none of them is ours");
  });
}
