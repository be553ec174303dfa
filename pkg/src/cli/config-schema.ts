import { readFileSync } from "node:fs";

/** What the schema says of one key of the configuration. */
export interface KeySchema {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** The keys of the configuration, in the order in which the schema describes them. */
export function configKeys(): Readonly<Record<string, KeySchema>> {
  const text = readFileSync(new URL("../../schema/harness-image-guard.schema.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly properties: Readonly<Record<string, KeySchema>> }).properties;
}
