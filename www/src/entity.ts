// Written from src/harness/entity.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { PolicyEntity } from "harness-image-guard";

/** What policies are asked about. */
export const ENTITIES = [
  "pipeline",
  "template",
  "connector",
  "inputSet",
  "secret",
  "service",
  "environment",
  "infrastructure",
  "override",
  "step",
] as const satisfies readonly PolicyEntity[];
