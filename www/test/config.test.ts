import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { Playground, type PlaygroundPage } from "./browser.js";
import { rules } from "./rules.js";
import { root } from "./site.js";

const playground = new Playground();

const open = async (page: PlaygroundPage) => {
  await page.page.getByRole("tab", { name: "Config" }).click();
  await page.page.getByLabel("Preset").waitFor();
};

const yaml = (page: PlaygroundPage) => page.page.locator(".config-text .cm-content");

async function writeYaml(page: PlaygroundPage, text: string): Promise<void> {
  await yaml(page).click();
  await page.page.keyboard.press("Control+a");
  await page.page.keyboard.insertText(text);
}

test("a choice in the form is written to the YAML, and takes effect", () =>
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

test("the form shows what the YAML says, and keeps its comments", () =>
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

test("an error is underlined, nothing counts as checked, and the check resumes once it is fixed", () =>
  playground.visit(async (page) => {
    await open(page);
    await writeYaml(page, "stageOverride: sometimes\n");
    await page.page.locator(".config-text .cm-lintRange-error").waitFor();
    assert.equal(await page.page.locator(".config-text .cm-lintRange-error").innerText(), "sometimes");
    assert.match(await page.status(), /^Nothing was checked/);
    assert.equal(await page.page.locator("#tab-findings").innerText(), "Findings");
    await page.andChecked(() => writeYaml(page, "stageOverride: required\n"));
    assert.match(await page.status(), /^\d+ errors?/);
  }));

const OWNER = 'package pipeline\n\ndeny["the owner is missing"] { not input.pipeline.tags.owner }\n';

test("a policy that the configuration names runs with our rules, from a file or from Your Rego", () =>
  playground.visit(async (page) => {
    await page.write("pipeline: {identifier: a}\n");
    await open(page);
    await writeYaml(page, "policies: [owners.rego]\n");
    await page.page.locator("#view-findings .failure", { hasText: "owners.rego" }).waitFor({ state: "attached" });
    assert.match(await page.status(), /^Nothing was checked/);
    await page.page.locator("#choose-files").setInputFiles({
      name: "owners.rego",
      mimeType: "text/plain",
      buffer: Buffer.from(OWNER),
    });
    await page.page.locator("#view-findings .finding", { hasText: "the owner is missing" }).waitFor({ state: "attached" });
    assert.ok((await page.fileNames()).includes("owners.rego"));
    await page.write("package pipeline\n\ndeny[x] { x := y }\n");
    await page.page.locator("#view-findings .failure", { hasText: "owners.rego, line 3" }).waitFor({ state: "attached" });
    assert.equal(await page.page.locator(".config-text .cm-lintRange-error").count(), 0);
    await page.page.getByRole("tab", { name: "Your Rego" }).click();
    await page.page.locator("#view-policy .cm-content").click();
    await page.page.keyboard.press("Control+a");
    await page.page.keyboard.insertText(OWNER);
    await page.page.getByRole("tab", { name: "Config" }).click();
    await writeYaml(page, "policies: [policy.rego]\n");
    await page.page.locator("#view-findings .finding", { hasText: "the owner is missing" }).waitFor({ state: "attached" });
  }));

const kind = (page: PlaygroundPage) => page.page.getByLabel("Show");
const shown = (page: PlaygroundPage) => page.page.locator(".policy-source .cm-content");

test("exports of the rules for Harness contain the configuration, and can be copied and saved", () =>
  playground.visit(
    async (page) => {
      await open(page);
      await writeYaml(page, "preset: gar\nrules: {no-docker-hub: off}\n");
      await page.page.getByRole("tab", { name: "Policies" }).click();
      await kind(page).selectOption("rego");
      const files = page.page.getByLabel("File", { exact: true });
      await files.locator("option", { hasText: "harness_image_registry_connector.rego" }).waitFor({ state: "attached" });
      assert.ok((await files.locator("option").allInnerTexts()).every((path) => !path.includes("no_docker_hub")));
      await files.selectOption("harness_image_registry_connector.rego");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("package connector"));
      await page.button("Copy").click();
      await page.page.waitForSelector("#notice:not(:empty)");
      const module = await page.page.evaluate(() => navigator.clipboard.readText());
      assert.match(module, /^package connector$/m);
      assert.match(module, /us-docker\.pkg\.dev/);
      const [download] = await Promise.all([
        page.page.waitForEvent("download"),
        page.button("Save all as a zip").click(),
      ]);
      assert.equal(download.suggestedFilename(), "harness-rego.zip");
      await kind(page).selectOption("terraform");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("harness_platform_policy"));
      await kind(page).selectOption("opa-bundle");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("opa eval --bundle bundle.tar.gz"));
      const [bundle] = await Promise.all([page.page.waitForEvent("download"), page.button("Save bundle.tar.gz").click()]);
      assert.equal(bundle.suggestedFilename(), "bundle.tar.gz");
      assert.match(gunzipSync(readFileSync(await bundle.path())).toString("latin1"), /^\/\.manifest\0[^]*us-docker\.pkg\.dev/);
      await kind(page).selectOption("harness-yaml");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("dockerRegistryUrl"));
      await page.page.getByRole("tab", { name: "Config" }).click();
      await writeYaml(page, "preset: nowhere\n");
      await page.page.getByRole("tab", { name: "Policies" }).click();
      await page.page.locator("#view-policies .failure", { hasText: "Nothing was exported" }).waitFor();
      assert.equal((await shown(page).innerText()).trim(), "");
    },
    { permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true },
  ));

test("the rules can be read, with their Rego", () =>
  playground.visit(async (page) => {
    await page.page.getByRole("tab", { name: "Policies" }).click();
    const items = page.page.locator(".rules li");
    await items.first().waitFor();
    assert.deepEqual(await items.locator("h3").allInnerTexts(), rules);
    await items.nth(rules.indexOf("no-docker-hub")).getByRole("button", { name: "View Rego" }).click();
    assert.match(
      await page.page.locator(".policy-source .cm-content").innerText(),
      /package harness_image_guard\.rules\.no_docker_hub/,
    );
  }));

test("the form has every key of the schema", () =>
  playground.visit(async (page) => {
    await open(page);
    const schema = JSON.parse(readFileSync(join(root, "pkg/schema/harness-image-guard.schema.json"), "utf8")) as {
      properties: Record<string, { properties?: Record<string, unknown> }>;
    };
    const ids = await page.page.locator(".config-form :is(input, select, textarea)").evaluateAll((controls) => controls.map(({ id }) => id));
    const keys = Object.entries(schema.properties).flatMap(([key, { properties }]) =>
      properties === undefined ? [key] : Object.keys(properties).map((inner) => `${key}-${inner}`),
    );
    assert.deepEqual(keys.filter((key) => !ids.some((id) => id === `config-${key}` || id === `config-${key}-severity`)), []);
  }));

test("a rule is switched off, and its severities are written, in the shortest form", () =>
  playground.visit(async (page) => {
    await open(page);
    const rule = page.page.getByLabel("no-docker-hub", { exact: true });
    const undecided = page.page.getByLabel("no-docker-hub, undecided");
    await undecided.selectOption("warning");
    await rule.selectOption("off");
    await page.page.waitForFunction(() => document.querySelector(".config-text")?.shadowRoot?.querySelector(".cm-content")?.textContent === "rules:  no-docker-hub: off");
    assert.equal(await undecided.isDisabled(), true);
    await rule.selectOption("note");
    assert.equal((await yaml(page).innerText()).trim(), "rules:\n  no-docker-hub: note");
    await undecided.selectOption("error");
    await rule.selectOption("");
    assert.equal((await yaml(page).innerText()).trim(), "rules:\n  no-docker-hub:\n    undecided: error");
  }));

test("a key that is true or false is a choice, and written as such", () =>
  playground.visit(async (page) => {
    await open(page);
    const delegate = page.page.getByLabel("Whether a delegate connects");
    assert.deepEqual(await delegate.locator("option").allInnerTexts(), ["not checked (default)", "true", "false"]);
    await page.andChecked(() => delegate.selectOption("false"));
    assert.equal((await yaml(page).innerText()).trim(), "harnessImage:\n  executeOnDelegate: false");
    assert.match(await page.status(), /^\d+ error/);
    await writeYaml(page, "harnessImage: {executeOnDelegate: true}\n");
    assert.equal(await delegate.inputValue(), "true");
  }));

test("a field for YAML takes YAML, and refuses anything else", () =>
  playground.visit(async (page) => {
    await open(page);
    const connectors = page.page.getByLabel("Connectors by their references, as YAML");
    await connectors.fill("account.partner_registry:\n  type: DockerRegistry\n  url: https://partner.example\n");
    await page.andChecked(() => page.page.keyboard.press("Tab"));
    assert.equal(
      (await yaml(page).innerText()).trim(),
      "connectors:\n  account.partner_registry:\n    type: DockerRegistry\n    url: https://partner.example",
    );
    const known = page.page.getByRole("region", { name: "Table of connectors" });
    await known.getByText("https://partner.example").waitFor();
    assert.match(await known.innerText(), /account\.company_registry\s+https:\/\/registry\.example\.com\/mirror\s+connector\.yaml/);
    await connectors.fill("a: [");
    await page.page.keyboard.press("Tab");
    assert.match(await connectors.evaluate((control: HTMLTextAreaElement) => control.validationMessage), /^Not written, because this isn't YAML/);
    assert.match(await yaml(page).innerText(), /partner\.example/);
  }));
