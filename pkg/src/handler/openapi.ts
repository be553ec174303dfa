import type { Route } from "./route.js";

/** The interface as OpenAPI 3.1 describes it. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, scope, operation } of routes) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: { ...operation, security: scope === undefined ? [] : [{ token: [] }] } };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "harness-image-guard",
      version: "1",
      description: "Says where the images of Harness pipelines come from, and whether that is allowed. The configuration is the server's: no request changes it.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "Not needed where the server has no tokens." } },
      schemas,
    },
  };
}

const string = { type: "string" };
const integer = { type: "integer" };
const orNull = (schema: { readonly type: string }): object => ({ ...schema, type: [schema.type, "null"] });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const list = (items: object): object => ({ type: "array", items });
const object = (properties: Readonly<Record<string, object>>): object => ({ type: "object", required: Object.keys(properties), properties });

const schemas = {
  Files: {
    ...object({ files: list({ ...object({ path: { ...string, description: "Relative to the repository, with `/`." }, text: { ...string, description: "YAML or JSON." } }), additionalProperties: false }) }),
    additionalProperties: false,
  },
  Error: {
    type: "object",
    required: ["code", "message"],
    properties: { code: { ...string, description: "For programs." }, message: { ...string, description: "For people." }, errors: list({ type: "object" }) },
  },
  Position: object({ line: { ...integer, description: "From 1." }, column: { ...integer, description: "From 1, in code points." }, offset: { ...integer, description: "From 0, in bytes." } }),
  Edit: object({ start: ref("Position"), end: ref("Position"), text: string }),
  Fix: object({ applicability: { enum: ["safe", "unsafe"] }, title: string, edits: list(ref("Edit")) }),
  Diagnostic: object({
    ...{ rule: string, verdict: { enum: ["violation", "undecided", "error"] }, severity: { enum: ["note", "warning", "error"] }, message: string },
    ...{ entity: orNull(string), subject: orNull(string), path: list({ type: ["string", "integer"] }), file: string, document: orNull(integer) },
    ...{ start: ref("Position"), end: ref("Position"), help: orNull(string), docs: orNull(string), fix: { anyOf: [ref("Fix"), { type: "null" }] }, suppressed: orNull(string) },
    exception: { anyOf: [ref("Exception"), { type: "null" }] },
    related: list(object({ file: string, document: integer, start: ref("Position"), end: ref("Position"), message: string })),
  }),
  Exception: object({ kind: { enum: ["comment", "configuration"] }, file: string, line: integer, until: orNull(string), reason: orNull(string) }),
  Report: object({
    schemaVersion: integer,
    diagnostics: list(ref("Diagnostic")),
    omitted: list({ type: "object" }),
    files: list(object({ path: string, documents: list(object({ index: integer, entity: orNull(string), identifier: orNull(string), status: { enum: ["pass", "fail", "undecided", "error", "not-applicable"] }, reason: orNull(string) })) })),
    connectorLists: list(object({ file: string, madeAt: orNull(string), days: orNull(integer) })),
    summary: object({ files: integer, documents: integer, errors: integer, warnings: integer, undecided: integer, suppressed: integer }),
  }),
  Fixed: object({ files: list(object({ path: string, text: string, fixes: integer })), report: ref("Report") }),
  Inventory: object({ schemaVersion: integer, images: list({ type: "object" }), summary: { type: "object" }, problems: list(ref("Diagnostic")) }),
};
