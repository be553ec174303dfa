import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { inflateRawSync } from "node:zlib";

import type { Download } from "playwright-core";

import { Playground } from "./browser.js";

const playground = new Playground();

const CONNECTOR = `connector:
  identifier: harnessImage
  type: DockerRegistry
  spec:
    dockerRegistryUrl: https://index.docker.io/v2/
    providerType: Other
    auth: {type: Anonymous}
`;

test("a file is added, named, shown and removed by the keyboard alone", () =>
  playground.visit(async (page) => {
    const { keyboard } = page.page;
    await page.button("New file").focus();
    await keyboard.press("Enter");
    await keyboard.press("Control+a");
    await keyboard.insertText("connectors/harness_image.yaml");
    await keyboard.press("Enter");
    assert.deepEqual(await page.fileNames(), [
      "pipeline.yaml",
      "connector.yaml",
      "connectors/harness_image.yaml",
    ]);
    await page.write(CONNECTOR);
    assert.ok((await page.messages()).some((message) => message.startsWith("spec.dockerRegistryUrl is")));
    // Sorted, folders first.
    await page.page.locator('[data-file="2"]').focus();
    await keyboard.press("ArrowDown");
    assert.match(await page.text(), /Company registry/);
    await keyboard.press("F2");
    await keyboard.press("Escape");
    await page.andChecked(() => keyboard.press("Delete"));
    assert.equal((await page.fileNames()).length, 2);
  }));

test("to a screen reader, a file has its whole name, its entity and its findings", () =>
  playground.visit(async ({ page }) => {
    for (const name of ["connector.yaml connector", "pipeline.yaml pipeline 3 findings, worst: error"]) {
      await page.getByRole("button", { name, exact: true }).waitFor();
    }
  }));

test("a name that another file has is refused with a message", () =>
  playground.visit(async (page) => {
    await page.page.locator('[data-file="1"]').dblclick();
    await page.page.keyboard.press("Control+a");
    await page.page.keyboard.insertText("pipeline.yaml");
    await page.page.keyboard.press("Enter");
    assert.deepEqual(await page.fileNames(), ["pipeline.yaml", "connector.yaml"]);
    assert.match(await page.page.getByRole("alert").innerText(), /keeps its name/);
  }));

test("each file has an edit history of its own", () =>
  playground.visit(async (page) => {
    await page.write("pipeline: {identifier: one}\n");
    await page.page.locator('[data-file="1"]').click();
    await page.write("connector: {identifier: two}\n");
    await page.page.locator('[data-file="0"]').click();
    await page.page.locator(".cm-content").click();
    await page.andChecked(() => page.page.keyboard.press("Control+z"));
    assert.match(await page.text(), /name: Build/);
    await page.page.locator('[data-file="1"]').click();
    assert.match(await page.text(), /two/);
  }));

test("dropped files are checked instead of the sample; what isn't YAML, JSON or Rego is skipped with a message", () =>
  playground.visit(async (page) => {
    await page.andChecked(() =>
      page.drop({ "harness_image.yaml": CONNECTOR, "picture.png": "no text" }),
    );
    assert.deepEqual(await page.fileNames(), ["harness_image.yaml"]);
    assert.match(await page.page.getByRole("alert").innerText(), /1 file skipped: not YAML, JSON or Rego/);
    assert.ok((await page.messages()).some((message) => message.startsWith("spec.dockerRegistryUrl is")));
  }));

test("a configuration that is dropped becomes the configuration", () =>
  playground.visit(async (page) => {
    assert.match(await page.status(), /1 undecided/);
    await page.andChecked(() =>
      page.drop({ "harness-image-guard.yaml": "rules: {no-docker-hub: off}\n" }),
    );
    assert.match(await page.status(), /0 undecided/);
  }));

test("an error in a dropped configuration is shown with its place, and nothing counts as checked", () =>
  playground.visit(async (page) => {
    await page.drop({ "harness-image-guard.yaml": "preset: nowhere\n" });
    await page.page.locator("#view-findings .failure", { hasText: "line 1, column 9" }).waitFor();
    assert.match(await page.status(), /^Nothing was checked/);
    await page.andChecked(() => page.drop({ "harness-image-guard.yaml": "preset: gar\n" }));
    assert.match(await page.status(), /^\d+ errors?/);
    assert.equal(await page.page.locator(".failure").count(), 0);
  }));

/** Makes a folder on the disk, which is removed after the test. */
function folderOf(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "project", path)), { recursive: true });
    writeFileSync(join(folder, "project", path), content);
  }
  return join(folder, "project");
}

test("a folder is opened with its folders, and without what the command skips, which is counted", (t) => {
  const folder = folderOf(t, {
    ".harness/harness_image.yaml": CONNECTOR,
    ".gitignore": "/build/\n*.tmp.yaml\n!keep.tmp.yaml\n",
    "build/a.yaml": CONNECTOR,
    "b.tmp.yaml": CONNECTOR,
    "node_modules/x/y.yaml": "a: 1\n",
    ".git/z.yaml": "a: 1\n",
    "kubernetes/service.yaml": "apiVersion: v1\nkind: Service\n",
    "broken.yaml": Buffer.from([0xff, 0xfe, 0x00]),
    "README.md": "text",
  });
  return playground.visit(async (page) => {
    await page.andChecked(() => page.page.setInputFiles("#choose-folder", folder));
    assert.deepEqual(await page.fileNames(), [".harness/harness_image.yaml"]);
    const notice = await page.page.getByRole("alert").innerText();
    for (const part of [
      "broken.yaml skipped: not UTF-8",
      "1 file skipped: not YAML, JSON or Rego",
      "2 folders skipped: ",
      "2 files skipped: listed in .gitignore",
    ]) {
      assert.ok(notice.includes(part), `${part} in ${notice}`);
    }
    await page.page.locator(".hidden-files", { hasText: "1 file isn't Harness's" }).getByRole("button", { name: "Show" }).click();
    assert.ok((await page.fileNames()).includes("kubernetes/service.yaml"));
  });
});

test("a thousand files are a sorted tree with counts and a filter, and typing stays smooth", async (t) => {
  const step = (image: string) => `pipeline: {identifier: a, stages: [{stage: {identifier: b, spec: {execution: {steps: [{step: {identifier: c, spec: {image: "${image}"}}}]}}}}]}\n`;
  const folder = folderOf(
    t,
    Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [
        `.harness/orgs/default/projects/team${index % 20}/pipelines/a_pipeline_with_a_rather_long_name_${index}.yaml`,
        step(index % 10 === 0 ? "node" : "quay.io/x/y:1"),
      ]),
    ),
  );
  await playground.visit(async (page) => {
    await page.andChecked(() => page.page.setInputFiles("#choose-folder", folder));
    await page.page.waitForFunction(() => /^100 errors/.test(document.querySelector("#status")?.textContent ?? ""));
    const folders = page.page.locator(".files .folder");
    const shown = await folders.evaluateAll((rows) => rows.slice(0, 3).map((row) => [...row.querySelectorAll(".twist, .head, .tail, .count")].map(({ textContent }) => textContent).join("")));
    assert.deepEqual(shown, [
      "▾.harness/orgs/default/projects100",
      "▾team0/pipelines50",
      "▾team1/pipelines",
    ]);
    await page.button("team0/pipelines 50 findings, worst: error").waitFor();
    await folders.nth(1).click();
    assert.equal(await page.page.locator(".files .file").count(), 950);
    await page.page.getByLabel("Filter files").fill("name_99");
    assert.equal(await page.page.locator(".files .file").count(), 11);
    await page.page.getByLabel("Filter files").fill("");
    const tail = page.page.locator(".files .file .tail").first();
    assert.equal(await tail.evaluate((end) => end.scrollWidth <= end.clientWidth + 1), true);
    await page.page.locator("#editor .cm-content").click();
    await page.page.keyboard.press("Control+Home");
    const tasks = await playground.tasks(page.page, async () => {
      await page.andChecked(() => page.page.keyboard.type("# typed on and on", { delay: 80 }));
      await page.page.waitForTimeout(1500);
    });
    const longest = Math.max(...tasks);
    t.diagnostic(`${tasks.length} tasks, the longest ${longest.toFixed(0)} ms`);
    assert.ok(longest <= 100, `${longest} ms`);
  });
});

test("all files are saved as a zip, byte for byte", () =>
  playground.visit(
    async (page) => {
      await page.andChecked(() => page.drop({ "windows.yaml": "a: 1\r\nb: 😀\r\n" }));
      await page.page.locator("#files-menu summary").click();
      const [download] = await Promise.all([
        page.page.waitForEvent("download"),
        page.button("Save all as a zip").click(),
      ]);
      const files = await unzipped(download);
      assert.deepEqual(Object.keys(files), ["windows.yaml"]);
      assert.equal(files["windows.yaml"], "a: 1\r\nb: 😀\r\n");
    },
    { acceptDownloads: true },
  ));

test("an edit keeps the file's line breaks", () =>
  playground.visit(
    async (page) => {
      await page.andChecked(() => page.drop({ "windows.yaml": "a: 1\r\nb: 2\r\n" }));
      await page.page.locator(".cm-content").click();
      await page.page.keyboard.press("Control+Home");
      await page.andChecked(() => page.page.keyboard.type("#"));
      await page.page.locator("#files-menu summary").click();
      const [download] = await Promise.all([
        page.page.waitForEvent("download"),
        page.button("Save all as a zip").click(),
      ]);
      assert.equal((await unzipped(download))["windows.yaml"], "#a: 1\r\nb: 2\r\n");
    },
    { acceptDownloads: true },
  ));

/** The files of an archive, read by its central directory, as unzip does. */
async function unzipped(download: Download): Promise<Record<string, string>> {
  const bytes = readFileSync(await download.path());
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06"));
  let at = bytes.readUInt32LE(end + 16);
  const files: Record<string, string> = {};
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    const size = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const head = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const start = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
    files[name] = inflateRawSync(bytes.subarray(start, start + size)).toString("utf8");
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}
