import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

/** A fragment of version 1, made without the page. */
const fragmentOf = (content: string | Buffer) => `#v1.${deflateRawSync(content).toString("base64url")}`;

const shared = (path: string, text: string, config = "") =>
  fragmentOf(JSON.stringify({ files: [{ path, text }], config }));

const alertOf = (page: PlaygroundPage) => page.page.getByRole("alert").innerText();

test("a link holds files and configuration, and no server sees them", () =>
  playground.visit(
    async (page) => {
      await page.write("pipeline: {identifier: secret_thing}\n");
      const before = playground.site.requests.length;
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
      assert.match(await alertOf(page), /copied/);
      const link = await page.page.evaluate(() => navigator.clipboard.readText());
      assert.equal(link, page.page.url());
      await playground.visit(
        async (other) => {
          assert.equal((await other.text()).trim(), "pipeline: {identifier: secret_thing}");
          assert.deepEqual(await other.fileNames(), ["pipeline.yaml", "connector.yaml"]);
        },
        { fragment: new URL(link).hash },
      );
      const sent = playground.site.requests.slice(before);
      assert.ok(sent.length > 0, "the second visit has loaded the page");
      const [, packed = "?"] = link.split("#v2.");
      assert.deepEqual(sent.filter(({ url, body }) => [url, body].some((text) => text.includes(packed) || text.includes("secret_thing"))), []);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));

test("without a clipboard, as over an insecure connection, a message says that the link is in the address bar", () =>
  playground.fresh(async (page) => {
    await page.page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await page.page.goto(playground.site.url);
    await page.checked();
    await page.button("Share").click();
    await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
    assert.match(await alertOf(page), /doesn't let this page copy: .*address/s);
    page.assertNoErrors();
  }));

test("a link holds 100 KB", async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `# ${index} ${(index * 7919) % 104_729}`);
  const text = `${lines.join("\n")}\n`.repeat(2);
  assert.ok(text.length > 100_000, String(text.length));
  await playground.visit(
    async (page) => {
      await page.drop({ "large.yaml": text });
      await page.page.waitForSelector('[title^="large.yaml"]');
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
      const { hash } = new URL(page.page.url());
      await playground.visit(
        async (other) => {
          await other.page.locator('[title^="large.yaml"]').click();
          await other.page.locator(".cm-content").click();
          await other.page.keyboard.press("Control+End");
          assert.match(await other.text(), new RegExp(`${lines.at(-1) ?? "?"}\\n*$`));
        },
        { fragment: hash },
      );
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  );
});

test("a project that is too large for a link gets a message about what to do instead", () =>
  playground.visit(async (page) => {
    await page.andChecked(() => page.drop({ "large.yaml": `# ${"large ".repeat(16)}\n`.repeat(90_000) }));
    await page.button("Share").click();
    await page.page.getByRole("alert").getByText("too large for a link. Save it as a zip instead").waitFor();
    assert.equal(new URL(page.page.url()).hash, "");
    await page.page.locator('[data-file="0"]').click();
    await page.write("pipeline: {identifier: fine}\n");
  }));

const bad: Readonly<Record<string, readonly [fragment: string, message: RegExp]>> = {
  "cut off": [shared("a.yaml", "x".repeat(500)).slice(0, 20), /broken/],
  "no base64": ["#v1.§§§", /broken/],
  "nothing of ours": [fragmentOf('{"files": 5}'), /broken/],
  "no JSON": [fragmentOf("nonsense"), /broken/],
  "no UTF-8": [fragmentOf(Buffer.from([0xff, 0xff])), /broken/],
  "a later version's": ["#v3.abc", /later version/],
  "a bomb": [fragmentOf(Buffer.alloc(64 * 1024 * 1024, 0x20)), /too much/],
  "an example that isn't there": ["#example/nothing", /no example/],
  "an example whose name can't be decoded": ["#example/%", /no example/],
};

for (const [what, [fragment, message]] of Object.entries(bad)) {
  test(`a link that is ${what} gives a message, and the page works`, () =>
    playground.visit(
      async (page) => {
        await page.page.waitForSelector("#notice:not(:empty)");
        assert.match(await alertOf(page), message);
        await page.write("pipeline: {identifier: fine}\n");
        assert.match(await page.status(), /0 errors/);
      },
      { fragment },
    ));
}

test("a fragment that isn't a link of ours is ignored", () =>
  playground.visit(
    async (page) => {
      assert.equal(await alertOf(page), "");
      assert.match(await page.text(), /name: Build/);
    },
    { fragment: "#panel-editor" },
  ));

test("a link that is opened in an open page takes effect", () =>
  playground.visit(async (page) => {
    await page.andChecked(() =>
      page.page.evaluate((hash) => (location.hash = hash), shared("other.yaml", "pipeline: {identifier: x}\n")),
    );
    assert.deepEqual(await page.fileNames(), ["other.yaml"]);
  }));

test("an example is opened from the dialog, and from a link", () =>
  playground.visit(
    async (page) => {
      await page.page.locator("#status", { hasText: /^[1-9]\d* errors/ }).waitFor();
      assert.match(await page.text(), /node:22-alpine/);
      await page.button("Examples").click();
      const dialog = page.page.getByRole("dialog", { name: "Examples" });
      await dialog.waitFor();
      assert.equal(await dialog.locator('[data-example^="start/"]').count(), 6);
      for (const rule of ["harness-image-connector", "harness-image-registry", "no-docker-hub"]) {
        assert.ok((await dialog.locator(`[data-example^="${rule}/wrong"]`).count()) > 0);
        assert.ok((await dialog.locator(`[data-example^="${rule}/right"]`).count()) > 0);
      }
      await page.andChecked(() => dialog.locator('[data-example="no-docker-hub/right"]').click());
      assert.equal(await page.page.locator(".findings .error").count(), 0);
    },
    { fragment: "#example/no-docker-hub/wrong" },
  ));

test("a project that is too large for a link is copied as Markdown without one", () =>
  playground.visit(
    async (page) => {
      await page.andChecked(() => page.drop({ "large.yaml": `# ${"large ".repeat(16)}\n`.repeat(90_000) }));
      await page.page.locator("#more summary").click();
      await page.button("Copy as Markdown").click();
      await page.page.getByRole("alert").getByText("Copied as Markdown").waitFor();
      const markdown = await page.page.evaluate(() => navigator.clipboard.readText());
      assert.match(markdown, /^\*\*harness-image-guard\*\*: 0 errors/);
      assert.doesNotMatch(markdown, /playground/);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));

test("without a check, a message says that there is nothing to copy", () =>
  playground.visit(async (page) => {
    await page.drop({ "harness-image-guard.yaml": "preset: nowhere\n" });
    await page.page.locator("#view-findings .failure").waitFor();
    await page.page.locator("#more summary").click();
    await page.button("Copy as Markdown").click();
    await page.page.getByRole("alert").getByText("Nothing was copied, because nothing was checked").waitFor();
  }));

test("findings are copied as Markdown, in which nothing from a file is markup", () =>
  playground.visit(
    async (page) => {
      await page.write("pipeline:\n  identifier: a\n  stages:\n    - stage: {identifier: 's', spec: {execution: {steps: [{step: {identifier: '**x**', spec: {image: 'a`b<img src=x>'}}}]}}}\n");
      await page.page.locator("#more summary").click();
      await page.button("Copy as Markdown").click();
      await page.page.waitForSelector("#notice:not(:empty)");
      const markdown = await page.page.evaluate(() => navigator.clipboard.readText());
      assert.match(markdown, /^\*\*harness-image-guard\*\*: 0 errors, 0 warnings, 1 undecided in 2 files\n/);
      assert.match(markdown, /- \*\*undecided\*\* `pipeline\.yaml:4` /);
      assert.doesNotMatch(markdown, /[^\\]<img/);
      assert.match(markdown, /\[Open it in the playground\]\(http[^)]*#v2\./);
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));
