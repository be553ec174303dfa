import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuard, type Report } from "harness-image-guard";
import { createHandler } from "harness-image-guard/handler";
import { nodeListener } from "harness-image-guard/handler/node-listener";
import { OpenAPIClientAxios, type Document } from "openapi-client-axios";

import { projectFiles } from "./project.js";
import { serve } from "./server.js";

const token = "correct-horse-battery";
const policy = 'package app\nallow { input.user == "alice" }\n';

test("a client that is generated from the description asks every kind of route, by the names that it has there", async (t) => {
  const { url } = await serve(t, nodeListener(createHandler({ tokens: [{ token }], rego: { modules: { "p.rego": policy } } })));
  const definition = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const generator = new OpenAPIClientAxios({
    definition: { ...definition, servers: [{ url }] } as Document,
    axiosConfigDefaults: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = await generator.getClient();
  const ask = async (operation: string, parameters: object | null, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const method = client[operation];
    assert.ok(typeof method === "function", operation);
    return ((await method(parameters as never, body, { headers })) as { readonly data: unknown }).data;
  };
  const files = projectFiles();
  const guard = await createGuard();
  assert.deepEqual(await ask("check", null, { files }), guard.check(files));
  assert.deepEqual(await ask("fix", { unsafe: true }, { files }), guard.fix(files, { unsafe: true }));
  assert.deepEqual(await ask("images", null, { files }), guard.images(files));
  assert.match(String(await ask("check", { format: "markdown" }, "a: 1\n", { "content-type": "application/yaml" })), /^### harness-image-guard/);
  assert.deepEqual(await ask("health", null), {});
  assert.match(String(await ask("metrics", null)), /harness_image_guard_requests_total/);
  assert.deepEqual(((await ask("queryData", { path: "app" }, { input: { user: "alice" } })) as { readonly result: object }).result, { allow: true });
  assert.deepEqual(await ask("postQuery", null, { query: "x := 1" }), { result: [{ x: 1 }] });
  assert.deepEqual(await ask("getPolicy", { path: "p.rego" }), { result: { id: "p.rego", raw: policy } });
  assert.equal(((await ask("evaluate", null, { rego: policy, input: {} })) as { readonly status: string }).status, "pass");
});

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

test("reports, fixes and inventories are what the description says of them", async () => {
  const handler = createHandler({ anonymous: true });
  const response = await handler.fetch(new Request("http://guard.example/openapi.json"));
  const { components } = (await response.json()) as { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } };
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: "http://guard.example/openapi.json", components });
  const files = projectFiles();
  const guard = await createGuard();
  const report: Report = guard.check(files);
  assert.ok(report.diagnostics.some(({ fix }) => fix !== null));
  for (const [name, value] of [
    ["Report", report],
    ["Fixed", guard.fix(files, { unsafe: true })],
    ["Inventory", guard.images(files)],
    ["Files", { files }],
    ["Error", { code: "a", message: "b" }],
  ] as const) {
    const validate = ajv.compile({ $ref: `http://guard.example/openapi.json#/components/schemas/${name}` });
    assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    assert.ok(!validate({}), name);
  }
});
