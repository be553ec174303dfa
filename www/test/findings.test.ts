import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground } from "./browser.js";

const playground = new Playground();

const step = (image: string, name = "unit") => `pipeline:
  identifier: build
  stages:
    - stage:
        identifier: test
        type: CI
        spec:
          execution:
            steps:
              - step:
                  identifier: ${name}
                  type: Run
                  spec:
                    image: ${image}
                    command: npm test
`;

test("a finding is underlined, listed and counted", () =>
  playground.visit(async (page) => {
    await page.write(step("node:22-alpine"));
    assert.deepEqual(await page.underlined(), ["node:22-alpine"]);
    assert.deepEqual(await page.messages(), [
      "node:22-alpine is pulled anonymously from Docker Hub: it names no registry, and there is no connector",
    ]);
    assert.match(await page.status(), /^1 error, 0 warnings, 0 undecided/);
  }));

test("an image with a registry is no longer a finding", () =>
  playground.visit(async (page) => {
    await page.write(step("node:22-alpine"));
    await page.write(step("registry.example.com/node:22"));
    assert.deepEqual(await page.underlined(), []);
    assert.deepEqual(await page.messages(), []);
    assert.match(await page.page.locator("#view-findings .empty").innerText(), /^Nothing found in 2 documents/);
  }));

test("the place is right after characters of several UTF-16 units or bytes", () =>
  playground.visit(async (page) => {
    await page.write(step('"😀é𝒳:1"', "😀").replace("image:", "# 😀😀\n                    'image' :"));
    assert.deepEqual(await page.underlined(), ['"😀é𝒳:1"']);
  }));

test("the tooltip has the message, what to write instead, why, and a link to the rule's page", () =>
  playground.visit(async ({ page }) => {
    const underlined = page.locator("#editor .cm-lintRange").first();
    await underlined.hover();
    const tooltip = page.locator(".cm-tooltip-lint");
    await tooltip.waitFor();
    const text = await tooltip.innerText();
    assert.match(text, /Harness's own images come through/);
    assert.match(text, /Instead: write/);
    assert.match(text, /Why: /);
    assert.match(
      (await tooltip.locator("a").first().getAttribute("href")) ?? "",
      /^docs\/rules\/harness-image-connector\.html$/,
    );
  }));

test("a click in the list goes to the place", () =>
  playground.visit(async (page) => {
    const second = page.findings().nth(1);
    await second.click();
    assert.equal(
      await page.page.evaluate(() => {
        const root = document.querySelector("#editor")?.shadowRoot;
        return root?.activeElement?.classList.contains("cm-content");
      }),
      true,
    );
    await page.page.keyboard.insertText("registry.example.com/node:22");
    assert.match(await page.text(), /image: registry\.example\.com\/node:22\n/);
  }));

test("the arrow keys move through the list, and stay in it", () =>
  playground.visit(async (page) => {
    await page.findings().first().focus();
    await page.page.keyboard.press("ArrowDown");
    assert.equal(await page.findings().nth(1).evaluate((button) => button === document.activeElement), true);
    await page.page.keyboard.press("End");
    const last = (await page.findings().count()) - 1;
    assert.equal(await page.findings().nth(last).evaluate((button) => button === document.activeElement), true);
    await page.page.keyboard.press("ArrowDown");
    assert.equal(await page.findings().nth(last).evaluate((button) => button === document.activeElement), true);
  }));

test("the list is filtered by severity and by rule, and undecided findings are apart", () =>
  playground.visit(async (page) => {
    assert.equal(await page.page.getByRole("list", { name: "Undecided" }).locator("li").count(), 1);
    const all = await page.findings().count();
    await page.button(/^\d+ undecided$/).click();
    assert.equal(await page.findings().count(), all - 1);
    await page.page.getByLabel("Rule").selectOption("harness-image-connector");
    assert.deepEqual(await page.rules(), ["harness-image-connector"]);
  }));

test("the check comes within 100 ms after the pause, for 10 KB", () =>
  playground.visit(async (page) => {
    const one = step("node:22").split("\n").slice(9, 14).join("\n");
    const long = `${step("node:22")}${Array.from({ length: 70 }, () => `${one}\n`).join("")}`;
    assert.ok(long.length > 9_000 && long.length < 12_000, String(long.length));
    await page.write(long);
    await playground.within(100, 20, async () => {
      await page.page.evaluate(() => {
        document.querySelector("#editor")?.shadowRoot?.addEventListener(
          "input",
          () => (document.documentElement.dataset["typed"] = String(performance.now())),
          { capture: true, once: true },
        );
      });
      await page.andChecked(() => page.page.keyboard.type("#"));
      return page.page.evaluate(() => {
        const { checked, typed } = document.documentElement.dataset;
        return Number(checked) - Number(typed);
      });
    });
  }));
