import type { PlainFile } from "./project.ts";

/** What a list is called that comes of an import. */
export const LIST_PATH = "harness-connectors.yaml";

/** Whether a file is Terraform's state, which is opened for its connectors alone. */
export function isState(path: string): boolean {
  return path.toLowerCase().endsWith(".tfstate");
}

/** Whether a file is YAML by its name. */
export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** As much of a list is looked at for when it was made; that comes first in what this program writes. */
const MOST_BEGINNING = 4000;

/** When a list of connectors says that it was made; `undefined` where it doesn't say, `null` where that is no time. */
export function madeAt({ text }: PlainFile): Date | null | undefined {
  const beginning = text.slice(0, MOST_BEGINNING);
  const [, written] = /^\s*\{?\s*["']?madeAt["']?\s*:\s*["']?([^"'\s,#}]+)/m.exec(beginning) ?? [];
  if (written === undefined) return undefined;
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Whether a file looks as if it listed connectors; whether it does, the module says. */
export function mayListConnectors({ path, text }: PlainFile): boolean {
  if (isYaml(path)) return /^["']?connectors["']?\s*:/m.test(text);
  return /\.(json|tfstate)$/i.test(path) && /"connector"|"connectors"|"harness_platform_connector_/.test(text);
}
