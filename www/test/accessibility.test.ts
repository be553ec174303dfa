import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

import { Playground } from "./browser.js";

const playground = new Playground();

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The violations that axe-core finds. */
async function violations(page: Page, where: string): Promise<string[]> {
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ["violations"] } satisfies RunOptions,
  );
  return results.violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join(" | ")}`,
  );
}

/** The views of the results, each with what is there once it is shown. */
const VIEWS = [
  ["Findings", ".finding"],
  ["Images", "svg.graph"],
  ["Config", ".config-text .cm-content"],
  ["Policies", ".rules"],
  ["Your Rego", ".answer .verdict"],
] as const;

const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;

/** On a phone there is one pane at a time. */
async function pane(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  if (await button.isVisible()) await button.click();
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of SIZES) {
    test(`everything is accessible at ${width} × ${height}, in the ${colorScheme} theme`, () =>
      // The page's content security policy would refuse axe-core.
      playground.fresh(async ({ page }) => {
        await page.addInitScript({ path: axe });
        const found: string[] = [];
        const look = async (where: string) => found.push(...(await violations(page, where)));
        await page.goto(`${playground.site.url}#example/start/node-service`);
        await page.waitForSelector("html[data-checked][data-editor]", { state: "attached" });
        await page.waitForFunction(() => document.querySelectorAll(".finding").length === 2);
        await look("the editor");
        await pane(page, "Files");
        await look("files");
        await pane(page, "Editor");
        await page.locator("#editor .cm-lintRange").first().hover();
        await page.locator("#editor .cm-tooltip-lint").waitFor();
        await look("a tooltip");
        await page.mouse.move(2, 2);
        await page.locator("#editor .cm-line", { hasText: "harnessImageConnectorRef" }).first().click();
        await page.keyboard.press("End");
        await page.keyboard.press("Control+Backspace");
        await page.keyboard.press("Control+Space");
        await page.locator("#editor .cm-tooltip-autocomplete li").first().waitFor();
        await page.waitForSelector("html[data-checked]:not([data-checking])", { state: "attached" });
        await look("completion");
        await page.keyboard.press("Escape");
        await pane(page, "Results");
        for (const [tab, ready] of VIEWS) {
          await page.getByRole("tab", { name: tab }).click();
          await page.locator(ready).first().waitFor();
          await look(tab);
        }
        await page.getByLabel("Coverage").selectOption("input");
        await page.locator("#view-policy .cm-covered").first().waitFor();
        await look("coverage");
        await page.locator("#tab-tests").click();
        await page.locator("#view-tests .cm-content").click();
        await page.keyboard.insertText("package");
        await page.locator(".answer .tests h3.error").waitFor();
        await look("tests that can't be read");
        await page.getByRole("tab", { name: "Policies" }).click();
        await page.getByLabel("Show").selectOption("terraform");
        await page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("resource"));
        await look("Terraform");
        await page.getByRole("button", { name: "Examples" }).click();
        await page.getByRole("dialog").waitFor();
        await look("examples");
        await page.keyboard.press("Escape");
        await page.locator("#more summary").click();
        await page.getByRole("button", { name: "Clear everything" }).click();
        await page.locator("#notice:not(:empty)").waitFor();
        // While a check runs, old results are faint.
        await page.waitForSelector("html[data-checked]:not([data-checking])", { state: "attached" });
        await look("notice");
        for (const path of ["docs/index.html", "docs/configuration.html", "docs/rules/no-docker-hub.html"]) {
          await page.goto(playground.site.url + path);
          await look(path);
        }
        assert.deepEqual(found, []);
      }, { colorScheme, bypassCSP: true, reducedMotion: "reduce", viewport: { width, height } }));
  }
}
