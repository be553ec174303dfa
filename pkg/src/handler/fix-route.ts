import { jsonText } from "../formats/json.js";
import { accepted } from "./accept.js";
import { filesOf } from "./check-route.js";
import { answers, filesBody, filesParameters, query, refusals } from "./operation.js";
import { flagOf, parametersOf } from "./parameter.js";
import type { Route } from "./route.js";

const fixTypes = ["application/json", "text/x-diff"] as const;

/** `POST /v1/fix`: files in, those that fixes change out, or the difference. */
export const fixRoute: Route = {
  method: "POST",
  path: "/v1/fix",
  scope: "fix",
  operation: {
    operationId: "fix",
    summary: "Apply fixes",
    description: "JSON has the changed files, whole, and the report of what is left. A diff is exact, for a program to apply: it isn't escaped for a terminal.",
    parameters: [
      ...filesParameters,
      query("unsafe", "Whether to also apply fixes that change the registry of an image.", { type: "boolean", default: false }),
    ],
    requestBody: filesBody(),
    responses: {
      200: answers("What changed.", fixTypes, { $ref: "#/components/schemas/Fixed" }),
      ...refusals(400, 401, 403, 406, 408, 413, 415, 429, 500, 503),
    },
  },
  answer: async (asked) => {
    const { request, url, service, note } = asked;
    const parameters = parametersOf(url, ["path", "strip", "unsafe"]);
    const options = { unsafe: flagOf("unsafe", parameters.unsafe) };
    const type = accepted(request.headers.get("accept"), fixTypes);
    const files = await filesOf(asked, parameters);
    const guard = await service.guard();
    if (type === "text/x-diff") return { type, body: guard.diff(files, options) };
    const fixed = guard.fix(files, options);
    note.findings = fixed.report.diagnostics.length;
    return { type, body: jsonText(fixed) };
  },
};
