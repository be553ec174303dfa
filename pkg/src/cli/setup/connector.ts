import { exportPolicies, formatDiff } from "../../node.js";
import type { ExportOptions } from "../../export.js";
import { isObject } from "../../json-object.js";
import type { Connector, Value } from "../specified-connector.js";

type Mapping = { readonly [key: string]: Value };

/** The connector that a configuration specifies, as Terraform; delegates that are given go before those of the configuration. */
export async function terraform(options: Omit<ExportOptions, "to">, delegates: readonly string[]): Promise<string> {
  const file = (await exportPolicies({ ...options, to: "terraform" })).find(({ path }) => path === "connector.tf");
  const text = new TextDecoder().decode(file?.content);
  if (delegates.length === 0) return text;
  const lines = `\n  delegate_selectors  = ${JSON.stringify(delegates)}\n  execute_on_delegate = true\n`;
  return text.replace(/\n(?: {2}(?:delegate_selectors|execute_on_delegate) .*\n)+/, "").replace(/\}\n$/, `${lines}}\n`);
}

/**
 * What becomes of a connector: it gets the specification's fields, and keeps its others.
 *
 * @param there the connector as it is; without one, it is new
 * @param delegates the selectors of those that connect; without any, these stay as they are
 */
export function updated(specification: Connector, there: Connector | undefined, delegates: readonly string[]): Connector {
  const spec = mappingOf(specification["spec"]);
  const before = mappingOf(there?.["spec"]);
  const [auth, authBefore] = [mappingOf(spec["auth"]), mappingOf(before["auth"])];
  // What the configuration names goes before what is there.
  const keepsCredentials = auth["type"] === authBefore["type"] && (auth["spec"] === undefined || lacksCredentials(specification));
  return {
    ...specification,
    ...there,
    type: specification["type"] ?? null,
    spec: {
      ...(there?.["type"] === specification["type"] ? before : {}),
      ...spec,
      auth: keepsCredentials ? authBefore : auth,
      ...(delegates.length === 0 ? {} : { delegateSelectors: delegates, executeOnDelegate: true }),
    },
  };
}

/** Whether a connector's credentials are missing, because the configuration doesn't name them. */
export function lacksCredentials(connector: Connector): boolean {
  const auth = mappingOf(mappingOf(connector["spec"])["auth"]);
  const spec = mappingOf(auth["spec"]);
  return auth["type"] !== "Anonymous" && (spec["passwordRef"] ?? "account.<SECRET>") === "account.<SECRET>";
}

/** Whether there are credentials, or the names of secrets, which nobody is shown. */
export function hasCredentials(connector: Connector): boolean {
  return mappingOf(mappingOf(connector["spec"])["auth"])["spec"] !== undefined;
}

/** The connector with the kind of its authentication, and nothing else of that. */
export function withoutCredentials(connector: Connector): Connector {
  const spec = mappingOf(connector["spec"]);
  const { type = null } = mappingOf(spec["auth"]);
  return { ...connector, spec: { ...spec, auth: { type } } };
}

/** The selectors of the delegates that connect; none where any does. */
export function delegatesOf(connector: Connector): readonly string[] {
  const selectors = mappingOf(connector["spec"])["delegateSelectors"];
  return Array.isArray(selectors) ? selectors.map(String) : [];
}

/** Whether two connectors have the same values, in whatever order. */
export function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
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

function isEmpty(value: Value): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => !isEmpty(each));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

function mappingOf(value: Value | undefined): Mapping {
  return isObject(value) ? (value as Mapping) : {};
}
