// page-pictures.mjs [FOLDER | --readme]: takes screenshots of every view of the built page, at three widths, light and
// dark, into a folder, www/pictures by default. With --readme, renews those of the README instead.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serveSite } from "../www/.test/site.js";

const [given] = process.argv.slice(2);
const forReadme = given === "--readme";
const below = (folder) => fileURLToPath(new URL(`../www/${folder}`, import.meta.url));
const folder = forReadme ? below("screenshots") : (given ?? below("pictures"));

const SIZES = [[1440, 900], [1024, 768], [390, 844]];
const THEMES = ["light", "dark"];
const EXAMPLE = "#example/start/node-service";

const site = await serveSite();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
mkdirSync(folder, { recursive: true });

/** Opens each view. */
const VIEWS = {
  findings: async (page) => results(page, "Findings", ".finding"),
  editor: async (page) => {
    await pane(page, "Editor");
    await page.locator("#editor .cm-lintRange").first().hover();
    await page.locator("#editor .cm-tooltip-lint").waitFor();
  },
  completion: async (page) => {
    await pane(page, "Editor");
    await page.locator("#editor .cm-line", { hasText: "connectorRef" }).last().click();
    await page.keyboard.press("End");
    await page.keyboard.press("Control+Backspace");
    await page.keyboard.press("Control+Space");
    await page.locator("#editor .cm-tooltip-autocomplete li").first().waitFor();
  },
  files: async (page) => pane(page, "Files"),
  images: async (page) => results(page, "Images", "svg.graph"),
  config: async (page) => results(page, "Config", ".config-text .cm-content"),
  policies: async (page) => results(page, "Policies", ".rules"),
  rego: async (page) => results(page, "Your Rego", ".answer .tests h3"),
  examples: async (page) => {
    await page.getByRole("button", { name: "Examples" }).click();
    await page.getByRole("dialog").waitFor();
  },
  about: async (page) => {
    await page.locator("#more summary").click();
    await page.getByRole("button", { name: "About" }).click();
    await page.getByRole("dialog").waitFor();
  },
  notice: async (page) => {
    await page.locator("#more summary").click();
    await page.getByRole("button", { name: "Clear everything" }).click();
    await page.locator("#notice:not(:empty)").waitFor();
  },
};

/** Pages of the documentation with different kinds of content. */
const PAGES = ["docs/index.html", "docs/configuration.html", "docs/rules/no-docker-hub.html", "docs/lint.html"];

/** On a phone there is one pane at a time. */
async function pane(page, name) {
  const button = page.getByRole("button", { name, exact: true });
  if (await button.isVisible()) await button.click();
}

async function results(page, tab, ready) {
  await pane(page, "Results");
  await page.getByRole("tab", { name: tab }).click();
  await page.locator(ready).first().waitFor();
}

async function visit(options, path, work) {
  const context = await browser.newContext({ serviceWorkers: "block", reducedMotion: "reduce", ...options });
  try {
    const page = await context.newPage();
    await page.goto(site.url + path);
    await work(page);
  } finally {
    await context.close();
  }
}

async function opened(page) {
  await page.waitForSelector("html[data-checked][data-editor]", { state: "attached" });
  await page.waitForFunction(() => document.querySelectorAll(".finding").length === 2);
}

async function take(page, name) {
  // Until animations have ended.
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`${name}.png`);
}

try {
  if (forReadme) {
    const options = { viewport: { width: 1280, height: 840 }, colorScheme: "light" };
    for (const [view, name] of [["editor", "findings"], ["images", "images"]]) {
      await visit(options, EXAMPLE, async (page) => {
        await opened(page);
        await VIEWS[view](page);
        await take(page, name);
      });
    }
  } else {
    for (const [width, height] of SIZES) {
      for (const colorScheme of THEMES) {
        const options = { viewport: { width, height }, colorScheme };
        for (const [view, go] of Object.entries(VIEWS)) {
          await visit(options, EXAMPLE, async (page) => {
            await opened(page);
            await go(page);
            await take(page, `${width}-${colorScheme}-${view}`);
          });
        }
        for (const path of PAGES) {
          await visit(options, path, (page) => take(page, `${width}-${colorScheme}-${path.replaceAll(/\W/g, "-")}`));
        }
      }
    }
  }
} finally {
  await browser.close();
  await site.close();
}
