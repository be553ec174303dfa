import { answers, refusals } from "../operation.js";
import { Refusal } from "../refusal.js";
import type { Route } from "../route.js";
import { jsonAnswer } from "./json-answer.js";
import { flagsOf, pretty, unescaped } from "./parameter.js";
import { asGoWrites } from "./raw-json.js";

const module = { type: "object", properties: { id: { type: "string" }, raw: { type: "string" } } };

/** OPA's policy API, to read. There is no `ast`: OPA's is its own. */
export const policiesRoutes: readonly Route[] = [
  {
    ...{ method: "GET", path: "/v1/policies", scope: "policies" },
    operation: {
      operationId: "listPolicies",
      summary: "List the modules",
      parameters: [pretty],
      responses: { 200: answers("The modules.", ["application/json"], { type: "object", properties: { result: { type: "array", items: module } } }), ...refusals(401, 403, 404, 429, 500, 501, 503) },
    },
    answer: async ({ url, service }) => {
      const isSet = flagsOf(url);
      const { modules } = await service.policy();
      const result = [...modules].map(([id, raw]) => asGoWrites({ id, raw }));
      return jsonAnswer({ result: `[${result.join(",")}]` }, isSet("pretty"));
    },
  },
  {
    ...{ method: "GET", path: "/v1/policies/{path}", scope: "policies" },
    operation: {
      operationId: "getPolicy",
      summary: "Show a module",
      parameters: [{ name: "path", in: "path", required: true, schema: { type: "string" } }, pretty],
      responses: { 200: answers("The module.", ["application/json"], { type: "object", properties: { result: module } }), ...refusals(401, 403, 404, 429, 500, 501, 503) },
    },
    answer: async ({ url, service, rest }) => {
      const isSet = flagsOf(url);
      const { modules } = await service.policy();
      const id = unescaped(rest);
      const raw = modules.get(id);
      if (raw === undefined) throw new Refusal(404, "resource_not_found", `storage_not_found_error: policy id ${JSON.stringify(id)}`);
      return jsonAnswer({ result: asGoWrites({ id, raw }) }, isSet("pretty"));
    },
  },
];
