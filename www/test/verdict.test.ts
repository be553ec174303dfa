import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";
import { ENDLESS } from "./endless.js";
import { rules } from "./rules.js";

const playground = new Playground();

const CLEAN = "pipeline: {identifier: a, stages: [{stage: {identifier: b, spec: {execution: {steps: [{step: {identifier: c, spec: {image: quay.io/x/y:1}}}]}}}}]}\n";

const empty = (page: PlaygroundPage) => page.page.locator("#view-findings .empty").innerText();

test("without a configuration, the page says that a clean file is clean", () =>
  playground.visit(async (page) => {
    await page.write(CLEAN);
    assert.match(await empty(page), /^Nothing found in 2 documents: every image comes from where it should/);
    assert.equal(await page.page.locator(".scope").count(), 0);
  }));

test("with a rule off, the page says which rules ran, by which configuration", () =>
  playground.visit(async (page) => {
    await page.write(CLEAN.replace("quay.io/x/y:1", "node"));
    await page.andChecked(() => page.drop({ "harness-image-guard.yaml": "rules:\n  no-docker-hub: off\n" }));
    const message = await empty(page);
    const ran = new Intl.ListFormat("en-GB").format(rules.filter((rule) => rule !== "no-docker-hub"));
    assert.equal(message, `Nothing found in 2 documents by ${ran}.`);
    assert.match(await page.status(), / · by harness-image-guard\.yaml$/);
    await page.page.locator(".scope summary").click();
    assert.match(await page.page.locator(".scope li").innerText(), /^line 2: rules\.no-docker-hub is off/);
  }));

test("excluded files, and documents that couldn't be checked, are counted", () =>
  playground.visit(async (page) => {
    await page.write(CLEAN);
    await page.page.locator("#new-file").click();
    await page.page.keyboard.press("Control+a");
    await page.page.keyboard.insertText("old/pipeline.yaml");
    await page.page.keyboard.press("Enter");
    await page.write(CLEAN.replace("quay.io/x/y:1", "node"));
    assert.match(await page.status(), /^1 error/);
    await page.andChecked(() => page.drop({ "harness-image-guard.yaml": 'exclude: ["old/**"]\n', "broken.yaml": "a: [\n---\nb: [\n" }));
    assert.match(await page.status(), / · by harness-image-guard\.yaml · \d+ documents? couldn't be checked · 1 file excluded$/);
    await page.page.locator(".scope", { hasText: "1 file left out by exclude" }).waitFor();
    assert.equal(await page.page.locator("#view-findings .empty").count(), 0);
    const entities = await page.page.locator(".files .entity").allInnerTexts();
    assert.deepEqual(entities.sort(), ["connector", "excluded", "not checked", "pipeline"]);
  }));

test("a policy without end is reported, and hides no finding of our rules", () =>
  playground.visit(async (page) => {
    await page.write(CLEAN.replace("quay.io/x/y:1", "node"));
    await page.drop({ "endless.rego": ENDLESS, "harness-image-guard.yaml": "policies: [endless.rego]\n" });
    await page.page.locator("#view-findings .finding", { hasText: "endless.rego" }).waitFor();
    await page.page.locator("#view-findings .finding", { hasText: "node is pulled anonymously" }).waitFor();
    await page.page.locator(".scope", { hasText: "1 document couldn't be checked" }).waitFor();
  }));

test("during a long check, “Checking…” replaces the old numbers", () =>
  playground.visit(async (page) => {
    await page.page.evaluate(() => {
      const seen: string[] = [];
      const status = document.querySelector("#status");
      new MutationObserver(() => seen.push(status?.textContent ?? "")).observe(status ?? document, { childList: true, characterData: true, subtree: true });
      Object.assign(globalThis, { seen });
    });
    const steps = Array.from({ length: 6000 }, (_, index) => `{step: {identifier: s${index}, spec: {image: node}}}`).join(", ");
    await page.andChecked(() => page.drop({ "large.yaml": `pipeline: {identifier: a, stages: [{stage: {identifier: b, spec: {execution: {steps: [${steps}]}}}}]}\n` }));
    const seen = await page.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    assert.equal(seen[0], "Checking…");
    assert.match(seen.at(-1) ?? "", /^6,\d+ errors/);
  }));
