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

with_inputs(nodes) := nodes if {
	template_inputs(nodes) == []
} else := [node | some level in [nodes, l1, l2, l3, l4, l5, l6, l7, l8]; some node in level] if {
	l1 := template_inputs(nodes)
	l2 := template_inputs(l1)
	l3 := template_inputs(l2)
	l4 := template_inputs(l3)
	l5 := template_inputs(l4)
	l6 := template_inputs(l5)
	l7 := template_inputs(l6)
	l8 := template_inputs(l7)
}

# inputs_beyond are those that with_inputs doesn't reach.
inputs_beyond(nodes) := inputs_twice(inputs_twice(inputs_twice(inputs_twice(template_inputs(nodes)))))

inputs_twice(nodes) := template_inputs(template_inputs(nodes))

template_inputs(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "fragment": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# Pipelines: the one written, and those that its stages run.

pipelines := with_inputs(pipelines_written)

chain_1 := with_inputs(chained(array.concat(stages_written, stages_in(items_of_stages(pipelines)))))

chain_2 := run_by(chain_1)

chain_3 := run_by(chain_2)

chain_4 := run_by(chain_3)

chains := [pipelines, chain_1, chain_2, chain_3, chain_4]

run_by(nodes) := [] if {
	nodes == []
} else := with_inputs(chained(stages_in(items_of_stages(nodes))))

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

stage_items := [item | some nodes in chains; some item in items_of_stages(nodes)]

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

items_of_stages(nodes) := [item | some level in stage_levels(nodes).walked; some item in level]

stage_levels(nodes) := {"walked": [l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11], "beyond": l12} if {
	l0 := items(lists(nodes, "stages"))
	l1 := items(stage_lists_below(l0))
	l2 := items(stage_lists_below(l1))
	l3 := items(stage_lists_below(l2))
	l4 := items(stage_lists_below(l3))
	l5 := items(stage_lists_below(l4))
	l6 := items(stage_lists_below(l5))
	l7 := items(stage_lists_below(l6))
	l8 := items(stage_lists_below(l7))
	l9 := items(stage_lists_below(l8))
	l10 := items(stage_lists_below(l9))
	l11 := items(stage_lists_below(l10))
	l12 := items(stage_lists_below(l11))
}

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

step_items := [item | some level in step_levels.walked; some item in level]

step_levels := {
	"walked": [l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16],
	"beyond": l17,
} if {
	l0 := items(step_lists)
	l1 := items(step_lists_below(l0))
	l2 := items(step_lists_below(l1))
	l3 := items(step_lists_below(l2))
	l4 := items(step_lists_below(l3))
	l5 := items(step_lists_below(l4))
	l6 := items(step_lists_below(l5))
	l7 := items(step_lists_below(l6))
	l8 := items(step_lists_below(l7))
	l9 := items(step_lists_below(l8))
	l10 := items(step_lists_below(l9))
	l11 := items(step_lists_below(l10))
	l12 := items(step_lists_below(l11))
	l13 := items(step_lists_below(l12))
	l14 := items(step_lists_below(l13))
	l15 := items(step_lists_below(l14))
	l16 := items(step_lists_below(l15))
	l17 := items(step_lists_below(l16))
}

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
	array.concat(step_levels.beyond, run_by(chain_4)),
	array.concat(
		[item | some nodes in chains; some item in stage_levels(nodes).beyond],
		[inputs |
			some nodes in array.concat(chains, [stages, plain_stages, groups, steps])
			some inputs in inputs_beyond(nodes)
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
