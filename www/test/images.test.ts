import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

const open = async (page: PlaygroundPage) => {
  await page.page.getByRole("tab", { name: "Images" }).click();
  await page.page.locator("svg.graph").waitFor();
};

/** A document with one image. */
const STEP = "template: {identifier: a, type: Step, spec: {type: Run, spec: {image: other}}}\n";

const rows = (page: PlaygroundPage) => page.page.locator(".images tbody tr");

test("the picture and the table have each image with its full name, and Docker Hub's in red", () =>
  playground.visit(
    async (page) => {
      await open(page);
      const names = await rows(page).locator(".image").allInnerTexts();
      assert.ok(names.includes("docker.io/library/postgres:17"), names.join());
      assert.ok(names.includes("registry.example.com/mirror/node:22-alpine"), names.join());
      const drawn = await page.page.locator(".graph .node.image text").allTextContents();
      assert.deepEqual([...new Set(names)].sort(), drawn.sort());
      assert.deepEqual(
        (await page.page.locator(".graph .node.image.hub text").allTextContents()).sort(),
        ["docker.io/cypress/browsers:22", "docker.io/library/postgres:17"],
      );
      assert.equal(await page.page.locator(".graph .node.registry.hub text").textContent(), "docker.io");
      const stroke = (selector: string) =>
        page.page.locator(selector).first().evaluate((rect) => getComputedStyle(rect).stroke);
      assert.equal(await stroke(".graph .node.image.hub rect"), "rgb(180, 35, 44)");
      assert.notEqual(await stroke(".graph .node.image.known rect"), "rgb(180, 35, 44)");
    },
    { fragment: "#example/start/node-service", colorScheme: "light" },
  ));

test("a stage without steps shows which images Harness pulls for it, through which connector, and on what condition", () =>
  playground.visit(async (page) => {
    await page.write("pipeline:\n  identifier: a\n  stages:\n    - stage:\n        identifier: empty\n        type: CI\n        spec:\n          cloneCodebase: true\n          infrastructure:\n            type: KubernetesDirect\n            spec: {connectorRef: k}\n");
    await open(page);
    await page.page.waitForFunction(() => document.querySelectorAll(".images tbody tr.harness").length === 3);
    const shown = (await rows(page).allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
    assert.match(shown[0] ?? "", /^app\.harness\.io\/registry\/harness\/ci-addon Harness's own, in the version that the account uses if account\.harnessImage, .*specification; if it doesn't exist, the image comes from Docker Hub app\.harness\.io account\.harnessImage empty Harness itself pipeline\.yaml:10$/);
    assert.deepEqual(await page.page.locator(".graph .node.step text").allTextContents(), ["Harness itself"]);
    assert.deepEqual(await page.page.locator(".graph .node.connector text").allTextContents(), ["account.harnessImage"]);
    assert.match(await page.page.locator("#view-images .sum").innerText(), /^3 pulls \(3 for Harness itself\) from 1 known registry/);
    // A connector's file takes precedence over the specification.
    await page.andChecked(() => page.drop({ "harness.yaml": "connector: {identifier: harnessImage, type: DockerRegistry, spec: {dockerRegistryUrl: https://r.example/h}}\n" }));
    await page.page.locator(".images .image", { hasText: "r.example/h/harness/drone-git" }).waitFor();
    assert.doesNotMatch(await rows(page).first().innerText(), /specification/);
    await rows(page).first().locator(".image").click();
    const line = await page.page.evaluate(() => document.querySelector("#editor")?.shadowRoot?.querySelector(".cm-activeLine")?.textContent);
    assert.match(line ?? "", /type: KubernetesDirect/);
  }));

test("an edit leaves the view scrolled as it is", () =>
  playground.visit(
    async (page) => {
      await open(page);
      const scrolled = () => page.page.locator("#view-images .scrolled").evaluate((body) => body.scrollTop);
      await page.page.locator("#view-images .scrolled").evaluate((body) => body.scrollTo(0, 120));
      const before = await rows(page).count();
      await page.page.locator("#editor .cm-content").click();
      await page.page.keyboard.press("Control+End");
      await page.andChecked(() => page.page.keyboard.insertText(`\n---\n${STEP}`));
      await page.page.waitForFunction((count) => document.querySelectorAll(".images tbody tr").length > count, before);
      assert.equal(await scrolled(), 120);
    },
    { fragment: "#example/start/node-service", viewport: { width: 1360, height: 500 } },
  ));

test("an unknown registry is shown with the reason", () =>
  playground.visit(async (page) => {
    await open(page);
    assert.equal(await page.page.locator(".graph .node.registry.unknown").count(), 1);
    assert.ok((await page.page.locator(".images tr.unknown .reason").first().innerText()).length > 10);
  }));

test("a click in the picture and a key in the table go to the source", () =>
  playground.visit(
    async (page) => {
      await open(page);
      const selected = () =>
        page.page.evaluate(() => {
          const root = document.querySelector("#editor")?.shadowRoot;
          return root?.querySelector(".cm-activeLine")?.textContent;
        });
      await page.page.locator(".graph .node.image.hub", { hasText: "cypress/browsers" }).click();
      assert.match((await selected()) ?? "", /image: cypress\/browsers:22/);
      await rows(page).locator(".image", { hasText: "postgres" }).focus();
      await page.page.keyboard.press("Enter");
      assert.match((await selected()) ?? "", /image: postgres:17/);
    },
    { fragment: "#example/start/node-service" },
  ));

test("the picture follows what is written", () =>
  playground.visit(async (page) => {
    await open(page);
    await page.write(
      "pipeline:\n  identifier: a\n  stages:\n    - stage:\n        identifier: s\n        spec:\n          execution:\n            steps:\n              - step: {identifier: t, spec: {image: quay.io/x/y:1}}\n",
    );
    await page.page.waitForFunction(() => document.querySelectorAll(".images tbody tr").length === 1);
    assert.equal(await rows(page).locator(".image").innerText(), "quay.io/x/y:1");
  }));

test("the picture is saved as a self-contained file", () =>
  playground.visit(
    async (page) => {
      await open(page);
      const [download] = await Promise.all([
        page.page.waitForEvent("download"),
        page.button("Save the picture").click(),
      ]);
      const svg = readFileSync(await download.path(), "utf8");
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      assert.match(svg, /node:22-alpine/);
      assert.match(svg, /stroke="rgb\(/);
      assert.doesNotMatch(svg, /var\(--/);
    },
    { acceptDownloads: true },
  ));
