import { readFile } from "node:fs/promises";

import type { HarnessImageGuardError } from "../error.js";
import type { UserPolicy } from "../guard.js";
import { lintRego } from "../node.js";
import type { Json } from "../policy.js";
import type { Severity } from "../report.js";
import { didYouMean } from "./command-line.js";
import { suggestion } from "./suggestion.js";
import { readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const severities: readonly Severity[] = ["error", "warning", "note"];
const settings = ["entity", "severity"];

/**
 * The policies of `--policy FILE[,entity=…][,severity=…]`.
 *
 * @throws UsageError
 */
export async function readUserPolicies(specifications: readonly string[]): Promise<UserPolicy[]> {
  return Promise.all(
    specifications.map(async (specification) => {
      const [path = "", ...rest] = specification.split(",");
      const policy: { entity?: string; severity?: Severity } = {};
      for (const setting of rest) {
        const [key = "", value = ""] = setting.split("=", 2);
        if (key === "entity" && value !== "") policy.entity = value;
        else if (key === "severity" && isSeverity(value)) policy.severity = value;
        else throw new UsageError(wrongSetting(specification, key, value));
      }
      return { path, text: await readable(`the policy '${path}'`, readFile(path, "utf8")), ...policy };
    }),
  );
}

/**
 * The text of a policy that a configuration names.
 *
 * @param absolute where the file is
 * @param named where the configuration names it: `harness-image-guard.yaml:2:5`
 * @throws UsageError
 */
export function readNamedPolicy(path: string, absolute: string, named: string): Promise<string> {
  return readable(`${named}: the policy '${path}'`, readFile(absolute, "utf8"));
}

/** What `--metadata FILE` holds. */
export async function readMetadata(path: string): Promise<{ readonly [key: string]: Json }> {
  const text = await readable(`the metadata '${path}'`, readFile(path, "utf8"));
  let metadata: unknown;
  try {
    metadata = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`the metadata '${path}' is not JSON: ${(error as Error).message}`);
  }
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new UsageError(`the metadata '${path}' has to be an object`);
  }
  return metadata as { readonly [key: string]: Json };
}

/** A line for each policy that can never fail, which is hardly meant. */
export async function neverFailing(policies: readonly UserPolicy[]): Promise<string> {
  const lines = policies.map(async ({ path, text, regoVersion = 0 }) => {
    const { findings } = await lintRego({ modules: { [path]: text }, regoVersion });
    return findings
      .filter(({ rule }) => rule === "never-fails")
      .map(({ start, message }) => `${path}:${start.line}:${start.column}: warning: ${message}\n`);
  });
  return (await Promise.all(lines)).flat().join("");
}

/** What is said where policies can't be used. */
export function wrongPolicies(error: HarnessImageGuardError): UsageError {
  return new UsageError(`a policy is wrong\n${error.message}`);
}

function isSeverity(value: string): value is Severity {
  return (severities as readonly string[]).includes(value);
}

function wrongSetting(specification: string, key: string, value: string): string {
  if (key === "severity") {
    return `'${value}' is no severity, in --policy '${specification}'; it is one of ${severities.join(", ")}`;
  }
  return settings.includes(key)
    ? `'${key}' needs a value, in --policy '${specification}'`
    : `'${key}' is unknown, in --policy '${specification}'${didYouMean(suggestion(key, settings))}`;
}
