import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";
import { root } from "./site.js";

const playground = new Playground();

/** The completions at the cursor, once they are the wanted ones: they follow typing with a delay. */
async function offered(page: PlaygroundPage, pane = "#editor", isWanted: (labels: readonly string[]) => boolean = () => true): Promise<string[]> {
  for (let round = 0; ; round += 1) {
    await page.page.locator(`${pane} .cm-tooltip-autocomplete li`).first().waitFor();
    const labels = await page.page.locator(`${pane} .cm-tooltip-autocomplete .cm-completionLabel`).allInnerTexts();
    if (isWanted(labels) || round === 100) return labels;
    await page.page.waitForTimeout(100);
  }
}

/** Takes the first completion, after the time in which the editor ignores keys for new completions. */
async function take(page: PlaygroundPage): Promise<void> {
  await page.page.waitForTimeout(150);
  await page.page.keyboard.press("Enter");
}

/** Puts the cursor at the end of the first line of a pane that contains a text. */
async function cursorAfter(page: PlaygroundPage, pane: string, text: string): Promise<void> {
  const line = page.page.locator(`${pane} .cm-line`, { hasText: text }).first();
  await line.click();
  await page.page.keyboard.press("End");
}

/** Points at a text in a pane, and returns the tooltip's text. */
async function pointAt(page: PlaygroundPage, pane: string, text: string): Promise<string> {
  const place = await page.page.locator(`${pane} .cm-content`).evaluate((content, wanted) => {
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at === -1) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error(`${wanted} isn't on the screen`);
  }, text);
  await page.page.mouse.move(5, 5);
  await page.page.mouse.move(place.x, place.y, { steps: 3 });
  const shown = page.page.locator(`${pane} .cm-help`).first();
  await shown.waitFor();
  return shown.innerText();
}

test("hovering over an image shows the name that is pulled, and through which connector", () =>
  playground.visit(async (page) => {
    await page.write("pipeline:\n  identifier: a\n  stages:\n    - stage:\n        identifier: s\n        spec:\n          execution:\n            steps:\n              - step:\n                  identifier: t\n                  spec:\n                    image: node:22-alpine\n              - step:\n                  identifier: u\n                  spec:\n                    connectorRef: account.company_registry\n                    image: team/tool:1\n");
    assert.match(await pointAt(page, "#editor", "node:22"), /Pulled from Docker Hub as\s+docker\.io\/library\/node:22-alpine\s+Without a connector/);
    const through = await pointAt(page, "#editor", "team/tool");
    assert.match(through, /Pulled as\s+registry\.example\.com\/mirror\/team\/tool:1/);
    assert.match(through, /Through account\.company_registry: https:\/\/registry\.example\.com\/mirror/);
    assert.match(await pointAt(page, "#editor", "account.company"), /account\.company_registry\s+https:\/\/registry\.example\.com\/mirror\s+DockerRegistry, Other in connector\.yaml/);
    assert.match(await pointAt(page, "#editor", "connectorRef"), /account\.ID/);
  }));

test("a reference is completed from the connectors of the files and of the configuration", () =>
  playground.visit(async (page) => {
    await page.page.getByRole("tab", { name: "Config" }).click();
    await page.page.locator(".config-text .cm-content").click();
    await page.page.keyboard.insertText("connectors: {org.corp: {type: DockerRegistry, url: https://r.example}}\n");
    await page.checked();
    await cursorAfter(page, "#editor", "connectorRef: account.partner_registry");
    for (let count = 0; count < "account.partner_registry".length; count += 1) await page.page.keyboard.press("Backspace");
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual(await offered(page), ["account.company_registry", "org.corp"]);
    await page.page.keyboard.type("org.c");
    await page.page.waitForFunction(() => document.querySelector("#editor")?.shadowRoot?.querySelectorAll(".cm-tooltip-autocomplete li").length === 1);
    await take(page);
    await page.page.locator("#editor .cm-line", { hasText: "connectorRef: org.corp" }).waitFor();
  }));

test("keys that the rules are about are offered where they belong, and not twice", () =>
  playground.visit(async (page) => {
    await cursorAfter(page, "#editor", "namespace: harness-builds");
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.press("Control+Space");
    // The mapping already has the only key that would be offered.
    await page.page.waitForTimeout(300);
    assert.equal(await page.page.locator("#editor .cm-tooltip-autocomplete").count(), 0);
    await page.page.keyboard.press("Escape");
    await cursorAfter(page, "#editor", "image: node:22-alpine");
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.type("con");
    assert.equal((await offered(page, "#editor", ([first]) => first === "connectorRef"))[0], "connectorRef");
    await take(page);
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual(await offered(page, "#editor", (labels) => labels.length === 1), ["account.company_registry"]);
    await page.andChecked(() => take(page));
    assert.match(await page.text(), /image: node:22-alpine\s+connectorRef: account\.company_registry/);
  }));

test("an override first offers the connector that stages have to name", () =>
  playground.visit(async (page) => {
    await cursorAfter(page, "#editor", "harnessImageConnectorRef: account.company_registry");
    for (let count = 0; count < "account.company_registry".length; count += 1) await page.page.keyboard.press("Backspace");
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual(await offered(page), ["account.harnessImage", "account.company_registry"]);
  }));

test("the configuration's keys and values are completed and explained by its schema", () =>
  playground.visit(async (page) => {
    const pane = ".config-text";
    await page.page.getByRole("tab", { name: "Config" }).click();
    await page.page.locator(`${pane} .cm-content`).click();
    await page.page.keyboard.press("Control+Space");
    const schema = JSON.parse(readFileSync(join(root, "pkg/schema/harness-image-guard.schema.json"), "utf8")) as { properties: Record<string, unknown> };
    assert.deepEqual((await offered(page, pane)).sort(), Object.keys(schema.properties).sort());
    await page.page.keyboard.type("stageO");
    await page.page.waitForFunction(() => document.querySelector(".config-text")?.shadowRoot?.querySelectorAll(".cm-tooltip-autocomplete li").length === 1);
    await take(page);
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual((await offered(page, pane)).sort(), ["auto", "optional", "required"]);
    await page.page.keyboard.type("req");
    await page.page.waitForFunction(() => document.querySelector(".config-text")?.shadowRoot?.querySelectorAll(".cm-tooltip-autocomplete li").length === 1);
    await take(page);
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.insertText("rules:\n  no-docker-hub:\n    ");
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual((await offered(page, pane)).sort(), ["severity", "undecided"]);
    await page.page.keyboard.press("Escape");
    assert.match(await pointAt(page, pane, "stageOverride"), /Whether a stage must name the required connector itself[^]*One of auto, required, optional[^]*Default: auto/);
    assert.match(await pointAt(page, pane, "no-docker-hub"), /Nothing is pulled straight from Docker Hub/);
  }));

test("in braces, keys and values are completed as on lines of their own", () =>
  playground.visit(async (page) => {
    const pane = ".config-text";
    await page.page.getByRole("tab", { name: "Config" }).click();
    await page.page.locator(`${pane} .cm-content`).click();
    const write = async (text: string): Promise<void> => {
      await page.page.keyboard.press("Control+a");
      await page.page.keyboard.insertText(text);
      await page.page.keyboard.press("Control+Space");
    };
    await write("rules: {no-docker-hub: {");
    assert.deepEqual((await offered(page, pane)).sort(), ["severity", "undecided"]);
    await page.page.keyboard.type("und");
    assert.deepEqual(await offered(page, pane, (labels) => labels.length === 1), ["undecided"]);
    await take(page);
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual((await offered(page, pane, (labels) => labels.includes("note"))).sort(), ["error", "note", "warning"]);
    await page.page.keyboard.press("Escape");
    // Keys before or after the cursor aren't offered again, and braces may span several lines.
    await write("harnessImage: {\n  auth: Anonymous,\n  ");
    const schema = JSON.parse(readFileSync(join(root, "pkg/schema/harness-image-guard.schema.json"), "utf8")) as { properties: { harnessImage: { properties: Record<string, unknown> } } };
    assert.deepEqual((await offered(page, pane)).sort(), Object.keys(schema.properties.harnessImage.properties).filter((key) => key !== "auth").sort());
    await page.page.keyboard.press("Escape");
    await write("{preset: gar, stage");
    assert.deepEqual(await offered(page, pane, (labels) => labels.length === 1), ["stageOverride"]);
    await page.page.keyboard.press("Escape");
    // Brackets in strings and comments don't count.
    await write("# {\ndefaultConnector: 'a {'\nstageO");
    assert.deepEqual(await offered(page, pane, (labels) => labels.length === 1), ["stageOverride"]);
  }));

const POLICY = "#view-policy";

async function inRego(page: PlaygroundPage): Promise<void> {
  await page.page.getByRole("tab", { name: "Your Rego" }).click();
  await page.page.locator(".answer .verdict").waitFor();
}

test("in Rego, functions come with their signatures, the input with its keys, imports with their packages", () =>
  playground.visit(async (page) => {
    await page.page.locator("#choose-files").setInputFiles({ name: "lib/steps.rego", mimeType: "text/plain", buffer: Buffer.from("package lib.steps\n\n# How long a step may take.\nlimit := 10\n\nis_long(step) {\n\tstep.timeout\n}\n") });
    await page.page.locator(".files .file", { hasText: "pipeline.yaml" }).click();
    await inRego(page);
    await page.page.locator(`${POLICY} .cm-content`).click();
    await page.page.keyboard.press("Control+End");
    await page.page.keyboard.type("\nx := inpu");
    // Only once, though the module contains the word, too.
    assert.deepEqual(await offered(page, POLICY, (labels) => labels.length === 1), ["input"]);
    await page.page.keyboard.press("Escape");
    await page.page.keyboard.press("Control+z");
    await page.page.keyboard.press("Control+End");
    await page.page.keyboard.type("\nx := regex.ma");
    assert.equal((await offered(page, POLICY, ([first]) => first === "match"))[0], "match");
    assert.equal(await page.page.locator(`${POLICY} .cm-completionDetail`).first().innerText(), "(pattern: string, value: string) → boolean");
    await take(page);
    await page.page.locator(`${POLICY} .cm-line`, { hasText: "x := regex.match" }).waitFor();
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.type("y := input.pipeline.stages[_].stage.sp");
    assert.deepEqual(await offered(page, POLICY, (labels) => labels.join() === "spec"), ["spec"]);
    await take(page);
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.type("import data.");
    assert.ok((await offered(page, POLICY, (labels) => labels.includes("data.lib.steps"))).includes("data.lib.steps"));
    await page.page.keyboard.type("lib.st");
    await offered(page, POLICY, (labels) => labels.join() === "data.lib.steps");
    await take(page);
    await page.page.keyboard.press("Enter");
    await page.page.keyboard.type("z := steps.");
    await page.page.keyboard.press("Control+Space");
    assert.deepEqual((await offered(page, POLICY, (labels) => labels.length === 2)).sort(), ["is_long", "limit"]);
    await page.page.keyboard.press("Escape");
    assert.match(await pointAt(page, POLICY, "match"), /regex\.match\(pattern: string, value: string\) → boolean\s+Matches a string against a regular expression\./);
    assert.match(await pointAt(page, POLICY, "sprintf"), /Returns the given string, formatted\./);
  }));

test("F12 and Control-click go to where a name of Rego is defined, in another file too", () =>
  playground.visit(async (page) => {
    const selected = (pane: string) => page.page.locator(`${pane} .cm-activeLine`).first().innerText();
    await page.page.locator("#choose-files").setInputFiles({ name: "steps.rego", mimeType: "text/plain", buffer: Buffer.from("package lib.steps\n\nlimit := 10\n") });
    await page.page.locator(".files .file", { hasText: "pipeline.yaml" }).click();
    await inRego(page);
    await page.page.locator(`${POLICY} .cm-content`).click();
    await page.page.keyboard.press("Control+End");
    await page.page.keyboard.insertText("\nlate {\n\tdata.lib.steps.limit > 3\n}\n\nlater { late }\n");
    await page.page.locator(`${POLICY} .cm-line`, { hasText: "later { late }" }).click();
    await page.page.keyboard.press("End");
    for (let count = 0; count < 3; count += 1) await page.page.keyboard.press("ArrowLeft");
    await page.page.keyboard.press("F12");
    assert.equal(await selected(POLICY), "late {");
    await page.page.locator("#tab-tests").click();
    await page.page.locator("#view-tests .cm-line", { hasText: "deny ==" }).first().click();
    await page.page.keyboard.press("Home");
    await page.page.keyboard.press("F12");
    await page.page.locator(POLICY).waitFor();
    assert.equal(await selected(POLICY), "deny contains msg if {");
    const target = page.page.locator(`${POLICY} .cm-line`, { hasText: "data.lib.steps.limit" });
    const box = await target.boundingBox();
    assert.ok(box !== null);
    await page.page.keyboard.down("Control");
    await page.page.mouse.click(box.x + 150, box.y + box.height / 2);
    await page.page.keyboard.up("Control");
    await page.page.waitForFunction(() => document.querySelector("#editor")?.shadowRoot?.querySelector(".cm-activeLine")?.textContent === "limit := 10");
  }));

test("every built-in function of OPA's has a signature", () => {
  const { functions } = JSON.parse(readFileSync(join(root, "www/src/language/builtins.json"), "utf8")) as { functions: [string, string, string][] };
  const page = readFileSync(join(root, "docs/builtins.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([\w.]+)` \| (?:yes|host|no) \|/gm)].map(([, name]) => name);
  // Internal functions, such as infix operators, aren't called by name.
  assert.deepEqual(
    functions.map(([name]) => name).sort(),
    listed.filter((name) => !name?.startsWith("internal.")).sort(),
    "node scripts/builtin-docs.mjs updates them",
  );
});

for (const [what, path, text] of [
  ["a long line and many of a list", "a.yaml", `a: ${"x ".repeat(50_000)}\n${"- b\n".repeat(20_000)}`],
  ["one word in YAML", "a.yaml", "x".repeat(500_000)],
  ["one word in Rego", "a.rego", `package a\n${"x".repeat(500_000)} `],
  ["quotes in Rego", "a.rego", `package a\nx := "${'\\"'.repeat(200_000)}`],
  ["brackets and dots in Rego", "a.rego", `package a\nx := ${"a[b].".repeat(100_000)}`],
  ["rules in Rego", "a.rego", `package a\n${"step { true }\n".repeat(30_000)}`],
] as const) {
  test(`typing and hovering stay smooth in a hostile file: ${what}`, () =>
    playground.visit(async (page) => {
      await page.andChecked(() =>
        page.page.locator("#choose-files").setInputFiles({ name: path, mimeType: "text/plain", buffer: Buffer.from(text) }),
      );
      if (path.endsWith(".rego")) await page.page.locator(".files .file", { hasText: path }).click();
      await page.page.locator("#editor .cm-content").click();
      await page.page.keyboard.press("Control+End");
      const tasks = await playground.tasks(page.page, async () => {
        await page.page.keyboard.type("imag: con.a", { delay: 30 });
        await page.page.keyboard.press("Control+Space");
        await page.page.waitForTimeout(500);
        await page.page.keyboard.press("Escape");
        await page.page.keyboard.press("F12");
        const box = await page.page.locator("#editor .cm-line").last().boundingBox();
        if (box !== null) await page.page.mouse.move(Math.max(box.x, 300) + 20, box.y + box.height / 2, { steps: 3 });
        await page.page.waitForTimeout(500);
      });
      assert.ok(Math.max(...tasks) < 250, `${Math.max(...tasks)} ms`);
    }));
}
