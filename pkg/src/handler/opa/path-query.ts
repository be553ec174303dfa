import { invalid } from "../refusal.js";
import { unescaped } from "./parameter.js";

/**
 * The query that a path under `/v1/data` stands for: `a/b/0` is `data.a.b[0]`, as OPA has it.
 *
 * @param path as it is in the URL, escaped
 * @throws Refusal with 400
 */
export function queryOf(path: string): string {
  const steps = path.split("/").filter((step) => step !== "").map(unescaped);
  return `data${steps.map(stepOf).join("")}`;
}

function stepOf(step: string): string {
  if (step.includes('"')) throw invalid(`invalid path: invalid ref term '${step.slice(0, 200)}'`);
  if (/^[A-Za-z_]\w*$/.test(step)) return `.${step}`;
  if (/^[+-]?\d+$/.test(step) && isInt64(step)) return `[${String(BigInt(step))}]`;
  return `[${JSON.stringify(step)}]`;
}

function isInt64(digits: string): boolean {
  if (digits.length > 20) return false;
  const number = BigInt(digits.replace("+", ""));
  return BigInt.asIntN(64, number) === number;
}
