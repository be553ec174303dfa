import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

const WRONG = `pipeline:
  identifier: build
  stages:
    - stage:
        identifier: one
        type: CI
        spec:
          infrastructure: {type: KubernetesDirect, spec: {connectorRef: a.c, harnessImageConnectorRef: account.other}}
          execution: {steps: []}
`;

const isInEditor = (page: PlaygroundPage) =>
  page.page.evaluate(() => document.querySelector("#editor")?.shadowRoot?.activeElement?.classList.contains("cm-content") === true);

test("the editor says how to leave it, and that works", () =>
  playground.visit(async (page) => {
    await page.page.locator(".cm-content").first().click();
    assert.match(await page.page.locator(".editor-bar .keys").innerText(), /^Escape, then Tab, leaves the editor/);
    await page.page.keyboard.press("Tab");
    assert.equal(await isInEditor(page), true);
    await page.page.keyboard.press("Escape");
    await page.page.keyboard.press("Tab");
    assert.equal(await isInEditor(page), false);
  }));

for (const key of ["Control+.", "Alt+Enter"]) {
  test(`${key} opens the fixes at the cursor, and Enter makes one`, () =>
    playground.visit(async (page) => {
      await page.write(WRONG);
      await page.page.keyboard.press("Control+Home");
      await page.page.keyboard.press("F8");
      await page.page.keyboard.press(key);
      await page.page.getByRole("dialog", { name: "Quick fixes" }).waitFor();
      await page.page.keyboard.press("Escape");
      assert.equal(await isInEditor(page), true);
      await page.page.keyboard.press(key);
      await page.andChecked(() => page.page.keyboard.press("Enter"));
      assert.match(await page.text(), /account\.harnessImage/);
      assert.equal(await isInEditor(page), true);
    }));
}

for (const [width, height] of [[1024, 768], [390, 780], [844, 390]] as const) {
  test(`at ${width} × ${height} every tab fits, nothing is too small for a finger, and the open file is named`, () =>
    playground.visit(
      async (page) => {
        assert.equal(await page.page.locator("#open-file").innerText(), "pipeline.yaml");
        if (width < 1000) await page.page.getByRole("button", { name: "Results", exact: true }).click();
        for (const tab of ["Findings", "Images", "Config", "Policies", "Your Rego"]) {
          await page.page.getByRole("tab", { name: tab }).click();
          const bad = await page.page.evaluate(() => {
            const list = document.querySelector("#views");
            const problems = list !== null && list.scrollWidth > list.clientWidth ? [`tabs: ${list.scrollWidth} in ${list.clientWidth}`] : [];
            if (list !== null && list.scrollHeight > list.clientHeight) problems.push(`tabs: ${list.scrollHeight} in ${list.clientHeight}`);
            if (document.documentElement.scrollWidth > innerWidth) problems.push("the page is too wide");
            for (const each of document.querySelectorAll<HTMLElement>("button, select, summary")) {
              const { width: w, height: h } = each.getBoundingClientRect();
              // Links within text may be as small as the text.
              if (w === 0 || each.matches(".place, .image")) continue;
              if (w < 24 || h < 24) problems.push(`${each.outerHTML.slice(0, 80)}: ${w} × ${h}`);
            }
            return problems;
          });
          assert.deepEqual(bad, [], tab);
        }
      },
      { viewport: { width, height } },
    ));
}

for (const [where, width] of [["on a narrow phone", 320], ["beside a wide editor", 1024]] as const) {
  test(`${where} no tab covers another one, the one that is shown is in sight, and findings have room for words`, () =>
    playground.visit(
      async ({ page }) => {
        if (width < 1000) await page.getByRole("button", { name: "Results", exact: true }).click();
        else {
          await page.getByRole("separator").focus();
          for (let times = 0; times < 8; times += 1) await page.keyboard.press("ArrowRight");
        }
        const finding = await page.locator(".finding").first().evaluate((button) => [button.clientWidth, button.closest("li")?.clientWidth ?? 0]);
        assert.ok((finding[0] ?? 0) > 0.8 * (finding[1] ?? Infinity), finding.join(" of "));
        for (const tab of ["Your Rego", "Policies", "Config", "Images", "Findings"]) {
          await page.getByRole("tab", { name: tab }).evaluate((button: HTMLElement) => button.click());
          const bad = await page.locator("#views").evaluate((list) => {
            const boxes = [...list.children].map((each) => each.getBoundingClientRect());
            const covered = boxes.flatMap(({ right }, index) => (right > (boxes[index + 1]?.left ?? Infinity) ? [`tab ${index} covers the next one`] : []));
            const cut = [...list.children].filter((each) => each.scrollWidth > each.clientWidth).map(({ textContent }) => `${textContent} is cut`);
            const shown = list.querySelector("[aria-selected=true]")?.getBoundingClientRect();
            const { left, right } = list.getBoundingClientRect();
            const isInSight = shown !== undefined && shown.left >= left && shown.right <= right;
            return [...covered, ...cut, ...(isInSight ? [] : ["it isn't in sight"])];
          });
          assert.deepEqual(bad, [], tab);
        }
      },
      { viewport: { width, height: 640 } },
    ));
}

test("after a choice in a menu, also one that opens a dialog, the focus is on the menu", () =>
  playground.visit(async ({ page }) => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    const choose = async (item: string) => {
      await page.locator("#more summary").focus();
      await page.keyboard.press("Enter");
      for (let times = 0; times < 8 && (await focused()) !== item; times += 1) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    };
    await choose("Copy as Markdown");
    await page.locator("#notice:not(:empty)").waitFor();
    assert.equal(await focused(), "More");
    await choose("About");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await focused(), "More");
  }));

test("no menu item is cut off", () =>
  playground.visit(async ({ page }) => {
    for (const menu of ["#more", "#files-menu"]) {
      await page.locator(`${menu} summary`).click();
      const cut = await page.locator(`${menu} button`).evaluateAll((buttons) => buttons.filter((each) => each.scrollWidth > each.clientWidth).map(({ textContent }) => textContent));
      assert.deepEqual(cut, []);
      await page.locator(`${menu} summary`).click();
    }
  }));

test("the view, the widths and the wrapping of lines are kept on reload", () =>
  playground.visit(async ({ page }) => {
    await page.getByRole("separator").focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: "Wrap lines" }).click();
    await page.getByRole("tab", { name: "Images" }).click();
    const width = async () => (await page.locator("#panel-editor").boundingBox())?.width;
    const before = await width();
    await page.getByRole("tab", { name: "Your Rego" }).click();
    assert.equal(await width(), before, "beside every view");
    await page.getByRole("tab", { name: "Images" }).click();
    await page.reload();
    await page.locator("svg.graph").waitFor();
    assert.equal(await width(), before);
    assert.equal(await page.getByRole("tab", { name: "Images" }).getAttribute("aria-selected"), "true");
    await page.locator("#editor .cm-lineWrapping").waitFor();
  }));
