import type { ExportOptions } from "../../export.js";
import { exportPolicies, formatDiff } from "../../node.js";
import type { Connector } from "../specified-connector.js";
import { isEmpty, type Mapping, mappingOf } from "./connector.js";

/** The connector that a configuration specifies, as Terraform; delegates that are given go before those of the configuration. */
export async function terraform(options: Omit<ExportOptions, "to">, delegates: readonly string[]): Promise<string> {
  const file = (await exportPolicies({ ...options, to: "terraform" })).find(({ path }) => path === "connector.tf");
  const text = new TextDecoder().decode(file?.content);
  if (delegates.length === 0) return text;
  const lines = `\n  delegate_selectors  = ${JSON.stringify(delegates)}\n  execute_on_delegate = true\n`;
  return text.replace(/\n(?: {2}(?:delegate_selectors|execute_on_delegate) .*\n)+/, "").replace(/\}\n$/, `${lines}}\n`);
}

/** What is changed, as a unified diff of the YAML, without credentials. */
export async function difference(before: Connector, after: Connector): Promise<string> {
  return formatDiff("harnessImage", yaml(before), yaml(after));
}

/** As Harness shows a connector. What is empty is left out, and so are credentials. */
export function yaml(connector: Connector): string {
  return `connector:\n${linesOf(withoutSecrets(connector), "  ")}`;
}

function withoutSecrets(connector: Connector): Connector {
  const { accountIdentifier: _, ...rest } = connector;
  const spec = mappingOf(connector["spec"]);
  const { spec: credentials, ...auth } = mappingOf(spec["auth"]);
  const hidden = mappingOf(credentials);
  const shownAuth = credentials === undefined || credentials === null ? auth : { ...auth, spec: Object.fromEntries(Object.keys(hidden).map((key) => [key, "(not shown)"])) };
  return inOrder({ ...rest, spec: inOrder({ ...spec, auth: shownAuth }) });
}

/** As Harness writes them, and then the others. */
const order = ["name", "identifier", "description", "type", "spec", "dockerRegistryUrl", "providerType", "auth", "delegateSelectors", "executeOnDelegate"];

function inOrder(mapping: Mapping): Mapping {
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(Object.entries(mapping).sort(([a], [b]) => place(a) - place(b)));
}

function linesOf(mapping: Mapping, indent: string): string {
  const entries = Object.entries(mapping).filter(([, value]) => !isEmpty(value));
  return entries
    .map(([key, value]) => {
      if (Array.isArray(value)) return `${indent}${key}:\n${value.map((item) => `${indent}  - ${JSON.stringify(item)}\n`).join("")}`;
      if (typeof value === "object" && value !== null) return `${indent}${key}:\n${linesOf(value as Mapping, `${indent}  `)}`;
      return `${indent}${key}: ${scalar(value as string | number | boolean)}\n`;
    })
    .join("");
}

function scalar(value: string | number | boolean): string {
  return typeof value === "string" && /^[A-Za-z][\w./-]*(?::\/\/[\w./:-]+)?$/.test(value) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(value) ? value : JSON.stringify(value);
}
