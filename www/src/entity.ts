/** What Harness hands to policies, each in a wrapping of its own. Source: its guide for authors. */
export const ENTITIES = [
  { name: "pipeline", root: "pipeline", key: "pipeline", action: "onrun" },
  { name: "template", root: "template", key: "template", action: "onsave" },
  { name: "connector", root: "connector", key: "entity", action: "onsave" },
  { name: "secret", root: "secret", key: "secret", action: "onsave" },
  { name: "service", root: "service", key: "serviceEntity", action: "onsave" },
  { name: "environment", root: "environment", key: "environmentEntity", action: "onsave" },
  { name: "infrastructure", root: "infrastructureDefinition", key: "infrastructureEntity", action: "onsave" },
  { name: "override", root: "overrides", key: "overrideEntity", action: "onsave" },
  { name: "step", root: "step", key: "", action: "onstep" },
] as const satisfies readonly Entity[];

/** One kind of entity. */
interface Entity {
  readonly name: string;
  /** The key under which its file has it. */
  readonly root: string;
  /** The key under which the input has it; of a step, it is the input itself. */
  readonly key: string;
  /** The event on which Harness asks. */
  readonly action: string;
}

export type EntityName = (typeof ENTITIES)[number]["name"];

/** A document as Harness hands it to a policy; without an entity's name, as the entity that it is. */
export function wrapped(document: unknown, name: EntityName | ""): unknown {
  const root = Object(document) as Readonly<Record<string, unknown>>;
  const entity = ENTITIES.find((each) => (name === "" ? each.root in root : each.name === name));
  if (entity === undefined) return document;
  const content = root[entity.root] ?? document;
  if (entity.key === "") return content;
  const { key, action } = entity;
  const metadata = { action, type: entity.name };
  return { [key]: content, ...(key === "pipeline" ? { action } : {}), metadata };
}
