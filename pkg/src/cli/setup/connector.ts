import { isObject } from "../../json-object.js";
import type { Connector, Value } from "../specified-connector.js";

/** A mapping of YAML. */
export type Mapping = { readonly [key: string]: Value };

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

/** Whether a value says nothing, as Harness leaves it out. */
export function isEmpty(value: Value): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => !isEmpty(each));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

/** A mapping; an empty one in the place of anything else. */
export function mappingOf(value: Value | undefined): Mapping {
  return isObject(value) ? (value as Mapping) : {};
}
