// Written from src/policy/authoring/export by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/** What our rules are written as. */
export type ExportTarget = (typeof exportTargets)[number];

/** What our rules are written as. */
export const exportTargets = [
  "rego",
  "opa-bundle",
  "terraform",
  "harness-yaml",
  "harness-api",
] as const;
