import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

test("the text is still there after a reload", () =>
  playground.visit(async (page) => {
    await page.write("pipeline: {identifier: kept}\n");
    await page.page.reload();
    await page.checked();
    assert.equal((await page.text()).trim(), "pipeline: {identifier: kept}");
  }));

test("a stored value of another form is ignored", () =>
  playground.visit(async (page) => {
    await page.page.evaluate(() => localStorage.setItem("harness-image-guard.project", '{"files": [{"path": 1}]}'));
    await page.page.reload();
    await page.checked();
    assert.match(await page.text(), /name: Build/);
  }));

for (const colorScheme of ["light", "dark"] as const) {
  test(`the theme is the system's (${colorScheme}) until it is switched, and stays so after a reload`, () =>
    playground.visit(
      async ({ page }) => {
        const isDark = () =>
          page.evaluate(() => getComputedStyle(document.body).backgroundColor === "rgb(20, 23, 28)");
        assert.equal(await isDark(), colorScheme === "dark");
        await page.getByRole("button", { name: "Theme: system" }).click();
        assert.equal(await isDark(), false);
        await page.getByRole("button", { name: "Theme: light" }).click();
        assert.equal(await isDark(), true);
        await page.reload();
        assert.equal(await isDark(), true);
        await page.getByRole("button", { name: "Theme: dark" }).click();
        assert.equal(await isDark(), colorScheme === "dark");
      },
      { colorScheme },
    ));
}

test("on a phone there is one pane at a time", () =>
  playground.visit(
    async ({ page }) => {
      const visible = async () =>
        (await Promise.all(
          ["#pane-files", "#panel-editor", "#results"].map(async (pane) =>
            (await page.locator(pane).isVisible()) ? pane : "",
          ),
        )).filter((pane) => pane !== "");
      assert.deepEqual(await visible(), ["#panel-editor"]);
      await page.getByRole("button", { name: "Files", exact: true }).click();
      assert.deepEqual(await visible(), ["#pane-files"]);
      // Without a mouse, nothing can be dropped.
      assert.equal(await page.getByText("Drop files or a folder").isVisible(), false);
      await page.getByRole("button", { name: "Results", exact: true }).click();
      assert.deepEqual(await visible(), ["#results"]);
      await page.locator(".finding").first().click();
      assert.deepEqual(await visible(), ["#panel-editor"]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${width} pixels wide`);
    },
    { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  ));

test("the arrow keys change the width of the panes", () =>
  playground.visit(async ({ page }) => {
    const width = async () => (await page.locator("#panel-editor").boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole("separator").focus();
    await page.keyboard.press("ArrowLeft");
    assert.ok((await width()) < before);
    assert.equal(await page.getByRole("separator").getAttribute("aria-valuenow"), "45");
  }));

/** How many files of the part that reads Rego are in the cache: its script, and its module. */
const keptOfRego = (page: PlaygroundPage) =>
  page.page.evaluate(async () => {
    const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(opened.map((cache) => cache.keys()))).flat();
    return requests.filter(({ url }) => url.includes("/authoring-")).length;
  });

test("after the first visit, the page and Your Rego work offline", () =>
  playground.fresh(async (page) => {
    await page.page.goto(playground.site.url);
    await page.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // It is fetched in the background, before it is needed.
    while ((await keptOfRego(page)) < 2) await page.page.waitForTimeout(100);
    await page.page.context().setOffline(true);
    await page.page.goto(`${playground.site.url}#example/start/node-service`);
    await page.page.reload();
    await page.checked();
    await page.page.waitForFunction(() => document.querySelector("#status")?.textContent?.startsWith("2 errors"));
    await page.page.getByRole("tab", { name: "Your Rego" }).click();
    await page.page.locator(".answer .verdict").waitFor();
    await page.page.locator(".answer .tests h3.pass").waitFor();
    page.assertNoErrors();
  }, { serviceWorkers: "allow" }));

test("a page that starts only after everything has loaded is kept for offline use, too", () =>
  playground.fresh(async ({ page }) => {
    // As after a reload, while the former page still holds its lock.
    await page.addInitScript(() => {
      sessionStorage.setItem("harness-image-guard.tab", "mine");
      const { request } = LockManager.prototype;
      LockManager.prototype.request = async function (...args: unknown[]) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return Reflect.apply(request, this, args) as unknown;
      };
    });
    await page.goto(playground.site.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }, { serviceWorkers: "allow" }));

test("a browser that refuses storage, as Firefox without cookies, causes no error", () =>
  playground.fresh(async (page) => {
    await page.page.addInitScript(() => {
      const insecure = { get: () => Promise.reject(new DOMException("The operation is insecure.", "SecurityError")) };
      Object.defineProperty(ServiceWorkerContainer.prototype, "ready", insecure);
      const refuse = { get: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } };
      for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, refuse);
    });
    await page.page.goto(playground.site.url);
    await page.checked();
    await page.write("pipeline: {identifier: mine}\n");
    await page.page.waitForTimeout(600);
    page.assertNoErrors();
  }));

test("Your Rego says that it needs a connection, and works once there is one", () =>
  playground.fresh(async ({ page }) => {
    await page.route("**/assets/authoring-*", (route) => route.abort());
    await page.goto(playground.site.url);
    await page.getByRole("tab", { name: "Your Rego" }).click();
    await page.locator(".answer", { hasText: "could not be loaded" }).waitFor();
    await page.context().setOffline(true);
    await page.locator("#view-policy .cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("# more");
    const offline = page.locator(".answer", { hasText: "hasn't been fetched yet, and there is no connection" });
    await offline.waitFor();
    assert.equal(await page.locator(".answer .lint h3").count(), 0);
    await page.unroute("**/assets/authoring-*");
    await page.context().setOffline(false);
    await page.locator(".answer .tests h3.pass").waitFor();
    assert.equal(await offline.count(), 0);
  }));

test("only the worker fetches the module, and nothing is fetched from other hosts", () =>
  playground.visit(async ({ page }) => {
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    assert.ok(asked.length > 0 && asked.every((name) => name.startsWith(playground.site.url)), asked.join("\n"));
    assert.deepEqual(asked.filter((name) => name.endsWith(".wasm")), []);
    assert.equal(page.workers().length, 1);
  }));

test("the introduction is shown until it is closed, and About has the version", () =>
  playground.visit(async ({ page }) => {
    await page.getByText("Paste a Harness pipeline to see where its images come from").waitFor();
    await page.getByRole("button", { name: "Close the introduction" }).click();
    await page.reload();
    await page.locator("html[data-checked]").waitFor({ state: "attached" });
    assert.equal(await page.locator("#intro").isVisible(), false);
    await page.locator("#more summary").click();
    await page.getByRole("button", { name: "About" }).click();
    const about = page.getByRole("dialog", { name: /^harness-image-guard \d+\.\d+\.\d+/ });
    assert.match((await about.getByRole("link", { name: "Source code" }).getAttribute("href")) ?? "", /^https:\/\/github\.com\//);
  }));

test("each example has a sentence about what it shows", () =>
  playground.visit(async ({ page }) => {
    await page.getByRole("button", { name: "Examples" }).click();
    const examples = page.locator("#examples .example-list button");
    await examples.first().waitFor();
    const sentences = await examples.locator(".about").allInnerTexts();
    assert.equal(sentences.length, await examples.count());
    assert.deepEqual(sentences.filter((sentence) => !/^[A-Z“`a-z].*\.$/s.test(sentence)), []);
    // Without a written one, it is the check's message.
    const wrong = page.locator('[data-example="no-docker-hub/wrong"] .about');
    assert.match(await wrong.innerText(), /is pulled anonymously from Docker Hub/);
  }));
