# METADATA
# title: Where a stage names the connector for Harness's own images
# description: |
#   Every site of "Override Image Connector" (`harnessImageConnectorRef`), found by the shape of
#   what stands there. A site is either `{at, name, written, fragment}`, the place of the reference
#   with what is written there (null if nothing), or `{at, open}`, the place of a text or type that
#   decides whether and what is written under that key. Source: harness-schema, v0 stages and step groups, v1
#   runtimes.
package harness_image_guard.lib.overrides

import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

# For each type, the keys that lead from the infrastructure to the mapping with the reference.
stage_infrastructures := {"KubernetesDirect": ["spec"], "VM": ["spec", "spec"]}

runtimes := {"Docker": ["spec"]}

container_infrastructures := {"KubernetesDirect": ["spec"], "ECSDirect": ["spec"]}

sites := array.concat(
	array.concat(
		sites_under(tree.stage_specs, "infrastructure", stage_infrastructures),
		sites_under(tree.stage_specs, "runtime", runtimes),
	),
	array.concat(
		array.concat(
			sites_under(tree.groups, "stepGroupInfra", container_infrastructures),
			sites_under(step_specs, "infrastructure", container_infrastructures),
		),
		array.concat(texts, plain_sites),
	),
)

texts := array.concat(
	array.concat(texts_under(tree.stage_specs, "infrastructure"), texts_under(tree.stage_specs, "runtime")),
	array.concat(texts_under(tree.groups, "stepGroupInfra"), texts_under(container_specs, "infrastructure")),
)

# Only a Container step has an infrastructure of its own; a mapping tells by its shape, a text doesn't.
container_specs := [{"at": array.concat(step.at, ["spec"]), "value": step.value.spec} |
	some step in tree.steps
	is_string(step.value.spec.infrastructure)
	trim_space(step.value.type) == "Container"
]

step_specs := tree.children(tree.steps, "spec")

sites_under(nodes, key, types) := [site |
	some node in tree.children(nodes, key)
	not uses_another_stage(key, node.value)
	some site in typed_sites(node, types, object.get(node.value, "type", null))
]

uses_another_stage("infrastructure", written) if value.kind(written.useFromStage) != "absent"

typed_sites(node, types, type) := [{"at": array.concat(node.at, ["type"]), "open": "harnessImageConnectorRef"}] if {
	value.kind(type) == "unknown"
} else := sites_of_type(node, types[trim_space(type)]) if {
	value.kind(type) == "literal"
	is_string(type)
} else := [site |
	# The inputs of a template may leave the type out, which the template has.
	node.fragment
	value.kind(type) == "absent"
	some keys in {keys | some keys in types}
	some site in sites_of_type(node, keys)
]

sites_of_type(node, keys) := on_the_way if {
	on_the_way := texts_on_the_way(node, keys)
	on_the_way != []
} else := [{
	"at": array.concat(array.concat(node.at, keys), ["harnessImageConnectorRef"]),
	"name": concat(".", array.concat(array.concat([node.at[count(node.at) - 1]], keys), ["harnessImageConnectorRef"])),
	"written": object.get(node.value, array.concat(keys, ["harnessImageConnectorRef"]), null),
	"fragment": node.fragment,
}]

# texts_on_the_way are the texts that stand where a mapping leads to the reference.
texts_on_the_way(node, keys) := [{"at": array.concat(node.at, way), "open": "harnessImageConnectorRef"} |
	some i in numbers.range(1, count(keys))
	way := array.slice(keys, 0, i)
	value.says(object.get(node.value, way, null))
]

texts_under(nodes, key) := [{"at": array.concat(node.at, [key]), "open": "harnessImageConnectorRef"} |
	some node in nodes
	value.says(node.value[key])
]

# v1: `runtime: {kubernetes: {…}}`, `runtime: {vm: {…}}`, or one word.
plain_sites := array.concat(
	[{"at": array.concat(node.at, ["runtime"]), "open": "harness-image-connector"} |
		some node in tree.plain_stages
		runtime := node.value.runtime
		is_string(runtime)
		value.computed(runtime)
	],
	[site |
		some runtime in tree.children(tree.plain_stages, "runtime")
		some site in plain_runtime_sites([runtime])
	],
)

plain_runtime_sites(runtimes_written) := array.concat(
	[{
		"at": array.concat(place.at, ["harness-image-connector"]),
		"name": concat(".", ["runtime", key, "harness-image-connector"]),
		"written": object.get(place.value, "harness-image-connector", null),
		"fragment": place.fragment,
	} |
		some key in ["kubernetes", "vm"]
		some place in tree.children(runtimes_written, key)
	],
	[{"at": text.at, "open": "harness-image-connector"} |
		some key in ["kubernetes", "vm"]
		some text in texts_under(runtimes_written, key)
	],
)
