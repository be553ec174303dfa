import type { Answer } from "../answer.js";
import { answers, query, refusals } from "../operation.js";
import { invalid, Refusal } from "../refusal.js";
import type { Asked, Operation, Route } from "../route.js";
import { sentJson } from "./input.js";
import { jsonAnswer } from "./json-answer.js";
import { flagsOf, metrics, pretty } from "./parameter.js";
import { membersOf, type RawJson } from "./raw-json.js";

async function answerQuery({ url, service }: Asked, asked: string, input: RawJson | undefined): Promise<Answer> {
  const isSet = flagsOf(url);
  if (asked.trim() === "") throw new Refusal(500, "internal_error", "cannot evaluate empty query");
  const policy = await service.policy();
  const started = performance.now();
  const rows = policy.ask(asked, input, false);
  const nanoseconds = Math.round((performance.now() - started) * 1e6);
  return jsonAnswer(
    {
      metrics: isSet("metrics") || isSet("instrument") ? JSON.stringify({ timer_rego_query_eval_ns: nanoseconds }) : undefined,
      result: rows.length === 0 ? undefined : `[${rows.map(({ bindings }) => bindings).join(",")}]`,
    },
    isSet("pretty"),
  );
}

async function post(asked: Asked): Promise<Answer> {
  const { request, service } = asked;
  const sent = await sentJson(request, service.limits, service.readDocument);
  if (sent === undefined || !sent.startsWith("{")) throw invalid("error(s) occurred while decoding request: it has to be an object");
  const members = membersOf(sent);
  const text: unknown = JSON.parse(members.get("query") ?? '""');
  if (typeof text !== "string") throw invalid("error(s) occurred while decoding request: 'query' has to be a string");
  const input = members.get("input");
  return answerQuery(asked, text, input === "null" ? undefined : input);
}

async function get(asked: Asked): Promise<Answer> {
  const text = asked.url.searchParams.getAll("q").at(-1);
  if (text === undefined) throw invalid("missing parameter 'q'");
  return answerQuery(asked, text, undefined);
}

function operation(operationId: string, summary: string, rest: Partial<Operation>): Operation {
  const rows = { type: "object", properties: { result: { type: "array", items: { type: "object" } }, metrics: { type: "object" } } };
  return { operationId, summary, ...rest, responses: { 200: answers("The values of the query's variables, for each solution.", ["application/json"], rows), ...refusals(400, 401, 403, 404, 408, 413, 429, 500, 501, 503) } };
}

const flags: readonly object[] = [pretty, metrics];

/** OPA's query API: any query of the policies. */
export const queryRoutes: readonly Route[] = [
  {
    ...{ method: "POST", path: "/v1/query", scope: "query" },
    operation: operation("postQuery", "Evaluate a Rego query", {
      parameters: flags,
      requestBody: { required: true, content: { "application/json": { schema: { type: "object", required: ["query"], properties: { query: { type: "string" }, input: { description: "Any JSON." } } } } } },
    }),
    answer: post,
  },
  {
    ...{ method: "GET", path: "/v1/query", scope: "query" },
    operation: operation("getQuery", "Evaluate a Rego query", { parameters: [{ ...query("q", "The query.", { type: "string" }), required: true }, ...flags] }),
    answer: get,
  },
];
