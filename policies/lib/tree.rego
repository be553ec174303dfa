# METADATA
# title: Where stages, step groups and steps are
# description: |
#   Every stage, step group and step of the entity, found once for all rules. A node is
#   `{at, value, partial}`: its full path, its value, and whether it is partial (inputs of a template,
#   of an input set, of a chained pipeline), so that something missing means nothing. A list of items
#   is a node, too. Everything is found by its shape, in v0 and v1 alike. A template of the v1 syntax
#   has no type and no `spec`: it holds the pipeline, stage, step or group. Rego has no recursion, so
#   nested values are walked level by level. Each function of a row (`…_1`, `…_2`, `…_4`) walks twice
#   as many levels as the one before. What is nested deeper is reported (`too_deep`), never ignored.
package harness_image_guard.lib.tree

import data.harness_image_guard.lib.value
import rego.v1

# Where the walk starts, by entity.

# _is_elsewhere holds for entities that have no steps, such as connectors.
_is_elsewhere if {
	not input.pipeline
	not input.template
	not input.inputSet
	not input.trigger
	not input.agent
}

pipelines_written := array.concat(
	[{"at": root.at, "value": value, "partial": root.partial} |
		some root in [
			{"at": ["pipeline"], "partial": false},
			{"at": ["inputSet", "pipeline"], "partial": true},
			{"at": ["trigger", "inputYaml", "pipeline"], "partial": true},
			{"at": ["trigger", "inputYaml", "inputSet", "pipeline"], "partial": true},
		]
		value := object.get(input, root.at, null)
		is_object(value)
	],
	array.concat(_v1_content("pipeline"), _template_content("pipeline")),
)

# A group may have stages, like a pipeline, or steps.
_v1_groups_written := array.concat(
	_v1_content("group"),
	array.concat(
		array.concat(_v1_content("agent"), _node_at(["agent"], object.get(input, "agent", null), false)),
		array.concat(
			_node_at(["agent", "group"], object.get(input, ["agent", "group"], null), false),
			[node |
				_is_v1_template
				some node in _node_at(["template", "agent", "group"], object.get(input, ["template", "agent", "group"], null), false)
			],
		),
	),
)

_v1_stages_written := _v1_content("stage")

_v1_steps_written := array.concat(
	_v1_content("step"),
	array.concat(
		array.concat(
			_node_at(["agent", "step"], object.get(input, ["agent", "step"], null), false),
			[node |
				_is_v1_template
				some node in _node_at(["template", "agent", "step"], object.get(input, ["template", "agent", "step"], null), false)
			],
		),
		[node |
			some node in array.concat(_node_at(["agent"], object.get(input, "agent", null), false), _v1_content("agent"))
			not _holds_others(node)
		],
	),
)

# _holds_others holds for an agent that isn't itself a step.
_holds_others(node) if {
	some key in ["step", "group", "steps", "stages"]
	object.get(node.value, key, null) != null
}

_stages_written := _template_content("stage")

_groups_written := _template_content("stepgroup")

_steps_written := _template_content("step")

_template_content(type) := _node_at(["template", "spec"], input.template.spec, false) if {
	template_type == type
} else := []

# template_type is in lower case, because Harness ignores the case of a template's type.
template_type := lower(trim_space(input.template.type))

# _v1_content is what a template of the v1 syntax has under a key.
_v1_content(key) := _node_at(["template", key], object.get(input, ["template", key], null), false) if {
	_is_v1_template
} else := []

_is_v1_template if {
	is_object(input.template)
	value.kind(object.get(input.template, "type", null)) == "absent"
}

_node_at(at, value, partial) := [{"at": at, "value": value, "partial": partial}] if {
	is_object(value)
} else := []

# Uses of templates: the inputs of a template are partial nodes of the same kind. `all` are the nodes with these
# inputs, `last` are the inputs at the deepest level.

_none := {"all": [], "last": []}

_with_inputs(nodes) := {"all": nodes, "last": []} if {
	_template_inputs(nodes) == []
} else := _inputs_8({"all": nodes, "last": nodes})

_inputs_1(walk) := {"all": array.concat(walk.all, inputs), "last": inputs} if {
	inputs := _template_inputs(walk.last)
}

_inputs_2(walk) := walk if {
	walk.last == []
} else := _inputs_1(_inputs_1(walk))

_inputs_4(walk) := walk if {
	walk.last == []
} else := _inputs_2(_inputs_2(walk))

_inputs_8(walk) := walk if {
	walk.last == []
} else := _inputs_4(_inputs_4(walk))

_template_inputs(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "partial": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# A walk through nested lists: `lists` are all of them, `holders` the items that may have more lists, and `open` the
# holders at the deepest level.

_nowhere := {"lists": [], "holders": [], "open": []}

# Most items have a step or a stage, and nothing else.
_first_lists(lists_there, name) := {"lists": lists_there, "holders": open, "open": open} if {
	open := _holders(lists_there, name)
}

_more_lists(walk, lists_there, name) := {
	"lists": array.concat(walk.lists, lists_there),
	"holders": array.concat(walk.holders, open),
	"open": open,
} if {
	open := _holders(lists_there, name)
}

_holders(lists_there, name) := array.concat(
	[{"at": array.concat(at, [i]), "value": item, "partial": partial} |
		some list in lists_there
		at := list.at
		partial := list.partial
		some i, item in list.value
		is_object(item)
		not item[name]
	],
	[{"at": array.concat(list.at, [i]), "value": item, "partial": list.partial} |
		some list in lists_there
		some i, item in list.value
		count(item) > 1
		item[name]
	],
)

# _members are the values of the key `name` in the items of lists.
_members(lists_there, name) := [{"at": array.concat(at, [i, name]), "value": value, "partial": partial} |
	some list in lists_there
	at := list.at
	partial := list.partial
	some i, item in list.value
	value := item[name]
	is_object(value)
]

# Stages: those of the pipeline, those of the pipelines that these run, and so on.

_pipelines := _with_inputs(pipelines_written)

level_0 := _level(_stages_written, _v1_stages_written, {"all": array.concat(_pipelines.all, _v1_groups_written), "last": _pipelines.last})

_chained_0 := _chained(level_0.stages.all)

_level_1 := _level([], [], _with_inputs(_chained_0))

_level_2 := _level_run_by(_level_1)

_level_3 := _level_run_by(_level_2)

_level_4 := _level_run_by(_level_3)

# Most pipelines run no others.
_levels := [] if {
	_is_elsewhere
} else := [level_0] if {
	_chained_0 == []
} else := [level_0, _level_1, _level_2, _level_3, _level_4]

# A v1 stage that isn't in a list may be a group of stages.
_level(nodes, v1_nodes, pipelines_there) := {
	"pipelines": pipelines_there,
	"walk": walk,
	"stages": _with_inputs(array.concat(nodes, _members(walk.lists, "stage"))),
} if {
	walk := _stages_of(pipelines_there.all, v1_nodes)
}

_level_run_by(runner) := {"pipelines": _none, "walk": _nowhere, "stages": _none} if {
	runner.stages.all == []
} else := _level([], [], _with_inputs(_chained(runner.stages.all)))

_chained(stages_there) := [{"at": array.concat(stage.at, ["spec", "inputs"]), "value": value, "partial": true} |
	some stage in stages_there
	value := stage.value.spec.inputs
	is_object(value)
	_runs_a_pipeline(stage)
]

_runs_a_pipeline(stage) if may_be_of_type(stage, "Pipeline")

# may_be_of_type holds for a stage or step of the type, and for a partial one that doesn't say its type.
may_be_of_type(node, type) if trim_space(node.value.type) == type

may_be_of_type(node, _) if {
	node.partial
	value.kind(object.get(node.value, "type", null)) != "literal"
}

_stages_of(nodes, v1_nodes) := _nowhere if {
	nodes == []
	v1_nodes == []
} else := _stages_8(_stages_4(_with_holders(_first_lists(_lists(nodes, [["stages"]]), "stage"), v1_nodes)))

_stages_1(walk) := walk if {
	walk.open == []
} else := _more_lists(walk, _stage_lists_below(walk.open), "stage")

_stages_2(walk) := walk if {
	walk.open == []
} else := _stages_1(_stages_1(walk))

_stages_4(walk) := walk if {
	walk.open == []
} else := _stages_2(_stages_2(walk))

_stages_8(walk) := walk if {
	walk.open == []
} else := _stages_4(_stages_4(walk))

# v0: `parallel: [items]`, `insert: {stages: [items]}`; v1: `parallel: {stages: [items]}` and
# `group: {stages: [items]}`.
_stage_lists_below(nodes) := _lists(nodes, [["parallel"], ["parallel", "stages"], ["group", "stages"], ["insert", "stages"]])

# stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
stages := [stage | some each in _levels; some stage in each.stages.all]

# v1_stages are those of the v1 syntax, without a key around them.
v1_stages := _v1_stages_with_inputs.all

_v1_stages_with_inputs := _with_inputs([item |
	some each in _levels
	some item in each.walk.holders
	content := item.value
	not is_object(object.get(content, "stage", null))
])

# Step groups and steps.

_step_lists := array.concat(
	_lists(stages, [
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
		_lists(_environments, [["provisioner", "steps"], ["provisioner", "rollbackSteps"]]),
		array.concat(
			_lists(v1_stages, [["steps"], ["rollback"], ["rollback", "steps"]]),
			array.concat(_lists(_with_inputs(_groups_written).all, _in_groups), _lists(_v1_groups_written, [["steps"]])),
		),
	),
)

# _environments are those of stages that deploy to several: each may have a provisioner of its own.
_environments := _items(_lists(stages, [["spec", "environments", "values"], ["spec", "environmentGroup", "environments"]]))

_step_walk := _nowhere if {
	_is_elsewhere
} else := _steps_16(_with_holders(_first_lists(_step_lists, "step"), array.concat(_v1_steps_written, mappings(v1_stages, [["rollback"]]))))

# A step or stage that isn't in a list may be a group.
_with_holders(walk, nodes) := walk if {
	nodes == []
} else := {
	"lists": walk.lists,
	"holders": array.concat(walk.holders, nodes),
	"open": array.concat(walk.open, nodes),
}

_steps_1(walk) := walk if {
	walk.open == []
} else := _more_lists(walk, _step_lists_below(walk.open), "step")

_steps_2(walk) := walk if {
	walk.open == []
} else := _steps_1(_steps_1(walk))

_steps_4(walk) := walk if {
	walk.open == []
} else := _steps_2(_steps_2(walk))

_steps_8(walk) := walk if {
	walk.open == []
} else := _steps_4(_steps_4(walk))

_steps_16(walk) := walk if {
	walk.open == []
} else := _steps_8(_steps_8(walk))

# v0: `parallel: [items]`, `stepGroup: {steps: [items]}`, `insert: {steps: [items]}`;
# v1: `parallel: {steps: [items]}`, `group: {steps: [items]}`.
_step_lists_below(nodes) := array.concat(
	_lists(nodes, [["parallel"], ["parallel", "steps"], ["group", "steps"], ["insert", "steps"]]),
	_lists(_with_inputs(_children(nodes, "stepGroup")).all, _in_groups),
)

# The schema of step groups doesn't name `rollbackSteps`, but Harness runs them. Source: the published Java sources of Harness.
_in_groups := [["steps"], ["rollbackSteps"]]

groups := _groups_with_inputs.all

_groups_with_inputs := _with_inputs(array.concat(_groups_written, _children(_step_walk.holders, "stepGroup")))

# steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
steps := _steps_with_inputs.all

_steps_with_inputs := _with_inputs(array.concat(_steps_written, _members(_step_walk.lists, "step")))

# v1_steps are those of the v1 syntax: the items themselves, `{run: {…}}`. An item that also has `step` is one of them,
# so that a stray key can't hide anything.
v1_steps := _step_walk.holders

# too_deep are the places of what is nested deeper than the walk goes.
too_deep := array.concat(
	[item |
		_step_walk.open != []
		some list in _step_lists_below(_step_walk.open)
		some item in _items([list])
	],
	array.concat(
		[item |
			some each in _levels
			each.walk.open != []
			some list in _stage_lists_below(each.walk.open)
			some item in _items([list])
		],
		array.concat(
			[inputs | some inputs in _chained(_levels[4].stages.all)],
			[inputs |
				some walk in array.concat(
					[_v1_stages_with_inputs, _groups_with_inputs, _steps_with_inputs],
					[nodes | some each in _levels; some nodes in [each.pipelines, each.stages]],
				)
				walk.last != []
				some inputs in _template_inputs(walk.last)
			],
		),
	),
)

# How the walk moves.

# _children are the mappings under a key of nodes.
_children(nodes, key) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "partial": node.partial} |
	some node in nodes
	value := node.value[key]
	is_object(value)
]

# mappings are the mappings at several paths below nodes.
mappings(nodes, paths) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, path), "value": value, "partial": node.partial} |
	some node in nodes
	some path in paths
	value := object.get(node.value, path, null)
	is_object(value)
]

# _lists are the lists at several paths below nodes.
_lists(nodes, paths) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, path), "value": value, "partial": node.partial} |
	some node in nodes
	some path in paths
	value := object.get(node.value, path, null)
	is_array(value)
]

# _items are the mappings in lists.
_items(nodes) := [] if {
	nodes == []
} else := [{"at": array.concat(node.at, [i]), "value": value, "partial": node.partial} |
	some node in nodes
	some i, value in node.value
	is_object(value)
]
