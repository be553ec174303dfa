import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

import { Playground, PlaygroundPage } from "./browser.js";

const playground = new Playground();

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What a screen reader's or a keyboard's user would trip over, as axe-core sees it. */
async function violations(page: Page, where: string): Promise<string[]> {
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ["violations"] } satisfies RunOptions,
  );
  return results.violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join(" | ")}`,
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`every view is accessible, in the ${colorScheme} theme`, async () => {
    // The policy of the page would refuse the test's own script.
    const context = await playground.context({ colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    try {
      await context.addInitScript({ path: axe });
      const page = new PlaygroundPage(await context.newPage());
      const found: string[] = [];
      await page.page.goto(`${playground.site.url}#example/start/node-service`);
      await page.checked();
      await page.page.waitForFunction(() => document.querySelectorAll(".finding").length === 2);
      found.push(...(await violations(page.page, "findings")));
      await page.page.locator("#editor .cm-lintRange").first().scrollIntoViewIfNeeded().catch(() => undefined);
      for (const [tab, ready] of [
        ["Images", "svg.graph"],
        ["Config", ".config-text .cm-content"],
        ["Policies", ".rules"],
        ["Your Rego", ".answer .verdict"],
      ] as const) {
        await page.page.getByRole("tab", { name: tab }).click();
        await page.page.locator(ready).first().waitFor();
        found.push(...(await violations(page.page, tab)));
      }
      await page.page.getByLabel("Coverage").selectOption("input");
      await page.page.locator("#view-policy .cm-covered").first().waitFor();
      found.push(...(await violations(page.page, "coverage")));
      await page.page.locator("#tab-tests").click();
      await page.page.locator("#view-tests .cm-content").click();
      await page.page.keyboard.insertText("package");
      await page.page.locator(".answer .tests h3.error").waitFor();
      found.push(...(await violations(page.page, "tests that can't be read")));
      await page.page.getByRole("tab", { name: "Policies" }).click();
      await page.page.getByLabel("Show").selectOption("terraform");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("resource"));
      found.push(...(await violations(page.page, "Terraform")));
      await page.button("Examples").click();
      await page.page.getByRole("dialog").waitFor();
      found.push(...(await violations(page.page, "examples")));
      for (const path of ["docs/index.html", "docs/configuration.html", "docs/rules/no-docker-hub.html"]) {
        await page.page.goto(playground.site.url + path);
        found.push(...(await violations(page.page, path)));
      }
      await page.page.setViewportSize({ width: 390, height: 780 });
      await page.page.goto(playground.site.url);
      await page.checked();
      found.push(...(await violations(page.page, "phone")));
      await page.button("Files").first().click();
      found.push(...(await violations(page.page, "phone, files")));
      await page.page.getByRole("button", { name: "Results", exact: true }).click();
      for (const [tab, ready] of [
        ["Findings", ".finding"],
        ["Images", "svg.graph"],
        ["Config", ".config-text .cm-content"],
        ["Policies", ".rules"],
        ["Your Rego", ".answer .verdict"],
      ] as const) {
        await page.page.getByRole("tab", { name: tab }).click();
        await page.page.locator(ready).first().waitFor();
        found.push(...(await violations(page.page, `phone, ${tab}`)));
      }
      assert.deepEqual(found, []);
    } finally {
      await context.close();
    }
  });
}
