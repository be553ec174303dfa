// Written from src/harness/entity.rs by `UPDATE_TYPES=1 cargo test current`; not by hand.

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
export type CheckedEntity = (typeof checkedEntities)[number];

/** What `check` can ask policies about: entities that files hold. */
export const checkedEntities = [
  "pipeline",
  "template",
  "connector",
  "inputSet",
  "secret",
  "service",
  "environment",
  "infrastructure",
  "override",
] as const;

/** When Harness asks policies. */
export type PolicyEvent = (typeof policyEvents)[number];

/** When Harness asks policies. */
export const policyEvents = [
  "onsave",
  "onrun",
  "onstep",
] as const;
