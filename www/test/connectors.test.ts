import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground } from "./browser.js";

const playground = new Playground();

const PIPELINE = "pipeline:\n  identifier: a\n  stages:\n    - stage:\n        identifier: s\n        spec:\n          execution:\n            steps:\n              - step:\n                  identifier: t\n                  spec:\n                    connectorRef: account.corp\n                    image: team/tool:1\n";

const connector = (identifier: string, url: string) => ({
  connector: { identifier, type: "DockerRegistry", spec: { dockerRegistryUrl: url, providerType: "Other", auth: { type: "UsernamePassword", spec: { username: "bob", passwordRef: "account.very_secret" } } } },
});

/** A page of a response of Harness's API. */
const response = (pageIndex: number, totalPages: number, ...content: object[]) => JSON.stringify({ status: "SUCCESS", data: { totalPages, pageIndex, content } });

const STATE = JSON.stringify({
  version: 4,
  terraform_version: "1.9.0",
  resources: [
    { mode: "managed", type: "harness_platform_connector_docker", name: "corp", instances: [{ attributes: { identifier: "corp", name: "corp", url: "https://terraform.example", type: "Other", credentials: [] } }] },
  ],
});

test("the pages of a response of Harness's API, dropped together, decide what was undecided, and nothing is sent", () =>
  playground.visit(async (page) => {
    await page.write(PIPELINE);
    assert.match(await page.status(), /1 undecided/);
    const before = playground.site.requests.length;
    await page.andChecked(() => page.drop({ "page-0.json": response(0, 2, connector("corp", "https://r.example/team")), "page-1.json": response(1, 2, connector("other", "https://o.example")) }));
    assert.match(await page.notice(), /Imported 2 connectors into harness-connectors\.yaml[^]*The configuration names harness-connectors\.yaml now/);
    assert.match(await page.status(), /^0 errors, 0 warnings, 0 undecided/);
    assert.deepEqual(playground.site.requests.slice(before).filter(({ path }) => !path.includes("/assets/")), []);
    // The form shows the connectors, and no credentials are stored.
    await page.page.getByRole("tab", { name: "Config" }).click();
    assert.match(await page.page.getByRole("region", { name: "Table of connectors" }).innerText(), /account\.corp\s+https:\/\/r\.example\/team\s+harness-connectors\.yaml/);
    assert.equal(await page.page.getByLabel("Lists of connectors that exist only in the account, one per line").inputValue(), "harness-connectors.yaml");
    const kept = await page.page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.doesNotMatch(kept, /very_secret|bob/);
    // The picture shows where it leads.
    await page.page.getByRole("tab", { name: "Images" }).click();
    await page.page.locator(".graph .node.connector", { hasText: "account.corp" }).first().waitFor();
    assert.equal(await page.page.locator(".graph .node.connector title").textContent(), "account.corp: https://r.example/team");
    await page.andChecked(() => page.button("Undo").first().click());
    assert.match(await page.status(), /1 undecided/);
  }));

test("Terraform's state is read for its connectors, and isn't opened itself", () =>
  playground.visit(async (page) => {
    await page.write(PIPELINE);
    await page.andChecked(() => page.drop({ "terraform.tfstate": STATE }));
    assert.match(await page.notice(), /Imported 1 connector into harness-connectors\.yaml/);
    assert.match(await page.status(), /^0 errors, 0 warnings, 0 undecided/);
    assert.ok(!(await page.fileNames()).includes("terraform.tfstate"));
  }));

test("an opened list is named in the configuration, whose other keys and comments stay", () =>
  playground.visit(async (page) => {
    await page.write(PIPELINE);
    await page.page.getByRole("tab", { name: "Config" }).click();
    await page.page.locator(".config-text .cm-content").click();
    await page.page.keyboard.insertText("# Ours.\npreset: gar\n");
    await page.andChecked(() => page.drop({ "connectors.yaml": 'madeAt: 2026-11-27T04:00:00Z\nconnectors:\n  - {identifier: corp, type: DockerRegistry, url: "https://r.example"}\n' }));
    assert.equal((await page.page.locator(".config-text .cm-content").innerText()).trim(), "# Ours.\npreset: gar\nconnectorFiles: [ connectors.yaml ]");
    assert.match(await page.status(), /^0 errors, 0 warnings, 0 undecided/);
  }));

test("the form shows how old each list is", () =>
  playground.visit(async (page) => {
    const made = new Date(Date.now() - 12 * 86_400_000 - 60_000);
    const list = (madeAt: string) => `${madeAt}connectors:\n  - {identifier: corp, type: DockerRegistry, url: "https://r.example"}\n`;
    await page.andChecked(() =>
      page.drop({
        "old.yaml": list(`# Ours.\nmadeAt: ${made.toISOString()}\n`),
        "silent.yaml": list(""),
        "wrong.yaml": list("madeAt: yesterday\n"),
        // This list isn't imported, but the configuration may name it.
        "harness-image-guard.yaml": "connectorFiles: [wrong.yaml]\n",
      }),
    );
    await page.page.getByRole("tab", { name: "Config" }).click();
    const ages = page.page.getByRole("list", { name: "Lists of connectors" }).getByRole("listitem");
    const day = made.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });
    assert.deepEqual((await ages.allInnerTexts()).sort(), [`old.yaml was made 12 days ago, on ${day}`, "silent.yaml doesn't say when it was made", "wrong.yaml has a madeAt that isn't a time"]);
    assert.equal(await ages.locator("time").getAttribute("datetime"), made.toISOString());
  }));

test("what can't be read as a list is reported, and changes nothing", () =>
  playground.visit(async (page) => {
    await page.write(PIPELINE);
    await page.drop({ "page-0.json": response(0, 2, connector("corp", "https://r.example/team")), "broken.tfstate": '{"resources": [{"type": "harness_platform_connector_docker"' });
    await page.page.locator("#notice", { hasText: "broken.tfstate skipped" }).waitFor();
    assert.match(await page.notice(), /page-0\.json/);
    assert.ok(!(await page.fileNames()).includes("harness-connectors.yaml"));
    assert.match(await page.status(), /1 undecided/);
  }));
