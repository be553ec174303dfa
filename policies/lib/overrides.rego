# METADATA
# title: Where a stage names the connector for Harness's own images
# description: |
#   Every site of "Override Image Connector" (`harnessImageConnectorRef`), found by its shape. A site is
#   either `{at, name, written, kind, partial}`, the place of the reference with its value (null if there
#   is none), or `{at, open}`, the place of a string or type that decides whether that key is there, and
#   with which value. Source: harness-schema, v0 stages and step groups, v1
#   runtimes.
package harness_image_guard.lib.overrides

import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

# reference_key is the key of the reference in the v0 syntax, v1_reference_key in the v1 syntax.
reference_key := "harnessImageConnectorRef"

v1_reference_key := "harness-image-connector"

# The keys from an infrastructure to the mapping with the reference, by the infrastructure's type.
_stage_infrastructures := {"KubernetesDirect": ["spec"], "VM": ["spec", "spec"]}

_runtimes := {"Docker": ["spec"]}

_group_infrastructures := {"KubernetesDirect": ["spec"], "ECSDirect": ["spec"], "VM": ["spec", "spec"]}

# A Container step's VM has no second `spec`.
_step_infrastructures := {"KubernetesDirect": ["spec"], "ECSDirect": ["spec"], "VM": ["spec"]}

# Only in these stages are images pulled on the infrastructure; in others, it is the target of a deployment.
_stages_with_infrastructure := {"CI", "SecurityTests", "IACM", "IDP"}

sites := array.concat(
	[site |
		some place in places
		some site in _sites_at(place)
	],
	_v1_sites,
)

# places are where a stage, step group or step of the v0 syntax says what it runs on: `{at, value, types,
# partial}`, where `types` are the keys to the reference for each type that has one.
places := array.concat(_in_stages, array.concat(_in_groups, _in_steps))

_in_stages := [{"at": array.concat(stage.at, ["spec", key]), "value": written, "types": types, "partial": stage.partial} |
	some stage in tree.stages
	some key, types in {"infrastructure": _stage_infrastructures, "runtime": _runtimes}
	written := stage.value.spec[key]
	_is_a_place(key, written, stage)
]

_is_a_place(_, written, _) if not is_string(written)

_is_a_place(key, _, _) if key == "runtime"

_is_a_place("infrastructure", _, stage) if {
	value.kind(object.get(stage.value, "type", null)) != "literal"
}

_is_a_place("infrastructure", _, stage) if trim_space(stage.value.type) in _stages_with_infrastructure

_in_groups := [{"at": array.concat(group.at, ["stepGroupInfra"]), "value": written, "types": _group_infrastructures, "partial": group.partial} |
	some group in tree.groups
	written := group.value.stepGroupInfra
]

_in_steps := [{"at": array.concat(step.at, ["spec", "infrastructure"]), "value": written, "types": _step_infrastructures, "partial": step.partial} |
	some step in tree.steps
	written := step.value.spec.infrastructure
	_may_be_its_own(written, step)
]

# Only a Container step has its own infrastructure. A mapping is recognized by its shape, a string by the step's type.
_may_be_its_own(written, _) if is_object(written)

_may_be_its_own(_, step) if tree.may_be_of_type(step, "Container")

_sites_at(place) := _typed_sites(place, place.types, object.get(place.value, "type", null)) if {
	is_object(place.value)
	not uses_another_stage(place)
} else := [{"at": place.at, "open": reference_key}] if {
	value.says(place.value)
} else := []

# uses_another_stage holds for an infrastructure that is taken from another stage.
uses_another_stage(place) if {
	value.kind(place.value.useFromStage) != "absent"
	place.at[count(place.at) - 1] == "infrastructure"
}

_typed_sites(node, types, type) := _sites_of_type(node, types[trim_space(type)]) if {
	is_string(type)
	value.kind(type) == "literal"
} else := [{"at": array.concat(node.at, ["type"]), "open": reference_key}] if {
	value.kind(type) == "unknown"
} else := [site |
	# Inputs of a template may leave out the type, because the template has it.
	node.partial
	value.kind(type) == "absent"
	some keys in {keys | some keys in types}
	site := _site_of(node, keys)
	site.kind != "absent"
]

_sites_of_type(node, keys) := on_the_path if {
	on_the_path := _strings_on_the_path(node, keys)
	on_the_path != []
} else := [_site_of(node, keys)]

_site_of(node, keys) := {
	"at": array.concat(array.concat(node.at, keys), [reference_key]),
	"name": concat(".", array.concat(array.concat([node.at[count(node.at) - 1]], keys), [reference_key])),
	"written": written,
	"kind": value.kind(written),
	"partial": node.partial,
} if {
	written := object.get(node.value, array.concat(keys, [reference_key]), null)
}

# _strings_on_the_path are strings in place of a mapping on the path to the reference.
_strings_on_the_path(node, keys) := [{"at": array.concat(node.at, path), "open": reference_key} |
	some i in numbers.range(1, count(keys))
	path := array.slice(keys, 0, i)
	value.says(object.get(node.value, path, null))
]

# v1: `runtime: {kubernetes: {…}}`, `runtime: {vm: {…}}`, or one word.
_v1_sites := [site |
	some stage in tree.v1_stages
	stage.value.runtime
	some site in _v1_sites_in(stage)
]

_v1_sites_in(stage) := [{"at": array.concat(stage.at, ["runtime"]), "open": v1_reference_key}] if {
	is_string(stage.value.runtime)
	value.computed(stage.value.runtime)
} else := array.concat(
	[{
		"at": array.concat(stage.at, ["runtime", key, v1_reference_key]),
		"name": concat(".", ["runtime", key, v1_reference_key]),
		"written": written,
		"kind": value.kind(written),
		"partial": stage.partial,
	} |
		some key in ["kubernetes", "vm"]
		runtime := object.get(stage.value.runtime, key, null)
		runtime != null
		not is_string(runtime)
		written := _reference_in(runtime)
	],
	[{"at": array.concat(stage.at, ["runtime", key]), "open": v1_reference_key} |
		some key in ["kubernetes", "vm"]
		value.says(stage.value.runtime[key])
	],
)

_reference_in(runtime) := object.get(runtime, v1_reference_key, null) if {
	is_object(runtime)
} else := null
