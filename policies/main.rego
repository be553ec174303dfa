# METADATA
# title: All rules on one entity
# description: |
#   The entry point of every host: whether the policies apply to this entity at all, and the findings of
#   each rule. Input: the entity under its root key, `{"pipeline": {…}}`, and `metadata` with
#   `file` and `document`.
package harness_image_guard.main

import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

report := {"applicable": applicable, "findings": _findings}

_findings := array.concat(errors, [object.union({"rule": rule}, finding) |
	some rule, set in data.harness_image_guard.rules.findings
	some finding in set
])

# errors are what keeps an entity from being checked to its end.
errors := [object.union({"rule": rule}, error) |
	some rule, set in {"too-deep": too_deep, "unknown-entity": unknown_entity}
	some error in set
]

default applicable := true

applicable := false if {
	value.kind(input.template.type) == "literal"
	not _may_have_steps
}

_may_have_steps if _shapes[value.text(input.template.type)]

# Harness ignores the case of a template's type.
_may_have_steps if {
	some type, key in _shapes
	lower(type) == tree.template_type
	_has_shape(key)
}

# If a connector in a list also has a file, only the file counts.
applicable := false if {
	data.harness_image_guard.facts.outranked != {}
	data.harness_image_guard.facts.outranked[reference.document_key(input.metadata.file, input.metadata.document)]
}

# Other tools also have a root key `template`.
applicable := false if {
	value.kind(input.template.type) == "unknown"
	not _is_named
}

_is_named if input.template.identifier

_is_named if input.template.versionLabel

# Templates of the v1 syntax have no type.
_is_v1 if {
	some key in ["pipeline", "stage", "step", "group", "agent"]
	is_object(input.template[key])
}

# The key below `spec` that a template of each type has. Templates of other types have no steps.
_shapes := {
	"Pipeline": "stages",
	"Stage": "spec",
	"Step": "spec",
	"StepGroup": "steps",
}

too_deep contains {
	"verdict": "error",
	"path": node.at,
	"message": "this is nested deeper than the check follows, so what is inside has not been checked",
	"help": "nest less deeply",
} if {
	some node in tree.too_deep
}

unknown_entity contains {
	"verdict": "error",
	"path": ["template", "type"],
	"message": "cannot determine the template's `type`, so the template has not been checked",
	"help": "write `type: Pipeline`, `Stage`, `StepGroup` or `Step`, depending on the content",
} if {
	is_object(input.template)
	_is_named
	_has_no_type(value.kind(object.get(input.template, "type", null)))
}

_has_no_type(kind) if kind == "unknown"

_has_no_type(kind) if {
	kind == "absent"
	not _is_v1
}

unknown_entity contains {
	"verdict": "error",
	"path": ["template", "spec", key],
	"message": sprintf("a template of type %s needs %s, so the template has not been checked", [type, _wanted(type, key)]),
	"help": "compare the file with the one that Harness shows for this template",
} if {
	type := trim_space(input.template.type)
	key := _shapes[type]
	not _has_shape(key)
	not _is_step(type)
}

_wanted("Step", _) := "`spec.type` or `spec.spec`, which is missing here"

_wanted(type, key) := sprintf("`spec.%s`, which is missing here", [key]) if {
	type != "Step"
	not _is_there(key)
}

# An expression, for example, or what Terraform replaces by a list.
_wanted(type, key) := sprintf("`spec.%s` to be a %s, which it isn't here", [key, _collections[key]]) if {
	type != "Step"
	_is_there(key)
}

_is_there(key) if value.kind(input.template.spec[key]) != "absent"

_collections := {"spec": "mapping", "stages": "list", "steps": "list"}

# A step may have nothing but its type.
_is_step("Step") if value.kind(object.get(input.template.spec, "type", null)) != "absent"

# The `spec` of a step may be an expression, which only the run turns into a mapping.
_is_step("Step") if {
	is_string(input.template.spec.spec)
	value.kind(input.template.spec.spec) != "absent"
}

_has_shape("stages") if is_array(input.template.spec.stages)

_has_shape("steps") if is_array(input.template.spec.steps)

_has_shape("spec") if is_object(input.template.spec.spec)

_has_shape(_) if is_object(input.template.spec.template)
