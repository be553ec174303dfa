import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

async function open(page: PlaygroundPage): Promise<void> {
  await page.page.getByRole("tab", { name: "Your Rego" }).click();
  await page.page.locator(".answer .verdict").waitFor();
}

async function writePolicy(page: PlaygroundPage, text: string): Promise<void> {
  await page.page.locator(".rego-policy .cm-content").click();
  await page.page.keyboard.press("Control+a");
  await page.page.keyboard.insertText(text);
}

const says = (page: PlaygroundPage, text: string) =>
  page.page.waitForFunction((wanted) => document.querySelector(".answer")?.textContent?.includes(wanted), text);

test("the module for Rego is loaded when it is asked for, and not before", () =>
  playground.visit(async (page) => {
    const asked = () => playground.site.requests.filter((path) => /authoring.*\.wasm$/.test(path)).length;
    const before = asked();
    await page.page.getByRole("tab", { name: "Policies" }).click();
    await page.page.locator(".rules").waitFor();
    assert.equal(asked(), before);
    await open(page);
    assert.equal(asked(), before + 1);
  }));

test("a policy is tried on the file, wrapped as Harness does", () =>
  playground.visit(async (page) => {
    await open(page);
    await says(page, "step 'unit' has no timeout");
    assert.match(await page.page.locator(".rego-documents .cm-content").first().innerText(), /"pipeline": \{/);
    await writePolicy(page, 'package connector\n\ndeny[msg] { msg := sprintf("it is a %s", [input.entity.type]) }\n');
    await page.page.locator('[data-file="1"]').click();
    await page.page.getByLabel("Input", { exact: true }).selectOption("connector");
    await says(page, "it is a DockerRegistry");
    assert.match(await page.page.locator(".rego-documents .cm-content").last().innerText(), /"deny": \[\s*"it is a DockerRegistry"/);
  }));

test("errors are underlined as one types, and go away", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, "package a\n\ndeny[x] { x := y }\n");
    await says(page, "line 3: ");
    assert.equal(await page.page.locator(".rego-policy .cm-lintRange-error").count(), 1);
    await writePolicy(page, "package a\n\ndeny[x] { x := input.y }\n");
    await says(page, "deny is empty");
    assert.equal(await page.page.locator(".rego-policy .cm-lintRange-error").count(), 0);
  }));

test("the version of Rego is a choice", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\n\ndeny contains "v1" if { true }\n');
    await says(page, "Not evaluated");
    await page.page.getByLabel("Version of Rego").selectOption("1");
    await says(page, "v1");
    await page.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "v1");
  }));

test("a policy without end is stopped and told, and the next one works, as does the check", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(
      page,
      "package a\n\ndeny[x] {\n\tsome i in numbers.range(1, 3000)\n\tsome j in numbers.range(1, 3000)\n\tsome k in numbers.range(1, 3000)\n\tx := i + j + k\n\tx < 0\n}\n".replace("package a\n", "package a\n\nimport future.keywords.in\n"),
    );
    await says(page, "Not evaluated");
    await page.write("pipeline: {identifier: b}\n");
    assert.match(await page.status(), /^0 errors/);
    await writePolicy(page, 'package a\n\ndeny[x] { x := "done" }\n');
    await page.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "done");
  }));

test("a link holds the policy too", () =>
  playground.visit(
    async (page) => {
      await open(page);
      await writePolicy(page, 'package a\n\ndeny[x] { x := "shared" }\n');
      await page.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "shared");
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v1."));
      await playground.visit(
        async (other) => {
          await other.page.getByRole("tab", { name: "Your Rego" }).click();
          await other.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "shared");
        },
        { fragment: new URL(page.page.url()).hash },
      );
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));
