import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";

import {
  compileRego,
  createGuard,
  type ErrorCode,
  exportPolicies,
  formatRego,
  type GuardConfiguration,
  type GuardOptions,
  HarnessImageGuardError,
  importConnectors,
  lintRego,
  readPolicyInput,
  testRego,
} from "harness-image-guard";
import { showReport, type ShowOptions } from "harness-image-guard/formats";
import { createHandler, type HandlerOptions } from "harness-image-guard/handler";

/** What is thrown where something is handed over that can't be taken. */
async function refused(work: () => unknown, code: ErrorCode = "usage"): Promise<HarnessImageGuardError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof HarnessImageGuardError, `no error of ours, but ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail("nothing was thrown");
}

/** A pipeline that breaks a rule. */
const pulling = { path: "p.yaml", text: "pipeline: {stages: [{stage: {spec: {execution: {steps: [{step: {spec: {image: maven}}}]}}}}]}" };

test("a list of rules without any rule is refused, and doesn't switch the check off", async () => {
  const { message } = await refused(() => createGuard({ rules: [] }));
  assert.match(message, /`rules` is empty: no rule would run/);
  await refused(() => createHandler({ anonymous: true, guard: { rules: [] } }).ready());
});

test("without a module, Harness has nothing to conclude from", async () => {
  using policy = await compileRego({ modules: {} });
  for (const evaluate of [() => policy.evaluate({}), () => policy.evaluateText({})]) {
    assert.match((await refused(evaluate)).message, /there is no module/);
  }
  assert.deepEqual(policy.eval("1 + 1").length, 1, "a query needs none");
});

test("a handler whose tokens are null isn't one with tokens", async () => {
  assert.match((await refused(() => createHandler({ tokens: null } as unknown as HandlerOptions))).message, /nobody could use this handler/);
});

/** A guard of what a program without types hands over. */
const guardOf = (options: unknown) => createGuard(options as GuardOptions);

class Settings {
  readonly preset = "gar";
}

const cycle: Record<string, unknown> = {};
cycle["rules"] = { "no-docker-hub": cycle };

for (const [what, config, message] of [
  ["a Map", new Map([["preset", "gar"]]), "`config` has to be JSON, but is an instance of Map"],
  ["a promise", Promise.resolve({}), "`config` has to be JSON, but is an instance of Promise"],
  ["an object of a class", new Settings(), "`config` has to be JSON, but is an instance of Settings"],
  ["a function", () => ({}), "`config` has to be JSON, but is a function"],
  ["a symbol", Symbol("gar"), "`config` has to be JSON, but is a symbol"],
  ["bytes that aren't of a file", new ArrayBuffer(1), "`config` has to be JSON, but is an instance of ArrayBuffer"],
  ["a Map in it", { connectors: new Map() }, "`config.connectors` has to be JSON, but is an instance of Map"],
  ["a Set in it", { trustedConnectors: new Set(["account.a"]) }, "`config.trustedConnectors` has to be JSON, but is an instance of Set"],
  ["a date in a list in it", { exceptions: [{}, { until: new Date(0) }] }, "`config.exceptions[1].until` has to be JSON, but is an instance of Date"],
  ["a function in it", { preset: () => "gar" }, "`config.preset` has to be JSON, but is a function"],
  ["a symbol in a list in it", { exclude: [Symbol("a")] }, "`config.exclude[0]` has to be JSON, but is a symbol"],
  ["a BigInt in it", { connectorsMaxAge: 30n }, "`config.connectorsMaxAge` has to be JSON, but is a BigInt"],
  ["a number that is none in it", { connectorsMaxAge: Number.NaN }, "`config.connectorsMaxAge` has to be JSON, but is NaN"],
  ["an object that holds itself", cycle, "`config.rules.no-docker-hub` has to be JSON, but is a circular reference"],
] as const) {
  test(`a configuration that is ${what} is refused, with the place`, async () => {
    for (const options of [{ config }, { config, readPolicy: () => "" }]) {
      assert.equal((await refused(() => guardOf(options))).message, message);
    }
    await refused(() => exportPolicies({ to: "rego", config: config as GuardConfiguration }));
  });
}

test("what throws where a configuration is read is the cause", async () => {
  const boom = new Error("boom");
  const thrower = { get preset() { throw boom; } };
  for (const options of [{ config: thrower }, { config: thrower, readPolicy: () => "" }]) {
    const { message, cause } = await refused(() => guardOf(options));
    assert.equal(message, "`config` can't be read: boom");
    assert.equal(cause, boom);
  }
});

test("whatever is thrown where an option or a file is read is the cause", async () => {
  using guard = await createGuard();
  for (const thrown of [undefined, Symbol("a"), Object.create(null) as object]) {
    for (const work of [() => guardOf({ get preset() { throw thrown; } }), () => guard.check([{ path: "p.yaml", get text(): string { throw thrown; } }])]) {
      assert.equal((await refused(work)).cause, thrown);
    }
  }
});

test("a configuration that a reader of JSON or YAML makes is taken, and so is one with `undefined`", async () => {
  const trustedConnectors = ["account.a"];
  const bare = Object.assign(Object.create(null) as object, { rules: Object.assign(Object.create(null) as object, { "no-docker-hub": "off" }) });
  for (const config of [{ preset: undefined, rules: { "no-docker-hub": "off" } }, bare, runInNewContext(`({ rules: { "no-docker-hub": "off" } })`)]) {
    using guard = await guardOf({ config });
    assert.deepEqual(guard.check([pulling]).summary.errors, 0);
  }
  // The same list twice isn't a list in itself.
  using twice = await guardOf({ config: { trustedConnectors, dockerHubConnectors: trustedConnectors } });
  assert.deepEqual(twice.check([]).diagnostics, []);
});

const boom = new Error("boom");
const unreadableObject = { get a() { throw boom; } };
const revoked = Proxy.revocable({}, {});
revoked.revoke();
/** What no option can be, in any function. */
const junk = [10n, Symbol("a"), cycle, unreadableObject, new Map(), Promise.resolve(1), Number.NaN, { a: 1n }, [1n], revoked.proxy] as const;

test("an option that the module can't take is refused by its name, in every function", async () => {
  const modules = { "p.rego": "package p\ntest_a { true }" };
  using guard = await createGuard();
  using policy = await compileRego({ modules });
  const report = guard.check([]);
  const asked = ["now", "host", "strictBuiltinErrors", "coverage", "maxSteps", "maxBytes", "maxDepth"];
  const takers: readonly (readonly [names: readonly string[], others: object, taking: (options: never) => unknown])[] = [
    [["config", "configPath", "preset", "configExceptions", "commentExceptions", "fileConnectors", "today", "partial", "rules", "maxFileBytes", "maxFindings", "connectorFiles", "readConnectorFile", "verified", "policies", "readPolicy", "metadata", "policyLimits"], {}, guardOf],
    [["data", "modules", "regoVersion", "strict", "rulesOverData", "maxSteps", "maxBytes", "maxDepth"], { modules }, compileRego],
    [asked, {}, (options) => policy.eval("data.p", {}, options)],
    [[...asked, "run", "timeout"], {}, (options) => policy.test(options)],
    [[...asked, "modules", "run", "timeout"], { modules }, testRego],
    [["modules", "regoVersion", "oldestOpa", "compile", "strict", "disable"], { modules }, lintRego],
    [["modules", "regoVersion", "forBothVersions", "checkResult"], { modules }, formatRego],
    [["entity", "event", "metadata"], { text: "a: 1" }, readPolicyInput],
    [["to", "config", "configPath", "preset", "configExceptions", "rules", "policy"], { to: "rego" }, exportPolicies],
    [["files", "madeAt"], { files: [] }, importConnectors],
    [["unsafe"], {}, (options) => guard.fix([], options)],
    [["harnessImages"], {}, (options) => guard.images([], options)],
    [["files", "failOn", "pages", "version"], {}, (options) => showReport(report, "sarif", options)],
    [["rego", "webhooks", "limits", "cors", "log"], { anonymous: true }, createHandler],
    [["tokens"], {}, (options) => createHandler(options)],
  ];
  for (const [names, others, take] of takers) {
    const taking = (options: object) => take(Object.defineProperties({ ...others }, Object.getOwnPropertyDescriptors(options)) as never);
    for (const name of names) {
      for (const value of junk) {
        const { message } = await refused(() => taking({ [name]: value }));
        const isNamed = message.includes(name) || ["the options", "each file", "the files", "the metadata", "the data"].some((what) => message.startsWith(what));
        assert.ok(isNamed, `${name}: ${inspect(value)}: ${message}`);
      }
    }
    const { cause, message } = await refused(() => taking(Object.defineProperty({}, names[0] ?? "", { enumerable: true, get() { throw boom; } })));
    assert.equal(message, `\`${names[0]}\` can't be read: boom`);
    assert.equal(cause, boom);
    assert.match((await refused(() => taking({ colour: 1 }))).message, /^there is no option `colour`; there are `/);
  }
});

test("the names in the message about an unknown option are all that there are", async () => {
  const { message } = await refused(() => guardOf({ colour: "red" }));
  for (const name of ["readPolicy", "readConnectorFile", "metadata", "policyLimits", "maxFindings", "policies"]) assert.ok(message.includes(`\`${name}\``), name);
});

test("numbers that count nothing are refused", async () => {
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", 10n]) {
    for (const name of ["maxFindings", "maxFileBytes"]) assert.equal((await refused(() => guardOf({ [name]: value }))).message, `\`${name}\` has to be a whole number`);
    assert.equal((await refused(() => guardOf({ policyLimits: { maxSteps: value } }))).message, "`policyLimits.maxSteps` has to be a whole number");
    assert.equal((await refused(() => compileRego({ modules: {}, maxSteps: value as never }))).message, "`maxSteps` has to be a whole number");
  }
  using policy = await compileRego({ modules: {} });
  for (const now of [new Date(Number.NaN), 5, "2027-03-01"]) assert.equal((await refused(() => policy.eval("1", {}, { now: now as never }))).message, "`now` has to be a date");
});

test("what is null in the settings of a handler is as if it weren't there", async () => {
  const options = { anonymous: true, rego: null, webhooks: null, tokens: null, limits: null, cors: null, log: null, guard: null } as unknown as HandlerOptions;
  const handler = createHandler(options);
  await handler.ready();
  assert.equal((await handler.fetch(new Request("http://a.example/"))).status, 200);
});

test("what a guard's functions return has to be of their form", async () => {
  for (const found of [undefined, 5, [5], [{ path: "p.rego" }]]) {
    assert.match((await refused(() => guardOf({ config: "policies: [p.rego]", readPolicy: () => found }))).message, /^`readPolicy` has to return /);
  }
  for (const found of [undefined, "connectors: []", { path: "a.yaml", text: 5 }]) {
    assert.match((await refused(() => guardOf({ config: "connectorFiles: [a.yaml]", readConnectorFile: () => found }))).message, /^`readConnectorFile` has to return /);
  }
});

test("the bytes of a configuration file are taken as its text", async () => {
  for (const text of ["rules: {no-docker-hub: off} # \u00e9\n", "\ufeffrules: {no-docker-hub: off}\n"]) {
    for (const config of [new TextEncoder().encode(text), Buffer.from(text)]) {
      using guard = await createGuard({ config });
      assert.equal(guard.check([pulling]).summary.errors, 0);
    }
  }
  const files = await Promise.all(["preset: gar\n", Buffer.from("preset: gar\n")].map((config) => exportPolicies({ to: "rego", config })));
  assert.deepEqual(files[0], files[1]);
});

test("bytes that aren't UTF-8 are a wrong configuration", async () => {
  const config = Buffer.from("preset: gar # \u00e9\n", "latin1");
  for (const options of [{ config, configPath: "team.yaml" }, { config, configPath: "team.yaml", readPolicy: () => Promise.resolve("") }]) {
    const { message, problems } = await refused(() => createGuard(options), "config");
    assert.equal(message, "team.yaml:1:1: the configuration isn't UTF-8");
    assert.deepEqual(problems, [{ message: "the configuration isn't UTF-8", line: 1, column: 1 }]);
  }
});

for (const options of [5, null, "preset: gar", [], new Map([["rules", ["no-docker-hub"]]]), () => ({})]) {
  test(`options that are ${inspect(options)} are refused`, async () => {
    assert.match((await refused(() => guardOf(options))).message, /^the options have to be an object, as in `\{…\}`$/);
  });
}

test("what a guard gets beside the configuration is JSON, too", async () => {
  assert.equal((await refused(() => guardOf({ verified: new Map() }))).message, "`verified` has to be JSON, but is an instance of Map");
  assert.equal((await refused(() => guardOf({ metadata: { user: new Map() }, policies: [{ path: "p.rego", text: "package p" }] }))).message, "`metadata.user` has to be JSON, but is an instance of Map");
});

for (const [name, list] of [["policies", null], ["policies", {}], ["policies", [null]], ["connectorFiles", null], ["connectorFiles", 5], ["connectorFiles", ["a.yaml"]]] as const) {
  test(`a guard whose ${name} are ${inspect(list)} is refused`, async () => {
    for (const more of [{}, { config: "preset: gar", readPolicy: () => "", readConnectorFile: () => "" }]) {
      assert.equal((await refused(() => guardOf({ [name]: list, ...more }))).message, `\`${name}\` has to be an array of objects`);
    }
  });
}

const functions = { compileRego, exportPolicies, formatRego, importConnectors, lintRego, readPolicyInput, testRego, createHandler } as unknown as Readonly<Record<string, (options?: unknown) => unknown>>;

for (const [name, called] of Object.entries(functions)) {
  test(`${name} refuses what isn't an object, and an object with nothing in it`, async () => {
    await refused(() => called());
    for (const options of [undefined, null, 5, "a", [], {}]) await refused(() => called(options));
  });
}

test("an input that JSON doesn't have is refused", async () => {
  using policy = await compileRego({ modules: { "p.rego": "package p" } });
  for (const input of [() => 1, Symbol("a")]) {
    assert.equal((await refused(() => policy.eval("input", input as never))).message, "the input can't be written as JSON");
  }
});

test("an input of which JSON has nothing is refused: as an empty document, it would pass", async () => {
  using policy = await compileRego({ modules: { "p.rego": 'package p\ndeny["no"] { input.a }' } });
  for (const input of [Promise.resolve({ a: 1 }), new Map([["a", 1]]), new TextEncoder().encode('{"a": 1}').buffer]) {
    const message = `the input has to be JSON, but is an instance of ${input.constructor.name}, of which JSON has nothing`;
    for (const work of [() => policy.eval("data.p.deny", input as never), () => policy.evaluate(input as never), () => policy.evaluateText(input as never)]) {
      assert.equal((await refused(work)).message, message);
    }
    await refused(() => compileRego({ modules: { "p.rego": "package p" }, data: input as never }));
  }
  assert.equal(policy.evaluate(Object.create(null) as never).status, "pass");
  assert.equal(policy.evaluate({}).status, "pass");
});

test("a query and a pattern that are no strings are refused, and break nothing", async () => {
  const modules = { "p.rego": "package p\ntest_a { true }" };
  using policy = await compileRego({ modules });
  for (const other of [undefined, null, 5, true, {}, ["data"], Symbol("a")]) {
    for (const work of [() => policy.eval(other as never), () => policy.eval(other as never, {}), () => policy.evalText(other as never)]) {
      assert.equal((await refused(work)).message, "the query has to be a string");
    }
    if (other === undefined) continue;
    for (const work of [() => policy.test({ run: other as never }), () => testRego({ modules, run: other as never })]) {
      assert.equal((await refused(work)).message, "the pattern `run` has to be a string");
    }
  }
});

test("what a file throws where it is read is the cause", async () => {
  const boom = new Error("boom");
  const throwing = (field: string) => Object.defineProperty({ path: "p.yaml", text: "" }, field, { get() { throw boom; } });
  const list = { path: "harness-connectors.yaml", text: "connectors: []\n" };
  for (const guard of [await createGuard(), await createGuard({ connectorFiles: [list] })]) {
    for (const [field, message] of [["path", "`files[1].path` can't be read: boom"], ["text", "`files[1].text` can't be read: boom"]] as const) {
      const files = [pulling, throwing(field)];
      for (const work of [() => guard.check(files), () => guard.fix(files), () => guard.images(files), () => importConnectors({ files }), () => showReport(guard.check([pulling]), "sarif", { files })]) {
        const error = await refused(work);
        assert.equal(error.message, message);
        assert.equal(error.cause, boom);
      }
    }
    assert.equal(guard.check([pulling]).summary.errors, 1, "the guard goes on");
    for (const files of [undefined, null, 5, {}, [null], ["p.yaml"], [{}]]) {
      for (const work of [() => guard.check(files as never), () => guard.fix(files as never), () => guard.images(files as never)]) await refused(work);
    }
    await refused(() => guard.images([pulling], null as never));
  }
});

/** Bytes whose buffer somebody else has now. */
function transferred(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

test("bytes that were transferred are refused, and not taken for none", async () => {
  const modules = { "p.rego": "package p" };
  const list = { path: "harness-connectors.yaml", text: transferred("connectors: []") };
  using guard = await createGuard();
  using policy = await compileRego({ modules });
  const files = [pulling, { path: "q.yaml", text: transferred(pulling.text) }];
  const report = guard.check([pulling]);
  for (const [place, work] of [
    ["config", () => createGuard({ config: transferred("rules: {no-docker-hub: {undecided: error}}") })],
    ["config", () => exportPolicies({ to: "rego", config: transferred("preset: gar") })],
    ["connectorFiles[0].text", () => createGuard({ connectorFiles: [list] })],
    ["readConnectorFile(…).text", () => createGuard({ config: "connectorFiles: [a.yaml]", readConnectorFile: () => Promise.resolve(list) })],
    ["metadata", () => createGuard({ metadata: transferred("{}"), policies: [{ path: "p.rego", text: "package pipeline" }] })],
    ["data", () => compileRego({ modules, data: transferred("{}") })],
    ["text", () => readPolicyInput({ text: transferred("pipeline: {}") })],
    ["input", () => policy.eval("input", transferred("{}"))],
    ["files[1].text", () => guard.check(files)],
    ["files[1].text", () => importConnectors({ files })],
    ["files[1].text", () => showReport(report, "sarif", { files })],
  ] as const) {
    const { message, cause } = await refused(work);
    assert.ok(message.startsWith(`\`${place}\` can't be read: `), message);
    assert.ok(cause instanceof TypeError);
  }
  assert.equal(guard.check([pulling]).summary.errors, 1, "the guard goes on");
});

test("what a host answers is JSON: a promise isn't an empty document", async () => {
  using policy = await compileRego({ modules: { "p.rego": 'package p\nanswer = http.send({"url": "u", "method": "get"})' } });
  const asked = (answer: unknown) => policy.eval("data.p.answer", {}, { host: () => answer as never })[0]?.expressions[0]?.value;
  for (const answer of [Promise.resolve({ status_code: 200 }), new Map([["status_code", 200]])]) {
    const { message } = await refused(() => asked(answer), "rego");
    assert.ok(message.includes(`the host failed: the answer has to be JSON, but is an instance of ${answer.constructor.name}, of which JSON has nothing`), message);
  }
  assert.match((await refused(() => asked(() => 1), "rego")).message, /the host failed: the answer can't be written as JSON/);
  assert.match((await refused(() => asked(transferred("1")), "rego")).message, /the host failed: `answer` can't be read: /);
  assert.deepEqual([asked({}), asked("{}"), asked(null), asked(undefined), asked(new TextEncoder().encode("[1]"))], [{}, "{}", null, undefined, [1]]);
});

test("what a report can't be shown with is refused", async () => {
  using guard = await createGuard();
  const report = guard.check([pulling]);
  const shown = (options: unknown) => showReport(report, "sarif", options as ShowOptions);
  assert.equal((await refused(() => shown({ failOn: "warn" }))).message, "`failOn` can't be 'warn'; it is one of error, warning, note");
  for (const files of [null, 5, [null], ["p.yaml"], [{ text: "" }], [{ path: "p.yaml", text: 5 }]]) await refused(() => shown({ files }));
  for (const options of [null, 5, []]) await refused(() => shown(options));
  const { diagnostics: [found] } = report;
  const broken = [{}, null, { ...found, start: null }].map((each) => ({ ...report, diagnostics: [each] }));
  for (const other of [undefined, null, {}, [], ...broken]) {
    assert.equal((await refused(() => showReport(other as never, "sarif"))).message, "this isn't a report of `check`");
  }
  assert.equal((await refused(() => showReport(report, "text" as never))).message, "there is no format 'text'; there are json, sarif, junit, github, gitlab, markdown, checkstyle, tap, rdjson");
  // As `check` takes them.
  await shown({ files: [pulling, { path: "gone.yaml", unreadable: "gone" }, { path: "q.yaml", text: new Uint8Array() }] });
});

const wrongOptions: readonly object[] = [{ webhooks: {} }, { webhooks: { secrets: null } }, { cors: {} }, { cors: { origins: "*" } }];

for (const options of wrongOptions) {
  test(`a handler with ${inspect(options)} is refused`, async () => {
    await refused(() => createHandler({ anonymous: true, ...options } as HandlerOptions));
  });
}
