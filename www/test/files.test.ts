import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";

import type { Download, Page } from "playwright-core";

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

test("a file is added, named, looked at and removed by keys alone", () =>
  playground.visit(async (page) => {
    const { keyboard } = page.page;
    await page.button("New file").focus();
    await keyboard.press("Enter");
    await keyboard.press("Control+a");
    await keyboard.insertText("connectors/harness_image.yaml");
    await keyboard.press("Enter");
    assert.deepEqual((await page.fileNames()).map((name) => name.replace("\n", "")), [
      "pipeline.yaml",
      "connector.yaml",
      "connectors/harness_image.yaml",
    ]);
    await page.write(CONNECTOR);
    assert.ok((await page.messages()).some((message) => message.startsWith("spec.dockerRegistryUrl is")));
    await page.page.locator('[data-file="2"]').focus();
    await keyboard.press("ArrowUp");
    assert.match(await page.text(), /Company registry/);
    await keyboard.press("F2");
    await keyboard.press("Escape");
    await page.andChecked(() => keyboard.press("Delete"));
    assert.equal((await page.fileNames()).length, 2);
  }));

test("a name that another file has is refused, and told", () =>
  playground.visit(async (page) => {
    await page.page.locator('[data-file="1"]').dblclick();
    await page.page.keyboard.press("Control+a");
    await page.page.keyboard.insertText("pipeline.yaml");
    await page.page.keyboard.press("Enter");
    assert.deepEqual(await page.fileNames(), ["pipeline.yaml", "connector.yaml"]);
    assert.match(await page.page.getByRole("alert").innerText(), /keeps its name/);
  }));

test("each file keeps its own history", () =>
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

test("files that are dropped take part in the check; what isn't YAML or JSON is left out, and told", () =>
  playground.visit(async (page) => {
    await page.andChecked(() =>
      drop(page.page, { "harness_image.yaml": CONNECTOR, "picture.png": "no text" }),
    );
    assert.ok((await page.fileNames()).includes("harness_image.yaml"));
    assert.ok(!(await page.fileNames()).includes("picture.png"));
    assert.match(await page.page.getByRole("alert").innerText(), /neither YAML nor JSON nor Rego/);
    assert.ok((await page.messages()).some((message) => message.startsWith("spec.dockerRegistryUrl is")));
  }));

test("a configuration that is dropped becomes the configuration", () =>
  playground.visit(async (page) => {
    assert.match(await page.status(), /1 undecided/);
    await page.andChecked(() =>
      drop(page.page, { "harness-image-guard.yaml": "rules: {no-docker-hub: off}\n" }),
    );
    assert.match(await page.status(), /0 undecided/);
  }));

test("a wrong configuration is told with its line, and nothing passes for checked", () =>
  playground.visit(async (page) => {
    await drop(page.page, { "harness-image-guard.yaml": "preset: nowhere\n" });
    await page.page.locator("#view-findings .failure", { hasText: "line 1, column 9" }).waitFor();
    assert.match(await page.status(), /^Nothing was checked/);
    await page.andChecked(() => drop(page.page, { "harness-image-guard.yaml": "preset: gar\n" }));
    assert.match(await page.status(), /^\d+ errors?/);
    assert.equal(await page.page.locator(".failure").count(), 0);
  }));

test("a folder is opened with its folders, and without node_modules", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "project/.harness"), { recursive: true });
  mkdirSync(join(folder, "project/node_modules/x"), { recursive: true });
  writeFileSync(join(folder, "project/.harness/harness_image.yaml"), CONNECTOR);
  writeFileSync(join(folder, "project/node_modules/x/y.yaml"), "a: 1\n");
  writeFileSync(join(folder, "project/broken.yaml"), Buffer.from([0xff, 0xfe, 0x00]));
  return playground.visit(async (page) => {
    await page.andChecked(() => page.page.setInputFiles("#choose-folder", join(folder, "project")));
    assert.deepEqual((await page.fileNames()).map((name) => name.replace("\n", "")), [
      "pipeline.yaml",
      "connector.yaml",
      ".harness/harness_image.yaml",
    ]);
    assert.match(await page.page.getByRole("alert").innerText(), /Not UTF-8[^]*broken\.yaml/);
  });
});

test("all files are saved as a zip, byte for byte", () =>
  playground.visit(
    async (page) => {
      await page.andChecked(() => drop(page.page, { "windows.yaml": "a: 1\r\nb: 😀\r\n" }));
      await page.page.locator("#files-menu summary").click();
      const [download] = await Promise.all([
        page.page.waitForEvent("download"),
        page.button("Save all as a zip").click(),
      ]);
      const files = await unzipped(download);
      assert.deepEqual(Object.keys(files), ["pipeline.yaml", "connector.yaml", "windows.yaml"]);
      assert.equal(files["windows.yaml"], "a: 1\r\nb: 😀\r\n");
    },
    { acceptDownloads: true },
  ));

test("line breaks stay what they were when something else is changed", () =>
  playground.visit(
    async (page) => {
      await page.andChecked(() => drop(page.page, { "windows.yaml": "a: 1\r\nb: 2\r\n" }));
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

/** Drops files on the page, as a file manager does. */
async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  const transfer = await page.evaluateHandle((contents) => {
    const made = new DataTransfer();
    for (const [name, text] of Object.entries(contents)) made.items.add(new File([text], name));
    return made;
  }, files);
  await page.dispatchEvent("#editor", "drop", { dataTransfer: transfer });
}

/** The files of an archive, read by its directory as unzip does. */
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
