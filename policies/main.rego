# METADATA
# title: All rules on one entity
# description: |
#   The entry point of every host: whether the policies are about this entity at all, and what each
#   rule found. Input: the entity under its root key, `{"pipeline": {…}}`, and `metadata` with
#   `file` and `document`. A rule is its folder and a line in `found`.
package harness_image_guard.main

import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

report := {"applicable": applicable, "findings": findings}

findings := array.concat(errors, [object.union({"rule": rule}, finding) |
	some rule, set in found
	some finding in set
])

# errors are what keeps an entity from being looked at to its end.
errors := [object.union({"rule": rule}, error) |
	some rule, set in {"too-deep": too_deep, "unknown-entity": unknown_entity}
	some error in set
]

found := {
	"harness-image-connector": data.harness_image_guard.rules.harness_image_connector.findings,
	"harness-images-only": data.harness_image_guard.rules.harness_images_only.findings,
	"harness-image-registry": data.harness_image_guard.rules.harness_image_registry.findings,
	"no-docker-hub": data.harness_image_guard.rules.no_docker_hub.findings,
}

default applicable := true

applicable := false if {
	value.kind(input.template.type) == "literal"
	not shapes[value.text(input.template.type)]
}

# A connector of a list that has a file too: that file alone counts.
applicable := false if {
	data.harness_image_guard.facts.outranked != {}
	data.harness_image_guard.facts.outranked[reference.document_key(input.metadata.file, input.metadata.document)]
}

# Other tools have a root key `template` too.
applicable := false if {
	value.kind(input.template.type) == "unknown"
	not is_named
}

is_named if input.template.identifier

is_named if input.template.versionLabel

# Templates of the v1 syntax have no type.
is_plain if {
	some key in ["pipeline", "stage", "step", "group", "agent"]
	is_object(input.template[key])
}

# What a template of each type has below `spec`; templates of other types have no steps.
shapes := {
	"Pipeline": "stages",
	"Stage": "spec",
	"Step": "spec",
	"StepGroup": "steps",
}

too_deep contains {
	"verdict": "error",
	"path": node.at,
	"message": "this nests deeper than the policies look, so what is below has not been checked",
	"help": "nest less deeply",
} if {
	some node in tree.beyond
}

unknown_entity contains {
	"verdict": "error",
	"path": ["template", "type"],
	"message": "cannot determine the template's `type`, so it has not been checked",
	"help": "write `type: Pipeline`, `Stage`, `StepGroup` or `Step`, as the content is",
} if {
	is_object(input.template)
	is_named
	has_no_type(value.kind(object.get(input.template, "type", null)))
}

has_no_type(kind) if kind == "unknown"

has_no_type(kind) if {
	kind == "absent"
	not is_plain
}

unknown_entity contains {
	"verdict": "error",
	"path": ["template", "spec", key],
	"message": sprintf("a template of type %s has %s, and this one hasn't, so it has not been checked", [type, wanted(type, key)]),
	"help": "compare the file with the one that Harness shows for this template",
} if {
	type := trim_space(input.template.type)
	key := shapes[type]
	not has_shape(key)
	not is_step(type)
}

wanted("Step", _) := "`spec.type` or `spec.spec`"

wanted(type, key) := sprintf("`spec.%s`", [key]) if type != "Step"

# A step may have nothing to say beyond its type.
is_step("Step") if value.kind(object.get(input.template.spec, "type", null)) != "absent"

has_shape("stages") if is_array(input.template.spec.stages)

has_shape("steps") if is_array(input.template.spec.steps)

has_shape("spec") if is_object(input.template.spec.spec)

has_shape(_) if is_object(input.template.spec.template)
