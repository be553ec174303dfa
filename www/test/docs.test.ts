import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

import { Playground } from "./browser.js";
import { rules } from "./rules.js";
import { dist, root } from "./site.js";

const playground = new Playground();

const pages = readdirSync(join(dist, "docs"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".html"))
  .map((path) => `docs/${path.replaceAll("\\", "/")}`);

test("there is a page for the start, the tutorial, each rule, and each page of docs/ that a user reads", () => {
  assert.deepEqual(pages.sort(), [
    "docs/account.html",
    "docs/builtins.html",
    "docs/ci.html",
    "docs/command.html",
    "docs/configuration.html",
    "docs/edge.html",
    "docs/errors.html",
    "docs/eval.html",
    "docs/first-steps.html",
    "docs/fmt.html",
    "docs/harness.html",
    "docs/index.html",
    "docs/javascript.html",
    "docs/limits.html",
    "docs/lint.html",
    "docs/policies.html",
    ...rules.map((rule) => `docs/rules/${rule}.html`),
    "docs/trust.html",
    "docs/tutorial.html",
  ]);
});

test("every link leads to a page of the site, and to an anchor that exists", () => {
  let count = 0;
  for (const page of pages) {
    const html = readFileSync(join(dist, page), "utf8");
    for (const [, href = ""] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (href.startsWith("https:")) continue;
      const [path = "", anchor = ""] = href.split("#");
      const target = path === "" ? page : normalize(join(dirname(page), path));
      assert.ok(existsSync(join(dist, target)), `${page} links to ${href}`);
      if (target !== "index.html" && anchor !== "") {
        assert.ok(readFileSync(join(dist, target), "utf8").includes(`id="${anchor}"`), `${page} links to ${href}`);
      }
      count += 1;
    }
  }
  assert.ok(count > 100, String(count));
});

test("each rule of the lint has a section on its page", () => {
  const html = readFileSync(join(dist, "docs/lint.html"), "utf8");
  const lintRules = readdirSync(join(root, "tests/cases/lint"));
  assert.ok(lintRules.length > 5, lintRules.join());
  for (const rule of lintRules) assert.ok(html.includes(`id="${rule}"`), rule);
});

test("each example of a page opens in the playground, and finds what its page says", () =>
  playground.fresh(async (page) => {
    let count = 0;
    for (const path of pages) {
      await page.page.goto(playground.site.url + path);
      const links = await page.page
        .locator("figcaption a, .examples a")
        .evaluateAll((anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
      await page.page.goto(playground.site.url);
      for (const link of links) {
        await page.andChecked(() => page.page.evaluate((hash) => (location.hash = hash), new URL(link).hash));
        assert.equal(new URL(link).pathname, new URL(playground.site.url).pathname + "index.html", link);
        assert.match(await page.status(), /^\d+ error/, link);
        assert.equal(await page.notice(), "", link);
        const [, rule, name = ""] = /#example\/([^/]+)\/(.+)$/.exec(link) ?? [];
        if (rule !== undefined) {
          const found = (await page.rules({ decided: true })).filter((each) => each === rule);
          assert.equal(found.length > 0, name.startsWith("wrong"), link);
        }
        count += 1;
      }
    }
    assert.ok(count > 25, String(count));
    page.assertNoErrors();
  }));

test("the search finds sections by their words, the arrow keys lead to them, and Escape back", () =>
  playground.fresh(async (page) => {
    await page.page.goto(`${playground.site.url}docs/tutorial.html`);
    await page.page.keyboard.press("/");
    await page.page.keyboard.type("stageoverride");
    await page.page.locator("#search-results a").first().waitFor();
    await page.page.getByRole("searchbox").fill("command exit code");
    await page.page.waitForFunction(() => document.querySelector("#search-results a .of")?.textContent === "The command");
    await page.page.keyboard.press("ArrowDown");
    await page.page.keyboard.press("Enter");
    await page.page.waitForURL(/docs\/command\.html/);
    await page.page.getByRole("searchbox").fill("the");
    await page.page.waitForFunction(() => /^The first 12 of \d{2,} sections\.$/.test(document.querySelector("#search-status")?.textContent ?? ""));
    await page.page.keyboard.press("ArrowDown");
    await page.page.keyboard.press("Escape");
    assert.equal(await page.page.locator("#search-results").isVisible(), false);
    assert.equal(await page.page.evaluate(() => document.activeElement?.id), "search");
    await page.page.getByRole("searchbox").fill("zzzz");
    await page.page.waitForFunction(() => document.querySelector("#search-status")?.textContent === "Nothing found.");
    await page.page.locator("#search-results", { hasText: "Nothing found." }).waitFor();
    page.assertNoErrors();
  }));

test("long pages have a table of contents", () => {
  const html = readFileSync(join(dist, "docs/lint.html"), "utf8");
  assert.match(html, /<nav class="toc" aria-label="On this page"><ul><li><a href="#[^"]+">/);
  assert.ok(!readFileSync(join(dist, "docs/limits.html"), "utf8").includes('class="toc"'));
});

test("after a first visit to the documentation, all of the site works offline", () =>
  playground.fresh(async (page) => {
    await page.page.goto(`${playground.site.url}docs/rules/no-docker-hub.html`);
    await page.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.page.context().setOffline(true);
    await page.page.goto(`${playground.site.url}docs/configuration.html`);
    await page.page.getByRole("heading", { level: 1 }).waitFor();
    await page.page.goto(playground.site.url);
    await page.checked();
    page.assertNoErrors();
  }, { serviceWorkers: "allow" }));
