import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuard, readPolicyInput, type PolicyEntity, type PolicyEvent } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const pipeline = "pipeline:\n  identifier: build\n  stages: []\n  big: 9007199254740993\n";
const connector = "connector: {identifier: corp, type: DockerRegistry, spec: {}}\n";

/** What a policy of one's own is handed in a check. */
async function handedOver(text: string, entity: PolicyEntity): Promise<unknown[]> {
  const policy = `package ${entity}\n\n# action\ndeny[msg] { msg := json.marshal(input) }\n`;
  const guard = await createGuard({ policies: [{ path: "p.rego", text: policy }] });
  const { diagnostics } = guard.check([{ path: "it.yaml", text }]);
  return diagnostics.filter(({ rule }) => rule === "p.rego").map(({ message }) => JSON.parse(message) as unknown);
}

test("a check, readPolicyInput and the command hand over the same", async () => {
  const cases: [string, PolicyEntity, readonly PolicyEvent[]][] = [
    [pipeline, "pipeline", ["onrun", "onsave"]],
    [connector, "connector", ["onsave"]],
  ];
  for (const [text, entity, events] of cases) {
    const shown = await Promise.all(events.map((event) => readPolicyInput({ text, event })));
    assert.deepEqual(await handedOver(text, entity), shown);
    const printed = await Promise.all(
      events.map(async (event) => {
        const { stdout, exitCode } = await run(["input", "--event", event, "-"], { stdin: text });
        assert.equal(exitCode, 0);
        return JSON.parse(stdout) as unknown;
      }),
    );
    assert.deepEqual(printed, shown);
    // Without an event it is the entity's usual one.
    assert.deepEqual(await readPolicyInput({ text }), shown[0]);
  }
});

test("input prints a file as Harness hands it over, with every digit", async (t) => {
  const folder = temporaryFolder(t, { "p.yaml": pipeline, "m.json": '{"user": {"email": "a@example.org"}}' });
  const { stdout, exitCode } = await run(["input", "p.yaml", "--metadata", "m.json"], { folder });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^\{\n {2}"action": "onrun",\n/);
  assert.match(stdout, /"big": 9007199254740993\b/);
  assert.match(stdout, /"email": "a@example\.org"/);
  assert.match(stdout, /\}\n$/);
});

test("input says why it prints nothing", async () => {
  const cases: [string[], string, number, RegExp][] = [
    [[], "", 2, /a FILE is missing/],
    [["a.yaml", "b.yaml"], "", 2, /one file at a time/],
    [["-", "--entity", "trigger"], pipeline, 2, /'--entity' can't be 'trigger'/],
    [["-", "--event", "onstep"], pipeline, 2, /asks about a pipeline only on `onrun`, `onsave`; on `onstep`, it asks about a step/],
    [["-", "--event", "onrun"], connector, 2, /asks about a connector only on `onsave`/],
    [["-"], "pipeline: [", 4, /-: the file can't be used as input: line 1, column 11: this `\[` is never closed/],
    [["no-such-file.yaml"], "", 4, /can't read 'no-such-file\.yaml': no such file or directory/],
  ];
  for (const [args, stdin, expected, message] of cases) {
    const { stdout, stderr, exitCode } = await run(["input", ...args], { stdin });
    assert.equal(exitCode, expected, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
});

test("a step is the input itself", async () => {
  const { stdout } = await run(["input", "--entity", "step", "-"], { stdin: "step: {type: Run, spec: {image: a}}\n" });
  assert.deepEqual(JSON.parse(stdout), { type: "Run", spec: { image: "a" } });
});
