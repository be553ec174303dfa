import { assertAttached, isBytes } from "./bytes.js";
import { HarnessImageGuardError, unreadable } from "./error.js";
import { givenOptions, type OptionKinds } from "./given-options.js";
import type { ConnectorFile, GuardOptions } from "./guard.js";
import { isObject } from "./json-object.js";
import { assertJson } from "./plain-json.js";
import { policyLimitKinds } from "./policy-options.js";

const guardKinds: OptionKinds<GuardOptions> = {
  config: "any",
  configPath: "string",
  preset: "string",
  configExceptions: "boolean",
  commentExceptions: "boolean",
  fileConnectors: "boolean",
  today: "string",
  partial: "boolean",
  rules: "json",
  maxFileBytes: "count",
  maxFindings: "count",
  connectorFiles: "any",
  readConnectorFile: "function",
  verified: "json",
  policies: "any",
  readPolicy: "function",
  metadata: "any",
  policyLimits: "any",
};

/**
 * Options of a guard as they are now, without what would fail somewhere else, or be ignored in silence.
 *
 * @throws HarnessImageGuardError with the code `usage`
 */
export function givenGuardOptions(options: GuardOptions): GuardOptions {
  const given = givenOptions(options, guardKinds);
  const { rules, policies, connectorFiles, metadata, policyLimits } = given;
  if (rules?.length === 0) throw new HarnessImageGuardError("usage", "`rules` is empty: no rule would run; without `rules`, every rule does");
  assertObjects("policies", policies);
  assertJson(policies, "policies");
  assertObjects("connectorFiles", connectorFiles);
  for (const [index, file] of (connectorFiles ?? []).entries()) assertFile(`connectorFiles[${index}]`, file);
  if (!isBytes(metadata)) assertJson(metadata, "metadata");
  if (policyLimits !== undefined) givenOptions(policyLimits, policyLimitKinds, "policyLimits");
  return given;
}

function assertObjects(name: string, list: unknown): void {
  try {
    if (list === undefined || (Array.isArray(list) && list.every(isObject))) return;
  } catch (cause) {
    throw unreadable(name, cause);
  }
  throw new HarnessImageGuardError("usage", `\`${name}\` has to be an array of objects`);
}

function assertFile(place: string, file: ConnectorFile): void {
  let path: unknown;
  let text: unknown;
  try {
    ({ path, text } = file);
  } catch (cause) {
    throw unreadable(place, cause);
  }
  if (typeof path !== "string") throw new HarnessImageGuardError("usage", `\`${place}.path\` has to be a string`);
  if (typeof text !== "string" && !isBytes(text)) throw new HarnessImageGuardError("usage", `\`${place}.text\` has to be a string or a Uint8Array`);
  if (isBytes(text)) assertAttached(text, `${place}.text`);
}
