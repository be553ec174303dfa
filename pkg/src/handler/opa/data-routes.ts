import { answers, query, refusals } from "../operation.js";
import { Refusal } from "../refusal.js";
import type { Answer } from "../answer.js";
import type { Asked, Operation, Route } from "../route.js";
import { firstValue, inputOf, sentJson } from "./input.js";
import { jsonAnswer, valueAnswer } from "./json-answer.js";
import { flag, flagsOf, metrics, pretty } from "./parameter.js";
import { queryOf } from "./path-query.js";
import { asGoWrites, type RawJson } from "./raw-json.js";
import type { ServedPolicy } from "./served-policy.js";

/** The versions of OPA whose answers are given, by the version of Rego that the policies are in. */
const opaVersions = { 0: "0.70.0", 1: "1.22.2" } as const;

/** The parameters of the data API that are served. */
const dataParameters: readonly object[] = [
  pretty,
  flag("strict-builtin-errors", "Whether an error of a built-in function makes the request fail."),
  flag("provenance", "Whether the response names the version of OPA whose results it has."),
  metrics,
];

const pathParameter = { name: "path", in: "path", required: true, description: "The document, with `/` for `.`.", schema: { type: "string" } };
const inputParameter = query("input", "The input, as JSON.", { type: "string" });
const anyJson = { description: "Any JSON." };
const dataBody = { content: { "application/json": { schema: { type: "object", properties: { input: anyJson } } }, "application/yaml": { schema: { type: "string" } } } };
const v0Body = { content: { "application/json": { schema: anyJson } } };
const dataAnswer = {
  type: "object",
  properties: { decision_id: { type: "string" }, result: anyJson, provenance: { type: "object" }, metrics: { type: "object" }, warning: { type: "object" } },
};

async function answerData(asked: Asked, path: string, input: RawJson | undefined, isInputMissing: boolean): Promise<Answer> {
  const { url, service, note } = asked;
  const isSet = flagsOf(url);
  const query = queryOf(path);
  const policy = await service.policy();
  const started = performance.now();
  const [row] = policy.ask(query, input, isSet("strict-builtin-errors"));
  const nanoseconds = Math.round((performance.now() - started) * 1e6);
  note.decisionId = crypto.randomUUID();
  const members = {
    decision_id: JSON.stringify(note.decisionId),
    provenance: isSet("provenance") ? provenanceOf(policy) : undefined,
    metrics: isSet("metrics") || isSet("instrument") ? JSON.stringify({ timer_rego_query_eval_ns: nanoseconds }) : undefined,
    result: row?.value,
    warning: isInputMissing ? asGoWrites({ code: "api_usage_warning", message: "'input' key missing from the request" }) : undefined,
  };
  return jsonAnswer(members, isSet("pretty"));
}

function provenanceOf({ regoVersion }: ServedPolicy): RawJson {
  return JSON.stringify({ version: opaVersions[regoVersion], build_commit: "", build_timestamp: "", build_hostname: "" });
}

async function postData(asked: Asked, path: string): Promise<Answer> {
  const { request, service } = asked;
  const input = inputOf(await sentJson(request, service.limits, service.readDocument));
  return answerData(asked, path, input, input === undefined);
}

async function getData(asked: Asked, path: string): Promise<Answer> {
  const sent = asked.url.searchParams.getAll("input").at(-1);
  const input = sent === undefined ? undefined : firstValue(sent, "parameter", asked.service.limits);
  return answerData(asked, path, input, false);
}

/** As it was before `/v1`: the body is the input, and the answer the document. */
async function postV0(asked: Asked, path: string): Promise<Answer> {
  const { request, url, service, note } = asked;
  const input = (await sentJson(request, service.limits, service.readDocument)) ?? "null";
  const isSet = flagsOf(url);
  const query = queryOf(path);
  const policy = await service.policy();
  const [row] = policy.ask(query, input, false);
  if (row !== undefined) {
    note.decisionId = crypto.randomUUID();
    return valueAnswer(row.value, isSet("pretty"));
  }
  throw new Refusal(404, "undefined_document", `document missing or undefined: ${query}`);
}

function operation(operationId: string, summary: string, rest: Partial<Operation>): Operation {
  return {
    ...{ operationId, summary },
    ...rest,
    responses: { 200: answers("The result; without `result`, the document is undefined.", ["application/json"], dataAnswer), ...refusals(400, 401, 403, 404, 408, 413, 429, 500, 501, 503) },
  };
}

const base = { scope: "data" } as const;

/** OPA's data API, to read. */
export const dataRoutes: readonly Route[] = [
  {
    ...{ ...base, method: "POST", path: "/v1/data" },
    operation: operation("queryAllData", "Get all documents", { parameters: dataParameters, requestBody: dataBody }),
    answer: (asked) => postData(asked, ""),
  },
  {
    ...{ ...base, method: "POST", path: "/v1/data/{path}" },
    operation: operation("queryData", "Get a document", { parameters: [pathParameter, ...dataParameters], requestBody: dataBody }),
    answer: (asked) => postData(asked, asked.rest),
  },
  {
    ...{ ...base, method: "GET", path: "/v1/data" },
    operation: operation("getAllData", "Get all documents", { parameters: [inputParameter, ...dataParameters] }),
    answer: (asked) => getData(asked, ""),
  },
  {
    ...{ ...base, method: "GET", path: "/v1/data/{path}" },
    operation: operation("getData", "Get a document", { parameters: [pathParameter, inputParameter, ...dataParameters] }),
    answer: (asked) => getData(asked, asked.rest),
  },
  {
    ...{ ...base, method: "POST", path: "/v0/data" },
    operation: operation("queryAllDataV0", "Get all documents, as before v1", { parameters: [pretty], requestBody: v0Body }),
    answer: (asked) => postV0(asked, ""),
  },
  {
    ...{ ...base, method: "POST", path: "/v0/data/{path}" },
    operation: operation("queryDataV0", "Get a document, as before v1", { parameters: [pathParameter, pretty], requestBody: v0Body }),
    answer: (asked) => postV0(asked, asked.rest),
  },
  {
    ...{ ...base, method: "POST", path: "/" },
    operation: operation("queryDefault", "Get `data.system.main`, OPA's default decision", { parameters: [pretty], requestBody: v0Body }),
    answer: (asked) => postV0(asked, "system/main"),
  },
];
