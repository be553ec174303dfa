import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground } from "./browser.js";

const playground = new Playground();

const WRONG = `# kept
pipeline:
  identifier: build
  stages:
    - stage:
        identifier: one
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec:
              connectorRef: account.c   # kept too
              harnessImageConnectorRef: "account.other" # why?
          execution: {steps: []}
    - stage:
        identifier: two
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec: {connectorRef: account.c, harnessImageConnectorRef: org.harnessImage}
          execution: {steps: []}
`;

test("a fix in the list changes only the place of its finding, and Control-Z undoes it", () =>
  playground.visit(async (page) => {
    await page.write(WRONG);
    assert.equal(await page.findings().count(), 2);
    await page.andChecked(() => page.page.locator(".findings .fix").first().click());
    assert.equal(await page.findings().count(), 1);
    assert.equal(
      (await page.text()).replaceAll("\u00a0", " ").trimEnd(),
      WRONG.replace('"account.other"', '"account.harnessImage"').trimEnd(),
    );
    await page.page.locator(".cm-content").first().click();
    await page.andChecked(() => page.page.keyboard.press("Control+z"));
    assert.equal(await page.findings().count(), 2);
  }));

test("a fix in the tooltip fixes its finding", () =>
  playground.visit(async (page) => {
    await page.write(WRONG);
    await page.page.locator("#editor .cm-lintRange").first().hover();
    await page.andChecked(() => page.page.locator(".cm-diagnosticAction").first().click());
    assert.equal(await page.findings().count(), 1);
  }));

test("all findings are fixed at once, in every file, and undone at once", () =>
  playground.visit(async (page) => {
    await page.write(WRONG);
    await page.button("New file").click();
    await page.page.keyboard.press("Enter");
    await page.write(
      "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl:\n    providerType: DockerHub\n    auth: {type: Anonymous}\n",
    );
    await page.page.waitForFunction(() => document.querySelectorAll(".finding").length >= 4);
    await page.button(/^Fix all/).click();
    await page.page.waitForFunction(() => document.querySelectorAll(".finding").length === 0);
    assert.match(await page.text(), /dockerRegistryUrl: https:\/\/app\.harness\.io\/registry/);
    await page.page.getByRole("alert").getByText("Fixed 2 files.").waitFor();
    // Control-Z works at once, wherever the focus is after the click.
    await page.page.keyboard.press("Control+z");
    await page.page.waitForFunction(() => document.querySelectorAll(".finding").length >= 4);
    assert.doesNotMatch(await page.text(), /app\.harness\.io/);
    await page.button("Redo").click();
    await page.page.waitForFunction(() => document.querySelectorAll(".finding").length === 0);
  }));
