import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { OPAClient } from "@open-policy-agent/opa";
import { createGuard, exportPolicies, readPolicyInput, type Json } from "harness-image-guard";
import { createHandler, type Handler } from "harness-image-guard/handler";
import { nodeListener } from "harness-image-guard/handler/node-listener";

import { WasmPolicy } from "../dist/authoring/harness_image_guard.js";
import { packageFolder } from "./paths.js";
import { opaOf, opaServer } from "./opa-server.js";
import { projectFiles } from "./project.js";
import { served } from "./serve.js";
import { serve } from "./server.js";
import { temporaryFolder } from "./temporary-folder.js";

const policy = `package app.authz

import rego.v1

default allow := false

allow if input.user == "alice"

deny contains msg if {
	input.n > 1e3
	msg := "too <big> & \\"quoted\\"\\u2028"
}

undefined_one if input.never == 1

conflict := 1 if input.a

conflict := 2 if input.b

ratio := 1 / input.zero

big := 9007199254740993

echo := input

f(x) := x
`;
const data = '{"config": {"x": [1, 1.10, 1e400], "0": "zero", "a b": {"": []}, "empty": {}}}';
const files = { "p.rego": policy, "data.json": data };

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
}

const input = (value: string): string => `{"input": ${value}}`;

/** Those that are answered byte by byte as OPA answers them, but for the identity of the decision. */
const same: readonly Asked[] = [
  { path: "/v1/data/app/authz/allow", body: input('{"user": "alice"}') },
  { path: "/v1/data/app/authz/allow", body: input('{"user": "bob"}') },
  { path: "/v1/data/app/authz", body: input('{"user": "alice", "n": 2e3}') },
  { path: "/v1/data/app/authz?pretty", body: input('{"n": 2e3}') },
  { path: "/v1/data/app/authz?pretty=TRUE", body: input('{"n": [{}, [], [[]], {"a": {}}]}') },
  { path: "/v1/data/app/authz?pretty=false", body: input("{}") },
  { path: "/v1/data", body: input("{}") },
  { path: "/v1/data/app/authz/undefined_one", body: input("{}") },
  { path: "/v1/data/no/such/thing", body: input("{}") },
  { path: "/v1/data/app/authz/allow", body: "{}" },
  { path: "/v1/data/app/authz/allow", body: "" },
  { path: "/v1/data/app/authz/allow", body: input("null") },
  { path: "/v1/data/app/authz/echo", body: input('{"a": 1e400, "b": 9007199254740993, "c": 1.10, "d": -0, "e": "\\u0001<\\ud83d\\ude00", "__proto__": {"x": 1}}') },
  { path: "/v1/data/app/authz/echo", body: input('{"a": 1, "a": 2}') },
  { path: "/v1/data/app/authz/echo", body: '{"input": 1, "other": [], "input": "last"}' },
  { path: "/v1/data/app/authz/echo", body: '{"INPUT": "any case"}' },
  { path: "/v1/data/app/authz/echo", body: ' \n {"x" : {"input": 1} , "input" :\t[ 1 , "]}" ] } ' },
  { path: "/v1/data/app/authz/echo", body: `${input("7")} trailing {` },
  { path: "/v1/data/app/authz/echo", body: "input: {user: alice, list: [1, two]}", type: "application/yaml" },
  { path: "/v1/data/app/authz/ratio", body: input('{"zero": 0}') },
  { path: "/v1/data/app/authz/ratio", body: input('{"zero": 3}') },
  { path: "/v1/data/config" },
  { path: "/v1/data/config?pretty" },
  { path: "/v1/data/config/x/0" },
  { path: "/v1/data/config/x/01" },
  { path: "/v1/data/config/x/-1" },
  { path: "/v1/data/config/0" },
  { path: "/v1/data/config/a%20b" },
  { path: "/v1/data/app%2Fauthz" },
  { path: `/v1/data/app/authz/echo?input=${encodeURIComponent('{"n": 1.10}')}` },
  { path: "/v1/data/app/authz/echo?input=1&input=2" },
  { path: "/v1/data/app/authz/allow" },
  { path: "/v0/data/app/authz/allow", body: '{"user": "alice"}' },
  { path: "/v0/data/app/authz/echo", body: "" },
  { path: "/v0/data/app/authz?pretty", body: '{"n": 5000}' },
  { path: "/v1/query", body: '{"query": "x := data.config.x[_]"}' },
  { path: "/v1/query?pretty", body: '{"query": "data.app.authz.allow == input.x", "input": {"x": false}}' },
  { path: "/v1/query", body: '{"query": "a := [1, {\\"b\\": 2}]; c := {1}; _ = 3"}' },
  { path: "/v1/query", body: '{"query": "1 == 2"}' },
  { path: "/v1/query", body: '{"query": "data.app.authz.undefined_one"}' },
  { path: "/v1/query", body: '{"query": ""}' },
  { path: "/v1/query?q=x%20%3A%3D%201%2B1" },
  { path: "/v1/query" },
  { path: "/v1/policies/nope" },
  { path: "/health" },
];

/** Those of which OPA says more, or says it in Go's words: the status and the code are the same. */
const alike: readonly Asked[] = [
  { path: "/v1/data/app/authz/conflict", body: input('{"a": 1, "b": 1}') },
  { path: "/v1/data/app/authz/ratio?strict-builtin-errors", body: input('{"zero": 0}') },
  { path: "/v1/data/app/authz/ratio?strict-builtin-errors=true&input=%7B%22zero%22%3A0%7D" },
  { path: "/v1/data/app/authz/allow", body: '{"input"' },
  { path: "/v1/data/app/authz/allow", body: "[1]" },
  { path: "/v1/data/app/authz/allow", body: '"input"' },
  { path: "/v1/data/app/authz/allow", body: "{input: 1}" },
  { path: "/v1/data/app/authz/allow", body: "a: [", type: "text/yaml" },
  { path: "/v1/data/app/authz/allow?input=%7B" },
  { path: "/v0/data/app/authz/undefined_one", body: "{}" },
  { path: "/v0/data/nope", body: "{}" },
  { path: "/v0/data/app/authz/conflict", body: '{"a": 1, "b": 1}' },
  { path: "/", method: "POST", body: "{}" },
  { path: "/v1/query", body: '{"query": "x := "}' },
  { path: "/v1/query", body: '{"query": "x == y"}' },
  { path: "/v1/query", body: '{"query": "nope(1)"}' },
  { path: "/v1/query", body: "{" },
  { path: "/v1/query", body: '{"query": "data.app.authz.conflict", "input": {"a": 1, "b": 1}}' },
];

async function answerOf(ask: (path: string, init: RequestInit) => Promise<Response>, { path, body, type = "application/json", method = body === undefined ? "GET" : "POST" }: Asked): Promise<{ readonly status: number; readonly text: string }> {
  const response = await ask(path, { method, ...(body === undefined ? {} : { body, headers: { "content-type": type } }) });
  return { status: response.status, text: await response.text() };
}

function asking(handler: Handler): (path: string, init: RequestInit) => Promise<Response> {
  return (path, init) => handler.fetch(new Request(`http://guard.example${path}`, init));
}

const ours = createHandler({ anonymous: true, rego: { modules: { "p.rego": policy }, data, regoVersion: 1 } });

function withoutDecision(text: string): string {
  return text.replace(/"decision_id":"[\da-f-]{36}",?/, "").replace(/ {2}"decision_id": "[\da-f-]{36}",?\n/, "").replace(/^\{\n\}\n$/, "{}\n");
}

async function opaHere(t: TestContext): Promise<string | undefined> {
  const opa = opaOf("1.22");
  if (opa === undefined) {
    t.skip("there is no OPA 1.22");
    return undefined;
  }
  return opaServer(t, opa, Object.keys(files), temporaryFolder(t, files));
}

test("OPA's data, query and policy API answer as OPA's server does", async (t) => {
  const opa = await opaHere(t);
  if (opa === undefined) return;
  for (const asked of same) {
    const theirs = await answerOf((path, init) => fetch(opa + path, init), asked);
    const { status, text } = await answerOf(asking(ours), asked);
    assert.deepEqual({ asked, status, text: withoutDecision(text) }, { asked, ...theirs });
  }
  for (const asked of alike) {
    const theirs = await answerOf((path, init) => fetch(opa + path, init), asked);
    const { status, text } = await answerOf(asking(ours), asked);
    const { code, errors = [] } = JSON.parse(theirs.text) as { readonly code: string; readonly errors?: readonly ProblemOf[] };
    const { code: ourCode, errors: ourErrors = [] } = JSON.parse(text) as { readonly code: string; readonly errors?: readonly ProblemOf[] };
    assert.deepEqual({ asked, status, code: ourCode }, { asked, status: theirs.status, code });
    // In no order that it keeps.
    const all = errors.map(({ code, message, location }) => ({ code, message, location }));
    const [first] = ourErrors;
    assert.equal(first === undefined, all.length === 0);
    if (first !== undefined) assert.ok(all.some((each) => isDeepStrictEqual(each, { code: first.code, message: first.message, location: first.location })), JSON.stringify([asked, first, all]));
  }
});

interface ProblemOf {
  readonly code: string;
  readonly message: string;
  readonly location?: object;
}

test("without OPA, an answer is what it was when it was compared", async () => {
  const ask = async (path: string, body?: string): Promise<string> => withoutDecision((await answerOf(asking(ours), { path, ...(body === undefined ? {} : { body }) })).text);
  assert.equal(await ask("/v1/data/config"), '{"result":{"0":"zero","a b":{"":[]},"empty":{},"x":[1,1.10,1e400]}}\n');
  assert.equal(await ask("/v1/data/app/authz/allow", "{}"), '{"result":false,"warning":{"code":"api_usage_warning","message":"\'input\' key missing from the request"}}\n');
  assert.equal(await ask("/v1/query", '{"query": "x := data.config.x[_]"}'), '{"result":[{"x":1},{"x":1.10},{"x":1e400}]}\n');
});

test("each decision has an identity of its own, which the log has, too", async () => {
  const entries: { readonly decisionId?: string }[] = [];
  const handler = createHandler({ anonymous: true, rego: { modules: { "p.rego": policy }, regoVersion: 1 }, log: (entry) => entries.push(entry) });
  const ids: (string | undefined)[] = [];
  for (const _ of [1, 2]) {
    const { text } = await answerOf(asking(handler), { path: "/v1/data/app/authz/allow", body: input('{"user": "SECRET"}') });
    ids.push((JSON.parse(text) as { readonly decision_id: string }).decision_id);
  }
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(entries.map(({ decisionId }) => decisionId), ids);
  assert.doesNotMatch(JSON.stringify(entries), /SECRET|alice|authz/);
});

test("what the answers are from, and how long it took, is in an answer that is asked for it", async (t) => {
  const { text } = await answerOf(asking(ours), { path: "/v1/data/app/authz/big?provenance&metrics", body: input("{}") });
  const { provenance, metrics } = JSON.parse(text) as { readonly provenance: { readonly version: string }; readonly metrics: Readonly<Record<string, number>> };
  assert.ok((metrics["timer_rego_query_eval_ns"] ?? 0) > 0);
  const opa = opaOf("1.22");
  if (opa === undefined) t.diagnostic("there is no OPA 1.22 to compare the version with");
  else assert.match(spawnSync(opa, ["version"], { encoding: "utf8" }).stdout, new RegExp(`^Version: ${provenance.version}$`, "m"));
});

test("what isn't served says so", async () => {
  for (const [asked, status, message] of [
    [{ path: "/v1/compile", body: "{}" }, 501, /partial evaluation/],
    [{ path: "/v1/compile/app/authz", body: "{}" }, 501, /partial evaluation/],
    [{ path: "/v1/config" }, 501, /isn't shown/],
    [{ path: "/v1/data/app/authz/allow?explain=full", body: "{}" }, 501, /'explain' isn't served/],
    [{ path: "/v1/data/app?rule-labels", body: "{}" }, 501, /'rule-labels' isn't served/],
    [{ path: "/v1/data/app", method: "PUT", body: "{}" }, 405, /no request writes them/],
    [{ path: "/v1/data", method: "PATCH", body: "[]" }, 405, /no request writes them/],
    [{ path: "/v1/policies/p.rego", method: "PUT", body: "package x" }, 405, /no request writes them/],
    [{ path: "/v1/policies/p.rego", method: "DELETE", body: "" }, 405, /no request writes them/],
    [{ path: '/v1/data/app/a"b' }, 400, /invalid ref term/],
    [{ path: "/v1/data/app/%ZZ" }, 400, /invalid path/],
    [{ path: "/v1/data/x", body: `${'{"input":'}${"[".repeat(10_000)}` }, 400, /nested deeper/],
  ] as const) {
    const answer = await answerOf(asking(ours), asked);
    assert.equal(answer.status, status, answer.text);
    assert.match((JSON.parse(answer.text) as { readonly message: string }).message, message);
  }
  const none = await answerOf(asking(createHandler({ anonymous: true })), { path: "/v1/data/app", body: "{}" });
  assert.equal(none.status, 404);
  assert.match(none.text, /has no policies/);
});

test("much white space before a value, and many slashes in a path, are passed over at once", async () => {
  const started = performance.now();
  const { text } = await answerOf(asking(ours), { path: "/v1/data/app/authz/allow", body: " ".repeat(2 ** 18) + input(`${" ".repeat(2 ** 18)}{"user": "alice"}`) });
  assert.match(text, /"result":true/);
  assert.equal(withoutDecision((await answerOf(asking(ours), { path: `/v1/data${"/".repeat(2 ** 16)}x` })).text), "{}\n");
  const milliseconds = performance.now() - started;
  assert.ok(milliseconds < 2000, `${milliseconds} ms`);
});

test("a query that has no end, and a policy that has none, are stopped by their bounds; the next is answered", async () => {
  const handler = createHandler({ anonymous: true, rego: { modules: { "p.rego": policy }, regoVersion: 1, maxSteps: 100_000 } });
  const endless = '{"query": "x := numbers.range(1, 1000000); count(x) == sum([y | y := x[_]; z := x[_]; z > y])"}';
  const { status, text } = await answerOf(asking(handler), { path: "/v1/query", body: endless });
  assert.equal(status, 500);
  assert.match(text, /eval_cancel_error/);
  const next = await answerOf(asking(handler), { path: "/v1/data/app/authz/allow", body: input('{"user": "alice"}') });
  assert.match(next.text, /"result":true/);
});

test("after the module that reads Rego has broken, the next question is answered right", async () => {
  const handler = createHandler({ anonymous: true, rego: { modules: { "p.rego": policy }, data, regoVersion: 1 } });
  const asked = { path: "/v1/data/app/authz/allow", body: input('{"user": "alice"}') };
  const before = withoutDecision((await answerOf(asking(handler), asked)).text);
  const { askText } = WasmPolicy.prototype;
  for (let at = 0; at < 3; at += 1) {
    WasmPolicy.prototype.askText = function (this: WasmPolicy & { __wbg_ptr: number }, ...rest) {
      this.__wbg_ptr = 0xffff_fff0;
      return askText.apply(this, rest);
    };
    const broken = await answerOf(asking(handler), asked);
    WasmPolicy.prototype.askText = askText;
    assert.equal(broken.status, 500);
    assert.match(broken.text, /internal error/);
    assert.equal(withoutDecision((await answerOf(asking(handler), asked)).text), before);
  }
});

test("a value that would take all memory is stopped by its bound, and the next question is answered", async () => {
  const handler = createHandler({ anonymous: true, rego: { modules: { "p.rego": policy }, regoVersion: 1, maxBytes: 2 ** 22 } });
  const body = JSON.stringify({ query: 'x := [y | numbers.range(1, 100000)[_]; y := sprintf("%1000d", [1])]' });
  const { status, text } = await answerOf(asking(handler), { path: "/v1/query", body });
  assert.equal(status, 500, text);
  assert.match(text, /eval_cancel_error/);
  assert.match((await answerOf(asking(handler), { path: "/v1/data/app/authz/big", body: input("{}") })).text, /9007199254740993/);
});

test("modules can be listed and shown", async () => {
  const list = await answerOf(asking(ours), { path: "/v1/policies" });
  assert.deepEqual(JSON.parse(list.text), { result: [{ id: "p.rego", raw: policy }] });
  for (const path of ["/v1/policies/p.rego", "/v1/policies/p%2Erego"]) {
    const one = await answerOf(asking(ours), { path });
    assert.deepEqual(JSON.parse(one.text), { result: { id: "p.rego", raw: policy } });
    assert.doesNotMatch(one.text, /[<>&\u2028]/);
  }
  assert.equal((await answerOf(asking(ours), { path: "/v1/policies/__proto__" })).status, 404);
});

test("our rules answer through OPA's API what OPA answers with the exported bundle, and what a check finds", async (t) => {
  const config = { preset: "gar" } as const;
  const handler = createHandler({ anonymous: true, guard: { config }, rego: { rules: true } });
  const inputs: { readonly of: string; readonly document: Json }[] = [];
  for (const file of projectFiles()) {
    if (!("text" in file) || !file.path.startsWith(".harness/")) continue;
    const of = /connector/.test(file.path) ? "connector" : "pipeline";
    inputs.push({ of, document: await readPolicyInput({ text: file.text }) });
  }
  const [bundle] = await exportPolicies({ to: "opa-bundle", config });
  const opa = opaOf("0.70");
  const theirs = opa === undefined ? undefined : await opaServer(t, opa, ["--bundle", "bundle.tar.gz"], temporaryFolder(t, { "bundle.tar.gz": bundle?.content ?? "" }));
  if (theirs === undefined) t.diagnostic("there is no OPA 0.70 to compare with");
  let count = 0;
  for (const [entity, rule] of [["pipeline", "no_docker_hub"], ["pipeline", "harness_image_connector"], ["connector", "harness_image_registry"], ["connector", "no_docker_hub"]] as const) {
    for (const { document } of inputs.filter(({ of }) => of === entity)) {
      const asked = { path: `/v1/data/harness_image_guard/${rule}/${entity}/deny`, body: JSON.stringify({ input: document }) };
      const { status, text } = await answerOf(asking(handler), asked);
      assert.equal(status, 200, text);
      count += (JSON.parse(text) as { readonly result: readonly string[] }).result.length;
      if (theirs !== undefined) assert.equal(withoutDecision(text), (await answerOf((path, init) => fetch(theirs + path, init), asked)).text);
    }
  }
  const guard = await createGuard({ config });
  const { summary } = guard.check(projectFiles().filter(({ path }) => path.startsWith(".harness/")));
  assert.equal(count, summary.errors);
});

const denied = { path: "/v1/data/harness_image_guard/no_docker_hub/pipeline/deny", body: JSON.stringify({ input: { pipeline: { stages: [{ stage: { spec: { execution: { steps: [{ step: { spec: { image: "maven" } } }] } } } }] } } }) };

test("what weakens the configuration doesn't weaken our rules in OPA's API where it is to be ignored", async (t) => {
  const config = "rules: {no-docker-hub: off}\n";
  for (const [configExceptions, count] of [[true, 0], [false, 1]] as const) {
    const handler = createHandler({ anonymous: true, guard: { config, configExceptions }, rego: { rules: true } });
    const { text } = await answerOf(asking(handler), denied);
    assert.equal((JSON.parse(text) as { readonly result?: readonly string[] }).result?.length ?? 0, count);
  }
  const folder = temporaryFolder(t, { "harness-image-guard.yaml": config });
  const { url } = await served(t, ["--with-rules", "--no-config-exceptions"], folder);
  const { text } = await answerOf((path, init) => fetch(url + path, init), denied);
  assert.match(text, /`maven` is pulled anonymously from Docker Hub/);
});

test("OPA's client for JavaScript works as it does with OPA", async (t) => {
  const token = "correct-horse-battery";
  const { url } = await serve(t, nodeListener(createHandler({ tokens: [{ token, scopes: ["data"] }], rego: { modules: { "p.rego": policy }, data, regoVersion: 1 } })));
  const client = new OPAClient(url, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(await client.evaluate("app/authz/allow", { user: "alice" }), true);
  assert.equal(await client.evaluate("app/authz/allow", { user: "bob" }), false);
  assert.deepEqual(await client.evaluate("app/authz/deny", { n: 2000 }), ['too <big> & "quoted"\u2028']);
  assert.equal(await client.evaluate("config/0"), "zero");
  await assert.rejects(client.evaluate("app/authz/conflict", { a: 1, b: 1 }), /evaluating query/);
  const stranger = new OPAClient(url);
  await assert.rejects(stranger.evaluate("app/authz/allow", { user: "alice" }));
});

test("OPA's client for Python works as it does with OPA", async (t) => {
  const python = [process.env["OPA_CLIENT_PYTHON"] ?? "python3", "python3"].find((each) => spawnSync(each, ["-c", "import opa_client"]).status === 0);
  if (python === undefined) {
    t.skip("there is no opa-python-client");
    return;
  }
  const { url } = await served(t, ["--data", "p.rego", "--data", "data.json", "--v1-compatible"], temporaryFolder(t, files));
  const program = `
import json, sys
from opa_client.opa import OpaClient
client = OpaClient(host="127.0.0.1", port=int(sys.argv[1]))
print(json.dumps([
  client.check_connection(),
  client.check_health(),
  client.get_policies_list(),
  client.get_policy("p.rego")["result"]["id"],
  client.get_data("config/x/0"),
  client.query_rule(input_data={"user": "alice"}, package_path="app.authz", rule_name="allow")["result"],
  client.ad_hoc_query(query="x := data.app.authz.big")["result"],
]))
`;
  const { spawn } = await import("node:child_process");
  const child = spawn(python, ["-c", program, new URL(url).port]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  await new Promise((resolve) => child.on("close", resolve));
  assert.equal(stderr, "");
  const answers = JSON.parse(stdout) as unknown[];
  assert.deepEqual(answers.slice(0, 4), [true, true, ["p.rego"], "p.rego"]);
  assert.deepEqual((answers[4] as { readonly result: number }).result, 1);
  assert.deepEqual(answers.slice(5), [true, [{ x: Number("9007199254740993") }]]);
});

test("OPA's client for Go, and OPA's types of the answers, read what OPA's server gives", async (t) => {
  if (spawnSync("go", ["version"]).status !== 0) {
    t.skip("there is no Go");
    return;
  }
  const program = join(temporaryFolder(t), "client");
  const built = spawnSync("go", ["build", "-modfile=opa-v1.22.2.mod", "-o", program, "./client"], { cwd: join(packageFolder, "../tests/opa/reference"), encoding: "utf8", env: { ...process.env, CGO_ENABLED: "0" } });
  assert.equal(built.status, 0, built.stderr);
  const token = "one-long-random-secret";
  const folder = temporaryFolder(t, { ...files, tokens: `go ${token} data,query,policies\n` });
  const { url } = await served(t, ["--data", "p.rego", "--data", "data.json", "--v1-compatible", "--tokens", "tokens"], folder);
  const lines = (from: string): readonly string[] => {
    const { stdout, stderr, status } = spawnSync(program, [from, token], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.trimEnd().split("\n");
  };
  const ours = lines(url);
  assert.match(ours[0] ?? "", /"result":true.*"path":"v1\/data\/app\/authz\/allow","status":200/);
  assert.equal(ours.length, 11);
  const opa = opaOf("1.22");
  if (opa === undefined) return t.diagnostic("there is no OPA 1.22 to compare with");
  const theirs = lines(await opaServer(t, opa, ["p.rego", "data.json"], folder));
  assert.deepEqual(ours, theirs);
});

test("serve loads modules, documents and bundles for OPA's API as eval does, and our rules beside them", async (t) => {
  const [bundle] = await exportPolicies({ to: "opa-bundle" });
  const folder = temporaryFolder(t, { "policies/p.rego": policy, "policies/config/data.json": '{"y": 1}', "b.tar.gz": bundle?.content ?? "" });
  const { url } = await served(t, ["--data", "policies", "--with-rules", "--v1-compatible"], folder);
  const ask = async (path: string): Promise<unknown> => ((await (await fetch(url + path)).json()) as { readonly result: unknown }).result;
  assert.equal(await ask("/v1/data/config/y"), 1);
  assert.equal(await ask("/v1/data/app/authz/allow"), false);
  assert.deepEqual(await ask("/v1/data/harness_image_guard/no_docker_hub/pipeline/deny"), ["there is no `input.pipeline`, so nothing has been checked"]);
});

test("a policy that is wrong is said when serve starts", async (t) => {
  const folder = temporaryFolder(t, { "p.rego": "package p\nx := y\n" });
  await assert.rejects(served(t, ["--data", "p.rego"], folder), /a policy is wrong\n.*rego_unsafe_var_error|var y is unsafe/s);
});

test("Harness's evaluate answers what Harness would conclude of a policy that the request brings", async () => {
  const handler = createHandler({ anonymous: true, rego: { maxSteps: 1_000_000 } });
  const evaluate = async (body: string): Promise<{ readonly status: number; readonly text: string }> => answerOf(asking(handler), { path: "/pm/api/v1/evaluate", body });
  const rego = 'package pipeline\ndeny[msg] { input.pipeline.n > 1; msg := "too many" }\nbig := input.big\n';
  const one = await evaluate(JSON.stringify({ rego, input: { pipeline: { n: 2 } } }).replace('"pipeline":{', '"big":9007199254740993,"pipeline":{'));
  assert.equal(one.status, 200);
  assert.match(one.text, /^\{"status":"error","deny_messages":\["too many"\],"output":\{"big": 9007199254740993,/);
  assert.match((await evaluate(JSON.stringify({ rego, input: { pipeline: { n: 0 } } }))).text, /^\{"status":"pass","deny_messages":\[\]/);
  const wrong = JSON.parse((await evaluate(JSON.stringify({ rego: "package p\nx {", input: {} }))).text) as { readonly status: string; readonly error: string };
  assert.equal(wrong.status, "error");
  assert.match(wrong.error, /^policy\.rego:2/);
  const endless = JSON.stringify({ rego: "package p\ndeny[x] { x := numbers.range(1, 100000)[_]; y := numbers.range(1, 100000)[_]; y < x - 200000 }", input: {} });
  assert.match((await evaluate(endless)).text, /"status":"error".*eval_cancel_error/);
  for (const body of ["[]", "{}", '{"rego": 1, "input": {}}', '{"rego": "package p"}', "{"]) assert.equal((await evaluate(body)).status, 400, body);
});

test("memory is given back after each policy that a request brings", async () => {
  const handler = createHandler({ anonymous: true, rego: {} });
  const body = JSON.stringify({ rego: `package p\n${Array.from({ length: 200 }, (_, at) => `r${at} { input.a == ${at} }\n`).join("")}`, input: {} });
  const many = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) assert.equal((await answerOf(asking(handler), { path: "/pm/api/v1/evaluate", body })).status, 200);
  };
  await many(50);
  const before = process.memoryUsage().external;
  await many(150);
  assert.ok(process.memoryUsage().external < before + 32 * 2 ** 20);
});

