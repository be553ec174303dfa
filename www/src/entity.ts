import type { PolicyEntity } from "harness-image-guard";

/** What Harness asks policies about. */
export const ENTITIES = [
  { name: "pipeline", action: "onrun" },
  { name: "template", action: "onsave" },
  { name: "connector", action: "onsave" },
  { name: "secret", action: "onsave" },
  { name: "service", action: "onsave" },
  { name: "environment", action: "onsave" },
  { name: "infrastructure", action: "onsave" },
  { name: "override", action: "onsave" },
  { name: "step", action: "onstep" },
] as const satisfies readonly Entity[];

/** One kind of entity. */
interface Entity {
  readonly name: PolicyEntity;
  /** The event on which Harness asks. */
  readonly action: string;
}

export type EntityName = PolicyEntity;
