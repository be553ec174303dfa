import type { Shown } from "../formats.js";
import { inertJson } from "../inert.js";

/** The report itself, as the command's `--format json` prints it. */
export function json({ report }: Shown): string {
  return jsonText(report);
}

/** Indented JSON in which nothing acts on a terminal or a build server. */
export function jsonText(value: unknown): string {
  return inertJson(`${JSON.stringify(value, null, 2)}\n`);
}
