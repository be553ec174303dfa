import assert from "node:assert/strict";
import { test } from "node:test";

import { Firefox, firefoxPath } from "./firefox.js";
import { serveSite } from "./site.js";

const path = firefoxPath();

const EDITOR = 'document.querySelector("#editor").shadowRoot';
const CONFIG = 'document.querySelector(".config-text").shadowRoot';
const TAB = "\uE004";
const STATUS = 'document.querySelector("#status").textContent';

test(
  "the page works in Firefox, without errors or warnings on the console",
  { skip: path === undefined && "there is no firefox-esr on the PATH (on Debian: apt-get install firefox-esr)" },
  async () => {
    const site = await serveSite();
    const firefox = await Firefox.start(path ?? "");
    try {
      await firefox.go(site.url);
      await firefox.until("document.documentElement.dataset.checked && document.documentElement.dataset.editor !== undefined");
      assert.equal(await firefox.evaluate(STATUS), "2 errors, 0 warnings, 1 undecided in 2 documents");
      assert.match(
        String(await firefox.evaluate(`[...${EDITOR}.querySelectorAll(".cm-lintRange")].map(({ textContent }) => textContent).join(" ")`)),
        /account\.company_registry node:22-alpine/,
      );
      await firefox.evaluate(`${EDITOR}.querySelector(".cm-content").focus()`);
      await firefox.control("a");
      await firefox.type("pipeline: {identifier: fire}");
      await firefox.until(`document.documentElement.dataset.checked && ${STATUS}.startsWith("0 errors")`);
      // A list of tabs is one stop of the Tab key, even if it scrolls.
      await firefox.evaluate('document.querySelector("#splitter").focus()');
      await firefox.type(TAB);
      assert.equal(await firefox.evaluate("document.activeElement.id"), "tab-findings");
      await firefox.evaluate('location.hash = "example/start/node-service"');
      await firefox.until('document.querySelectorAll(".finding").length === 2');
      for (const [tab, shown] of [
        ["images", "svg.graph"],
        ["config", ".config-form"],
        ["policies", ".rules"],
        ["rego", ".answer .tests h3.pass"],
      ] as const) {
        await firefox.evaluate(`document.querySelector("#tab-${tab}").click()`);
        await firefox.until(`document.querySelector("${shown}")`);
      }
      assert.match(String(await firefox.evaluate('document.querySelector(".denied").innerText')), /step 'unit' has no timeout/);
      // Completion works, here by the configuration's schema.
      await firefox.evaluate('document.querySelector("#tab-config").click()');
      await firefox.evaluate(`${CONFIG}.querySelector(".cm-content").focus()`);
      // A headless window has no focus (`document.hasFocus()`), so a key has to place the cursor.
      await firefox.control("a");
      await firefox.type("stageO");
      await firefox.until(`${CONFIG}.querySelector(".cm-tooltip-autocomplete li")`);
      assert.equal(await firefox.evaluate(`${CONFIG}.querySelector(".cm-completionLabel").textContent`), "stageOverride");
      await firefox.control("a");
      await firefox.type("preset: gar");
      await firefox.until(`${STATUS}.includes("by harness-image-guard.yaml")`);
      await firefox.evaluate('document.querySelector("#share").click()');
      await firefox.until('location.hash.startsWith("#v2.")');
      assert.deepEqual(firefox.errors, []);
    } finally {
      await firefox.close();
      await site.close();
    }
  },
);
