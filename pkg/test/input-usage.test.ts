import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { compileRego, HarnessImageGuardError, type Json, type Policy } from "harness-image-guard";

import { packageFolder } from "./paths.js";

// Of a value, only what a policy can look at is written as JSON; of a text, all is there. Both have to answer alike.

const looking = `package p

import rego.v1

field := input.a.b.c
items contains x if x := input.list[_].a
fields contains [k, x] if x := input.map[k].a
known := input.map.known.b
all contains [k, x] if x := input.all[k]
deep contains [i, j, x] if x := input[i][j].deep
proto := input.own["__proto__"].a
made := input.own.constructor.name
half := input.half["\\ufffd"].a
`;

const samples = join(packageFolder, "../../shared/policies");

const naming = `package p

import rego.v1

items contains x if { some y in input.list; x := y.a }
fields contains [k, x] if { some k, y in input.map; z := y.b; x := z.c }
kept contains x if { y := input.all; z := y[_]; not z.a; x := y.known }
there contains k if { some k; y = input.map[k] }
made := x if { y := input; x := y.own.constructor }
compared if { y = input.a; y = input.known; y.b }
inner contains x if { y := input.a; x := {z.deep | some z in y.list; z.a} }
every_one if { every y in input.list { y.a } }
replaced contains x if { y := input.a with input as input.known; x := y.b }
`;

/** The same question, the second time with all of the input. */
const questions = (document: string): readonly [string, string] => [`x := ${document}`, `x := ${document}; input == input`];

function answerOf(policy: Policy, query: string, value: Json): unknown {
  try {
    return policy.eval(query, value).map(({ bindings }) => bindings);
  } catch (error) {
    return error instanceof HarnessImageGuardError ? error.message : error;
  }
}

function assertAnswersAsOfWhole(policy: Policy, document: string, value: unknown, what: string): void {
  if (typeof value !== "object" || value instanceof Uint8Array) return;
  const [ofPart, ofWhole] = questions(document).map((query) => answerOf(policy, query, value as Json));
  assert.deepEqual(ofPart, ofWhole, what);
}

function assertSame(policy: Policy, query: string, value: unknown, what: string): void {
  // A string is a text, and bytes are one; a function has none, and nothing of a map is in it.
  if (typeof value !== "object" || value instanceof Uint8Array || value instanceof Map) return;
  const text = JSON.stringify(value);
  assert.deepEqual(policy.ask(query, value as Json), policy.ask(query, text), what);
  assert.equal(policy.evalText(query, value as Json), policy.evalText(query, text), what);
  assert.deepEqual(policy.evaluate(value as Json), policy.evaluate(text), what);
  assert.deepEqual(policy.evaluateText(value as Json), policy.evaluateText(text), what);
}

class Step {
  readonly a = 1;
  readonly deep = { a: 2 };
  get b(): number {
    return 3;
  }
}

/** Values that JSON has otherwise than they look, or that take care to be read at all. */
const hostile: readonly (() => unknown)[] = [
  () => undefined,
  () => () => 1,
  () => Symbol("a"),
  () => NaN,
  () => -0,
  () => 1e308,
  () => "half \ud800 pair",
  () => new Date(0),
  () => new Map([["a", 1]]),
  () => new Step(),
  () => new String("abc"),
  () => Object(1),
  () => new Uint8Array([1, 2]),
  () => runInNewContext("({a: {b: {c: 1}}, deep: [1]})"),
  () => runInNewContext("[{a: 1}]"),
  () => ({ toJSON: () => ({ a: "made", deep: 1 }) }),
  () => ({ a: 1, toJSON: 2 }),
  () => ({ toJSON: (key: string) => ({ a: key }) }),
  () => Object.assign([{ a: 1 }], { toJSON: () => [{ a: 2 }] }),
  () => Object.assign([{ a: 1 }], { a: 2, deep: 3 }),
  () => Object.create({ a: 1, b: 2, toJSON: () => ({ a: 3 }) }) as unknown,
  () => Object.create({ a: 1 }, { b: { value: 2, enumerable: true } }) as unknown,
  () => Object.create(null, { a: { value: 1, enumerable: true }, deep: { get: () => 2, enumerable: true } }) as unknown,
  () => Object.create(Array.prototype, { 0: { value: 1, enumerable: true }, a: { value: 2, enumerable: true } }) as unknown,
  () => Object.setPrototypeOf([{ a: 1 }], Object.prototype) as unknown,
  () => Object.setPrototypeOf([{ a: 1 }], null) as unknown,
  () => Object.defineProperty({ b: 1 }, "a", { value: 2 }),
  () => ({
    get a() {
      return { b: { c: 1 } };
    },
  }),
  () => JSON.parse('{"__proto__": {"a": 1}, "constructor": {"name": 2}, "toString": 3}') as unknown,
  () => ({ "\ud800": { a: 1 }, "\ufffd": { a: 2 }, "\udc00": { a: 3, c: 4 } }),
  () => ({ 2: { a: 1 }, 1: { a: 2 }, "": { a: 3 }, "01": { a: 4 }, [Symbol("a")]: 5 }),
  () => [, { a: 1 }, undefined, () => 1, Symbol("a"), [, 1]], // eslint-disable-line no-sparse-arrays
  () => new (class extends Array<unknown> {})({ a: 1 }, { a: 2 }),
  () => new Proxy({ a: 1, deep: 2 }, {}),
  () => new Proxy([{ a: 1 }], {}),
  () => new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: (_, key) => (key === "a" ? { b: { c: 1 } } : undefined) }),
  () => Object.freeze({ a: Object.freeze({ b: 1 }) }),
  () => (JSON as { readonly rawJSON?: (text: string) => unknown }).rawJSON?.("9007199254740993"),
];

const keys = ["a", "b", "c", "list", "map", "known", "all", "deep", "own", "half", "other", "__proto__", "constructor", "name", "\ufffd", "\ud800", "0"];

let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const anyOf = <T>(all: readonly T[]): T => all[random(all.length)] as T;

function anyValue(depth: number): unknown {
  const kind = random(depth > 4 ? 3 : 10);
  if (kind === 0) return anyOf<unknown>([null, true, false, 1.5, "a", ""]);
  if (kind === 1) return anyOf(hostile)();
  if (kind === 2) return {};
  if (kind === 3) return Array.from({ length: random(4) }, () => anyValue(depth + 1));
  return Object.fromEntries(Array.from({ length: random(7) }, () => [anyOf(keys), anyValue(depth + 1)]));
}

test("a value whose JSON isn't as it looks answers as its JSON", async () => {
  const policy = await compileRego({ modules: { "p.rego": looking } });
  for (const make of hostile) {
    const what = String(make);
    assertSame(policy, "data.p", make(), what);
    for (const key of ["a", "list", "map", "all", "other", "own", "half"]) {
      assertSame(policy, "data.p", { [key]: make() }, what);
      assertSame(policy, "data.p", { [key]: { known: make(), b: make(), other: make(), "\ufffd": make() } }, what);
      assertSame(policy, "data.p", { [key]: [make(), make()] }, what);
    }
  }
});

test("any value answers as its JSON, and as all of it", async () => {
  const policies = [await compileRego({ modules: { "p.rego": looking } }), await compileRego({ modules: { "p.rego": naming } })];
  for (let round = 0; round < 2000; round += 1) {
    const value = anyValue(0);
    for (const policy of policies) {
      assertSame(policy, "data.p", value, `value ${round}`);
      assertAnswersAsOfWhole(policy, "data.p", value, `value ${round}`);
    }
  }
});

test("what a query looks at itself is there, too, and the next query has its own part", async () => {
  const policy = await compileRego({ modules: { "p.rego": "package p\nx := input.a" } });
  const input = { a: 1, b: { c: 2 } };
  const value = (query: string): unknown => policy.eval(query, input)[0]?.expressions[0]?.value;
  assert.deepEqual(["data.p", "input", "data.p", "input.b.c", "data.p.x"].map(value), [{ x: 1 }, input, { x: 1 }, 2, 1]);
  const ofInput = await compileRego({ modules: { "p.rego": "package input_of.p\nx := input.a" } });
  assert.deepEqual(ofInput.evaluate(input).output, { x: 1 });
});

test("what no policy looks at is not read, and what one looks at has to be JSON", async () => {
  const policy = await compileRego({ modules: { "p.rego": "package p\nx := input.a.b\ny := count(input.c)" } });
  const cycle: Record<string, unknown> = {};
  cycle["again"] = cycle;
  const failing = {
    get again(): Json {
      throw new Error("no");
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const wrong of [cycle, 1n, failing, proxy] as unknown as Json[]) {
    assert.deepEqual(policy.eval("data.p.x", { a: { b: 1, other: wrong }, other: wrong })[0]?.expressions[0]?.value, 1);
    for (const input of [{ a: { b: wrong } }, { c: [wrong] }]) {
      for (const asked of [() => policy.eval("data.p.x", input), () => policy.evaluate(input)]) {
        assert.throws(asked, (error) => error instanceof HarnessImageGuardError && error.code === "usage" && error.message === "the input can't be written as JSON");
      }
    }
  }
});

test("Harness's sample policies answer to values as to texts, and as to all of them", { skip: !existsSync(samples) }, async () => {
  const names = readdirSync(samples);
  const inputs = names.filter((name) => name.endsWith(".input.json")).map((name) => readFileSync(join(samples, name), "utf8"));
  let compared = 0;
  for (const name of names.filter((each) => each.endsWith(".rego"))) {
    const text = readFileSync(join(samples, name), "utf8");
    let policy: Policy;
    try {
      policy = await compileRego({ modules: { [name]: text } });
    } catch {
      // Some are of two files, or none of Rego.
      continue;
    }
    for (const input of inputs) {
      const document = `data.${/^package\s+([\w.]+)/m.exec(text)?.[1]}`;
      assertSame(policy, document, JSON.parse(input), name);
      assertAnswersAsOfWhole(policy, document, JSON.parse(input), name);
      compared += 1;
    }
    policy.dispose();
  }
  assert.ok(compared > 500, String(compared));
});
