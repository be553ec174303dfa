import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, PlaygroundPage } from "./browser.js";

const playground = new Playground();

const MINE = "pipeline: {identifier: mine}\n";

const isMine = (page: PlaygroundPage) => page.page.locator("#editor .cm-content", { hasText: "identifier: mine" }).waitFor();

/** Reloads the page, which stores everything as it is left. */
async function reload(page: PlaygroundPage): Promise<void> {
  await page.page.reload();
  await page.checked();
}

test("an edit after sharing is still there after a reload", () =>
  playground.visit(
    async (page) => {
      await page.write("pipeline: {identifier: shared}\n");
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
      await page.write(MINE);
      assert.equal(new URL(page.page.url()).hash, "");
      await reload(page);
      await isMine(page);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));

/** Everything that replaces the user's work. */
const replacements: Readonly<Record<string, (page: PlaygroundPage) => Promise<unknown>>> = {
  "an example": async (page) => {
    await page.button("Examples").click();
    await page.page.locator('[data-example="no-docker-hub/right"]').click();
  },
  "a link": (page) => page.page.evaluate(() => (location.hash = "#example/start/node-service")),
  "a file of the same name": (page) => page.drop({ "pipeline.yaml": "pipeline: {identifier: other}\n" }),
  "clearing everything": async (page) => {
    await page.page.locator("#more summary").click();
    await page.button("Clear everything").click();
  },
  "removing the file": async (page) => {
    await page.page.locator('[data-file="0"]').focus();
    await page.page.keyboard.press("Delete");
  },
};

for (const [what, replace] of Object.entries(replacements)) {
  test(`what was replaced by ${what} comes back by Undo, by Control-Z, and after a reload`, () =>
    playground.visit(async (page) => {
      const gone = () => page.page.locator("#editor .cm-content", { hasText: "identifier: mine" }).waitFor({ state: "detached" });
      await page.write(MINE);
      await page.andChecked(() => replace(page));
      await gone();
      await page.andChecked(() => page.page.getByRole("alert").getByRole("button", { name: "Undo" }).click());
      await isMine(page);
      await page.andChecked(() => page.page.getByRole("alert").getByRole("button", { name: "Redo" }).click());
      await gone();
      await page.page.locator(".cm-content").first().click();
      await page.andChecked(() => page.page.keyboard.press("Control+z"));
      await isMine(page);
      await page.andChecked(() => replace(page));
      await gone();
      await reload(page);
      await gone();
      await page.andChecked(() => page.page.getByRole("alert").getByRole("button", { name: "Undo" }).click());
      await isMine(page);
      assert.deepEqual(await page.fileNames(), ["pipeline.yaml", "connector.yaml"]);
    }));
}

test("Undo of a removal leaves later edits of other files alone", () =>
  playground.visit(async (page) => {
    await page.page.locator('[data-file="1"]').focus();
    await page.andChecked(() => page.page.keyboard.press("Delete"));
    await page.write(MINE);
    await page.andChecked(() => page.page.getByRole("alert").getByRole("button", { name: "Undo" }).click());
    assert.deepEqual(await page.fileNames(), ["pipeline.yaml", "connector.yaml"]);
    await isMine(page);
    // The editor undoes its own edit.
    await page.page.locator(".cm-content").first().click();
    await page.andChecked(() => page.page.keyboard.press("Control+z"));
    assert.match(await page.text(), /name: Build/);
  }));

test("“Delete for good” deletes what was cleared", () =>
  playground.visit(async (page) => {
    await page.write(MINE);
    await page.page.locator("#more summary").click();
    await page.andChecked(() => page.button("Clear everything").click());
    await page.button("Delete for good").click();
    assert.equal(await page.page.evaluate(() => localStorage.length), 0);
    await reload(page);
    assert.doesNotMatch(await page.text(), /mine/);
    assert.equal(await page.page.locator("#undo").getAttribute("hidden"), "");
  }));

test("two tabs keep a project each, and the second one says so", async () => {
  const context = await playground.context();
  try {
    const open = async () => {
      const page = new PlaygroundPage(await context.newPage());
      await page.page.goto(playground.site.url);
      await page.checked();
      return page;
    };
    const first = await open();
    await first.write(MINE);
    await first.page.waitForTimeout(600);
    const second = await open();
    await second.page.getByRole("alert").getByText("open in another tab").waitFor();
    await second.write("pipeline: {identifier: second}\n");
    await first.write(`${MINE}# more\n`);
    await reload(second);
    assert.match(await second.text(), /second/);
    await reload(first);
    assert.match(await first.text(), /# more/);
    await first.page.close();
    // A new tab continues with what a closed one has stored.
    const third = await open();
    assert.match(await third.text(), /# more/);
    for (const page of [second, third]) page.assertNoErrors();
  } finally {
    await context.close();
  }
});

test("a full storage is reported once, with a way to save", () =>
  playground.visit(
    async (page) => {
      await page.page.evaluate(() => {
        for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
          try {
            for (let index = 0; ; index += 1) localStorage.setItem(`other-${size}-${index}`, "x".repeat(size));
          } catch {
            // Smaller ones may fit.
          }
        }
      });
      await page.write(MINE);
      await page.page.getByRole("alert").getByText("no room for this project").waitFor();
      const [download] = await Promise.all([page.page.waitForEvent("download"), page.button("Save all as a zip").click()]);
      assert.equal(download.suggestedFilename(), "harness.zip");
      await page.button("Dismiss").click();
      await page.write(`${MINE}# more\n`);
      await page.page.waitForTimeout(800);
      assert.equal(await page.page.getByRole("alert").innerText(), "");
    },
    { acceptDownloads: true },
  ));

test("a link with one changed character is refused, whichever it is", () =>
  playground.visit(
    async (page) => {
      await page.write("pipeline: {identifier: shared}\n");
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
      const { hash } = new URL(page.page.url());
      await page.write(MINE);
      for (let at = 1; at < hash.length; at += 3) {
        const letter = hash[at] === "A" ? "B" : "A";
        const broken = hash.slice(0, at) + letter + hash.slice(at + 1);
        await page.page.evaluate((fragment) => {
          document.querySelector("#notice")?.replaceChildren();
          location.hash = fragment;
        }, broken);
        await page.page.getByRole("alert").getByText(/broken|later version/).waitFor();
        assert.match(await page.text(), /mine/, broken);
      }
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));
