import { assertAttached, isBytes } from "./bytes.js";
import type { GuardConfiguration } from "./configuration.js";
import { HarnessImageGuardError } from "./error.js";
import { assertJson } from "./plain-json.js";

/** A configuration: an object, or what a `harness-image-guard.yaml` holds, YAML or JSON, as a string or as bytes in UTF-8. */
export type ConfigSource = GuardConfiguration | string | Uint8Array;

/**
 * A configuration as the module reads it.
 *
 * @param path what messages call it
 * @throws HarnessImageGuardError with the code `config` for bytes that aren't UTF-8, `usage` for what isn't JSON or can't be read
 */
export function configText(config: ConfigSource, path = "configuration"): string {
  if (typeof config === "string") return config;
  if (isBytes(config)) {
    assertAttached(config, "config");
    return decoded(config, path);
  }
  assertJson(config, "config");
  // JSON is YAML, so that an object goes through the same strict reading as a file.
  return JSON.stringify(config, null, 2);
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = "the configuration isn't UTF-8";
    throw new HarnessImageGuardError("config", `${path}:1:1: ${message}`, { cause, problems: [{ message, line: 1, column: 1 }] });
  }
}
