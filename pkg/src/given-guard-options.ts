import { HarnessImageGuardError } from "./error.js";
import type { GuardOptions } from "./guard.js";
import { isObject } from "./json-object.js";
import { assertJson } from "./plain-json.js";
import { plainOptions } from "./plain-object.js";

/**
 * Refuses options of a guard that would fail somewhere else, or be ignored in silence.
 *
 * @throws HarnessImageGuardError with the code `usage`
 */
export function assertGuardOptions(options: GuardOptions): void {
  const { rules, policies, connectorFiles, verified, metadata } = plainOptions(options);
  if (rules?.length === 0) throw new HarnessImageGuardError("usage", "`rules` is empty: no rule would run; without `rules`, every rule does");
  assertObjects("policies", policies);
  assertObjects("connectorFiles", connectorFiles);
  assertJson(verified, "verified");
  if (!(metadata instanceof Uint8Array)) assertJson(metadata, "metadata");
}

function assertObjects(name: string, list: unknown): void {
  if (list === undefined || (Array.isArray(list) && list.every(isObject))) return;
  throw new HarnessImageGuardError("usage", `\`${name}\` has to be an array of objects`);
}
