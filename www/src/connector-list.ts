import type { PlainFile } from "./project.ts";

/** The path of the list that an import makes. */
export const LIST_PATH = "harness-connectors.yaml";

/** Whether a file is Terraform's state, which is opened for its connectors alone. */
export function isState(path: string): boolean {
  return path.toLowerCase().endsWith(".tfstate");
}

/** Whether a file is YAML by its name. */
export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** How many characters of a list are searched for `madeAt`, which comes first in the lists that this program writes. */
const MOST_BEGINNING = 4000;

/** When a list of connectors was made; `undefined` if it doesn't say, `null` if what it says isn't a time. */
export function madeAt({ text }: PlainFile): Date | null | undefined {
  const beginning = text.slice(0, MOST_BEGINNING);
  const [, written] = /^\s*\{?\s*["']?madeAt["']?\s*:\s*["']?([^"'\s,#}]+)/m.exec(beginning) ?? [];
  if (written === undefined) return undefined;
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Whether a file may list connectors; only the module knows whether it does. */
export function mayListConnectors({ path, text }: PlainFile): boolean {
  if (isYaml(path)) return /^["']?connectors["']?\s*:/m.test(text);
  return /\.(json|tfstate)$/i.test(path) && /"connector"|"connectors"|"harness_platform_connector_/.test(text);
}
