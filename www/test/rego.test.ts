import assert from "node:assert/strict";
import { test } from "node:test";

import { Playground, type PlaygroundPage } from "./browser.js";
import { ENDLESS } from "./endless.js";

const playground = new Playground();

async function open(page: PlaygroundPage): Promise<void> {
  await page.page.getByRole("tab", { name: "Your Rego" }).click();
  await page.page.locator(".answer .verdict").waitFor();
}

async function write(page: PlaygroundPage, module: "policy" | "tests", text: string): Promise<void> {
  await page.page.locator(`#tab-${module}`).click();
  await page.page.locator(`#view-${module} .cm-content`).click();
  await page.page.keyboard.press("Control+a");
  await page.page.keyboard.insertText(text);
}

const writePolicy = (page: PlaygroundPage, text: string) => write(page, "policy", text);

/** Waits until a part of the answer contains a text. */
async function says(page: PlaygroundPage, text: string, part = ""): Promise<void> {
  await page.page.locator(`.answer ${part}`, { hasText: text }).waitFor();
}

/** What is selected in the editor that has the focus. */
const selected = (page: PlaygroundPage) =>
  page.page.evaluate(() => {
    const root = document.activeElement?.shadowRoot;
    return root?.querySelector(".cm-activeLine")?.textContent;
  });

test("the module for Rego is loaded only when it is needed", () =>
  playground.visit(async (page) => {
    const asked = () => playground.site.requests.filter(({ path }) => /authoring.*\.wasm$/.test(path)).length;
    const before = asked();
    await page.page.getByRole("tab", { name: "Policies" }).click();
    await page.page.locator(".rules").waitFor();
    assert.equal(asked(), before);
    await open(page);
    assert.equal(asked(), before + 1);
  }));

test("a policy is tried on the file, wrapped as by Harness", () =>
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

test("expressions are shown as they are written, in the input and the output", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, "package pipeline\n\ndeny[msg] { msg := input.pipeline.name }\n");
    await page.write("pipeline: {identifier: a, name: '<+a>&\\\\u003c'}\n");
    await says(page, "<+a>", ".denied li");
    for (const pane of [page.page.locator(".rego-documents .cm-content").first(), page.page.locator(".rego-documents .cm-content").last()]) {
      await pane.getByText('"<+a>&\\\\\\\\u003c"').waitFor();
    }
  }));

test("the input is read as the check reads it", () =>
  playground.visit(async (page) => {
    await open(page);
    const input = page.page.locator(".rego-documents .cm-content").first();
    await page.write("template: {size: 0o17, on: yes, <<: {more: 1}, size: 010}\n--- *\n");
    await input.getByText('"type": "template"').waitFor();
    const value = JSON.parse((await input.innerText()).replaceAll(/\s+/g, " ")) as { readonly template: unknown };
    assert.deepEqual(value.template, { size: 10, on: "yes", more: 1 });
    await page.write("connector: {a: [}\n");
    await says(page, "the file can't be used as input: line 1, column 16");
  }));

test("errors are underlined during typing, and disappear when they are fixed", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, "package a\n\ndeny[x] { x := y }\n");
    await says(page, "line 3: ", ".verdict + ul");
    assert.deepEqual(await page.page.locator("#view-policy .cm-lintRange-error").allInnerTexts(), ["x"]);
    await writePolicy(page, "package a\n\ndeny[x] { x := input.y }\n");
    await says(page, "Allowed: no deny rule matched");
    await page.page.locator("#view-policy .cm-lintRange-error").waitFor({ state: "detached" });
  }));

test("the lint's findings are underlined and listed during typing, with what to write instead", () =>
  playground.visit(async (page) => {
    await open(page);
    assert.equal(await page.page.locator(".answer .lint .warning").count(), 0);
    await writePolicy(
      page,
      'package pipeline\n\ndeny["no owner"] {\n\tnot startswith(input.pipeline.owner, "team-")\n}\n',
    );
    const found = page.page.locator(".answer .lint .warning");
    await found.waitFor();
    assert.match(await found.innerText(), /^line 4: if input\.pipeline\.owner is undefined/);
    assert.match(await found.locator(".help").innerText(), /object\.get/);
    assert.equal(await found.locator("a").getAttribute("href"), "docs/lint.html#undefined-under-not");
    assert.deepEqual(await page.page.locator("#view-policy .cm-lintRange-warning").allInnerTexts(), ["input.pipeline.owner"]);
    await page.page.locator("#view-policy .cm-lintRange-warning").hover();
    assert.match(await page.page.locator(".cm-tooltip-lint").innerText(), /Instead: write/);
    await found.getByRole("button", { name: "line 4" }).click();
    assert.match((await selected(page)) ?? "", /not startswith/);
    await writePolicy(page, 'package pipeline\n\ndeny["no owner"] {\n\tnot input.pipeline.owner\n}\n');
    await found.waitFor({ state: "detached" });
    await page.page.locator("#view-policy .cm-lintRange-warning").waitFor({ state: "detached" });
  }));

test("the tests of a policy run during typing, and a click leads to one", () =>
  playground.visit(async (page) => {
    await open(page);
    await says(page, "Tests: 2 of 2 passed", ".tests");
    await writePolicy(page, 'package a\n\ndeny["b"] { input.b }\n');
    await write(
      page,
      "tests",
      'package a\n\ntest_right { deny["b"] with input as {"b": true} }\n\ntest_wrong { deny["c"] with input as {"b": true} }\n',
    );
    await says(page, "Tests: 1 of 2 passed", ".tests");
    assert.deepEqual(await page.page.locator(".answer .tests .outcome").allInnerTexts(), ["pass", "fail"]);
    assert.match(await page.page.locator(".answer .tests .error pre").innerText(), /deny\["c"\]/);
    await page.page.locator("#tab-policy").click();
    await page.button("test_wrong").click();
    assert.match((await selected(page)) ?? "", /^test_wrong/);
    await writePolicy(page, 'package a\n\ndeny["b"] { input.b }\n\ndeny["c"] { input.b }\n');
    await says(page, "Tests: 2 of 2 passed", ".tests");
    assert.doesNotMatch(await page.page.locator(".rego-documents .cm-content").last().innerText(), /test_/);
  }));

test("errors in the tests are marked there, and the policy is still evaluated", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\n\ndeny["b"] { true }\n');
    await write(page, "tests", "package a\n\ntest_a { nothing(1) }\n");
    await says(page, "The tests were not run", ".tests");
    await says(page, "Denied:", ".verdict");
    await page.page.locator("#view-tests .cm-lintRange-error", { hasText: "nothing(1)" }).waitFor();
    await write(page, "tests", "");
    await page.page.locator(".answer .tests h3").waitFor({ state: "detached" });
  }));

test("a policy's warnings are listed as warnings, and not as denials", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\n\nwarn["mind"] { true }\n');
    await says(page, "Allowed, with a warning:", ".verdict.warning");
    assert.deepEqual(await page.page.locator(".answer .warned li").allInnerTexts(), ["mind"]);
    assert.equal(await page.page.locator(".answer .denied").count(), 0);
  }));

/** The key under which Harness gives each kind of entity to a policy. */
const KEYS = {
  pipeline: "pipeline",
  template: "template",
  connector: "entity",
  secret: "secret",
  service: "serviceEntity",
  environment: "environmentEntity",
  infrastructure: "infrastructureEntity",
  override: "overrideEntity",
} as const;

test("a file is wrapped as the entity that it is, or that is chosen", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, "package a\n\nimport future.keywords.in\n\ndeny[key] { some key, value in input; value.identifier }\n");
    await page.write("connector: {identifier: x}\n");
    await says(page, "entity", ".denied li");
    await page.write("service: {identifier: x}\n");
    await says(page, "serviceEntity", ".denied li");
    await page.write("identifier: x\n");
    for (const [entity, key] of Object.entries(KEYS)) {
      await page.page.getByLabel("Input", { exact: true }).selectOption(entity);
      await page.page.waitForFunction(
        (wanted) => document.querySelector(".answer .denied li")?.textContent === wanted,
        key,
      );
    }
    // A step is the input itself.
    await writePolicy(page, "package a\n\ndeny[input.identifier] { true }\n");
    await page.page.getByLabel("Input", { exact: true }).selectOption("step");
    await page.page.waitForFunction(() => document.querySelector(".answer .denied li")?.textContent === "x");
  }));

test("the lines that the input or the tests reach are marked", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\n\ndeny["b"] {\n\tinput.b\n\tinput.c\n}\n\nallow { true }\n');
    await write(page, "tests", 'package a\n\ntest_b { deny["b"] with input as {"b": true, "c": true} }\n');
    await page.page.locator("#tab-policy").click();
    const lines = (kind: string) => page.page.locator(`#view-policy .cm-${kind}`).allInnerTexts();
    assert.deepEqual([...(await lines("covered")), ...(await lines("uncovered"))], []);
    await page.page.getByLabel("Coverage").selectOption("input");
    await says(page, "The input reaches 2 of 4 lines; not lines 3, 5.", ".reached");
    assert.deepEqual(await lines("covered"), ["\tinput.b", "allow { true }"]);
    assert.deepEqual(await lines("uncovered"), ['deny["b"] {', "\tinput.c"]);
    await page.page.getByLabel("Coverage").selectOption("tests");
    await says(page, "The tests reach 3 of 4 lines; not line 8.", ".reached");
    assert.deepEqual(await lines("uncovered"), ["allow { true }"]);
    await page.page.getByLabel("Coverage").selectOption("");
    await page.page.locator("#view-policy .cm-covered").first().waitFor({ state: "detached" });
    assert.equal(await page.page.locator(".answer .reached").isVisible(), false);
  }));

test("the policy and its tests are formatted as opa fmt does, and Control-Z undoes it", () =>
  playground.visit(async (page) => {
    await open(page);
    const messy = 'package a\ndeny[ "b" ]{input.b==1}\n';
    const text = async (module: string) => {
      const lines = await page.page.locator(`#view-${module} .cm-line`).allTextContents();
      return lines.join("\n");
    };
    await write(page, "tests", 'package a\ntest_b{deny["b"] with input as {"b":1}}\n');
    await writePolicy(page, messy);
    await page.button("Format").click();
    await page.page.locator("#view-policy .cm-content", { hasText: "input.b == 1" }).waitFor();
    assert.equal((await text("policy")).trimEnd(), 'package a\n\ndeny["b"] {\n\tinput.b == 1\n}');
    await page.page.locator("#tab-tests").click();
    assert.equal((await text("tests")).trimEnd(), 'package a\n\ntest_b {\n\tdeny.b with input as {"b": 1}\n}');
    await page.page.locator("#tab-policy").click();
    await page.page.locator("#view-policy .cm-content").click();
    await page.page.keyboard.press("Control+z");
    assert.equal((await text("policy")).trimEnd(), messy.trimEnd());
    await writePolicy(page, "package a\n\ndeny[ {\n");
    await page.button("Format").click();
    await page.page.locator("#notice", { hasText: "Not formatted: policy.rego, line" }).waitFor();
    assert.equal((await text("policy")).trimEnd(), "package a\n\ndeny[ {");
  }));

test("a policy is copied for Harness, and as Terraform", () =>
  playground.visit(
    async (page) => {
      await open(page);
      const copied = async (button: string) => {
        await page.button(button).click();
        await page.page.waitForSelector("#notice:not(:empty)");
        const text = await page.page.evaluate(() => navigator.clipboard.readText());
        await page.button("Dismiss").click();
        return text;
      };
      await writePolicy(page, 'package connector\n\ndeny contains "${x} %{y}\\nREGO" if { true }\n');
      await page.page.getByLabel("Version of Rego").selectOption("1");
      const module = 'package connector\n\nimport rego.v1\n\ndeny contains "${x} %{y}\\nREGO" if { true }\n';
      assert.equal(await copied("Copy for Harness"), module);
      const terraform = await copied("Copy as Terraform");
      assert.ok(terraform.includes('deny contains "$${x} %%{y}\\nREGO" if { true }\nREGO\n}'), terraform);
      assert.match(terraform, /type {7}= "connector"/);
      assert.match(terraform, /action {5}= "onsave"/);
      await page.page.getByLabel("Input", { exact: true }).selectOption("pipeline");
      assert.match(await copied("Copy as Terraform"), /action {5}= "onrun"\n {2}type {7}= "pipeline"/);
      await page.page.getByLabel("Version of Rego").selectOption("0");
      await writePolicy(page, "package connector\n\nx := `\nREGO\n`\n");
      assert.match(await copied("Copy as Terraform"), /<<REGO_\n[^]*\nREGO\n`\nREGO_\n\}/);
      await writePolicy(page, "package connector\n\nx { y }\n");
      await page.button("Copy for Harness").click();
      await page.page.locator("#notice", { hasText: "Nothing was copied: policy.rego:3:5: rego_unsafe_var_error: var y is unsafe" }).waitFor();
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));

test("the version of Rego is a choice", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\n\ndeny contains "v1" if { true }\n');
    await says(page, "Not evaluated");
    await page.page.getByLabel("Version of Rego").selectOption("1");
    await page.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "v1");
  }));

test("a policy without end is stopped at a line, and the next one works, as does the check", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, ENDLESS);
    await says(page, "Not evaluated");
    assert.match(await page.page.locator(".answer li").first().innerText(), /^line \d+: the evaluation was stopped after/);
    await page.write("pipeline: {identifier: b}\n");
    assert.match(await page.status(), /^0 errors/);
    await writePolicy(page, 'package a\n\ndeny[x] { x := "done" }\n');
    await page.page.waitForFunction(() => document.querySelector(".answer li")?.textContent === "done");
  }));

test("a link holds the policy and its tests, too", () =>
  playground.visit(
    async (page) => {
      await open(page);
      await writePolicy(page, 'package a\n\ndeny[x] { x := "shared" }\n');
      await says(page, "shared", ".denied li");
      await write(page, "tests", "package a\n\ntest_a { false }\n");
      await page.button("Share").click();
      await page.page.waitForFunction(() => location.hash.startsWith("#v2."));
      await playground.visit(
        async (other) => {
          await open(other);
          await says(other, "shared", ".denied li");
          await says(other, "Tests: 0 of 1 passed", ".tests");
        },
        { fragment: new URL(page.page.url()).hash },
      );
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));

test("the lint finds nothing in the sample, in either version, and its tests go with it", () =>
  playground.visit(async (page) => {
    await open(page);
    const lint = page.page.locator(".answer .lint li");
    await says(page, "Tests: 2 of 2 passed", ".tests");
    assert.equal(await lint.count(), 0);
    await page.page.getByLabel("Version of Rego").selectOption("1");
    await page.page.locator("#view-policy .cm-content", { hasText: "import rego.v1" }).waitFor();
    await says(page, "Tests: 2 of 2 passed", ".tests");
    assert.equal(await lint.count(), 0);
    await page.page.getByLabel("Version of Rego").selectOption("0");
    await writePolicy(page, 'package connector\n\ndeny["b"] { input.entity.b }\n');
    await page.page.locator(".answer .tests h3").waitFor({ state: "detached" });
    await page.page.locator("#tab-tests").click();
    assert.equal((await page.page.locator("#view-tests .cm-content").innerText()).trim(), "");
  }));

test("of a policy that can't deny anything, the answer says that first, and not that the input is allowed", () =>
  playground.visit(async (page) => {
    await open(page);
    for (const [policy, reason] of [
      ["package pipeline\n\nallow { input.pipeline.a }\n", "no deny rule"],
      ["package pipeline\n\ndeny[x] { x := input.pipline.a }\n", "input.pipline is always undefined"],
    ] as const) {
      await writePolicy(page, policy);
      await says(page, reason, ".verdict + ul");
      assert.match(await page.page.locator(".answer").innerText(), /^This policy does not deny what it is meant to:/);
      assert.equal(await page.page.locator(".answer .verdict.pass").count(), 0);
    }
    await writePolicy(page, "package pipeline\n\ndeny[x] { x := input.pipeline.a }\n");
    await says(page, "Allowed: no deny rule matched", ".verdict.pass");
  }));

test("a dropped policy opens here with its tests, and uses the modules that were dropped with it", () =>
  playground.visit(async (page) => {
    await page.drop({
      "owner.rego": 'package pipeline\n\nimport data.acme.names\n\ndeny[msg] {\n\tnot names.known[input.pipeline.identifier]\n\tmsg := "not known"\n}\n',
      "owner_test.rego": 'package pipeline\n\ntest_known { count(deny) == 0 with input as {"pipeline": {"identifier": "known"}} }\n',
      "names.rego": 'package acme.names\n\nknown := {"known"}\n',
    });
    await says(page, "not known", ".denied li");
    await says(page, "Tests: 1 of 1 passed", ".tests");
    assert.equal(await page.page.getByRole("tab", { name: "Your Rego" }).getAttribute("aria-selected"), "true");
    assert.ok((await page.fileNames()).includes("names.rego"));
    await page.page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
    await says(page, "step 'unit' has no timeout");
  }));

test("a switch runs the policy on all files, and one that can't be compiled hides no finding of our rules", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package pipeline\n\ndeny["no owner"] { not input.pipeline.tags.owner }\n');
    await page.andChecked(() => page.page.getByLabel("Run on all files").check());
    await page.page.locator("#view-findings .finding", { hasText: "no owner" }).waitFor({ state: "attached" });
    await page.andChecked(() => writePolicy(page, "package pipeline\n\ndeny[x] { x := y }\n"));
    await page.page.locator("#view-findings .scope", { hasText: "policy.rego, line 3" }).waitFor({ state: "attached" });
    assert.ok((await page.findings().count()) > 0);
    await page.andChecked(() => page.page.getByLabel("Run on all files").uncheck());
    assert.equal(await page.page.locator("#view-findings .scope").count(), 0);
  }));

test("an edited input stays until the file's is asked for", () =>
  playground.visit(async (page) => {
    await open(page);
    await says(page, "step 'unit' has no timeout");
    const input = page.page.locator(".rego-documents .cm-content").first();
    await input.click({ position: { x: 40, y: 8 } });
    await page.page.keyboard.press("Control+a");
    await page.page.keyboard.insertText('{"pipeline": {"step": {"identifier": "mine"}}}');
    await says(page, "step 'mine' has no timeout");
    await page.write("pipeline: {identifier: other}\n");
    await page.page.waitForTimeout(500);
    assert.match(await input.innerText(), /mine/);
    await page.button("Use the file's input").click();
    await input.getByText('"other"').waitFor();
    assert.equal(await page.button("Use the file's input").isVisible(), false);
  }));

test("Shift-Alt-F formats the policy", () =>
  playground.visit(async (page) => {
    await open(page);
    await writePolicy(page, 'package a\ndeny[ "b" ]{input.b==1}\n');
    await page.page.keyboard.press("Shift+Alt+F");
    await page.page.locator("#view-policy .cm-content", { hasText: "input.b == 1" }).waitFor();
  }));
