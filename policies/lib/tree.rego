# METADATA
# title: Where stages, step groups and steps stand
# description: |
#   Every stage, step group and step of the entity, found once and shared by the rules. A node is
#   `{at, value, fragment}`: its full path, what stands there, and whether it is only a fragment
#   (inputs of a template, of an input set, of a chained pipeline), which says nothing by what is
#   missing. A list of items is a node too. Everything is found by its shape, v0 and v1 alike.
#   Rego knows no recursion: what nests is walked level by level, twice as many levels with each
#   function (`…_1`, `…_2`, `…_4`), and what lies deeper is reported (`beyond`), never passed over.
package harness_image_guard.lib.tree

import rego.v1

# Where the walk starts, by entity.

pipelines_written := array.concat(
	array.concat(
		node_at(["pipeline"], object.get(input, "pipeline", null), false),
		node_at(["inputSet", "pipeline"], object.get(input, ["inputSet", "pipeline"], null), true),
	),
	template_content("Pipeline"),
)

stages_written := template_content("Stage")

groups_written := template_content("StepGroup")

steps_written := template_content("Step")

template_content(type) := node_at(["template", "spec"], input.template.spec, false) if {
	trim_space(input.template.type) == type
} else := []

node_at(at, value, fragment) := [{"at": at, "value": value, "fragment": fragment}] if {
	is_object(value)
} else := []

# Templates in use: the inputs given to them are fragments of what they stand for. `all` is the
# nodes and these inputs, `last` those of the deepest level.

with_inputs(nodes) := {"all": nodes, "last": []} if {
	template_inputs(nodes) == []
} else := inputs_8({"all": nodes, "last": nodes})

inputs_1(walk) := {"all": array.concat(walk.all, inputs), "last": inputs} if {
	inputs := template_inputs(walk.last)
}

inputs_2(walk) := walk if {
	walk.last == []
} else := inputs_1(inputs_1(walk))

inputs_4(walk) := walk if {
	walk.last == []
} else := inputs_2(inputs_2(walk))

inputs_8(walk) := walk if {
	walk.last == []
} else := inputs_4(inputs_4(walk))

template_inputs(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "fragment": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# Pipelines: the one written, and those that its stages run, and so on.

pipelines := with_inputs(pipelines_written)

pipeline_stages := stages_of(pipelines.all)

chained_1 := stages_run_by(array.concat(stages_written, children(pipeline_stages.items, "stage")))

chained_2 := stages_run_by(children(chained_1.items, "stage"))

chained_3 := stages_run_by(children(chained_2.items, "stage"))

chained_4 := stages_run_by(children(chained_3.items, "stage"))

stages_run_by(nodes) := no_items if {
	nodes == []
} else := stages_of(with_inputs(chained(nodes)).all)

chained(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, ["spec", "inputs"]), "value": value, "fragment": true} |
	some node in with_inputs(nodes).all
	value := node.value.spec.inputs
	is_object(value)
	runs_a_pipeline(node)
]

# A fragment may leave the type to its template.
runs_a_pipeline(node) if trim_space(node.value.type) == "Pipeline"

runs_a_pipeline(node) if {
	node.fragment
	not node.value.type
}

# Items: `items` is all of a walk, `holders` those that may hold lists of further ones, `open` the
# holders of the deepest level.

no_items := {"items": [], "holders": [], "open": []}

first_items(nodes, name) := {"items": nodes, "holders": open, "open": open} if open := holders(nodes, name)

more_items(walk, nodes, name) := {
	"items": array.concat(walk.items, nodes),
	"holders": array.concat(walk.holders, open),
	"open": open,
} if {
	open := holders(nodes, name)
}

# Most items are a step, or a stage, and nothing else.
holders(nodes, name) := [] if {
	nodes == []
} else := array.concat(
	[node | some node in nodes; not node.value[name]],
	[node | some node in nodes; node.value[name]; count(node.value) > 1],
)

# Stages.

stages_of(nodes) := no_items if {
	nodes == []
} else := stages_8(stages_4(first_items(items(lists(nodes, [["stages"]])), "stage")))

stages_1(walk) := walk if {
	walk.open == []
} else := more_items(walk, items(stage_lists_below(walk.open)), "stage")

stages_2(walk) := walk if {
	walk.open == []
} else := stages_1(stages_1(walk))

stages_4(walk) := walk if {
	walk.open == []
} else := stages_2(stages_2(walk))

stages_8(walk) := walk if {
	walk.open == []
} else := stages_4(stages_4(walk))

# v0: `parallel: [items]`; v1: `parallel: {stages: [items]}` and `group: {stages: [items]}`.
stage_lists_below(nodes) := lists(nodes, [["parallel"], ["parallel", "stages"], ["group", "stages"]])

stage_walks := [pipeline_stages, chained_1, chained_2, chained_3, chained_4]

# stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
stages := stages_with_inputs.all

stages_with_inputs := with_inputs(array.concat(
	stages_written,
	[stage | some walk in stage_walks; some stage in children(walk.items, "stage")],
))

# plain_stages are those of the v1 syntax, with no word around them.
plain_stages := plain_stages_with_inputs.all

plain_stages_with_inputs := with_inputs([item |
	some walk in stage_walks
	some item in walk.holders
	not item.value.stage
])

# Step groups and steps.

# executions are the mappings that hold `steps` and `rollbackSteps`.
executions := mappings(stage_specs, [
	["execution"],
	["environment", "provisioner"],
	["infrastructure", "provisioner"],
	["infrastructure", "infrastructureDefinition", "provisioner"],
])

stage_specs := children(stages, "spec")

step_lists := array.concat(
	lists(executions, [["steps"], ["rollbackSteps"]]),
	array.concat(
		lists(plain_stages, [["steps"], ["rollback"]]),
		lists(groups_written_with_inputs, [["steps"]]),
	),
)

groups_written_with_inputs := with_inputs(groups_written).all

step_walk := steps_16(first_items(items(step_lists), "step"))

steps_1(walk) := walk if {
	walk.open == []
} else := more_items(walk, items(step_lists_below(walk.open)), "step")

steps_2(walk) := walk if {
	walk.open == []
} else := steps_1(steps_1(walk))

steps_4(walk) := walk if {
	walk.open == []
} else := steps_2(steps_2(walk))

steps_8(walk) := walk if {
	walk.open == []
} else := steps_4(steps_4(walk))

steps_16(walk) := walk if {
	walk.open == []
} else := steps_8(steps_8(walk))

# v0: `parallel: [items]`, `stepGroup: {steps: [items]}`, `insert: {steps: [items]}`;
# v1: `parallel: {steps: [items]}`, `group: {steps: [items]}`.
step_lists_below(nodes) := array.concat(
	lists(nodes, [["parallel"], ["parallel", "steps"], ["group", "steps"], ["insert", "steps"]]),
	lists(with_inputs(children(nodes, "stepGroup")).all, [["steps"]]),
)

groups := groups_with_inputs.all

groups_with_inputs := with_inputs(array.concat(groups_written, children(step_walk.holders, "stepGroup")))

# steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
steps := steps_with_inputs.all

steps_with_inputs := with_inputs(array.concat(steps_written, children(step_walk.items, "step")))

# plain_steps are those of the v1 syntax: the items themselves, `{run: {…}}`.
plain_steps := [item | some item in step_walk.holders; not item.value.step]

# beyond is where something nests deeper than the walk goes.
beyond := array.concat(
	array.concat(
		items(step_lists_below(step_walk.open)),
		[item | some walk in stage_walks; some item in items(stage_lists_below(walk.open))],
	),
	array.concat(
		chained(children(chained_4.items, "stage")),
		[inputs |
			some walk in [pipelines, stages_with_inputs, plain_stages_with_inputs, groups_with_inputs, steps_with_inputs]
			some inputs in template_inputs(walk.last)
		],
	),
)

# The steps of the walk.

# children are the mappings under one key of the nodes.
children(nodes, key) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "fragment": node.fragment} |
	some node in nodes
	value := node.value[key]
	is_object(value)
]

# mappings are those at the ends of several ways from the nodes.
mappings(nodes, ways) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, way), "value": value, "fragment": node.fragment} |
	some node in nodes
	some way in ways
	value := object.get(node.value, way, null)
	is_object(value)
]

# lists are the lists at the ends of several ways from the nodes.
lists(nodes, ways) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, way), "value": value, "fragment": node.fragment} |
	some node in nodes
	some way in ways
	value := object.get(node.value, way, null)
	is_array(value)
]

# items are the mappings in the lists.
items(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [i]), "value": value, "fragment": node.fragment} |
	some node in nodes
	some i, value in node.value
	is_object(value)
]
