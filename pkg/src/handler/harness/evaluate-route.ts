import { HarnessImageGuardError } from "../../error.js";
import { evaluationStatuses } from "../../evaluation.js";
import { bodyOf, textOf } from "../body.js";
import { answers, refusals } from "../operation.js";
import { jsonAnswer } from "../opa/json-answer.js";
import { firstValue } from "../opa/input.js";
import { asGoWrites, membersOf, type RawJson } from "../opa/raw-json.js";
import { invalid } from "../refusal.js";
import type { Route } from "../route.js";

/** Harness's `POST /pm/api/v1/evaluate`: a policy and an input in, what Harness would conclude out. */
export const evaluateRoute: Route = {
  method: "POST",
  path: "/pm/api/v1/evaluate",
  scope: "evaluate",
  operation: {
    operationId: "evaluate",
    summary: "Evaluate a policy in the request, as Harness does",
    description: "A policy that can't be compiled, or whose evaluation fails, has the status `error`, and `error` says why.",
    requestBody: { required: true, content: { "application/json": { schema: { type: "object", required: ["rego", "input"], properties: { rego: { type: "string" }, input: { description: "Any JSON." } } } } } },
    responses: {
      200: answers("What Harness would conclude.", ["application/json"], {
        type: "object",
        properties: { status: { enum: evaluationStatuses }, deny_messages: { type: "array", items: { type: "string" } }, output: { description: "Any JSON." }, error: { type: ["string", "null"] } },
      }),
      ...refusals(400, 401, 403, 408, 413, 429, 500, 503),
    },
  },
  answer: async ({ request, service }) => {
    const text = textOf(await bodyOf(request, service.limits));
    const members = membersOf(objectIn(firstValue(text, "body", service.limits)));
    const rego: unknown = JSON.parse(members.get("rego") ?? "null");
    const input = members.get("input");
    if (typeof rego !== "string" || input === undefined) throw invalid('the body has to be {"rego": "package …", "input": …}');
    try {
      const policy = await service.compile({ "policy.rego": rego });
      try {
        const { status, deny_messages, output, error } = policy.evaluateText(input, service.policyLimits);
        return jsonAnswer({ status: asGoWrites(status), deny_messages: asGoWrites(deny_messages), output: compact(output), error: asGoWrites(error ?? null) }, false);
      } finally {
        policy.dispose();
      }
    } catch (error) {
      if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") throw error;
      return jsonAnswer({ status: '"error"', deny_messages: "[]", output: "null", error: asGoWrites(error.message) }, false);
    }
  },
};

function objectIn(value: RawJson): RawJson {
  if (!value.startsWith("{")) throw invalid("the body has to be an object");
  return value;
}

/** Without the line breaks that it is shown to people with; strings have none. */
function compact(output: RawJson): RawJson {
  return output.replace(/\n\s*/g, "");
}
