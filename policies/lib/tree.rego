# METADATA
# title: Where stages, step groups and steps stand
# description: |
#   Every stage, step group and step of the entity, found once and shared by the rules. A node is
#   `{at, value, fragment}`: its full path, what stands there, and whether it is only a fragment
#   (inputs of a template, of an input set, of a chained pipeline), which says nothing by what is
#   missing. A list of items is a node too. Everything is found by its shape, v0 and v1 alike.
#   A template of the v1 syntax has no type and no `spec`: it holds the pipeline, stage, step or group.
#   Rego knows no recursion: what nests is walked level by level, twice as many levels with each
#   function (`…_1`, `…_2`, `…_4`), and what lies deeper is reported (`beyond`), never passed over.
package harness_image_guard.lib.tree

import data.harness_image_guard.lib.value
import rego.v1

# Where the walk starts, by entity.

pipelines_written := array.concat(
	[{"at": root.at, "value": value, "fragment": root.fragment} |
		some root in [
			{"at": ["pipeline"], "fragment": false},
			{"at": ["inputSet", "pipeline"], "fragment": true},
			{"at": ["trigger", "inputYaml", "pipeline"], "fragment": true},
			{"at": ["trigger", "inputYaml", "inputSet", "pipeline"], "fragment": true},
		]
		value := object.get(input, root.at, null)
		is_object(value)
	],
	array.concat(plain_content("pipeline"), template_content("Pipeline")),
)

# A group may hold stages, as a pipeline does, or steps.
plain_groups_written := array.concat(
	plain_content("group"),
	array.concat(
		array.concat(plain_content("agent"), node_at(["agent"], object.get(input, "agent", null), false)),
		array.concat(
			node_at(["agent", "group"], object.get(input, ["agent", "group"], null), false),
			[node |
				is_plain_template
				some node in node_at(["template", "agent", "group"], object.get(input, ["template", "agent", "group"], null), false)
			],
		),
	),
)

plain_stages_written := plain_content("stage")

plain_steps_written := array.concat(
	plain_content("step"),
	array.concat(
		node_at(["agent", "step"], object.get(input, ["agent", "step"], null), false),
		[node |
			is_plain_template
			some node in node_at(["template", "agent", "step"], object.get(input, ["template", "agent", "step"], null), false)
		],
	),
)

stages_written := template_content("Stage")

groups_written := template_content("StepGroup")

steps_written := template_content("Step")

template_content(type) := node_at(["template", "spec"], input.template.spec, false) if {
	trim_space(input.template.type) == type
} else := []

# plain_content is what a template of the v1 syntax holds under a key.
plain_content(key) := node_at(["template", key], object.get(input, ["template", key], null), false) if {
	is_plain_template
} else := []

is_plain_template if {
	is_object(input.template)
	value.kind(object.get(input.template, "type", null)) == "absent"
}

node_at(at, value, fragment) := [{"at": at, "value": value, "fragment": fragment}] if {
	is_object(value)
} else := []

# Templates in use: the inputs given to them are fragments of what they stand for. `all` is the
# nodes and these inputs, `last` those of the deepest level.

none := {"all": [], "last": []}

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

# A walk through lists in lists: `lists` is all of them, `holders` the items that may hold further
# lists, `open` the holders of the deepest level.

nowhere := {"lists": [], "holders": [], "open": []}

# Most items are a step, or a stage, and nothing else.
first_lists(lists_there, name) := {"lists": lists_there, "holders": open, "open": open} if {
	open := holders(lists_there, name)
}

more_lists(walk, lists_there, name) := {
	"lists": array.concat(walk.lists, lists_there),
	"holders": array.concat(walk.holders, open),
	"open": open,
} if {
	open := holders(lists_there, name)
}

holders(lists_there, name) := array.concat(
	[{"at": array.concat(list.at, [i]), "value": item, "fragment": list.fragment} |
		some list in lists_there
		some i, item in list.value
		is_object(item)
		not item[name]
	],
	[{"at": array.concat(list.at, [i]), "value": item, "fragment": list.fragment} |
		some list in lists_there
		some i, item in list.value
		count(item) > 1
		item[name]
	],
)

# members are what stands under the name in the items of lists.
members(lists_there, name) := [{"at": array.concat(list.at, [i, name]), "value": value, "fragment": list.fragment} |
	some list in lists_there
	some i, item in list.value
	value := item[name]
	is_object(value)
]

# Stages: those of the pipeline, and of the pipelines that they run, and so on.

pipelines := with_inputs(pipelines_written)

level_0 := level(stages_written, plain_stages_written, {"all": array.concat(pipelines.all, plain_groups_written), "last": pipelines.last})

level_1 := level_run_by(level_0)

level_2 := level_run_by(level_1)

level_3 := level_run_by(level_2)

level_4 := level_run_by(level_3)

levels := [level_0, level_1, level_2, level_3, level_4]

# A v1 stage that is in no list may be a group of stages.
level(nodes, plain_nodes, pipelines_there) := {
	"pipelines": pipelines_there,
	"walk": walk,
	"stages": with_inputs(array.concat(nodes, members(walk.lists, "stage"))),
} if {
	walk := stages_of(pipelines_there.all, plain_nodes)
}

level_run_by(runner) := {"pipelines": none, "walk": nowhere, "stages": none} if {
	runner.stages.all == []
} else := level([], [], with_inputs(chained(runner.stages.all)))

chained(stages_there) := [{"at": array.concat(stage.at, ["spec", "inputs"]), "value": value, "fragment": true} |
	some stage in stages_there
	value := stage.value.spec.inputs
	is_object(value)
	runs_a_pipeline(stage)
]

runs_a_pipeline(stage) if may_be_of_type(stage, "Pipeline")

# may_be_of_type holds for a stage or step of the type, and for a fragment that leaves its type open.
may_be_of_type(node, type) if trim_space(node.value.type) == type

may_be_of_type(node, _) if {
	node.fragment
	value.kind(object.get(node.value, "type", null)) != "literal"
}

stages_of(nodes, plain_nodes) := nowhere if {
	nodes == []
	plain_nodes == []
} else := stages_8(stages_4(with_holders(first_lists(lists(nodes, [["stages"]]), "stage"), plain_nodes)))

stages_1(walk) := walk if {
	walk.open == []
} else := more_lists(walk, stage_lists_below(walk.open), "stage")

stages_2(walk) := walk if {
	walk.open == []
} else := stages_1(stages_1(walk))

stages_4(walk) := walk if {
	walk.open == []
} else := stages_2(stages_2(walk))

stages_8(walk) := walk if {
	walk.open == []
} else := stages_4(stages_4(walk))

# v0: `parallel: [items]`, `insert: {stages: [items]}`; v1: `parallel: {stages: [items]}` and
# `group: {stages: [items]}`.
stage_lists_below(nodes) := lists(nodes, [["parallel"], ["parallel", "stages"], ["group", "stages"], ["insert", "stages"]])

# stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
stages := [stage | some each in levels; some stage in each.stages.all]

# plain_stages are those of the v1 syntax, with no word around them.
plain_stages := plain_stages_with_inputs.all

plain_stages_with_inputs := with_inputs([item |
	some each in levels
	some item in each.walk.holders
	not is_object(object.get(item.value, "stage", null))
])

# Step groups and steps.

step_lists := array.concat(
	lists(stages, [
		["spec", "execution", "steps"],
		["spec", "execution", "rollbackSteps"],
		["spec", "environment", "provisioner", "steps"],
		["spec", "environment", "provisioner", "rollbackSteps"],
		["spec", "infrastructure", "provisioner", "steps"],
		["spec", "infrastructure", "provisioner", "rollbackSteps"],
		["spec", "infrastructure", "infrastructureDefinition", "provisioner", "steps"],
		["spec", "infrastructure", "infrastructureDefinition", "provisioner", "rollbackSteps"],
	]),
	array.concat(
		lists(plain_stages, [["steps"], ["rollback"]]),
		lists(array.concat(with_inputs(groups_written).all, plain_groups_written), [["steps"]]),
	),
)

step_walk := steps_16(with_holders(first_lists(step_lists, "step"), plain_steps_written))

# A step or stage that is in no list may be a group.
with_holders(walk, nodes) := walk if {
	nodes == []
} else := {
	"lists": walk.lists,
	"holders": array.concat(walk.holders, nodes),
	"open": array.concat(walk.open, nodes),
}

steps_1(walk) := walk if {
	walk.open == []
} else := more_lists(walk, step_lists_below(walk.open), "step")

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

steps_with_inputs := with_inputs(array.concat(steps_written, members(step_walk.lists, "step")))

# plain_steps are those of the v1 syntax: the items themselves, `{run: {…}}`. An item that also holds `step` is no
# exception: a stray key hides nothing.
plain_steps := step_walk.holders

# beyond is where something nests deeper than the walk goes.
beyond := array.concat(
	[item |
		step_walk.open != []
		some list in step_lists_below(step_walk.open)
		some item in items([list])
	],
	array.concat(
		[item |
			some each in levels
			each.walk.open != []
			some list in stage_lists_below(each.walk.open)
			some item in items([list])
		],
		array.concat(
			chained(level_4.stages.all),
			[inputs |
				some walk in array.concat(
					[plain_stages_with_inputs, groups_with_inputs, steps_with_inputs],
					[nodes | some each in levels; some nodes in [each.pipelines, each.stages]],
				)
				walk.last != []
				some inputs in template_inputs(walk.last)
			],
		),
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
