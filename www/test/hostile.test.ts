import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { Playground } from "./browser.js";

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

const fragment = (config: string) =>
  `#v1.${deflateRawSync(JSON.stringify({ files, config })).toString("base64url")}`;

test("text from a link is shown as text in every view", () =>
  playground.visit(
    async (page) => {
      await page.page.waitForSelector('[title^="<img"]');
      await page.page.waitForFunction(() => document.querySelectorAll(".finding").length > 2);
      assert.ok((await page.page.locator("#view-findings").innerText()).includes(EVIL));
      await page.page.locator("#editor .cm-lintRange").first().hover();
      await page.page.locator(".cm-tooltip-lint").waitFor();
      await page.page.getByRole("tab", { name: "What will be pulled" }).click();
      await page.page.locator("svg.graph").waitFor();
      await page.page.getByRole("tab", { name: "Configuration" }).click();
      await page.page.locator(".config-text .cm-content").waitFor();
      await page.page.locator(`.files .file`).first().dblclick();
      await page.page.keyboard.press("Enter");
      const images = await page.page.evaluate(() => {
        const roots: ParentNode[] = [document];
        for (const each of document.querySelectorAll("*")) if (each.shadowRoot !== null) roots.push(each.shadowRoot);
        return roots.reduce((sum, root) => sum + root.querySelectorAll("img[src='x']").length, 0);
      });
      assert.equal(images, 0);
    },
    { fragment: fragment("") },
  ));

test("a configuration that is markup is told as text", () =>
  playground.visit(
    async (page) => {
      await page.page.locator(".failure").first().waitFor();
      assert.ok((await page.page.locator("#view-findings").innerText()).includes("<img"));
      assert.equal(await page.page.locator("img").count(), 0);
    },
    { fragment: fragment(`"${EVIL}": 1\npreset: "${EVIL}"\n`) },
  ));

const LARGE = `pipeline:
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
    await page.andChecked(() =>
      page.page.evaluate((text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "large.yaml"));
        document.querySelector("#editor")?.dispatchEvent(
          new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
      }, LARGE),
    );
    await page.page.waitForFunction(() => /^5,0\d\d errors/.test(document.querySelector("#status")?.textContent ?? ""), undefined, { timeout: 30_000 });
    assert.ok((await page.findings().count()) <= 200);
    await page.page.locator(".cm-content").click();
    await page.page.keyboard.press("Control+Home");
    await page.page.waitForTimeout(1500);
    const tasks = await playground.tasks(page.page, async () => {
      await page.andChecked(() => page.page.keyboard.type("# typed on and on", { delay: 80 }));
      await page.page.waitForTimeout(2500);
    });
    const longest = Math.max(...tasks);
    t.diagnostic(`${tasks.length} tasks, the longest ${longest.toFixed(0)} ms`);
    assert.ok(tasks.length > 20 && longest <= 100, String(longest));
    await page.page.getByRole("tab", { name: "What will be pulled" }).click();
    await page.page.locator("svg.graph").waitFor();
    assert.ok((await page.page.locator(".graph .node").count()) < 400);
  });
});
