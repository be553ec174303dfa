import { ENTITIES, type EntityName } from "./entity.ts";
import type { OwnPolicy } from "./project.ts";

/** A policy's module as Harness, which reads Rego v0, takes it. */
export function moduleFor({ rego, version }: OwnPolicy): string {
  if (version === 0 || /^import rego\.v1\b/m.test(rego)) return rego;
  return rego.replace(/^package .*$/m, "$&\n\nimport rego.v1");
}

/**
 * The same as Terraform: the policy, and a policy set that asks it of an entity.
 *
 * @param name without one, its package says which entity that is, as is the custom
 */
export function terraformFor(policy: OwnPolicy, name: EntityName | ""): string {
  const [, dotted = "policy"] = /^package +(\S+)/m.exec(policy.rego) ?? [];
  const entity = ENTITIES.find((each) => each.name === (name === "" ? dotted : name)) ?? ENTITIES[0];
  const type = entity.name === "step" ? "custom" : entity.name;
  const { action } = entity;
  const id = dotted.replaceAll(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=[0-9])/, "_");
  const rego = moduleFor(policy).replace(/\n*$/, "\n");
  // The word that ends the text must be no line of it.
  let end = "REGO";
  while (rego.split("\n").some((line) => line.trim() === end)) end += "_";
  return `resource "harness_platform_policy" "${id}" {
  identifier = "${id}"
  name       = "${id}"
  rego       = <<${end}
${rego.replaceAll("${", "$$${").replaceAll("%{", "%%{")}${end}
}

resource "harness_platform_policyset" "${id}_${type}_${action}" {
  identifier = "${id}_${type}_${action}"
  name       = "${id} - ${type} ${action}"
  action     = "${action}"
  type       = "${type}"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.${id}.identifier
    severity   = "error"
  }
}
`;
}
