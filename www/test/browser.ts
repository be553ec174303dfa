import assert from "node:assert/strict";
import { after, before } from "node:test";

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

import { serveSite, type Site } from "./site.js";

/** Chromium with the site, for the tests of one file. */
export class Playground {
  #browser: Browser | undefined;
  #site: Site | undefined;

  constructor() {
    before(async () => {
      [this.#site, this.#browser] = await Promise.all([serveSite(), launch()]);
    });
    after(async () => {
      await this.#browser?.close();
      await this.#site?.close();
    });
  }

  get site(): Site {
    if (this.#site === undefined) throw new Error("the site isn't served yet");
    return this.#site;
  }

  /** A browser that has never visited the site. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    if (this.#browser === undefined) throw new Error("the browser hasn't started yet");
    const context = await this.#browser.newContext({
      viewport: { width: 1360, height: 860 },
      serviceWorkers: "block",
      ...options,
    });
    // Generous, because the machine may be busy.
    context.setDefaultTimeout(Number(process.env["WAIT"] ?? 60_000));
    return context;
  }

  /**
   * How long each task of the page's main thread took, in milliseconds of processor time, which doesn't depend on what
   * else the machine does.
   */
  async tasks(page: Page, work: () => Promise<void>): Promise<number[]> {
    if (this.#browser === undefined) throw new Error("the browser hasn't started yet");
    await this.#browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
    await work();
    const { traceEvents } = JSON.parse((await this.#browser.stopTracing()).toString("utf8")) as {
      traceEvents: { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }[];
    };
    const mainThreads = new Set(
      traceEvents
        .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    return traceEvents
      .filter(({ name, pid, tid }) => name.endsWith("RunTask") && mainThreads.has(`${pid} ${tid}`))
      .map(({ tdur = 0 }) => tdur / 1000);
  }

  /**
   * Measures repeatedly, and passes if one round is within the limit. Other load on the machine raises the limit by as
   * much as it slows down a round.
   *
   * @param measure returns how long something took, in milliseconds
   */
  async within(limit: number, rounds: number, measure: () => Promise<number>): Promise<void> {
    const took: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const slowness = (slownessNow() + slownessNow()) / 2;
      const time = await measure();
      took.push(`${time.toFixed(0)} ms (× ${slowness.toFixed(1)})`);
      if (time > limit * slowness) continue;
      console.log(`within ${limit} ms: ${took.join(", ")}`);
      return;
    }
    assert.fail(`not within ${limit} ms: ${took.join(", ")}`);
  }

  /** An empty page in a browser that has never visited the site; closed at the end. */
  async fresh<Result>(work: (page: PlaygroundPage) => Promise<Result>, options: BrowserContextOptions = {}): Promise<Result> {
    const context = await this.context(options);
    try {
      return await work(new PlaygroundPage(await context.newPage()));
    } finally {
      await context.close();
    }
  }

  /** The same with the playground open; at the end, no error may have been reported. */
  visit(
    work: (page: PlaygroundPage) => Promise<void>,
    { fragment = "", ...options }: BrowserContextOptions & { readonly fragment?: string } = {},
  ): Promise<void> {
    return this.fresh(async (page) => {
      await page.page.goto(`${this.site.url}${fragment}`);
      await page.checked();
      await work(page);
      page.assertNoErrors();
    }, options);
  }
}

/** How many times as long work takes as on an idle machine. */
export function slownessNow(): number {
  const start = performance.now();
  const before = process.cpuUsage();
  for (let spun = 0; spun < 30_000; ) {
    const { user, system } = process.cpuUsage(before);
    spun = user + system;
  }
  return Math.max(1, (performance.now() - start) / 30);
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** The playground as a user sees it. */
export class PlaygroundPage {
  readonly page: Page;
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      // Only the tests about the service worker allow it.
      if (message.text() === "Service Worker registration blocked by Playwright") return;
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("dialog", (dialog) => {
      this.errors.push(`a dialog was opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** No error on the console, nothing refused by the page's policy. */
  assertNoErrors(): void {
    assert.deepEqual(this.errors, []);
  }

  /** Waits until the present text was checked, and the editor has loaded. */
  async checked(): Promise<void> {
    await this.page.waitForSelector("html[data-checked][data-editor]", { state: "attached" });
  }

  /** Does something, and waits until its result was checked. */
  async andChecked(work: () => Promise<unknown>): Promise<void> {
    await this.checked();
    const before = await this.page.evaluate(() => document.documentElement.dataset["checked"]);
    await work();
    await this.page.waitForFunction((then) => {
      const { checked } = document.documentElement.dataset;
      return checked !== undefined && checked !== then;
    }, before);
  }

  /** Replaces the text of the file that is shown, as by pasting. */
  async write(text: string): Promise<void> {
    await this.andChecked(async () => {
      await this.page.locator(".cm-content").first().click();
      await this.page.keyboard.press("Control+a");
      await this.page.keyboard.insertText(text);
    });
  }

  /** The text of the file that is shown, as far as it is on the screen. */
  text(): Promise<string> {
    return this.page.locator("#editor .cm-content").innerText();
  }

  findings() {
    return this.page.locator("#view-findings .finding");
  }

  // Text content, because findings off the screen or before the next frame aren't rendered, and have no inner text.

  /** The message of each finding in the list. */
  messages(): Promise<string[]> {
    return this.page.locator("#view-findings .finding .message").allTextContents();
  }

  /** The rule of each finding in the list; with `decided`, without undecided ones. */
  rules({ decided = false } = {}): Promise<string[]> {
    return this.page.locator(`#view-findings li${decided ? ":not(.undecided)" : ""} .rule`).allTextContents();
  }

  status(): Promise<string> {
    return this.page.locator("#status").innerText();
  }

  /** The text of the notice. */
  notice(): Promise<string> {
    return this.page.locator("#notice").innerText();
  }

  /** Drops files on the page, as a file manager does. */
  drop(files: Readonly<Record<string, string>>): Promise<void> {
    return this.page.evaluate((contents) => {
      const transfer = new DataTransfer();
      for (const [name, text] of Object.entries(contents)) transfer.items.add(new File([text], name));
      document.querySelector("#editor")?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, files);
  }

  /** What is underlined, in order. */
  underlined(): Promise<string[]> {
    return this.page.locator("#editor .cm-lintRange").allInnerTexts();
  }

  /** The paths of the files that are listed, in the order in which they were added. */
  fileNames(): Promise<string[]> {
    return this.page
      .locator(".files .file")
      .evaluateAll((files) =>
        (files as HTMLElement[])
          .sort((a, b) => Number(a.dataset["file"]) - Number(b.dataset["file"]))
          .map(({ dataset }) => dataset["path"] ?? ""),
      );
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name });
  }
}
