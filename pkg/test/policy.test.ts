import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { compileRego, createGuard, HarnessImageGuardError, type PolicyEntity, type PolicyProblem, readPolicyInput } from "harness-image-guard";

import { run } from "./command.js";
import { temporaryFolder } from "./temporary-folder.js";

const walking = `package pipeline
deny[msg] {
  [path, step] = walk(input.pipeline)
  path[count(path) - 1] == "step"
  step.type == "ShellScript"
  msg := sprintf("step '%s' runs a script", [step.identifier])
}
`;

const pipeline = {
  pipeline: {
    identifier: "p",
    stages: [
      {
        stage: {
          identifier: "s",
          spec: {
            execution: {
              steps: [{ stepGroup: { steps: [{ step: { identifier: "deep", type: "ShellScript" } }] } }],
            },
          },
        },
      },
    ],
  },
};

async function problemsOf(work: Promise<unknown>): Promise<HarnessImageGuardError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof HarnessImageGuardError);
    return error;
  }
  assert.fail("nothing was thrown");
}

test("a policy in the form of Harness's own guide finds what is nested", async () => {
  const policy = await compileRego({ modules: { "p.rego": walking } });
  const { status, deny_messages, error } = policy.evaluate(pipeline);
  assert.deepEqual(
    { status, deny_messages, error },
    { status: "error", deny_messages: ["step 'deep' runs a script"], error: null },
  );
  assert.equal(policy.evaluate({ pipeline: { stages: [] } }).status, "pass");
});

test("a query answers as OPA's API does", async () => {
  const policy = await compileRego({ modules: { "p.rego": "package p\nx := 1" }, data: { y: 2 } });
  assert.deepEqual(policy.eval("z := data.p.x + data.y"), [
    {
      expressions: [{ value: true, text: "z := data.p.x + data.y", location: { row: 1, col: 1 } }],
      bindings: { z: 3 },
    },
  ]);
  assert.deepEqual(policy.eval("data.p.no"), []);
});

test("what OPA refuses is refused, with its place and its words", async () => {
  const error = await problemsOf(
    compileRego({ modules: { "p.rego": "package p\n\nallow {\n  not xs[_] == input.y\n}\n" } }),
  );
  assert.equal(error.code, "rego");
  assert.deepEqual(error.problems, [
    { code: "rego_unsafe_var_error", message: "var _ is unsafe", file: "p.rego", line: 4, column: 3, details: null },
    { code: "rego_unsafe_var_error", message: "var xs is unsafe", file: "p.rego", line: 4, column: 3, details: null },
  ]);
});

test("a place beyond what the module's own numbers hold is after the end", async () => {
  const policy = await compileRego({ modules: {} });
  const query = [
    "slice := array.slice([1, 2, 3], 1, 4294967297)",
    "rest := substring(\"abc\", 1, 9223372036854775807)",
    "none := substring(\"abc\", 4294967296, 1)",
  ].join("; ");
  assert.deepEqual(policy.eval(query)[0]?.bindings, { slice: [2, 3], rest: "bc", none: "" });
});

test("what reaches out is refused, and a host may answer it", async () => {
  const modules = {
    "p.rego": 'package p\nx { http.send({"method": "GET", "url": "https://r.example"}).status_code == 200 }',
  };
  const policy = await compileRego({ modules });
  const error = await problemsOf(Promise.resolve().then(() => policy.eval("data.p.x")));
  assert.match(error.message, /http\.send/);
  const host = (): { status_code: number } => ({ status_code: 200 });
  assert.equal(policy.eval("data.p.x", undefined, { host })[0]?.expressions[0]?.value, true);
});

test("a policy without an end is ended, and the next call works", async () => {
  const policy = await compileRego({
    modules: {
      "p.rego": "package p\nx { a := numbers.range(1, 3000); a[_] + a[_] + a[_] == -1 }\ny := 1",
    },
  });
  const error = await problemsOf(Promise.resolve().then(() => policy.eval("data.p.x", undefined, { maxSteps: 100_000 })));
  assert.match(error.message, /stopped after 100000 steps/);
  assert.equal(policy.eval("data.p.y")[0]?.expressions[0]?.value, 1);
});

test("a conflict is an error, never a pass", async () => {
  const policy = await compileRego({ modules: { "p.rego": "package p\ndeny = x { x := [1, 2][_] }" } });
  const { status, error, problems } = policy.evaluate({});
  assert.equal(status, "error");
  assert.match(error ?? "", /eval_conflict_error/);
  assert.deepEqual(
    problems.map(({ code, line }) => ({ code, line })),
    [{ code: "eval_conflict_error", line: 2 }],
  );
});

test("a file is read as a check reads it, and wrapped as Harness does", async () => {
  const text = "connector: &c\n  identifier: yes\n  1: [0o17, 2.50, ~]\n  again: *c\n";
  await assert.rejects(readPolicyInput({ text }), { code: "usage", message: /^the file can't be used as input: line 4, column 10: / });
  assert.deepEqual(await readPolicyInput({ text: "# first\nconnector: {identifier: yes, 1: [0o17, 2.50, ~]}\n--- :\n" }), {
    entity: { identifier: "yes", 1: [15, 2.5, null] },
    metadata: { action: "onsave", type: "connector" },
  });
  assert.equal(await readPolicyInput({ text: "" }), null);
  await assert.rejects(readPolicyInput({ text: "", entity: "trigger" as PolicyEntity }), { code: "usage", message: /`trigger` isn't an entity/ });
});

test("every entity that the types name is known", async () => {
  const entities: Record<PolicyEntity, string> = {
    pipeline: "pipeline",
    template: "template",
    connector: "entity",
    inputSet: "inputSet",
    secret: "secret",
    service: "serviceEntity",
    environment: "environmentEntity",
    infrastructure: "infrastructureEntity",
    override: "overrideEntity",
    step: "identifier",
  };
  for (const [entity, key] of Object.entries(entities)) {
    const input = await readPolicyInput({ text: "identifier: x", entity: entity as PolicyEntity });
    assert.ok(Object.hasOwn(Object(input) as object, key), entity);
  }
});

test("every bound holds for every question", async () => {
  const endless = "a := numbers.range(1, 3000); a[_] + a[_] + a[_] == -1";
  const policy = await compileRego({
    modules: { "p.rego": `package p\ndeny { ${endless} }\ntest_x { ${endless} }` },
  });
  const options = { maxSteps: 100_000 };
  assert.match(policy.evaluate({}, options).error ?? "", /^p\.rego:2:37: eval_cancel_error: .* stopped after 100000 steps$/);
  assert.match(policy.test(options).tests[0]?.message ?? "", /^p\.rego:3:39: .* stopped after 100000 steps$/);
});

test("a denial without a text is one", async () => {
  const denied = async (deny: string): Promise<string> => {
    const policy = await compileRego({ modules: { "p.rego": `package p\n${deny}` } });
    return policy.evaluate({}).status;
  };
  for (const deny of ["deny = true", 'deny = {"a": 1}', "deny[1]", 'deny = "no"']) {
    assert.equal(await denied(deny), "error", deny);
  }
  for (const deny of ["deny = false", "deny = {}", 'deny = ""', "deny[x] { x := 1; false }"]) {
    assert.equal(await denied(deny), "pass", deny);
  }
});

test("a user's policy is checked beside ours, and points at the step it names", async () => {
  const guard = await createGuard({ policies: [{ path: "scripts.rego", text: walking }] });
  const text = JSON.stringify(pipeline, null, 2);
  const report = guard.check([{ path: "p.json", text }]);
  const found = report.diagnostics.find(({ rule }) => rule === "scripts.rego");
  assert.equal(found?.severity, "error");
  assert.equal(found.path.at(-1), "identifier");
  assert.equal(Buffer.from(text).subarray(found.start.offset, found.end.offset).toString(), '"deep"');
});

test("the command evaluates, and shows OPA's form", async (t) => {
  const folder = temporaryFolder(t, { "p.rego": walking, "input.json": JSON.stringify(pipeline) });
  const { stdout, exitCode } = await run(
    ["eval", "-d", "p.rego", "-i", "input.json", "data.pipeline.deny"],
    { folder },
  );
  assert.equal(exitCode, 0);
  const value = ["step 'deep' runs a script"];
  assert.deepEqual(JSON.parse(stdout), {
    result: [
      { expressions: [{ value, text: "data.pipeline.deny", location: { row: 1, col: 1 } }] },
    ],
  });
  const undefinedQuery = await run(["eval", "-d", "p.rego", "data.pipeline.nothing"], { folder });
  assert.equal(undefinedQuery.stdout, "{}\n");
});

test("the command runs users' policies, and says which is wrong", async (t) => {
  const folder = temporaryFolder(t, {
    "p.rego": walking,
    "pipeline.json": JSON.stringify(pipeline),
    "broken.rego": "package pipeline\ndeny[msg] { msg := }\n",
  });
  const checked = await run(["check", "--policy", "p.rego,severity=warning", "pipeline.json"], {
    folder,
  });
  assert.match(checked.stdout, /warning\[p\.rego\]: step 'deep' runs a script/);
  const broken = await run(["check", "--policy", "broken.rego", "pipeline.json"], { folder });
  assert.equal(broken.exitCode, 2);
  assert.match(
    broken.stderr,
    /^broken\.rego:2:20: rego_parse_error: .*\n\tdeny\[msg\] \{ msg := \}\n\t {19}\^$/m,
  );
});

test("what is wrong after a policy's path is said, with what it can be", async (t) => {
  const folder = temporaryFolder(t, { "p.rego": walking, "a,b.rego": walking, "pipeline.json": JSON.stringify(pipeline) });
  for (const [policy, message] of [
    ["p.rego,severity=high", "'high' isn't a severity, in --policy 'p.rego,severity=high'; it is one of error, warning, note"],
    ["p.rego,regoVersion=2", "'2' isn't a version of Rego, in --policy 'p.rego,regoVersion=2'; it is 0 or 1"],
    ["p.rego,entity=", "'entity' needs a value, in --policy 'p.rego,entity='"],
    ["p.rego,severty=error", "'severty' is unknown, in --policy 'p.rego,severty=error'; did you mean 'severity'?"],
    ["a,b.rego", "'b.rego' is unknown, in --policy 'a,b.rego'; after the path and a comma, there are entity=…, severity=…, regoVersion=…"],
  ] as const) {
    const { stderr, exitCode } = await run(["check", "--policy", policy, "pipeline.json"], { folder });
    assert.deepEqual([stderr.split("\n")[0], exitCode], [`harness-image-guard: ${message}`, 2]);
  }
});

const owner = `package anything
deny[message] {
  input.metadata.action == "onsave"
  message := sprintf("%s saves the stage build", [input.metadata.user.name])
}
`;

test("the configuration names policies, beside it, and what they see of the event", async (t) => {
  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": `
policies:
  - policies/scripts.rego
  - {file: policies/owner.rego, entity: pipeline, severity: warning}
metadata: {action: onsave, user: {name: Ada}}
`,
    "policies/scripts.rego": walking,
    "policies/owner.rego": owner,
    "deeper/pipeline.json": JSON.stringify(pipeline),
    "deeper/other.json": JSON.stringify({ user: { name: "Bo" }, action: "onsave" }),
  });
  const where = { folder: join(folder, "deeper") };
  const { stdout, exitCode } = await run(["check", "pipeline.json"], where);
  assert.equal(exitCode, 1);
  assert.match(stdout, /error\[policies\/scripts\.rego\]: step 'deep' runs a script/);
  assert.match(stdout, /warning\[policies\/owner\.rego\]: Ada saves the stage build/);
  const other = await run(["check", "--metadata", "other.json", "pipeline.json"], where);
  assert.match(other.stdout, /Bo saves/);
});

test("a policy that the configuration names is never left out", async (t) => {
  const config = "policies:\n  - a.rego\n  - b.rego\n";
  const missing = (path: string): RegExp => new RegExp(`the policy \`${path}\` is named here`);
  await assert.rejects(createGuard({ config }), (error) => {
    assert.ok(error instanceof HarnessImageGuardError);
    assert.deepEqual([error.code, error.problems.length], ["config", 2]);
    assert.match(error.message, missing("a.rego"));
    assert.deepEqual(error.problems[1], { message: error.problems[1]?.message, line: 3, column: 5 });
    return true;
  });
  // One may also be handed over as the others are.
  const policies = [{ path: "a.rego", text: walking }];
  await assert.rejects(createGuard({ config, policies }), missing("b.rego"));
  await createGuard({ config: "policies: [a.rego]", policies });

  const folder = temporaryFolder(t, {
    "harness-image-guard.yaml": config,
    "a.rego": walking,
    "pipeline.json": JSON.stringify(pipeline),
  });
  const { stderr, exitCode } = await run(["check"], { folder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /harness-image-guard\.yaml:3:5: the policy 'b\.rego' can't be read: no such file/);
});

test("a policy may be large, and a package in several modules", async () => {
  const rule = (i: number): string =>
    `deny[msg] {\n\tstage := input.pipeline.stages[_].stage\n\tstage.type == "T${i}"\n\tmsg := "no ${i}"\n}\n\n`;
  const rules = Array.from({ length: 12_000 }, (_, i) => rule(i)).join("");
  assert.ok(rules.length > 1_000_000);
  const policy = await compileRego({
    modules: { "large.rego": `package pipeline\n\n${rules}`, "other.rego": 'package pipeline\n\ndeny["other"] { true }\n' },
  });
  const { deny_messages: messages } = policy.evaluate({ pipeline: { stages: [{ stage: { type: "T7000" } }] } });
  assert.deepEqual(messages, ["no 7000", "other"]);
});

test("a policy that can never fail is told", async (t) => {
  const folder = temporaryFolder(t, {
    "allow.rego": "package pipeline\n\nallow := true\n",
    "deny.rego": walking,
    "harness-image-guard.yaml": "policies: [allow.rego]\n",
    "pipeline.yaml": "pipeline: {identifier: a, stages: []}\n",
  });
  const warning = "allow.rego:1:1: warning: this policy can never fail: it has no `deny` rule\n";
  const named = await run(["check", "pipeline.yaml"], { folder });
  const notRun = "harness-image-guard: the policy 'allow.rego' has no `deny` or `warn` rule\n";
  assert.deepEqual([named.stderr, named.exitCode], [warning + notRun, 3]);
  const given = await run(["check", "--policy", "deny.rego", "pipeline.yaml"], { folder });
  assert.equal(given.stderr, warning + notRun);
  const other = temporaryFolder(t, {
    "function.rego": "package pipeline\n\ndeny(x) = true { x }\n",
    "pipeline.yaml": "pipeline: {identifier: a, stages: []}\n",
  });
  const called = await run(["check", "--policy", "function.rego", "pipeline.yaml"], { folder: other });
  assert.deepEqual(
    [called.stderr, called.exitCode],
    [
      "function.rego:3:1: warning: this policy can never fail: its `deny` is a function, and Harness calls none\n" +
        "harness-image-guard: the policy 'function.rego' has no `deny` or `warn` rule\n",
      3,
    ],
  );
});

test("documents are JSON or YAML, as for OPA", async (t) => {
  const folder = temporaryFolder(t, {
    "data/p.rego": "package p\nx = [input.a, data.b, data.below.c]\n",
    "data/base.yaml": "b: yes\n",
    "data/below/base.json": '{"c": 1.0}',
    "data/node_modules/other.json": "{",
    "input.yaml": "a: [1, 2]\n",
    "clash.yml": "b: no\n",
    "broken.yaml": "a: [\n",
    "list.json": "[]",
  });
  const evaluate = (...options: string[]) => run(["eval", "-f", "pretty", ...options, "data.p.x"], { folder });
  const shown = await evaluate("-d", "data", "-i", "input.yaml");
  assert.equal(shown.stdout.replace(/\s/g, ""), "[[1,2],true,1.0]", shown.stderr);
  const wrong = async (message: RegExp, ...options: string[]): Promise<void> => {
    const { stdout, stderr, exitCode } = await evaluate(...options);
    assert.match(stdout + stderr, message);
    assert.equal(exitCode, 2);
  };
  await wrong(/^1 error occurred: clash\.yml: merge error$/m, "-d", "data", "-d", "clash.yml");
  await wrong(/^unable to parse input: yaml: line 1: /m, "-i", "broken.yaml");
  await wrong(/^1 error occurred: list\.json: document must be of type object$/m, "-d", "list.json");
  await wrong(/^open none\.json: no such file or directory$/m, "-i", "none.json");
  // What can't be read is said on standard output in JSON, too.
  const { stdout } = await run(["eval", "-d", "list.json", "-d", "broken.yaml", "1"], { folder });
  const { errors } = JSON.parse(stdout) as { readonly errors: readonly { readonly message: string }[] };
  assert.equal(errors.length, 2);
  assert.match(errors[1]?.message ?? "", /^broken\.yaml: error converting YAML to JSON: yaml: line 1: /);
  for (const command of ["test"]) {
    const { stderr, exitCode } = await run([command, "data", "clash.yml"], { folder });
    assert.match(stderr, /clash\.yml: merge error/);
    assert.equal(exitCode, 1);
  }
});

const numbers =
  '{"id":9007199254740993,"huge":1e400,"price":1.10,"minus":-0,"far":1e1000000000,"long":' + "7".repeat(1000) + "}";

test("numbers of documents come out as they went in, by every door", async (t) => {
  const bytes = new TextEncoder().encode(numbers);
  for (const document of [numbers, bytes]) {
    const policy = await compileRego({ modules: { "p.rego": "package p\nx = [data.id, input.huge, data.price]" }, data: document });
    const text = policy.evalText("data.p.x", document);
    assert.ok(text.includes('"value":[9007199254740993,1e400,1.10]'), text);
    const sorted = '{"far":1e1000000000,"huge":1e400,"id":9007199254740993,"long":' + "7".repeat(1000) + ',"minus":-0,"price":1.10}';
    assert.equal(policy.evalText("input", document), `{"result":[{"expressions":[{"value":${sorted},"text":"input","location":{"row":1,"col":1}}]}]}`);
    assert.equal(policy.eval("input.id == data.id; input.id != 9007199254740992", document).length, 1);
    const { output } = policy.evaluateText(document);
    assert.deepEqual(output.match(/[-\d][\w.]*/g), ["9007199254740993", "1e400", "1.10"]);
  }
  const lines = "id: 9007199254740993\nnames: [a]\n";
  const policy = await compileRego({ modules: {}, data: lines });
  assert.equal(policy.eval("data.id == input.id", lines).length, 1);
  // A string is a text; one that is a document is given as JSON.
  assert.equal(policy.eval("input", '"a"')[0]?.expressions[0]?.value, "a");
  assert.throws(() => policy.eval("input", '{"a": '), (error) => {
    assert.ok(error instanceof HarnessImageGuardError);
    assert.equal(error.code, "usage");
    return true;
  });

  const told = 'package pipeline\ndeny[msg] { input.metadata.id == 9007199254740993; msg := "told" }\n';
  const metadata = '{"id": 9007199254740993}';
  for (const given of [metadata, new TextEncoder().encode(metadata), "id: 9007199254740993"]) {
    const guard = await createGuard({ policies: [{ path: "p.rego", text: told }], metadata: given });
    const { diagnostics } = guard.check([{ path: "p.yaml", text: "pipeline: {identifier: a, stages: []}" }]);
    assert.ok(diagnostics.some(({ message }) => message === "told"));
  }
  await assert.rejects(createGuard({ policies: [{ path: "p.rego", text: told }], metadata: "[1]" }), /has to be an object/);

  const folder = temporaryFolder(t, {
    "p.rego": told,
    "metadata.json": metadata,
    "pipeline.yaml": "pipeline: {identifier: a, stages: []}\n",
    "data.json": '{"id": 9007199254740993}',
    "p_test.rego": "package p\ntest_id { data.id == 9007199254740993; data.id != 9007199254740992 }\n",
  });
  const checked = await run(["check", "--policy", "p.rego", "--metadata", "metadata.json", "pipeline.yaml"], { folder });
  assert.match(checked.stdout, /told/);
  const tested = await run(["test", "p_test.rego", "data.json"], { folder });
  assert.equal(tested.exitCode, 0, tested.stdout);
});

test("a rule in the place of a document is refused, unless that is asked for", async () => {
  const options = { modules: { "p.rego": "package t\n\na = 1 { true }\n" }, data: { t: { a: 2, b: 3 } } };
  const { problems } = await problemsOf(compileRego(options));
  assert.deepEqual(problems, [
    {
      code: "rego_compile_error",
      message: "conflicting rule for data path t/a found",
      file: "p.rego",
      line: 3,
      column: 1,
      details: null,
    },
  ]);
  const policy = await compileRego({ ...options, rulesOverData: true });
  // As OPA evaluates it: the rule, asked for itself; the document, where it is part of a whole.
  assert.equal(policy.eval("data.t.a")[0]?.expressions[0]?.value, 1);
  assert.deepEqual(policy.eval("data.t")[0]?.expressions[0]?.value, { a: 2, b: 3 });
});

test("what is more than a sentence of a problem is apart", async () => {
  const problem = async (rule: string) => (await problemsOf(compileRego({ modules: { "p.rego": `package p\n\n${rule}\n` } }))).problems[0];
  const { message, details } = (await problem("x { input.a == }")) as PolicyProblem;
  assert.deepEqual([message, details], ["unexpected } token", { line: "x { input.a == }", idx: 15 }]);
  const type = (await problem("x { [1] = true }")) as PolicyProblem;
  assert.equal(type.message, "match error");
  assert.deepEqual(type.details, { a: { type: "array", static: [{ type: "number" }] }, b: { type: "boolean" } });
});

test("the command runs the tests of policies", async (t) => {
  const folder = temporaryFolder(t, {
    "p_test.rego": "package p\ntest_right { 1 == 1 }\ntest_wrong { x := 1; x == 2 }\n",
    // OPA's index leaves these rules out: nothing of them is evaluated.
    "left_out_test.rego":
      'package q\ntest_other { "b" == data.q.base.a }\ntest_missing { data.q.base.c == 1 }\n',
    "data.json": '{"q": {"base": {"a": 1}}}',
  });
  const { stdout, stderr, exitCode } = await run(["test"], { folder });
  assert.equal(exitCode, 2);
  assert.match(stderr, /data\.p\.test_wrong: line 3: x == 2\n {2}left: {2}1\n {2}right: 2/);
  assert.match(stderr, /data\.q\.test_other: line 2: .*\n {2}left: {2}"b"\n {2}right: 1/);
  assert.match(stderr, /data\.q\.test_missing: line 3: data\.q\.base\.c == 1\n/);
  assert.match(stdout, /PASS: 1\/4\nFAIL: 3\/4/);
});

const covered = `package pipeline

default allow = false

allow {
  input.ok
}

deny[message] {
  step := input.steps[_]
  not exempt(step)
  message := sprintf("%s runs", [step.name])
}

exempt(step) {
  step.exempt
} else = false {
  step.other
}

names = {step.name | step := input.steps[_]}

unused = {x |
  x := input.nothing[_]
}
`;
const covering = `package pipeline
test_denied {
  count(deny) == 1 with input as {"steps": [{"name": "a"}]}
}
test_allow { allow with input as {"ok": true} }
`;

test("which lines are reached is reported as opa test --coverage does", async (t) => {
  const folder = temporaryFolder(t, { "p.rego": covered, "p_test.rego": covering });
  const { stdout, exitCode } = await run(["test", "--coverage"], { folder });
  assert.equal(exitCode, 0);
  const range = (start: number, end: number) => ({ start: { row: start }, end: { row: end } });
  // What OPA 0.70 answers on these files.
  assert.deepEqual(JSON.parse(stdout), {
    files: {
      "p.rego": {
        covered: [range(5, 6), range(9, 12), range(16, 16), range(18, 18)],
        not_covered: [range(3, 3), range(15, 15), range(17, 17), range(21, 21), range(23, 24)],
        covered_lines: 8,
        not_covered_lines: 6,
        coverage: 57.142857142857146,
      },
      "p_test.rego": {
        covered: [range(2, 3), range(5, 5)],
        covered_lines: 3,
        coverage: 100,
      },
    },
    covered_lines: 11,
    not_covered_lines: 6,
    coverage: 64.70588235294117,
  });
});

test("an evaluation says which lines it reached, where that is asked for", async () => {
  const policy = await compileRego({ modules: { "p.rego": "package p\n\ndeny[x] {\n  x := input.a\n}\n" } });
  assert.equal(policy.evaluate({ a: "no" }).coverage, null);
  const { coverage } = policy.evaluate({ a: "no" }, { coverage: true });
  assert.deepEqual(coverage?.files["p.rego"]?.covered, [{ start: { row: 3 }, end: { row: 4 } }]);
  const nothing = policy.evaluate({}, { coverage: true }).coverage?.files["p.rego"];
  assert.deepEqual(nothing?.not_covered, [{ start: { row: 3 }, end: { row: 4 } }]);
});

test("a guard that lives long evaluates policies at the time of the check, and not at that of its making", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
  const text = `package pipeline
deny[msg] { time.now_ns() > ${Date.UTC(2026, 5, 1)}000000; msg := "the exception has expired" }
`;
  using guard = await createGuard({ policies: [{ path: "expiry.rego", text }] });
  const files = [{ path: "p.yaml", text: "pipeline: {identifier: p, stages: []}\n" }];
  const messages = (): readonly string[] => guard.check(files).diagnostics.map(({ message }) => message);
  assert.deepEqual(messages(), []);
  t.mock.timers.setTime(Date.UTC(2026, 6, 1));
  assert.deepEqual(messages(), ["the exception has expired"]);
  guard.dispose();
  t.mock.timers.setTime(Date.UTC(2026, 7, 1));
  assert.throws(() => guard.check(files), { code: "usage" });
});
