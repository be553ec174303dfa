import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { Playground, type PlaygroundPage } from "./browser.js";

const playground = new Playground();

const EVIL = "<img src=x onerror=alert(1)>";

const files = [
  {
    path: `${EVIL}.yaml`,
    text: `pipeline:
  name: ${EVIL}
  identifier: ${EVIL}
  stages:
    - stage:
        identifier: ${EVIL}
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec: {harnessImageConnectorRef: "${EVIL}", connectorRef: "${EVIL}"}
          execution:
            steps:
              - step: {identifier: "${EVIL}", type: Run, spec: {image: "${EVIL}", connectorRef: "${EVIL}"}}
              - step: {identifier: "a${EVIL}", type: Run, spec: {image: "docker.io/${EVIL}"}}
`,
  },
  { path: "broken.yaml", text: `${EVIL}: [${EVIL}\n` },
];

const policy = {
  rego: `package pipeline\n\ndeny[x] { x := "${EVIL}"; print("${EVIL}") }\n\nwarn[x] { x := "${EVIL}" }\n\n_ = startswith("${EVIL}", input["${EVIL}"].a)\n`,
  tests: `package pipeline\n\ntest_a { "${EVIL}" == input.x }\n\nother { not startswith(input["${EVIL}"], "a") }\n`,
  version: 0,
};

const fragment = (config: string) =>
  `#v1.${deflateRawSync(JSON.stringify({ files, config, policy })).toString("base64url")}`;

/** How many `img` elements the page has. It has none of its own: markup in a file must not make one. */
const pictures = (page: PlaygroundPage) =>
  page.page.evaluate(() => {
    const roots: ParentNode[] = [document];
    for (const each of document.querySelectorAll("*")) if (each.shadowRoot !== null) roots.push(each.shadowRoot);
    return roots.reduce((sum, root) => sum + root.querySelectorAll("img").length, 0);
  });

test("text from a link is shown as text in every view", () =>
  playground.visit(
    async (page) => {
      await page.page.waitForSelector('[title^="<img"]');
      await page.page.waitForFunction(() => document.querySelectorAll(".finding").length > 2);
      assert.ok((await page.messages()).some((message) => message.includes(EVIL)));
      await page.page.locator("#editor .cm-lintRange").first().hover();
      await page.page.locator(".cm-tooltip-lint").waitFor();
      await page.page.getByRole("tab", { name: "Images" }).click();
      await page.page.locator("svg.graph").waitFor();
      await page.page.getByRole("tab", { name: "Config" }).click();
      await page.page.locator(".config-text .cm-content").waitFor();
      await page.page.locator(`.files .file`).first().dblclick();
      await page.page.keyboard.press("Enter");
      assert.equal(await pictures(page), 0);
    },
    { fragment: fragment("") },
  ));

test("text from a link's policy is shown as text, and so are its results", () =>
  playground.visit(
    async (page) => {
      await page.page.getByRole("tab", { name: "Your Rego" }).click();
      for (const part of [".denied", ".warned", ".tests .error"]) {
        await page.page.locator(`.answer ${part}`, { hasText: EVIL }).first().waitFor();
      }
      await page.page.locator(".answer pre", { hasText: EVIL }).first().waitFor();
      await page.page.locator(".answer .lint li").first().waitFor();
      await page.page.locator("#view-policy .cm-lintRange").first().hover();
      await page.page.locator(".cm-tooltip-lint").waitFor();
      await page.page.getByLabel("Coverage").selectOption("tests");
      await page.page.locator(".answer .reached:visible").waitFor();
      await page.page.getByRole("tab", { name: "Policies" }).click();
      await page.page.getByLabel("Show").selectOption("terraform");
      await page.page.waitForFunction(() => document.querySelector(".policy-source")?.shadowRoot?.textContent?.includes("resource"));
      assert.equal(await pictures(page), 0);
    },
    { fragment: fragment("") },
  ));

test("an error in a configuration quotes markup as text", () =>
  playground.visit(
    async (page) => {
      await page.page.locator(".failure").first().waitFor();
      assert.ok((await page.page.locator("#view-findings").innerText()).includes("<img"));
      assert.equal(await pictures(page), 0);
    },
    { fragment: fragment(`"${EVIL}": 1\npreset: "${EVIL}"\n`) },
  ));

test("characters that are invisible or change the direction of writing are shown as by the command", async () => {
  const image = "no\u202ede\u200b:1";
  const text = `pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: "${image}"}}}]}}}}]}\n`;
  const link = `#v1.${deflateRawSync(JSON.stringify({ files: [{ path: "a\u202elmay.yaml", text }], config: "" })).toString("base64url")}`;
  await playground.visit(
    async (page) => {
      await page.page.waitForFunction(() => document.querySelectorAll(".finding").length === 1);
      const shown = "no\\u{202e}de\\u{200b}:1";
      assert.ok((await page.messages()).some((message) => message.startsWith(`${shown} is pulled anonymously`)), String(await page.messages()));
      assert.equal(await page.page.locator("#open-file").innerText(), "a\\u{202e}lmay.yaml");
      await page.page.locator("#more summary").click();
      await page.button("Copy as Markdown").click();
      await page.page.locator("#notice:not(:empty)").waitFor();
      const markdown = await page.page.evaluate(() => navigator.clipboard.readText());
      assert.ok(markdown.includes(`\`${shown}\` is pulled anonymously`), markdown);
      await page.page.getByRole("tab", { name: "Images" }).click();
      await page.page.locator(".graph .image text", { hasText: shown }).waitFor();
      await page.page.locator(".images .image", { hasText: shown }).waitFor();
      assert.doesNotMatch(await page.page.locator("body").innerText(), /[\u202e\u200b]/);
    },
    { fragment: link, permissions: ["clipboard-read", "clipboard-write"] },
  );
});

const LARGE = `# The test types into this comment.
pipeline:
  identifier: large
  stages:
    - stage:
        identifier: test
        type: CI
        spec:
          execution:
            steps:
${Array.from(
  { length: 5000 },
  (_, index) => `              - step:
                  identifier: step_${index}
                  type: Run
                  spec:
                    image: node:${index % 40}
                    command: |-
                      npm ci && npm test -- --shard=${index}/5000
`,
).join("")}`;

test("typing stays smooth in a pipeline of 5,000 steps", async (t) => {
  assert.ok(LARGE.length > 1_000_000, String(LARGE.length));
  await playground.visit(async (page) => {
    await page.andChecked(() => page.drop({ "large.yaml": LARGE }));
    await page.page.waitForFunction(() => /^5,0\d\d errors/.test(document.querySelector("#status")?.textContent ?? ""), undefined, { timeout: 30_000 });
    assert.ok((await page.findings().count()) <= 200);
    for (const view of ["Findings", "Images", "Your Rego"]) {
      await page.page.getByRole("tab", { name: view }).click();
      if (view === "Images") await page.page.locator("svg.graph").waitFor();
      if (view === "Your Rego") await page.page.locator(".answer .denied .omitted").waitFor();
      await page.page.locator("#editor .cm-content").click();
      await page.page.keyboard.press("Control+Home");
      await page.page.waitForTimeout(1500);
      const tasks = await playground.tasks(page.page, async () => {
        await page.andChecked(() => page.page.keyboard.type("# typed on and on", { delay: 80 }));
        await page.page.waitForTimeout(2500);
      });
      const longest = Math.max(...tasks);
      t.diagnostic(`${view}: ${tasks.length} tasks, the longest ${longest.toFixed(0)} ms`);
      assert.ok(tasks.length > 20 && longest <= 100, `${view}: ${longest} ms`);
    }
    await page.page.getByRole("tab", { name: "Images" }).click();
    await page.page.locator("svg.graph").waitFor();
    assert.ok((await page.page.locator(".graph .node").count()) < 400);
  });
});
