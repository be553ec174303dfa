import type { PolicyEntity } from "harness-image-guard";

/** What Harness asks policies about. */
export const ENTITIES = [
  "pipeline",
  "template",
  "connector",
  "secret",
  "service",
  "environment",
  "infrastructure",
  "override",
  "step",
] as const satisfies readonly PolicyEntity[];
