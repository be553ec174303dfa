import { reportSchemas } from "../report-schema.js";
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
  ...reportSchemas,
};
