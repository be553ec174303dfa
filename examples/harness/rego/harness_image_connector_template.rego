# Stages use the harnessImage connector
#
# Without an override, Harness takes the account's `harnessImage` connector for its own images,
# and where the account has none, it pulls them anonymously from Docker Hub. Another connector
# takes them from somewhere that nobody governs.
#
# The rule `harness-image-connector` of harness-image-guard for the entity template, written by
# `harness-image-guard export`: change the configuration rather than this text, and export it
# again.
package template

import future.keywords.in

# What the configuration says.
configuration := {
	"connectors": {},
	"imageConnectorIsRight": false,
	"repeated": [],
	"settings": {
		"defaultConnector": null,
		"dockerHubConnectors": [
			"*dockerhub*",
			"*docker_hub*",
			"*docker-hub*",
		],
		"dockerHubHosts": [
			"docker.io",
			"index.docker.io",
			"registry-1.docker.io",
			"registry.hub.docker.com",
			"hub.docker.com",
			"registry.docker.io",
		],
		"expected": {
			"auth": "Anonymous",
			"providerType": "Other",
			"url": "https://app.harness.io/registry",
		},
		"identifier": "harnessImage",
		"mirrors": {},
		"registryRuleIsOff": false,
		"requiredConnector": "account.harnessImage",
		"stageOverride": "auto",
		"trustedConnectors": [],
	},
}

severities := {
	"error": "error",
	"undecided": "note",
	"violation": "error",
}

# OPA 1.21 refuses to look things up in what it knows to be empty.
facts := object.union(configuration, {})

findings := (harness_image_connector_findings | main_too_deep) | main_unknown_entity

# What isn't there has not been checked.
deny["there is no `input.template`, so nothing has been checked"] {
	not input.template
}

deny[subject_sentence(finding)] {
	some finding in findings
	weight(finding) == "error"
}

warn[subject_sentence(finding)] {
	some finding in findings
	weight(finding) == "warning"
}

weight(finding) := finding.severity {
	finding.verdict == "violation"
	is_string(finding.severity)
} else := severities[finding.verdict]

harness_image_connector_required := facts.settings.requiredConnector

harness_image_connector_findings[{
	"verdict": "violation",
	"path": site.at,
	"message": sprintf("Harness's own images come through `%s` instead of `%s`", [value_shown(site.written), harness_image_connector_required]),
}] {
	some site in overrides_sites
	site.kind == "literal"
	value_text(site.written) != harness_image_connector_required
}

harness_image_connector_findings[{
	"verdict": "violation",
	"path": site.at,
	"message": sprintf("`%s` is missing, and %s", [site.name, harness_image_connector_why_due]),
}] {
	some site in overrides_sites
	not site.fragment
	site.kind == "absent"
}

harness_image_connector_findings[{
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("what `%s` stands for can't be told from the file, so neither can the connector for Harness's own images", [value_shown(site.written)]),
}] {
	some site in overrides_sites
	site.kind == "unknown"
}

harness_image_connector_findings[{
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("what `%s` comes to can't be told from the file, so neither can the connector for Harness's own images", [site.at[count(site.at) - 1]]),
}] {
	some site in overrides_sites
	site.open
}

# A stage without an override is right exactly when the account's connector is: why it has to have
# one here, undefined where it hasn't.
harness_image_connector_why_due := "every stage has to name the connector for Harness's own images" {
	facts.settings.stageOverride == "required"
} else := "no right `harnessImage` connector is among the files checked: Harness's own images may come from Docker Hub, anonymously" {
	facts.settings.stageOverride == "auto"
	not facts.imageConnectorIsRight
}

# What a template of each type has below `spec`; templates of other types have no steps.
main_shapes := {
	"Pipeline": "stages",
	"Stage": "spec",
	"Step": "spec",
	"StepGroup": "steps",
}

main_too_deep[{
	"verdict": "error",
	"path": node.at,
	"message": "this nests deeper than the policies look, so what is below has not been checked",
}] {
	some node in tree_beyond
}

main_unknown_entity[{
	"verdict": "error",
	"path": ["template", "type"],
	"message": "the template has no `type` that can be told, so it has not been checked",
}] {
	is_object(input.template)
	value_kind(object.get(input.template, "type", null)) != "literal"
}

main_unknown_entity[{
	"verdict": "error",
	"path": ["template", "spec", key],
	"message": sprintf("a template of type %s has `spec.%s`, and this one hasn't, so it has not been checked", [trim_space(input.template.type), key]),
}] {
	key := main_shapes[trim_space(input.template.type)]
	not main_has_shape(key)
}

main_has_shape("stages") {
	is_array(input.template.spec.stages)
}

main_has_shape("steps") {
	is_array(input.template.spec.steps)
}

main_has_shape("spec") {
	is_object(input.template.spec.spec)
}

main_has_shape(_) {
	is_object(input.template.spec.template)
}

# subject_sentence is a finding with its place; no two places come to the same text.
subject_sentence(finding) := sprintf("%s: %s (%s)", [concat(" › ", subject_names(finding.path)), finding.message, subject_shown(finding.path)]) {
	subject_names(finding.path) != []
} else := sprintf("%s (%s)", [finding.message, subject_shown(finding.path)])

# subject_names are those along a path, outermost first: `stage 'build'`.
subject_names(path) := [sprintf("%s '%s'", [subject_noun(path, i), subject_name(subject_node(array.slice(path, 0, i + 1)))]) |
	some i, _ in path
]

# Under these keys stands what a person calls by its name.
subject_named := {
	"pipeline": "pipeline",
	"template": "template",
	"connector": "connector",
	"inputSet": "input set",
	"stage": "stage",
	"stepGroup": "step group",
	"group": "group",
	"step": "step",
}

# These lists hold v1's stages and steps, with no word around them.
subject_listed := {"stages": "stage", "steps": "step", "rollback": "step"}

subject_noun(path, i) := subject_named[path[i]] {
	is_string(path[i])
}

subject_noun(path, i) := subject_listed[path[i - 1]] {
	is_number(path[i])
}

subject_name(value) := [text |
	some key in ["identifier", "id", "name"]
	text := object.get(value, key, null)
	is_string(text)
][0]

subject_node(path) := object.get(input.entity, array.slice(path, 1, count(path)), null) {
	path[0] == "connector"
} else := object.get(input, path, null)

# subject_shown is a path as one writes it: `pipeline.stages[0].stage`.
subject_shown(path) := trim_prefix(concat("", [subject_step(key) | some key in path]), ".")

subject_step(key) := sprintf("[%d]", [key]) {
	is_number(key)
} else := concat("", [".", key]) {
	key != ""
	trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
} else := sprintf("[%s]", [json.marshal(key)])

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What stands after `<` or `$` when a value is computed: `<+expression>`, `<PLACEHOLDER>`,
# `${variable}`, `$VARIABLE`.
value_openers := {
	"<": concat("", ["+", value_letters]),
	"$": concat("", ["{_", value_letters]),
}

# value_kind is "absent", "unknown" or "literal", of a value that stands where a string belongs.
value_kind(value) := "literal" {
	is_string(value)

	# By far the most frequent case: no marker is without one of these.
	not contains(value, "<")
	not contains(value, "$")
	trim_space(value) != ""
} else := value_text_kind(trim_space(value)) {
	is_string(value)
} else := "absent" {
	value == null
} else := "unknown" {
	is_array(value)
} else := "unknown" {
	is_object(value)
} else := "literal"

value_text_kind(text) := "absent" {
	text == ""
} else := "unknown" {
	value_computed(text)
} else := "literal"

# value_computed holds for a text with a marker anywhere in it.
value_computed(text) {
	contains(text, "<")
	count(value_markers(text)) > 0
}

value_computed(text) {
	contains(text, "$")
	count(value_markers(text)) > 0
}

# value_markers is where the markers of a text start, counted in characters, in no order.
value_markers(text) := [start |
	some sign, followers in value_openers
	some start in indexof_n(text, sign)
	follower := substring(text, start + 1, 1)
	follower != ""
	contains(followers, follower)
]

# value_text is the value as it counts: a string without the spaces around it, others as they are.
value_text(value) := trim_space(value) {
	is_string(value)
} else := value

# value_says holds where a value is a string with something in it.
value_says(value) {
	is_string(value)
	trim_space(value) != ""
}

# value_shown is a value as a message shows it.
value_shown(value) := trim_space(value) {
	is_string(value)
} else := json.marshal(value)

# For each type, the keys that lead from the infrastructure to the mapping with the reference.
overrides_stage_infrastructures := {"KubernetesDirect": ["spec"], "VM": ["spec", "spec"]}

overrides_runtimes := {"Docker": ["spec"]}

overrides_container_infrastructures := {"KubernetesDirect": ["spec"], "ECSDirect": ["spec"]}

overrides_sites := array.concat(
	[site |
		some place in array.concat(overrides_in_stages, array.concat(overrides_in_groups, overrides_in_steps))
		some site in overrides_sites_at(place)
	],
	overrides_plain_sites,
)

overrides_in_stages := [{"at": array.concat(stage.at, ["spec", key]), "value": written, "types": types, "fragment": stage.fragment} |
	some stage in tree_stages
	some key, types in {"infrastructure": overrides_stage_infrastructures, "runtime": overrides_runtimes}
	written := stage.value.spec[key]
]

overrides_in_groups := [{"at": array.concat(group.at, ["stepGroupInfra"]), "value": written, "types": overrides_container_infrastructures, "fragment": group.fragment} |
	some group in tree_groups
	written := group.value.stepGroupInfra
]

overrides_in_steps := [{"at": array.concat(step.at, ["spec", "infrastructure"]), "value": written, "types": overrides_container_infrastructures, "fragment": step.fragment} |
	some step in tree_steps
	written := step.value.spec.infrastructure
	overrides_may_be_its_own(written, step)
]

# Only a Container step has an infrastructure of its own; a mapping tells by its shape, a text doesn't.
overrides_may_be_its_own(written, _) {
	is_object(written)
}

overrides_may_be_its_own(_, step) {
	tree_may_be_of_type(step, "Container")
}

overrides_sites_at(place) := overrides_typed_sites(place, place.types, object.get(place.value, "type", null)) {
	is_object(place.value)
	not overrides_uses_another_stage(place)
} else := [{"at": place.at, "open": "harnessImageConnectorRef"}] {
	value_says(place.value)
} else := []

overrides_uses_another_stage(place) {
	value_kind(place.value.useFromStage) != "absent"
	place.at[count(place.at) - 1] == "infrastructure"
}

overrides_typed_sites(node, types, type) := overrides_sites_of_type(node, types[trim_space(type)]) {
	is_string(type)
	value_kind(type) == "literal"
} else := [{"at": array.concat(node.at, ["type"]), "open": "harnessImageConnectorRef"}] {
	value_kind(type) == "unknown"
} else := [site |
	# The inputs of a template may leave the type out, which the template has.
	node.fragment
	value_kind(type) == "absent"
	some keys in {keys | some keys in types}
	some site in overrides_sites_of_type(node, keys)
]

overrides_sites_of_type(node, keys) := on_the_way {
	on_the_way := overrides_texts_on_the_way(node, keys)
	on_the_way != []
} else := [{
	"at": array.concat(array.concat(node.at, keys), ["harnessImageConnectorRef"]),
	"name": concat(".", array.concat(array.concat([node.at[count(node.at) - 1]], keys), ["harnessImageConnectorRef"])),
	"written": written,
	"kind": value_kind(written),
	"fragment": node.fragment,
}] {
	written := object.get(node.value, array.concat(keys, ["harnessImageConnectorRef"]), null)
}

# overrides_texts_on_the_way are the texts that stand where a mapping leads to the reference.
overrides_texts_on_the_way(node, keys) := [{"at": array.concat(node.at, way), "open": "harnessImageConnectorRef"} |
	some i in numbers.range(1, count(keys))
	way := array.slice(keys, 0, i)
	value_says(object.get(node.value, way, null))
]

# v1: `runtime: {kubernetes: {…}}`, `runtime: {vm: {…}}`, or one word.
overrides_plain_sites := [site |
	some stage in tree_plain_stages
	stage.value.runtime
	some site in overrides_plain_sites_in(stage)
]

overrides_plain_sites_in(stage) := [{"at": array.concat(stage.at, ["runtime"]), "open": "harness-image-connector"}] {
	is_string(stage.value.runtime)
	value_computed(stage.value.runtime)
} else := array.concat(
	[{
		"at": array.concat(stage.at, ["runtime", key, "harness-image-connector"]),
		"name": concat(".", ["runtime", key, "harness-image-connector"]),
		"written": written,
		"kind": value_kind(written),
		"fragment": stage.fragment,
	} |
		some key in ["kubernetes", "vm"]
		is_object(stage.value.runtime[key])
		written := object.get(stage.value.runtime[key], "harness-image-connector", null)
	],
	[{"at": array.concat(stage.at, ["runtime", key]), "open": "harness-image-connector"} |
		some key in ["kubernetes", "vm"]
		value_says(stage.value.runtime[key])
	],
)

# Where the walk starts, by entity.

tree_pipelines_written := array.concat(
	array.concat(
		tree_node_at(["pipeline"], object.get(input, "pipeline", null), false),
		tree_node_at(["inputSet", "pipeline"], object.get(input, ["inputSet", "pipeline"], null), true),
	),
	tree_template_content("Pipeline"),
)

tree_stages_written := tree_template_content("Stage")

tree_groups_written := tree_template_content("StepGroup")

tree_steps_written := tree_template_content("Step")

tree_template_content(type) := tree_node_at(["template", "spec"], input.template.spec, false) {
	trim_space(input.template.type) == type
} else := []

tree_node_at(at, value, fragment) := [{"at": at, "value": value, "fragment": fragment}] {
	is_object(value)
} else := []

# Templates in use: the inputs given to them are fragments of what they stand for. `all` is the
# nodes and these inputs, `last` those of the deepest level.

tree_none := {"all": [], "last": []}

tree_with_inputs(nodes) := {"all": nodes, "last": []} {
	tree_template_inputs(nodes) == []
} else := tree_inputs_8({"all": nodes, "last": nodes})

tree_inputs_1(walk) := {"all": array.concat(walk.all, inputs), "last": inputs} {
	inputs := tree_template_inputs(walk.last)
}

tree_inputs_2(walk) := walk {
	walk.last == []
} else := tree_inputs_1(tree_inputs_1(walk))

tree_inputs_4(walk) := walk {
	walk.last == []
} else := tree_inputs_2(tree_inputs_2(walk))

tree_inputs_8(walk) := walk {
	walk.last == []
} else := tree_inputs_4(tree_inputs_4(walk))

tree_template_inputs(nodes) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "fragment": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# A walk through lists in lists: `lists` is all of them, `holders` the items that may hold further
# lists, `open` the holders of the deepest level.

tree_nowhere := {"lists": [], "holders": [], "open": []}

# Most items are a step, or a stage, and nothing else.
tree_first_lists(lists_there, name) := {"lists": lists_there, "holders": open, "open": open} {
	open := tree_holders(lists_there, name)
}

tree_more_lists(walk, lists_there, name) := {
	"lists": array.concat(walk.lists, lists_there),
	"holders": array.concat(walk.holders, open),
	"open": open,
} {
	open := tree_holders(lists_there, name)
}

tree_holders(lists_there, name) := array.concat(
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

# tree_members are what stands under the name in the items of lists.
tree_members(lists_there, name) := [{"at": array.concat(list.at, [i, name]), "value": value, "fragment": list.fragment} |
	some list in lists_there
	some i, item in list.value
	value := item[name]
	is_object(value)
]

# Stages: those of the pipeline, and of the pipelines that they run, and so on.

tree_pipelines := tree_with_inputs(tree_pipelines_written)

tree_level_0 := tree_level(tree_stages_written, tree_pipelines)

tree_level_1 := tree_level_run_by(tree_level_0)

tree_level_2 := tree_level_run_by(tree_level_1)

tree_level_3 := tree_level_run_by(tree_level_2)

tree_level_4 := tree_level_run_by(tree_level_3)

tree_levels := [tree_level_0, tree_level_1, tree_level_2, tree_level_3, tree_level_4]

tree_level(nodes, pipelines_there) := {
	"pipelines": pipelines_there,
	"walk": walk,
	"stages": tree_with_inputs(array.concat(nodes, tree_members(walk.lists, "stage"))),
} {
	walk := tree_stages_of(pipelines_there.all)
}

tree_level_run_by(runner) := {"pipelines": tree_none, "walk": tree_nowhere, "stages": tree_none} {
	runner.stages.all == []
} else := tree_level([], tree_with_inputs(tree_chained(runner.stages.all)))

tree_chained(stages_there) := [{"at": array.concat(stage.at, ["spec", "inputs"]), "value": value, "fragment": true} |
	some stage in stages_there
	value := stage.value.spec.inputs
	is_object(value)
	tree_runs_a_pipeline(stage)
]

tree_runs_a_pipeline(stage) {
	tree_may_be_of_type(stage, "Pipeline")
}

# tree_may_be_of_type holds for a stage or step of the type, and for a fragment that leaves its type to its template.
tree_may_be_of_type(node, type) {
	trim_space(node.value.type) == type
}

tree_may_be_of_type(node, _) {
	node.fragment
	value_kind(object.get(node.value, "type", null)) == "absent"
}

tree_stages_of(nodes) := tree_nowhere {
	nodes == []
} else := tree_stages_8(tree_stages_4(tree_first_lists(tree_lists(nodes, [["stages"]]), "stage")))

tree_stages_1(walk) := walk {
	walk.open == []
} else := tree_more_lists(walk, tree_stage_lists_below(walk.open), "stage")

tree_stages_2(walk) := walk {
	walk.open == []
} else := tree_stages_1(tree_stages_1(walk))

tree_stages_4(walk) := walk {
	walk.open == []
} else := tree_stages_2(tree_stages_2(walk))

tree_stages_8(walk) := walk {
	walk.open == []
} else := tree_stages_4(tree_stages_4(walk))

# v0: `parallel: [items]`, `insert: {stages: [items]}`; v1: `parallel: {stages: [items]}` and
# `group: {stages: [items]}`.
tree_stage_lists_below(nodes) := tree_lists(nodes, [["parallel"], ["parallel", "stages"], ["group", "stages"], ["insert", "stages"]])

# tree_stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
tree_stages := [stage | some each in tree_levels; some stage in each.stages.all]

# tree_plain_stages are those of the v1 syntax, with no word around them.
tree_plain_stages := tree_plain_stages_with_inputs.all

tree_plain_stages_with_inputs := tree_with_inputs([item |
	some each in tree_levels
	some item in each.walk.holders
	not item.value.stage
])

# Step groups and steps.

tree_step_lists := array.concat(
	tree_lists(tree_stages, [
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
		tree_lists(tree_plain_stages, [["steps"], ["rollback"]]),
		tree_lists(tree_with_inputs(tree_groups_written).all, [["steps"]]),
	),
)

tree_step_walk := tree_steps_16(tree_first_lists(tree_step_lists, "step"))

tree_steps_1(walk) := walk {
	walk.open == []
} else := tree_more_lists(walk, tree_step_lists_below(walk.open), "step")

tree_steps_2(walk) := walk {
	walk.open == []
} else := tree_steps_1(tree_steps_1(walk))

tree_steps_4(walk) := walk {
	walk.open == []
} else := tree_steps_2(tree_steps_2(walk))

tree_steps_8(walk) := walk {
	walk.open == []
} else := tree_steps_4(tree_steps_4(walk))

tree_steps_16(walk) := walk {
	walk.open == []
} else := tree_steps_8(tree_steps_8(walk))

# v0: `parallel: [items]`, `stepGroup: {steps: [items]}`, `insert: {steps: [items]}`;
# v1: `parallel: {steps: [items]}`, `group: {steps: [items]}`.
tree_step_lists_below(nodes) := array.concat(
	tree_lists(nodes, [["parallel"], ["parallel", "steps"], ["group", "steps"], ["insert", "steps"]]),
	tree_lists(tree_with_inputs(tree_children(nodes, "stepGroup")).all, [["steps"]]),
)

tree_groups := tree_groups_with_inputs.all

tree_groups_with_inputs := tree_with_inputs(array.concat(tree_groups_written, tree_children(tree_step_walk.holders, "stepGroup")))

# tree_steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
tree_steps := tree_steps_with_inputs.all

tree_steps_with_inputs := tree_with_inputs(array.concat(tree_steps_written, tree_members(tree_step_walk.lists, "step")))

# tree_beyond is where something nests deeper than the walk goes.
tree_beyond := array.concat(
	[item |
		tree_step_walk.open != []
		some list in tree_step_lists_below(tree_step_walk.open)
		some item in tree_items([list])
	],
	array.concat(
		[item |
			some each in tree_levels
			each.walk.open != []
			some list in tree_stage_lists_below(each.walk.open)
			some item in tree_items([list])
		],
		array.concat(
			tree_chained(tree_level_4.stages.all),
			[inputs |
				some walk in array.concat(
					[tree_plain_stages_with_inputs, tree_groups_with_inputs, tree_steps_with_inputs],
					[nodes | some each in tree_levels; some nodes in [each.pipelines, each.stages]],
				)
				walk.last != []
				some inputs in tree_template_inputs(walk.last)
			],
		),
	),
)

# The steps of the walk.

# tree_children are the mappings under one key of the nodes.
tree_children(nodes, key) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "fragment": node.fragment} |
	some node in nodes
	value := node.value[key]
	is_object(value)
]

# tree_lists are the lists at the ends of several ways from the nodes.
tree_lists(nodes, ways) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, way), "value": value, "fragment": node.fragment} |
	some node in nodes
	some way in ways
	value := object.get(node.value, way, null)
	is_array(value)
]

# tree_items are the mappings in the lists.
tree_items(nodes) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, [i]), "value": value, "fragment": node.fragment} |
	some node in nodes
	some i, value in node.value
	is_object(value)
]
