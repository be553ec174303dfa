import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

const open = async (page: PlaygroundPage) => {
  await page.page.getByRole("tab", { name: "Configuration" }).click();
  await page.page.getByLabel("Preset").waitFor();
};

const yaml = (page: PlaygroundPage) => page.page.locator(".config-text .cm-content");

async function writeYaml(page: PlaygroundPage, text: string): Promise<void> {
  await yaml(page).click();
  await page.page.keyboard.press("Control+a");
  await page.page.keyboard.insertText(text);
}

test("what is chosen in the form stands in the YAML, and counts", () =>
  playground.visit(async (page) => {
    await open(page);
    await page.andChecked(() => page.page.getByLabel("Preset").selectOption("gar"));
    await page.andChecked(async () => {
      await page.page.getByLabel("Trusted connectors").fill("account.company_*\naccount.corp");
      await page.page.keyboard.press("Tab");
    });
    assert.equal((await yaml(page).innerText()).trim(), "preset: gar\ntrustedConnectors: [ account.company_*, account.corp ]");
    await page.andChecked(() => page.page.getByLabel("no-docker-hub", { exact: true }).selectOption("warning"));
    assert.match(await page.status(), /1 warning/);
  }));

test("what is written in YAML stands in the form, and its comments stay", () =>
  playground.visit(async (page) => {
    await open(page);
    await writeYaml(page, "# Ours.\npreset: ecr # for now\nharnessImage:\n  providerType: Quay\n");
    assert.equal(await page.page.getByLabel("Preset").inputValue(), "ecr");
    assert.equal(await page.page.getByLabel("Provider").inputValue(), "Quay");
    await page.page.getByLabel("Provider").selectOption("");
    await page.page.getByLabel("Stages name it themselves").selectOption("required");
    assert.equal(
      (await yaml(page).innerText()).trim(),
      "# Ours.\npreset: ecr # for now\nstageOverride: required",
    );
  }));

test("what is wrong with it is underlined and told, nothing passes for checked, and then it goes on", () =>
  playground.visit(async (page) => {
    await open(page);
    await writeYaml(page, "stageOverride: sometimes\n");
    await page.page.locator(".config-text .cm-lintRange-error").waitFor();
    assert.equal(await page.page.locator(".config-text .cm-lintRange-error").innerText(), "sometimes");
    assert.match(await page.status(), /^Nothing was checked/);
    await page.andChecked(() => writeYaml(page, "stageOverride: required\n"));
    assert.match(await page.status(), /^\d+ errors?/);
  }));

test("the rules can be read, with their Rego", () =>
  playground.visit(async (page) => {
    await page.page.getByRole("tab", { name: "Policies" }).click();
    const rules = page.page.locator(".rules li");
    await rules.first().waitFor();
    assert.deepEqual(await rules.locator("h3").allInnerTexts(), [
      "harness-image-connector",
      "harness-image-registry",
      "no-docker-hub",
    ]);
    await rules.nth(2).getByRole("button", { name: "Read its Rego" }).click();
    assert.match(
      await page.page.locator(".policy-source .cm-content").innerText(),
      /package harness_image_guard\.rules\.no_docker_hub/,
    );
  }));
