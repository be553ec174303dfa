import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { Playground } from "./browser.js";
import { root } from "./site.js";

const playground = new Playground();

const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();

const CONFIG = "harness-image-guard.yaml";

/** The files of a folder, and its configuration if there is one. */
function projectIn(folder: string): Project {
  const config = `${folder}/${CONFIG}`;
  const paths = below(folder);
  return { paths: paths.filter((path) => path !== config), config: paths.includes(config) ? config : undefined };
}

interface Project {
  readonly paths: readonly string[];
  readonly config: string | undefined;
}

/** Files that are checked together: each rule's example alone, each starting point, and folders of cases and fixtures. */
const projects: readonly Project[] = [
  ...below("policies").map((path) => ({ paths: [path], config: undefined })),
  ...readdirSync(join(root, "www/examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => projectIn(`www/examples/${name}`)),
  ...["tests/cases/semantics", "tests/cases/fixtures", "tests/cases/opa/places", "pkg/test/fixtures/project", "examples"].map(projectIn),
];

test("the page's report is the command's, byte for byte", (t) =>
  playground.visit(
    async (page) => {
      let count = 0;
      for (const { paths, config } of projects) {
        const textOf = (path: string) => readFileSync(join(root, path), "utf8");
        const files = paths.map((path) => ({ path, text: textOf(path) }));
        const shared = { files, config: config === undefined ? "" : textOf(config) };
        const fragment = `v1.${deflateRawSync(JSON.stringify(shared)).toString("base64url")}`;
        await page.andChecked(() => page.page.evaluate((hash) => (location.hash = hash), fragment));
        await page.page.locator("#more summary").click();
        const [download] = await Promise.all([
          page.page.waitForEvent("download"),
          page.button("Save the report as JSON").click(),
        ]);
        const { stdout, status, stderr } = spawnSync(
          process.execPath,
          [join(root, "pkg/bin/harness-image-guard.js"), "check", "--format", "json", ...(config === undefined ? [] : ["--config", config]), ...paths],
          { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
        );
        assert.ok(status !== null && status <= 4 && status !== 2, stderr);
        assert.equal(readFileSync(await download.path(), "utf8"), stdout, paths.join());
        count += paths.length;
      }
      t.diagnostic(`${count} files`);
      assert.ok(count > 30, String(count));
    },
    { acceptDownloads: true },
  ));

for (const [what, script, message] of [
  [
    "a check that never ends is stopped",
    "postMessage({ ready: true }); onmessage = () => { for (;;); };",
    "stopped, because there was no answer after 10 seconds",
  ],
  [
    "a worker that breaks is replaced",
    "postMessage({ ready: true }); onmessage = () => { setTimeout(() => { throw new Error('trap'); }); };",
    "stopped working",
  ],
] as const) {
  test(`${what} with a message, and the next check works`, () =>
    playground.fresh(async ({ page }) => {
      playground.site.instead.set("check", script);
      await page.goto(playground.site.url);
      await page.waitForFunction(
        (text) => document.querySelector("#status")?.textContent?.includes(text),
        message,
        { timeout: 30_000 },
      );
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+Home");
      await page.keyboard.type("# and on");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() =>
        /^\d+ errors?/.test(document.querySelector("#status")?.textContent ?? ""),
      );
    }));
}
