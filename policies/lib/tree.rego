# METADATA
# title: Where stages, step groups and steps stand
# description: |
#   Every stage, step group and step of the entity, found once and shared by the rules. A node is
#   `{at, value, fragment}`: its full path, what stands there, and whether it is only a fragment
#   (inputs of a template, of an input set, of a chained pipeline), which says nothing by what is
#   missing. A list of items is a node too. Everything is found by its shape, v0 and v1 alike.
#   Rego knows no recursion: what nests is walked level by level, and what lies deeper than the
#   last level is reported (`beyond`), never passed over.
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

# Templates in use: the inputs given to them are fragments of what they stand for.

with_inputs(nodes) := inputs_1(nodes, template_inputs(nodes))

inputs_1(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_2(inputs, template_inputs(inputs)))

inputs_2(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_3(inputs, template_inputs(inputs)))

inputs_3(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_4(inputs, template_inputs(inputs)))

inputs_4(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_5(inputs, template_inputs(inputs)))

inputs_5(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_6(inputs, template_inputs(inputs)))

inputs_6(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_7(inputs, template_inputs(inputs)))

inputs_7(nodes, inputs) := nodes if {
	inputs == []
} else := array.concat(nodes, inputs_8(inputs, template_inputs(inputs)))

inputs_8(nodes, inputs) := array.concat(nodes, deepest(inputs))

# deepest marks the nodes at which a walk ends.
deepest(nodes) := [object.union(node, {"deepest": true}) | some node in nodes]

template_inputs(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "fragment": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# Pipelines: the one written, and those that its stages run.

pipelines := with_inputs(pipelines_written)

stages_0 := array.concat(stages_written, stages_in(items_0))

items_0 := stage_items_1(items(lists(pipelines, "stages")))

# What runs pipelines that run pipelines is walked five levels deep.

items_1 := items_chained_by(stages_0)

items_2 := items_chained_by(stages_in(items_1))

items_3 := items_chained_by(stages_in(items_2))

items_4 := items_chained_by(stages_in(items_3))

items_chained_by(nodes) := [] if {
	nodes == []
} else := stage_items_1(items(lists(with_inputs(chained(nodes)), "stages")))

chained(nodes) := [{"at": array.concat(node.at, ["spec", "inputs"]), "value": value, "fragment": true} |
	some node in with_inputs(nodes)
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

# Stages.

stage_items := array.concat(
	items_0,
	array.concat(array.concat(items_1, items_2), array.concat(items_3, items_4)),
)

# stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
stages := with_inputs(array.concat(stages_written, stages_in(stage_items)))

# plain_stages are those of the v1 syntax, with no word around them.
plain_stages := with_inputs([item |
	some item in stage_items
	not item.value.stage
])

stages_in(items) := [{"at": array.concat(item.at, ["stage"]), "value": value, "fragment": item.fragment} |
	some item in items
	value := item.value.stage
	is_object(value)
]

# stage_items_N are the nodes and what nests in them, level by level.
stage_items_1(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_2(items(stage_lists_below(nodes))))

stage_items_2(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_3(items(stage_lists_below(nodes))))

stage_items_3(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_4(items(stage_lists_below(nodes))))

stage_items_4(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_5(items(stage_lists_below(nodes))))

stage_items_5(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_6(items(stage_lists_below(nodes))))

stage_items_6(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_7(items(stage_lists_below(nodes))))

stage_items_7(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_8(items(stage_lists_below(nodes))))

stage_items_8(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_9(items(stage_lists_below(nodes))))

stage_items_9(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_10(items(stage_lists_below(nodes))))

stage_items_10(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_11(items(stage_lists_below(nodes))))

stage_items_11(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, stage_items_12(items(stage_lists_below(nodes))))

stage_items_12(nodes) := deepest(nodes)

# v0: `parallel: [items]`; v1: `parallel: {stages: [items]}` and `group: {stages: [items]}`.
stage_lists_below(nodes) := [] if {
	nodes == []
} else := array.concat(
	lists(nodes, "parallel"),
	array.concat(
		lists(children(nodes, "parallel"), "stages"),
		lists(children(nodes, "group"), "stages"),
	),
)

# Step groups and steps.

# executions are the mappings that hold `steps` and `rollbackSteps`.
executions := array.concat(
	array.concat(children(stage_specs, "execution"), children(children(stage_specs, "environment"), "provisioner")),
	array.concat(children(infrastructures, "provisioner"), children(children(infrastructures, "infrastructureDefinition"), "provisioner")),
)

stage_specs := children(stages, "spec")

infrastructures := children(stage_specs, "infrastructure")

step_lists := array.concat(
	array.concat(lists(executions, "steps"), lists(executions, "rollbackSteps")),
	array.concat(
		array.concat(lists(plain_stages, "steps"), lists(plain_stages, "rollback")),
		lists(with_inputs(groups_written), "steps"),
	),
)

step_items := step_items_1(items(step_lists))

step_items_1(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_2(items(step_lists_below(nodes))))

step_items_2(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_3(items(step_lists_below(nodes))))

step_items_3(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_4(items(step_lists_below(nodes))))

step_items_4(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_5(items(step_lists_below(nodes))))

step_items_5(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_6(items(step_lists_below(nodes))))

step_items_6(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_7(items(step_lists_below(nodes))))

step_items_7(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_8(items(step_lists_below(nodes))))

step_items_8(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_9(items(step_lists_below(nodes))))

step_items_9(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_10(items(step_lists_below(nodes))))

step_items_10(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_11(items(step_lists_below(nodes))))

step_items_11(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_12(items(step_lists_below(nodes))))

step_items_12(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_13(items(step_lists_below(nodes))))

step_items_13(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_14(items(step_lists_below(nodes))))

step_items_14(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_15(items(step_lists_below(nodes))))

step_items_15(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_16(items(step_lists_below(nodes))))

step_items_16(nodes) := [] if {
	nodes == []
} else := array.concat(nodes, step_items_17(items(step_lists_below(nodes))))

step_items_17(nodes) := deepest(nodes)

# v0: `parallel: [items]`, `stepGroup: {steps: [items]}`, `insert: {steps: [items]}`;
# v1: `parallel: {steps: [items]}`, `group: {steps: [items]}`.
step_lists_below(nodes) := [] if {
	nodes == []
} else := array.concat(lists(holders, "parallel"), lists(inner, "steps")) if {
	holders := [node | some node in nodes; may_hold_more(node.value)]
	inner := array.concat(
		array.concat(children(holders, "parallel"), children(holders, "group")),
		array.concat(children(holders, "insert"), with_inputs(children(holders, "stepGroup"))),
	)
}

# Most items are a step and nothing else: they hold no list.
may_hold_more(item) if not item.step

may_hold_more(item) if count(item) > 1

groups := with_inputs(array.concat(groups_written, children(step_items, "stepGroup")))

# steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
steps := with_inputs(array.concat(steps_written, children(step_items, "step")))

# plain_steps are those of the v1 syntax: the items themselves, `{run: {…}}`.
plain_steps := [item |
	some item in step_items
	not item.value.step
]

# beyond is where something nests deeper than the walk goes.
beyond := array.concat(
	array.concat(
		items(stage_lists_below(ends(stage_items))),
		items(step_lists_below(ends(step_items))),
	),
	array.concat(
		chained(stages_in(items_4)),
		[inputs |
			some nodes in [pipelines, stages, plain_stages, groups, steps]
			some inputs in template_inputs(ends(nodes))
		],
	),
)

ends(nodes) := [node | some node in nodes; node.deepest]

# The steps of the walk.

# children are the mappings under one key of the nodes.
children(nodes, key) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "fragment": node.fragment} |
	some node in nodes
	value := node.value[key]
	is_object(value)
]

# lists are the lists under one key of the nodes.
lists(nodes, key) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "fragment": node.fragment} |
	some node in nodes
	value := node.value[key]
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
