# METADATA
# title: What is around a place
# description: |
#   The steps, groups, stages and pipelines around a place, as nodes `{at, value, kind}` from the inside
#   out. Expressions look there for variables and matrices. The inputs of a template count as what the
#   template is used for. The stage and the pipeline that expressions mean are always the document's
#   own, even inside the inputs of another pipeline.
package harness_image_guard.lib.ancestors

import data.harness_image_guard.lib.tree
import rego.v1

# around are the steps and step groups (kind "step"), and the stages and groups of stages (kind "stage").
around(at) := [node |
	last := count(at) - 1
	some outward in numbers.range(0, last)
	node := _node_to(at, last - outward)
	node.kind
]

# _node_to is the mapping at the path up to and including its i-th key.
_node_to(at, i) := {"at": path, "value": node, "kind": kind} if {
	path := array.slice(at, 0, i + 1)
	kind := _kind_of(path)
	node := object.get(input, path, null)
	is_object(node)
}

_kind_of(path) := kinds[count(kinds) - 1] if {
	_last_key(path) == "templateInputs"
	kinds := [kind |
		some i in numbers.range(1, count(path) - 1)
		kind := _own_kind(array.slice(path, 0, i))
	]
} else := _own_kind(path)

_own_kind(path) := "step" if {
	_last_key(path) in {"step", "stepGroup"}
} else := "stage" if {
	_last_key(path) == "stage"
} else := _group_kind(path) if {
	_last_key(path) == "group"
} else := _kinds_of_items[path[count(path) - 2]] if {
	is_number(_last_key(path))
	_is_v1_item(object.get(input, path, null))
} else := _kinds_of_templates[tree.template_type] if {
	path == ["template", "spec"]
}

_last_key(path) := path[count(path) - 1]

# The kinds of the items in the v1 syntax's lists, which have no key around them.
_kinds_of_items := {"steps": "step", "rollback": "step", "stages": "stage"}

_is_v1_item(item) if {
	is_object(item)
	not is_object(object.get(item, "step", null))
	not is_object(object.get(item, "stage", null))
	not item.stepGroup
	not item.insert
	not item.parallel
}

_group_kind(path) := "stage" if {
	object.get(input, array.concat(path, ["stages"]), null) != null
} else := "step"

_kinds_of_templates := {"stage": "stage", "step": "step", "stepgroup": "step"}

steps(at) := [node | some node in around(at); node.kind == "step"]

# stages are the document's own stage and the groups around it.
stages(at) := [node | some node in around(_own(at)); node.kind == "stage"]

# _own is the part of a path before the inputs of another pipeline.
_own(at) := array.slice(at, 0, min([i |
	some i in numbers.range(1, count(at) - 1)
	at[i] == "inputs"
	at[i - 1] == "spec"
])) if {
	"inputs" in at
} else := at

# stage is the document's own stage, without the groups around it.
stage(at) := [node |
	some node in stages(at)
	_last_key(node.at) != "group"
	not node.value.group
]

# pipelines are the inputs of the pipeline's template that the place is in, and then the document's own pipeline.
pipelines(at) := array.concat(_inputs_around(at), tree.pipelines_written)

_inputs_around(at) := [] if {
	# By far the most frequent case.
	not "templateInputs" in at
} else := [{"at": path, "value": inputs} |
	last := count(_own(at)) - 1
	some outward in numbers.range(0, last)
	path := array.slice(at, 0, (last - outward) + 1)
	_last_key(path) == "templateInputs"
	not _kind_of(path)
	inputs := object.get(input, path, null)
	is_object(inputs)
]

# with_variables are the stages and pipelines that expressions may mean, with the inputs of their templates: nearly
# everything that has variables or a matrix.
with_variables := array.concat(
	array.concat(tree.level_0.pipelines.all, tree.level_0.stages.all),
	tree.v1_stages,
)

# _declared are the nodes that may declare inputs of the v1 syntax.
_declared := [{"at": path, "value": value} |
	some path in [["pipeline"], ["template"], ["template", "pipeline"], ["agent"], ["template", "agent"]]
	value := object.get(input, path, null)
	is_object(value.inputs)
]

with_inputs := array.concat(_declared, [{"at": [], "value": {"inputs": input.inputs}} | is_object(input.inputs)])
