// Written from src/harness/entity.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/** What policies are asked about. */
export type PolicyEntity = (typeof policyEntities)[number];

/** What policies are asked about. */
export const policyEntities = [
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
] as const;

/** What `check` can ask policies about: entities that files hold. */
export type CheckedEntity = "pipeline" | "template" | "connector" | "inputSet" | "secret" | "service" | "environment" | "infrastructure" | "override";

/** When Harness asks policies. */
export type PolicyEvent = (typeof policyEvents)[number];

/** When Harness asks policies. */
export const policyEvents = [
  "onsave",
  "onrun",
  "onstep",
] as const;
