import { HarnessImageGuardError, type PolicyProblem } from "../../error.js";
import { Refusal } from "../refusal.js";

/** What went wrong with an evaluation, as OPA's server says it. */
export function evaluationRefusal(error: unknown): unknown {
  if (!(error instanceof HarnessImageGuardError) || error.code !== "rego") return error;
  const problems = error.problems as readonly PolicyProblem[];
  const [first] = problems;
  if (first === undefined) return new Refusal(500, "internal_error", error.message);
  if (first.code.startsWith("eval_")) return new Refusal(500, "internal_error", "error(s) occurred while evaluating query", { errors: [shownProblem(first)] });
  const doing = first.code === "rego_parse_error" ? "parsing" : "compiling";
  return new Refusal(400, "invalid_parameter", `error(s) occurred while ${doing} query`, { errors: problems.map(shownProblem) });
}

function shownProblem({ code, message, file, line, column, details }: PolicyProblem): object {
  return {
    code,
    message,
    ...(line === null ? {} : { location: { file: file ?? "", row: line, col: column ?? 1 } }),
    ...(details === null ? {} : { details }),
  };
}
