package harness_image_guard.lib.tree_test

import rego.v1

walk_of(entity) := found if {
	found := {
		"too_deep": data.harness_image_guard.lib.tree.too_deep,
		"groups": data.harness_image_guard.lib.tree.groups,
		"v1_stages": data.harness_image_guard.lib.tree.v1_stages,
		"v1_steps": data.harness_image_guard.lib.tree.v1_steps,
		"stages": data.harness_image_guard.lib.tree.stages,
		"steps": data.harness_image_guard.lib.tree.steps,
	} with input as entity
}

# Every node says by `name` what it is; that of a part is written after a `?`.
names(nodes) := {name(node) | some node in nodes}

name(node) := sprintf("?%s", [node.value.name]) if {
	node.partial
} else := node.value.name

# Every node's path leads to its value.
all_found_at_their_paths(nodes, entity) if {
	every node in nodes {
		object.get(entity, node.at, null) == node.value
	}
}

step(name) := {"step": {"name": name}}

stage(name) := {"stage": {"name": name}}

inputs(content) := {"templateRef": "t", "templateInputs": content}

# Steps and groups of the v0 syntax.

test_steps_stand_in_one_another if {
	entity := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {
		"steps": [
			step("plain"),
			{"parallel": [step("parallel"), {"stepGroup": {"name": "g1", "steps": [step("group in parallel")]}}]},
			{"stepGroup": {"name": "g2", "steps": [{"stepGroup": {"name": "g3", "steps": [step("group in group")], "rollbackSteps": [step("rollback of a group")]}}, {"parallel": [step("parallel in group")]}]}},
			{"insert": {"steps": [step("insert"), {"insert": {"steps": [step("insert in insert")]}}]}},
			{"step": {"name": "beside"}, "parallel": [step("a list beside")]},
			"text",
			null,
		],
		"rollbackSteps": [step("rollback")],
	}}}}]}}
	tree := walk_of(entity)
	names(tree.steps) == {
		"plain", "parallel", "group in parallel", "group in group", "parallel in group",
		"insert", "insert in insert", "beside", "a list beside", "rollback", "rollback of a group",
	}
	names(tree.groups) == {"g1", "g2", "g3"}
	all_found_at_their_paths(tree.steps, entity)
	all_found_at_their_paths(tree.groups, entity)
}

test_executions_stand_in_many_places if {
	spec := {
		"execution": {"steps": [step("execution")]},
		"environment": {"provisioner": {"steps": [step("environment")], "rollbackSteps": [step("back")]}},
		"infrastructure": {
			"provisioner": {"steps": [step("infrastructure")]},
			"infrastructureDefinition": {"provisioner": {"steps": [step("definition")]}},
		},
		"environments": {"values": [{}, {"provisioner": {"steps": [step("one of several")]}}]},
		"environmentGroup": {"environments": [{"provisioner": {"rollbackSteps": [step("one of a group")]}}]},
	}
	entity := {"pipeline": {"stages": [{"stage": {"spec": spec}}]}}
	tree := walk_of(entity)
	names(tree.steps) == {
		"execution", "environment", "back", "infrastructure", "definition",
		"one of several", "one of a group",
	}
	all_found_at_their_paths(tree.steps, entity)
}

# Stages.

test_stages_stand_in_one_another if {
	entity := {"pipeline": {"stages": [
		stage("plain"),
		{"parallel": [stage("parallel"), {"parallel": [stage("parallel in parallel")]}]},
		{"name": "v1", "steps": []},
		{"name": "v1 parallel", "parallel": {"stages": [{"name": "in parallel"}]}},
		{"name": "v1 group", "group": {"stages": [{"name": "in group"}, {"name": "deep", "group": {"stages": [{"name": "in a group's group"}]}}]}},
	]}}
	tree := walk_of(entity)
	names(tree.stages) == {"plain", "parallel", "parallel in parallel"}
	names(tree.v1_stages) == {
		"v1", "v1 parallel", "in parallel", "v1 group",
		"in group", "deep", "in a group's group",
	}
	all_found_at_their_paths(array.concat(tree.stages, tree.v1_stages), entity)
}

test_v1_steps_stand_in_one_another if {
	entity := {"pipeline": {"stages": [{
		"steps": [
			{"name": "run", "run": {}},
			{"name": "g", "group": {"steps": [{"name": "in group"}, {"name": "p", "parallel": {"steps": [{"name": "in both"}]}}]}},
			{"name": "q", "parallel": {"steps": [{"name": "in parallel"}]}},
		],
		"rollback": [{"name": "rollback"}],
	}]}}
	tree := walk_of(entity)
	names(tree.v1_steps) == {"run", "g", "in group", "p", "in both", "q", "in parallel", "rollback"}
	all_found_at_their_paths(tree.v1_steps, entity)
}

# Entities.

test_templates_hold_what_their_type_says if {
	steps := [step("s")]
	spec := {
		"name": "n",
		"spec": {"execution": {"steps": steps}},
		"steps": [step("g")],
		"stages": [{"stage": {"name": "st", "spec": {"execution": {"steps": [step("p")]}}}}],
	}
	found := {type: {"stages": names(tree.stages), "groups": names(tree.groups), "steps": names(tree.steps)} |
		some type in ["Pipeline", "Stage", " Stage ", "StepGroup", "Step", "Other"]
		tree := walk_of({"template": {"type": type, "spec": spec}})
	}
	of_a_stage := {"stages": {"n"}, "groups": set(), "steps": {"s"}}
	found == {
		"Pipeline": {"stages": {"st"}, "groups": set(), "steps": {"p"}},
		"Stage": of_a_stage,
		" Stage ": of_a_stage,
		"StepGroup": {"stages": set(), "groups": {"n"}, "steps": {"g"}},
		"Step": {"stages": set(), "groups": set(), "steps": {"n"}},
		"Other": {"stages": set(), "groups": set(), "steps": set()},
	}
}

test_an_input_set_is_partial if {
	entity := {"inputSet": {"pipeline": {"stages": [{"stage": {
		"name": "a",
		"spec": {"execution": {"steps": [step("s")]}},
	}}]}}}
	tree := walk_of(entity)
	names(tree.stages) == {"?a"}
	names(tree.steps) == {"?s"}
	all_found_at_their_paths(array.concat(tree.stages, tree.steps), entity)
}

# Templates in use.

test_inputs_of_templates_are_partial if {
	of_a_step := {"step": {"name": "s", "template": inputs({"name": "step inputs"})}}
	of_a_group := {"stepGroup": {"name": "g", "template": inputs({"name": "group inputs", "steps": [step("in group")]})}}
	execution := {"execution": {"steps": [of_a_step, of_a_group]}}
	of_a_stage := {"stage": {"name": "st", "template": inputs({"name": "stage inputs", "spec": execution})}}
	entity := {"pipeline": {"template": inputs({"stages": [of_a_stage]})}}
	tree := walk_of(entity)
	names(tree.stages) == {"?st", "?stage inputs"}
	names(tree.groups) == {"?g", "?group inputs"}
	names(tree.steps) == {"?s", "?step inputs", "?in group"}
	all_found_at_their_paths(array.concat(tree.stages, array.concat(tree.groups, tree.steps)), entity)
}

test_inputs_may_be_of_a_template_in_a_template if {
	entity := {"pipeline": {"stages": [{"stage": {
		"name": "0",
		"template": inputs({"name": "1", "template": inputs({"name": "2"})}),
	}}]}}
	names(walk_of(entity).stages) == {"0", "?1", "?2"}
}

# Chained pipelines.

test_inputs_of_a_chained_pipeline_are_partial if {
	chained := {"type": "Pipeline", "name": "chain", "spec": {"inputs": {"stages": [stage("inner")]}}}
	other := {"type": "Custom", "name": "other", "spec": {"inputs": {"stages": [stage("no chain")]}}}
	of_a_template := {"name": "use", "template": inputs({"name": "given", "spec": {"inputs": {"stages": [stage("typeless")]}}})}
	tree := walk_of({"pipeline": {"stages": [{"stage": chained}, {"stage": other}, {"stage": of_a_template}]}})
	names(tree.stages) == {"chain", "?inner", "other", "use", "?given", "?typeless"}
}

chain(content) := {"stages": [{"stage": {"type": "Pipeline", "name": "chain", "spec": {"inputs": content}}}]}

# What nests too deep.

too_deep(entity) := {node.at | some node in walk_of(entity).too_deep}

group_4(item) := {"stepGroup": {"steps": [{"stepGroup": {"steps": [{"stepGroup": {"steps": [{"stepGroup": {"steps": [item]}}]}}]}}]}}

group_16 := group_4(group_4(group_4(group_4(step("deep")))))

with_steps(steps) := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": steps}}}}]}}

test_steps_too_deep_for_the_walk_are_reported if {
	within := with_steps([group_16])
	too_deep(within) == set()
	names(walk_of(within).steps) == {"deep"}
	top := ["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0]
	down := [key | some _ in numbers.range(1, 17); some key in ["stepGroup", "steps", 0]]
	too_deep(with_steps([{"stepGroup": {"steps": [group_16]}}])) == {array.concat(top, down)}
}

test_chains_too_deep_for_the_walk_are_reported if {
	four := chain(chain(chain(chain({"stages": [stage("deep")]}))))
	too_deep({"pipeline": four}) == set()
	"?deep" in names(walk_of({"pipeline": four}).stages)
	count(too_deep({"pipeline": chain(four)})) == 1
}

template_4(content) := inputs({"template": inputs({"template": inputs({"template": inputs({"template": content})})})})

test_inputs_too_deep_for_the_walk_are_reported if {
	eight := {"pipeline": {"stages": [{"stage": {"template": template_4(template_4({}))}}]}}
	too_deep(eight) == set()
	nine := {"pipeline": {"stages": [{"stage": {"template": template_4(template_4(inputs({})))}}]}}
	down := [key | some _ in numbers.range(1, 9); some key in ["template", "templateInputs"]]
	too_deep(nine) == {array.concat(["pipeline", "stages", 0, "stage"], down)}
}

test_an_agent_may_be_a_step_itself if {
	names(walk_of({"agent": {"name": "a", "run": {}}}).v1_steps) == {"a"}
	names(walk_of({"template": {"agent": {"name": "a", "run": {}}}}).v1_steps) == {"a"}
	names(walk_of({"agent": {"name": "a", "step": {"name": "b", "run": {}}}}).v1_steps) == {"b"}
}
