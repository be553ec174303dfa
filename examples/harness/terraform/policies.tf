resource "harness_platform_policy" "harness_image_connector_pipeline" {
  identifier = "harness_image_connector_pipeline"
  name       = "Stages use the harnessImage connector - pipeline"
  rego       = <<REGO
# Stages use the harnessImage connector
#
# Without an override, Harness takes the account's `harnessImage` connector for its own images,
# and where the account has none, it pulls them anonymously from Docker Hub. Another connector
# takes them from somewhere that nobody governs.
#
# The rule `harness-image-connector` of harness-image-guard for the entity pipeline, written by
# `harness-image-guard export`: change the configuration rather than this text, and export it
# again.
package pipeline

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

findings := harness_image_connector_findings | main_too_deep

# What isn't there has not been checked.
deny["there is no `input.pipeline`, so nothing has been checked"] {
	not input.pipeline
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

main_too_deep[{
	"verdict": "error",
	"path": node.at,
	"message": "this nests deeper than the policies look, so what is below has not been checked",
}] {
	some node in tree_beyond
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
# `$${variable}`, `$VARIABLE`.
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
REGO
}

resource "harness_platform_policy" "harness_image_connector_template" {
  identifier = "harness_image_connector_template"
  name       = "Stages use the harnessImage connector - template"
  rego       = <<REGO
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
# `$${variable}`, `$VARIABLE`.
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
REGO
}

resource "harness_platform_policy" "harness_image_registry_connector" {
  identifier = "harness_image_registry_connector"
  name       = "The harnessImage connector matches the specification - connector"
  rego       = <<REGO
# The harnessImage connector matches the specification
#
# Harness pulls its own images through the account-level connector `harnessImage`. Where its
# registry, provider or authentication differ from what was agreed, every pipeline of the
# account pulls from somewhere else.
#
# The rule `harness-image-registry` of harness-image-guard for the entity connector, written by
# `harness-image-guard export`: change the configuration rather than this text, and export it
# again.
package connector

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

findings := harness_image_registry_findings

# What isn't there has not been checked.
deny["there is no `input.entity`, so nothing has been checked"] {
	not input.entity
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

harness_image_registry_findings[mismatch] {
	specification_is_meant(input.entity, facts.settings)
	some mismatch in specification_mismatches(input.entity, facts.settings)
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

# specification_is_meant holds for every connector whose identifier differs at most in case.
specification_is_meant(connector, settings) {
	lower(trim_space(connector.identifier)) == lower(settings.identifier)
}

# specification_mismatches are the differences of a connector from the specification.
specification_mismatches(connector, settings) := array.concat(
	array.concat(specification_identity_mismatches(connector, settings), specification_type_mismatches(connector)),
	array.concat(specification_spec_mismatches(connector), specification_field_mismatches(connector, settings)),
)

specification_identity_mismatches(connector, settings) := array.concat(
	[{
		"verdict": "violation",
		"path": ["connector", "identifier"],
		"message": sprintf("the connector's identifier is `%s`, but pipelines refer to `account.%s`", [identifier, settings.identifier]),
		"help": sprintf("write `identifier: %s`, exactly", [settings.identifier]),
	} |
		identifier := trim_space(connector.identifier)
		identifier != settings.identifier
	],
	[mismatch |
		some key in ["orgIdentifier", "projectIdentifier"]
		written := object.get(connector, key, null)
		mismatch := specification_scope_mismatch(value_kind(written), key, settings)
	],
)

specification_scope_mismatch("literal", key, settings) := {
	"verdict": "violation",
	"path": ["connector", key],
	"message": sprintf("the `%s` connector has to be an account-level one, and `%s` takes it to a lower level", [settings.identifier, key]),
	"help": sprintf("remove `%s`, and create the connector in the account", [key]),
}

specification_scope_mismatch("unknown", key, settings) := {
	"verdict": "undecided",
	"path": ["connector", key],
	"message": sprintf("whether the `%s` connector is an account-level one depends on the value of `%s`", [settings.identifier, key]),
	"help": sprintf("remove `%s`: an account-level connector has none", [key]),
}

specification_type_mismatches(connector) := [mismatch |
	written := object.get(connector, "type", null)
	value_text(written) != "DockerRegistry"
	mismatch := specification_mismatch_at(["connector", "type"], "type", written, "DockerRegistry")
]

specification_is_docker_registry(connector) {
	value_text(connector.type) == "DockerRegistry"
}

specification_spec_mismatches(connector) := [{
	"verdict": "undecided",
	"path": holder.path,
	"message": sprintf("what `%s` comes to can't be told from the file, so the connector can't be compared with the specification", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
	"help": sprintf("write the fields of `%s` out", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
} |
	specification_is_docker_registry(connector)
	some holder in [
		{"path": ["connector", "spec"], "value": object.get(connector, "spec", null)},
		{"path": ["connector", "spec", "auth"], "value": object.get(connector, ["spec", "auth"], null)},
	]
	value_says(holder.value)
]

specification_field_mismatches(connector, settings) := [mismatch |
	specification_is_docker_registry(connector)
	not value_says(object.get(connector, "spec", null))
	some field in [
		{"path": ["spec", "dockerRegistryUrl"], "expected": settings.expected.url},
		{"path": ["spec", "providerType"], "expected": settings.expected.providerType},
		{"path": ["spec", "auth", "type"], "expected": settings.expected.auth},
	]
	not specification_under_text(connector, field.path)
	written := object.get(connector, field.path, null)
	not specification_is_expected(field.path, written, field.expected)
	mismatch := specification_with_fix(
		specification_mismatch_at(array.concat(["connector"], field.path), concat(".", field.path), written, field.expected),
		field, connector, settings,
	)
]

specification_with_fix(mismatch, field, connector, settings) := object.union(mismatch, {"fix": {
	"applicability": "safe",
	"title": sprintf("Write `%s: %s`", [concat(".", field.path), field.expected]),
	"patch": array.concat(
		[{"op": "add", "path": mismatch.path, "value": field.expected}],
		[{"op": "remove", "path": ["connector", "spec", "auth", "spec"]} | specification_leaves_credentials(field, connector)],
	),
}}) {
	mismatch.verdict == "violation"
	specification_can_be_written(field, connector, settings)
} else := mismatch

# Harness reads credentials by the type of authentication, and refuses them beside Anonymous.
specification_leaves_credentials(field, connector) {
	field.path == ["spec", "auth", "type"]
	field.expected == "Anonymous"
	object.get(connector, ["spec", "auth", "spec"], "absent") != "absent"
}

# specification_can_be_written holds where the field is right by itself once it has the expected value.
specification_can_be_written(field, _, _) {
	field.path[1] == "providerType"
}

specification_can_be_written(field, _, settings) {
	field.path[1] == "dockerRegistryUrl"
	not url_host(field.expected) in settings.dockerHubHosts
}

specification_can_be_written(field, _, _) {
	field.expected == "Anonymous"
}

# Other authentication needs credentials, which nobody can make up.
specification_can_be_written(field, connector, _) {
	field.path[1] == "auth"
	is_object(connector.spec.auth.spec)
}

# specification_under_text holds for `spec.auth.type` where `auth` is a string, reported as such.
specification_under_text(connector, path) {
	count(path) > 2
	value_says(object.get(connector, array.slice(path, 0, 2), null))
}

specification_is_expected(path, written, expected) {
	path[1] == "dockerRegistryUrl"
	is_string(written)
	value_kind(written) == "literal"
	url_same(written, expected)
}

specification_is_expected(path, written, expected) {
	path[1] != "dockerRegistryUrl"
	value_text(written) == expected
}

specification_mismatch_at(path, name, written, expected) := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is missing or empty; the specification says `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "absent"
} else := {
	"verdict": "undecided",
	"path": path,
	"message": sprintf("what `%s` comes to can't be told from the file, so it can't be compared with `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "unknown"
} else := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is `%s`, but the specification says `%s`", [name, value_shown(written), expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
}

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What stands after `<` or `$` when a value is computed: `<+expression>`, `<PLACEHOLDER>`,
# `$${variable}`, `$VARIABLE`.
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

url_default_ports := {"http": ":80", "https": ":443"}

# url_normal is one spelling for all the equal ones; undefined for a text without a scheme.
url_normal(url) := concat("", [scheme, "://", url_authority(rest), trim_right(url_path(rest), "/")]) {
	text := trim_space(url)
	scheme := url_scheme_of(text)
	rest := url_without_port(scheme, substring(text, count(scheme) + 3, -1))
}

url_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# url_scheme_of is what stands before `://`; behind a slash or a question mark that begins no scheme.
url_scheme_of(text) := scheme {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, url_scheme_characters) == ""
}

# An empty port is the default one too.
url_without_port(scheme, rest) := concat("", [trim_suffix(trim_suffix(url_authority(rest), port), ":"), url_path(rest)]) {
	port := url_default_ports[scheme]
	count(split(url_last_part(url_authority(rest), "@"), ":")) == 2
} else := rest

# url_authority is what stands before the path, a query or a fragment.
url_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

url_path(rest) := substring(rest, count(url_authority(rest)), -1)

# url_same holds for two spellings of one address.
url_same(one, other) {
	url_normal(one) == url_normal(other)
}

# url_host is the URL's host, in lower case and without port; without a scheme, `https` is meant.
url_host(url) := split(url_last_part(url_authority(url_after_scheme(url)), "@"), ":")[0]

url_after_scheme(url) := substring(text, count(url_scheme_of(text)) + 3, -1) {
	text := trim_space(url)
	url_scheme_of(text)
} else := trim_space(url)

# url_last_part is the text behind the last separator: a host without the user before it.
url_last_part(text, separator) := parts[count(parts) - 1] {
	parts := split(text, separator)
}
REGO
}

resource "harness_platform_policy" "no_docker_hub_pipeline" {
  identifier = "no_docker_hub_pipeline"
  name       = "Nothing is pulled straight from Docker Hub - pipeline"
  rego       = <<REGO
# Nothing is pulled straight from Docker Hub
#
# Docker Hub limits anonymous pulls and nobody governs what stands there. An image without a
# registry's host is Docker Hub's, unless a connector takes it from somewhere else.
#
# The rule `no-docker-hub` of harness-image-guard for the entity pipeline, written by
# `harness-image-guard export`: change the configuration rather than this text, and export it
# again.
package pipeline

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

findings := no_docker_hub_findings | main_too_deep

# What isn't there has not been checked.
deny["there is no `input.pipeline`, so nothing has been checked"] {
	not input.pipeline
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

no_docker_hub_facts := facts

# What an image (by what its name says) and a connector (by what it leads to) come to; nothing for
# the pairs that aren't here.
no_docker_hub_table := {
	"hub": {
		"mirror": "doubled",
		"absent": "written",
		"required": "written",
		"trusted": "written",
		"hub": "written",
		"foreign": "written",
		"distrusted": "written",
		"unresolved": "written",
		"unlisted": "written",
		"unknown": "written",
	},
	"bare": {
		"absent": "anonymous",
		"hub": "through",
		"foreign": "foreign",
		"distrusted": "named",
		"unresolved": "unresolved",
		"unlisted": "unlisted",
		"unknown": "computed_reference",
	},
	"unknown": {
		"absent": "computed_alone",
		"mirror": "computed_image",
		"hub": "through",
		"foreign": "computed_image",
		"distrusted": "named",
		"unresolved": "computed_image",
		"unlisted": "computed_image",
		"unknown": "computed_both",
	},
}

# What each of these says, and where. `message_of` and `help_of` are the words that their texts take;
# a reason that is `whole` says nothing of a fragment, in which a connector may be missing.
no_docker_hub_reasons := {
	"doubled": {
		"verdict": "violation",
		"severity": "warning",
		"at": "image_way",
		"message": "`%s` through `%s` becomes `%s`",
		"message_of": ["image", "reference", "becomes"],
		"help": "write the image without Docker Hub's host: the connector puts its registry before it",
		"help_of": [],
	},
	"written": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled straight from Docker Hub: its host is written out",
		"message_of": ["image"],
		"help": "write your registry's host instead, or no host and %s",
		"help_of": ["connect"],
	},
	"anonymous": {
		"verdict": "violation",
		"at": "image_way",
		"whole": true,
		"message": "`%s` is pulled anonymously from Docker Hub: it names no registry, and there is no connector",
		"message_of": ["image"],
		"help": "%s, or write your registry's host before the name",
		"help_of": ["connect"],
	},
	"through": {
		"verdict": "violation",
		"at": "reference_way",
		"message": "`%s` is pulled from Docker Hub: `%s` leads there",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry",
		"help_of": [],
	},
	"foreign": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled anonymously from Docker Hub: `%s` is a connector of type %s, which leaves the name as it is",
		"message_of": ["image", "reference", "type"],
		"help": "write the image with its registry's host, or name a connector of type DockerRegistry",
		"help_of": [],
	},
	"named": {
		"verdict": "violation",
		"severity": "warning",
		"at": "reference_way",
		"message": "`%s` is pulled through `%s`, which sounds like Docker Hub",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"unresolved": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`: what is known of it leaves its type or URL open, or is at odds",
		"message_of": ["image", "reference"],
		"help": "write the connector's type and URL out, the same in every file, or declare it under `connectors` in the configuration",
		"help_of": [],
	},
	"unlisted": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`, which isn't among the files checked",
		"message_of": ["image", "reference"],
		"help": "check the connector's file together with this one, or declare it under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"computed_reference": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from can't be told from the file: its connector is `%s`",
		"message_of": ["image", "reference"],
		"help": "write the connector's reference out",
		"help_of": [],
	},
	"computed_alone": {
		"verdict": "undecided",
		"at": "image_way",
		"whole": true,
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_both": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_image": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or declare the connector under `trustedConnectors` in the configuration",
		"help_of": [],
	},
}

# Each distinct image and reference is judged once.

no_docker_hub_origins := {written: image_origin(written) | some written in {pull.image | some pull in images_pulled}}

no_docker_hub_classes := {written: reference_class(written) |
	some written in ({pull.reference | some pull in images_pulled} | {base.reference | some base in images_bases})
}

no_docker_hub_findings[{
	"verdict": reason.verdict,
	"severity": object.get(reason, "severity", null),
	"path": array.concat(pull.at, pull[reason.at]),
	"message": sprintf(reason.message, [words[word] | some word in reason.message_of]),
}] {
	rows := no_docker_hub_table
	origin_of := no_docker_hub_origins
	class_of := no_docker_hub_classes
	some pull in images_pulled
	why := rows[origin_of[pull.image]][class_of[pull.reference]]
	reason := no_docker_hub_reasons[why]
	no_docker_hub_counts(reason, pull)
	words := no_docker_hub_words_of(pull)
}

no_docker_hub_counts(reason, _) {
	not reason.whole
}

no_docker_hub_counts(_, pull) {
	not pull.fragment
}

no_docker_hub_words_of(pull) := {
	"image": image_shown,
	"reference": value_shown(pull.reference),
	"becomes": concat("/", [object.get(connector, "location", ""), image_shown]),
	"type": object.get(connector, "type", ""),
	"connect": no_docker_hub_connect[pull.reference_way[count(pull.reference_way) - 1]],
} {
	image_shown := value_shown(pull.image)
	connector := object.get(no_docker_hub_facts.connectors, value_text(pull.reference), {})
}

# How a connector is named, by the last key of the way to it.
no_docker_hub_connect := {
	"connectorRef": "add `connectorRef` with a connector to a governed registry",
	"connector": "add `connector` with a connector to a governed registry",
	"container": "write `container: {image: …, connector: …}` with a connector to a governed registry",
}

# Base images of builds.

no_docker_hub_findings[{
	"verdict": "violation",
	"path": base.at,
	"message": sprintf("base images are pulled from Docker Hub, through `%s`", [base.reference]),
}] {
	some base in images_bases
	no_docker_hub_classes[base.reference] == "hub"
}

no_docker_hub_findings[{
	"verdict": "violation",
	"severity": "warning",
	"path": base.at,
	"message": sprintf("base images are pulled through `%s`, which sounds like Docker Hub", [base.reference]),
}] {
	some base in images_bases
	no_docker_hub_classes[base.reference] == "distrusted"
}

main_too_deep[{
	"verdict": "error",
	"path": node.at,
	"message": "this nests deeper than the policies look, so what is below has not been checked",
}] {
	some node in tree_beyond
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

images_pulled := array.concat(
	array.concat(images_by_steps, images_by_services),
	array.concat(images_by_plain_steps, [pull | some pull in images_by_containers; pull.registry == null]),
)

images_by_steps := [{
	"at": step.at,
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(step.value.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": step.fragment,
} |
	names := images_pulled_types
	some step in tree_steps
	image := step.value.spec.image
	type_name(image) in names
]

# Services that a stage starts; `dependencies` in older files.
images_by_services := [{
	"at": array.concat(stage.at, ["spec", key, i]),
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(service.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": stage.fragment,
} |
	some stage in tree_stages
	some key in ["serviceDependencies", "dependencies"]
	is_array(stage.value.spec[key])
	some i, service in stage.value.spec[key]
	image := service.spec.image
	type_name(image) in images_pulled_types
]

# A mapping is a scanner's target, nothing is nothing; an empty name is none of a registry's.
images_pulled_types := {"string", "number", "boolean"}

# v1: `run: {container: image}` or `run: {container: {image, connector, registry}}`.
images_runs := tree_mappings(tree_plain_steps, [["run"], ["run-test"], ["background"]])

images_by_plain_steps := [{
	"at": run.at,
	"image": image,
	"image_way": ["container"],
	"reference": null,
	"reference_way": ["container"],
	"fragment": run.fragment,
} |
	some run in images_runs
	image := run.value.container
	type_name(image) in images_pulled_types
]

images_by_containers := [{
	"at": run.at,
	"image": image,
	"image_way": ["container", "image"],
	"reference": object.get(run.value.container, "connector", null),
	"reference_way": ["container", "connector"],
	"registry": images_registry(object.get(run.value.container, "registry", null)),
	"fragment": run.fragment,
} |
	some run in images_runs
	image := run.value.container.image
	type_name(image) in images_pulled_types
]

images_registry(written) := null {
	value_kind(written) == "absent"
} else := written

images_bases := array.concat(
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs", i]), "reference": trim_space(reference)} |
		some step in images_steps_with_bases
		is_array(step.value.spec.baseImageConnectorRefs)
		some i, reference in step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value_kind(reference) == "literal"
	],
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs"]), "reference": trim_space(reference)} |
		some step in images_steps_with_bases
		reference := step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value_kind(reference) == "literal"
	],
)

images_steps_with_bases := [step | some step in tree_steps; step.value.spec.baseImageConnectorRefs]

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

tree_groups_with_inputs := tree_with_inputs(array.concat(tree_groups_written, tree_children(tree_step_walk.holders, "stepGroup")))

# tree_steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
tree_steps := tree_steps_with_inputs.all

tree_steps_with_inputs := tree_with_inputs(array.concat(tree_steps_written, tree_members(tree_step_walk.lists, "step")))

# tree_plain_steps are those of the v1 syntax: the items themselves, `{run: {…}}`.
tree_plain_steps := [item | some item in tree_step_walk.holders; not item.value.step]

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

# tree_mappings are those at the ends of several ways from the nodes.
tree_mappings(nodes, ways) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, way), "value": value, "fragment": node.fragment} |
	some node in nodes
	some way in ways
	value := object.get(node.value, way, null)
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

# image_origin is "hub" (Docker Hub's host is written out), "host" (another one is), "bare" (none is) or
# "unknown"; "none" for an empty name.
image_origin(image) := image_literal_origin(trim_space(image)) {
	is_string(image)

	# No marker is without one of these.
	not contains(image, "<")
	not contains(image, "$")
} else := image_text_origin(trim_space(image)) {
	is_string(image)
} else := "bare"

image_text_origin(text) := image_computed_origin(text, min(value_markers(text))) {
	value_computed(text)
} else := image_literal_origin(text)

image_literal_origin(name) := "none" {
	name == ""
} else := "bare" {
	not contains(name, "/")
} else := image_host_origin(lower(split(name, "/")[0]))

image_host_origin(first) := "bare" {
	not contains(first, ".")
	not contains(first, ":")
	first != "localhost"
} else := "hub" {
	split(first, ":")[0] in facts.settings.dockerHubHosts
} else := "host"

image_computed_origin(text, marker) := image_literal_origin(known) {
	known := substring(text, 0, marker)
	contains(known, "/")
} else := "bare" {
	known := substring(text, 0, marker)
	image_is_name_and_separator(known)
	not contains(substring(text, marker, -1), "/")
} else := "unknown"

# image_is_name_and_separator holds for `nginx:` and `nginx@sha256:`, what follows is computed.
image_is_name_and_separator(known) {
	name := split(replace(known, "@", ":"), ":")[0]
	name != ""
	name != known
	not contains(name, ".")
	lower(name) != "localhost"
}

reference_class(reference) := kind {
	kind := value_kind(reference)
	kind != "literal"
} else := reference_literal_class(value_text(reference))

reference_literal_class(reference) := "required" {
	reference == facts.settings.requiredConnector
} else := facts.connectors[reference].class {
	facts.connectors[reference]
} else := "trusted" {
	# Who names it as the default knows where it leads.
	reference == facts.settings.defaultConnector
} else := "trusted" {
	some star in facts.settings.trustedConnectors
	pattern_matches(star, reference)
} else := "distrusted" {
	some star in facts.settings.dockerHubConnectors
	pattern_matches(star, reference)
} else := "unlisted"

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What stands after `<` or `$` when a value is computed: `<+expression>`, `<PLACEHOLDER>`,
# `$${variable}`, `$VARIABLE`.
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

# value_shown is a value as a message shows it.
value_shown(value) := trim_space(value) {
	is_string(value)
} else := json.marshal(value)

# pattern_matches holds where a pattern with at most five stars describes the whole text.
pattern_matches(pattern, text) {
	pattern_parts_match(split(lower(pattern), "*"), lower(text))
}

pattern_parts_match(parts, text) {
	count(parts) == 1
	parts[0] == text
}

pattern_parts_match(parts, text) {
	last := count(parts) - 1
	last > 0
	startswith(text, parts[0])
	endswith(text, parts[last])
	room := (count(text) - count(parts[0])) - count(parts[last])
	room >= 0
	inner := [part | some part in array.slice(parts, 1, last); part != ""]
	pattern_stand_in_order(inner, substring(text, count(parts[0]), room))
}

# pattern_stand_in_order holds where the parts are found one behind the other, the first place of each
# being the best.
pattern_stand_in_order(parts, _) {
	parts == []
}

pattern_stand_in_order(parts, text) {
	count(parts) == 1
	contains(text, parts[0])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 2
	contains(pattern_behind(text, parts[0]), parts[1])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 3
	contains(pattern_behind(pattern_behind(text, parts[0]), parts[1]), parts[2])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 4
	contains(pattern_behind(pattern_behind(pattern_behind(text, parts[0]), parts[1]), parts[2]), parts[3])
}

pattern_behind(text, part) := substring(text, indexof(text, part) + count(part), -1) {
	contains(text, part)
}
REGO
}

resource "harness_platform_policy" "no_docker_hub_template" {
  identifier = "no_docker_hub_template"
  name       = "Nothing is pulled straight from Docker Hub - template"
  rego       = <<REGO
# Nothing is pulled straight from Docker Hub
#
# Docker Hub limits anonymous pulls and nobody governs what stands there. An image without a
# registry's host is Docker Hub's, unless a connector takes it from somewhere else.
#
# The rule `no-docker-hub` of harness-image-guard for the entity template, written by
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

findings := (no_docker_hub_findings | main_too_deep) | main_unknown_entity

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

no_docker_hub_facts := facts

# What an image (by what its name says) and a connector (by what it leads to) come to; nothing for
# the pairs that aren't here.
no_docker_hub_table := {
	"hub": {
		"mirror": "doubled",
		"absent": "written",
		"required": "written",
		"trusted": "written",
		"hub": "written",
		"foreign": "written",
		"distrusted": "written",
		"unresolved": "written",
		"unlisted": "written",
		"unknown": "written",
	},
	"bare": {
		"absent": "anonymous",
		"hub": "through",
		"foreign": "foreign",
		"distrusted": "named",
		"unresolved": "unresolved",
		"unlisted": "unlisted",
		"unknown": "computed_reference",
	},
	"unknown": {
		"absent": "computed_alone",
		"mirror": "computed_image",
		"hub": "through",
		"foreign": "computed_image",
		"distrusted": "named",
		"unresolved": "computed_image",
		"unlisted": "computed_image",
		"unknown": "computed_both",
	},
}

# What each of these says, and where. `message_of` and `help_of` are the words that their texts take;
# a reason that is `whole` says nothing of a fragment, in which a connector may be missing.
no_docker_hub_reasons := {
	"doubled": {
		"verdict": "violation",
		"severity": "warning",
		"at": "image_way",
		"message": "`%s` through `%s` becomes `%s`",
		"message_of": ["image", "reference", "becomes"],
		"help": "write the image without Docker Hub's host: the connector puts its registry before it",
		"help_of": [],
	},
	"written": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled straight from Docker Hub: its host is written out",
		"message_of": ["image"],
		"help": "write your registry's host instead, or no host and %s",
		"help_of": ["connect"],
	},
	"anonymous": {
		"verdict": "violation",
		"at": "image_way",
		"whole": true,
		"message": "`%s` is pulled anonymously from Docker Hub: it names no registry, and there is no connector",
		"message_of": ["image"],
		"help": "%s, or write your registry's host before the name",
		"help_of": ["connect"],
	},
	"through": {
		"verdict": "violation",
		"at": "reference_way",
		"message": "`%s` is pulled from Docker Hub: `%s` leads there",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry",
		"help_of": [],
	},
	"foreign": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled anonymously from Docker Hub: `%s` is a connector of type %s, which leaves the name as it is",
		"message_of": ["image", "reference", "type"],
		"help": "write the image with its registry's host, or name a connector of type DockerRegistry",
		"help_of": [],
	},
	"named": {
		"verdict": "violation",
		"severity": "warning",
		"at": "reference_way",
		"message": "`%s` is pulled through `%s`, which sounds like Docker Hub",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"unresolved": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`: what is known of it leaves its type or URL open, or is at odds",
		"message_of": ["image", "reference"],
		"help": "write the connector's type and URL out, the same in every file, or declare it under `connectors` in the configuration",
		"help_of": [],
	},
	"unlisted": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`, which isn't among the files checked",
		"message_of": ["image", "reference"],
		"help": "check the connector's file together with this one, or declare it under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"computed_reference": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from can't be told from the file: its connector is `%s`",
		"message_of": ["image", "reference"],
		"help": "write the connector's reference out",
		"help_of": [],
	},
	"computed_alone": {
		"verdict": "undecided",
		"at": "image_way",
		"whole": true,
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_both": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_image": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or declare the connector under `trustedConnectors` in the configuration",
		"help_of": [],
	},
}

# Each distinct image and reference is judged once.

no_docker_hub_origins := {written: image_origin(written) | some written in {pull.image | some pull in images_pulled}}

no_docker_hub_classes := {written: reference_class(written) |
	some written in ({pull.reference | some pull in images_pulled} | {base.reference | some base in images_bases})
}

no_docker_hub_findings[{
	"verdict": reason.verdict,
	"severity": object.get(reason, "severity", null),
	"path": array.concat(pull.at, pull[reason.at]),
	"message": sprintf(reason.message, [words[word] | some word in reason.message_of]),
}] {
	rows := no_docker_hub_table
	origin_of := no_docker_hub_origins
	class_of := no_docker_hub_classes
	some pull in images_pulled
	why := rows[origin_of[pull.image]][class_of[pull.reference]]
	reason := no_docker_hub_reasons[why]
	no_docker_hub_counts(reason, pull)
	words := no_docker_hub_words_of(pull)
}

no_docker_hub_counts(reason, _) {
	not reason.whole
}

no_docker_hub_counts(_, pull) {
	not pull.fragment
}

no_docker_hub_words_of(pull) := {
	"image": image_shown,
	"reference": value_shown(pull.reference),
	"becomes": concat("/", [object.get(connector, "location", ""), image_shown]),
	"type": object.get(connector, "type", ""),
	"connect": no_docker_hub_connect[pull.reference_way[count(pull.reference_way) - 1]],
} {
	image_shown := value_shown(pull.image)
	connector := object.get(no_docker_hub_facts.connectors, value_text(pull.reference), {})
}

# How a connector is named, by the last key of the way to it.
no_docker_hub_connect := {
	"connectorRef": "add `connectorRef` with a connector to a governed registry",
	"connector": "add `connector` with a connector to a governed registry",
	"container": "write `container: {image: …, connector: …}` with a connector to a governed registry",
}

# Base images of builds.

no_docker_hub_findings[{
	"verdict": "violation",
	"path": base.at,
	"message": sprintf("base images are pulled from Docker Hub, through `%s`", [base.reference]),
}] {
	some base in images_bases
	no_docker_hub_classes[base.reference] == "hub"
}

no_docker_hub_findings[{
	"verdict": "violation",
	"severity": "warning",
	"path": base.at,
	"message": sprintf("base images are pulled through `%s`, which sounds like Docker Hub", [base.reference]),
}] {
	some base in images_bases
	no_docker_hub_classes[base.reference] == "distrusted"
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

images_pulled := array.concat(
	array.concat(images_by_steps, images_by_services),
	array.concat(images_by_plain_steps, [pull | some pull in images_by_containers; pull.registry == null]),
)

images_by_steps := [{
	"at": step.at,
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(step.value.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": step.fragment,
} |
	names := images_pulled_types
	some step in tree_steps
	image := step.value.spec.image
	type_name(image) in names
]

# Services that a stage starts; `dependencies` in older files.
images_by_services := [{
	"at": array.concat(stage.at, ["spec", key, i]),
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(service.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": stage.fragment,
} |
	some stage in tree_stages
	some key in ["serviceDependencies", "dependencies"]
	is_array(stage.value.spec[key])
	some i, service in stage.value.spec[key]
	image := service.spec.image
	type_name(image) in images_pulled_types
]

# A mapping is a scanner's target, nothing is nothing; an empty name is none of a registry's.
images_pulled_types := {"string", "number", "boolean"}

# v1: `run: {container: image}` or `run: {container: {image, connector, registry}}`.
images_runs := tree_mappings(tree_plain_steps, [["run"], ["run-test"], ["background"]])

images_by_plain_steps := [{
	"at": run.at,
	"image": image,
	"image_way": ["container"],
	"reference": null,
	"reference_way": ["container"],
	"fragment": run.fragment,
} |
	some run in images_runs
	image := run.value.container
	type_name(image) in images_pulled_types
]

images_by_containers := [{
	"at": run.at,
	"image": image,
	"image_way": ["container", "image"],
	"reference": object.get(run.value.container, "connector", null),
	"reference_way": ["container", "connector"],
	"registry": images_registry(object.get(run.value.container, "registry", null)),
	"fragment": run.fragment,
} |
	some run in images_runs
	image := run.value.container.image
	type_name(image) in images_pulled_types
]

images_registry(written) := null {
	value_kind(written) == "absent"
} else := written

images_bases := array.concat(
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs", i]), "reference": trim_space(reference)} |
		some step in images_steps_with_bases
		is_array(step.value.spec.baseImageConnectorRefs)
		some i, reference in step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value_kind(reference) == "literal"
	],
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs"]), "reference": trim_space(reference)} |
		some step in images_steps_with_bases
		reference := step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value_kind(reference) == "literal"
	],
)

images_steps_with_bases := [step | some step in tree_steps; step.value.spec.baseImageConnectorRefs]

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

tree_groups_with_inputs := tree_with_inputs(array.concat(tree_groups_written, tree_children(tree_step_walk.holders, "stepGroup")))

# tree_steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
tree_steps := tree_steps_with_inputs.all

tree_steps_with_inputs := tree_with_inputs(array.concat(tree_steps_written, tree_members(tree_step_walk.lists, "step")))

# tree_plain_steps are those of the v1 syntax: the items themselves, `{run: {…}}`.
tree_plain_steps := [item | some item in tree_step_walk.holders; not item.value.step]

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

# tree_mappings are those at the ends of several ways from the nodes.
tree_mappings(nodes, ways) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, way), "value": value, "fragment": node.fragment} |
	some node in nodes
	some way in ways
	value := object.get(node.value, way, null)
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

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What stands after `<` or `$` when a value is computed: `<+expression>`, `<PLACEHOLDER>`,
# `$${variable}`, `$VARIABLE`.
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

# value_shown is a value as a message shows it.
value_shown(value) := trim_space(value) {
	is_string(value)
} else := json.marshal(value)

# image_origin is "hub" (Docker Hub's host is written out), "host" (another one is), "bare" (none is) or
# "unknown"; "none" for an empty name.
image_origin(image) := image_literal_origin(trim_space(image)) {
	is_string(image)

	# No marker is without one of these.
	not contains(image, "<")
	not contains(image, "$")
} else := image_text_origin(trim_space(image)) {
	is_string(image)
} else := "bare"

image_text_origin(text) := image_computed_origin(text, min(value_markers(text))) {
	value_computed(text)
} else := image_literal_origin(text)

image_literal_origin(name) := "none" {
	name == ""
} else := "bare" {
	not contains(name, "/")
} else := image_host_origin(lower(split(name, "/")[0]))

image_host_origin(first) := "bare" {
	not contains(first, ".")
	not contains(first, ":")
	first != "localhost"
} else := "hub" {
	split(first, ":")[0] in facts.settings.dockerHubHosts
} else := "host"

image_computed_origin(text, marker) := image_literal_origin(known) {
	known := substring(text, 0, marker)
	contains(known, "/")
} else := "bare" {
	known := substring(text, 0, marker)
	image_is_name_and_separator(known)
	not contains(substring(text, marker, -1), "/")
} else := "unknown"

# image_is_name_and_separator holds for `nginx:` and `nginx@sha256:`, what follows is computed.
image_is_name_and_separator(known) {
	name := split(replace(known, "@", ":"), ":")[0]
	name != ""
	name != known
	not contains(name, ".")
	lower(name) != "localhost"
}

reference_class(reference) := kind {
	kind := value_kind(reference)
	kind != "literal"
} else := reference_literal_class(value_text(reference))

reference_literal_class(reference) := "required" {
	reference == facts.settings.requiredConnector
} else := facts.connectors[reference].class {
	facts.connectors[reference]
} else := "trusted" {
	# Who names it as the default knows where it leads.
	reference == facts.settings.defaultConnector
} else := "trusted" {
	some star in facts.settings.trustedConnectors
	pattern_matches(star, reference)
} else := "distrusted" {
	some star in facts.settings.dockerHubConnectors
	pattern_matches(star, reference)
} else := "unlisted"

# pattern_matches holds where a pattern with at most five stars describes the whole text.
pattern_matches(pattern, text) {
	pattern_parts_match(split(lower(pattern), "*"), lower(text))
}

pattern_parts_match(parts, text) {
	count(parts) == 1
	parts[0] == text
}

pattern_parts_match(parts, text) {
	last := count(parts) - 1
	last > 0
	startswith(text, parts[0])
	endswith(text, parts[last])
	room := (count(text) - count(parts[0])) - count(parts[last])
	room >= 0
	inner := [part | some part in array.slice(parts, 1, last); part != ""]
	pattern_stand_in_order(inner, substring(text, count(parts[0]), room))
}

# pattern_stand_in_order holds where the parts are found one behind the other, the first place of each
# being the best.
pattern_stand_in_order(parts, _) {
	parts == []
}

pattern_stand_in_order(parts, text) {
	count(parts) == 1
	contains(text, parts[0])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 2
	contains(pattern_behind(text, parts[0]), parts[1])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 3
	contains(pattern_behind(pattern_behind(text, parts[0]), parts[1]), parts[2])
}

pattern_stand_in_order(parts, text) {
	count(parts) == 4
	contains(pattern_behind(pattern_behind(pattern_behind(text, parts[0]), parts[1]), parts[2]), parts[3])
}

pattern_behind(text, part) := substring(text, indexof(text, part) + count(part), -1) {
	contains(text, part)
}
REGO
}

resource "harness_platform_policy" "no_docker_hub_connector" {
  identifier = "no_docker_hub_connector"
  name       = "Nothing is pulled straight from Docker Hub - connector"
  rego       = <<REGO
# Nothing is pulled straight from Docker Hub
#
# Docker Hub limits anonymous pulls and nobody governs what stands there. An image without a
# registry's host is Docker Hub's, unless a connector takes it from somewhere else.
#
# The rule `no-docker-hub` of harness-image-guard for the entity connector, written by
# `harness-image-guard export`: change the configuration rather than this text, and export it
# again.
package connector

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

findings := no_docker_hub_findings

# What isn't there has not been checked.
deny["there is no `input.entity`, so nothing has been checked"] {
	not input.entity
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

no_docker_hub_facts := facts

# Connectors.

no_docker_hub_findings[{
	"verdict": "violation",
	"severity": "warning",
	"path": ["connector", "spec", "dockerRegistryUrl"],
	"message": sprintf("the connector leads to Docker Hub: `%s`", [trim_space(written)]),
}] {
	specification_is_docker_registry(input.entity)
	written := input.entity.spec.dockerRegistryUrl
	is_string(written)
	value_kind(written) == "literal"
	url_host(written) in no_docker_hub_facts.settings.dockerHubHosts
	not no_docker_hub_said_by_the_specification
}

no_docker_hub_said_by_the_specification {
	not no_docker_hub_facts.settings.registryRuleIsOff
	specification_is_meant(input.entity, no_docker_hub_facts.settings)
	some mismatch in specification_mismatches(input.entity, no_docker_hub_facts.settings)
	mismatch.path == ["connector", "spec", "dockerRegistryUrl"]
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

# specification_is_meant holds for every connector whose identifier differs at most in case.
specification_is_meant(connector, settings) {
	lower(trim_space(connector.identifier)) == lower(settings.identifier)
}

# specification_mismatches are the differences of a connector from the specification.
specification_mismatches(connector, settings) := array.concat(
	array.concat(specification_identity_mismatches(connector, settings), specification_type_mismatches(connector)),
	array.concat(specification_spec_mismatches(connector), specification_field_mismatches(connector, settings)),
)

specification_identity_mismatches(connector, settings) := array.concat(
	[{
		"verdict": "violation",
		"path": ["connector", "identifier"],
		"message": sprintf("the connector's identifier is `%s`, but pipelines refer to `account.%s`", [identifier, settings.identifier]),
		"help": sprintf("write `identifier: %s`, exactly", [settings.identifier]),
	} |
		identifier := trim_space(connector.identifier)
		identifier != settings.identifier
	],
	[mismatch |
		some key in ["orgIdentifier", "projectIdentifier"]
		written := object.get(connector, key, null)
		mismatch := specification_scope_mismatch(value_kind(written), key, settings)
	],
)

specification_scope_mismatch("literal", key, settings) := {
	"verdict": "violation",
	"path": ["connector", key],
	"message": sprintf("the `%s` connector has to be an account-level one, and `%s` takes it to a lower level", [settings.identifier, key]),
	"help": sprintf("remove `%s`, and create the connector in the account", [key]),
}

specification_scope_mismatch("unknown", key, settings) := {
	"verdict": "undecided",
	"path": ["connector", key],
	"message": sprintf("whether the `%s` connector is an account-level one depends on the value of `%s`", [settings.identifier, key]),
	"help": sprintf("remove `%s`: an account-level connector has none", [key]),
}

specification_type_mismatches(connector) := [mismatch |
	written := object.get(connector, "type", null)
	value_text(written) != "DockerRegistry"
	mismatch := specification_mismatch_at(["connector", "type"], "type", written, "DockerRegistry")
]

specification_is_docker_registry(connector) {
	value_text(connector.type) == "DockerRegistry"
}

specification_spec_mismatches(connector) := [{
	"verdict": "undecided",
	"path": holder.path,
	"message": sprintf("what `%s` comes to can't be told from the file, so the connector can't be compared with the specification", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
	"help": sprintf("write the fields of `%s` out", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
} |
	specification_is_docker_registry(connector)
	some holder in [
		{"path": ["connector", "spec"], "value": object.get(connector, "spec", null)},
		{"path": ["connector", "spec", "auth"], "value": object.get(connector, ["spec", "auth"], null)},
	]
	value_says(holder.value)
]

specification_field_mismatches(connector, settings) := [mismatch |
	specification_is_docker_registry(connector)
	not value_says(object.get(connector, "spec", null))
	some field in [
		{"path": ["spec", "dockerRegistryUrl"], "expected": settings.expected.url},
		{"path": ["spec", "providerType"], "expected": settings.expected.providerType},
		{"path": ["spec", "auth", "type"], "expected": settings.expected.auth},
	]
	not specification_under_text(connector, field.path)
	written := object.get(connector, field.path, null)
	not specification_is_expected(field.path, written, field.expected)
	mismatch := specification_with_fix(
		specification_mismatch_at(array.concat(["connector"], field.path), concat(".", field.path), written, field.expected),
		field, connector, settings,
	)
]

specification_with_fix(mismatch, field, connector, settings) := object.union(mismatch, {"fix": {
	"applicability": "safe",
	"title": sprintf("Write `%s: %s`", [concat(".", field.path), field.expected]),
	"patch": array.concat(
		[{"op": "add", "path": mismatch.path, "value": field.expected}],
		[{"op": "remove", "path": ["connector", "spec", "auth", "spec"]} | specification_leaves_credentials(field, connector)],
	),
}}) {
	mismatch.verdict == "violation"
	specification_can_be_written(field, connector, settings)
} else := mismatch

# Harness reads credentials by the type of authentication, and refuses them beside Anonymous.
specification_leaves_credentials(field, connector) {
	field.path == ["spec", "auth", "type"]
	field.expected == "Anonymous"
	object.get(connector, ["spec", "auth", "spec"], "absent") != "absent"
}

# specification_can_be_written holds where the field is right by itself once it has the expected value.
specification_can_be_written(field, _, _) {
	field.path[1] == "providerType"
}

specification_can_be_written(field, _, settings) {
	field.path[1] == "dockerRegistryUrl"
	not url_host(field.expected) in settings.dockerHubHosts
}

specification_can_be_written(field, _, _) {
	field.expected == "Anonymous"
}

# Other authentication needs credentials, which nobody can make up.
specification_can_be_written(field, connector, _) {
	field.path[1] == "auth"
	is_object(connector.spec.auth.spec)
}

# specification_under_text holds for `spec.auth.type` where `auth` is a string, reported as such.
specification_under_text(connector, path) {
	count(path) > 2
	value_says(object.get(connector, array.slice(path, 0, 2), null))
}

specification_is_expected(path, written, expected) {
	path[1] == "dockerRegistryUrl"
	is_string(written)
	value_kind(written) == "literal"
	url_same(written, expected)
}

specification_is_expected(path, written, expected) {
	path[1] != "dockerRegistryUrl"
	value_text(written) == expected
}

specification_mismatch_at(path, name, written, expected) := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is missing or empty; the specification says `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "absent"
} else := {
	"verdict": "undecided",
	"path": path,
	"message": sprintf("what `%s` comes to can't be told from the file, so it can't be compared with `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "unknown"
} else := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is `%s`, but the specification says `%s`", [name, value_shown(written), expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
}

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What stands after `<` or `$` when a value is computed: `<+expression>`, `<PLACEHOLDER>`,
# `$${variable}`, `$VARIABLE`.
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

url_default_ports := {"http": ":80", "https": ":443"}

# url_normal is one spelling for all the equal ones; undefined for a text without a scheme.
url_normal(url) := concat("", [scheme, "://", url_authority(rest), trim_right(url_path(rest), "/")]) {
	text := trim_space(url)
	scheme := url_scheme_of(text)
	rest := url_without_port(scheme, substring(text, count(scheme) + 3, -1))
}

url_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# url_scheme_of is what stands before `://`; behind a slash or a question mark that begins no scheme.
url_scheme_of(text) := scheme {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, url_scheme_characters) == ""
}

# An empty port is the default one too.
url_without_port(scheme, rest) := concat("", [trim_suffix(trim_suffix(url_authority(rest), port), ":"), url_path(rest)]) {
	port := url_default_ports[scheme]
	count(split(url_last_part(url_authority(rest), "@"), ":")) == 2
} else := rest

# url_authority is what stands before the path, a query or a fragment.
url_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

url_path(rest) := substring(rest, count(url_authority(rest)), -1)

# url_same holds for two spellings of one address.
url_same(one, other) {
	url_normal(one) == url_normal(other)
}

# url_host is the URL's host, in lower case and without port; without a scheme, `https` is meant.
url_host(url) := split(url_last_part(url_authority(url_after_scheme(url)), "@"), ":")[0]

url_after_scheme(url) := substring(text, count(url_scheme_of(text)) + 3, -1) {
	text := trim_space(url)
	url_scheme_of(text)
} else := trim_space(url)

# url_last_part is the text behind the last separator: a host without the user before it.
url_last_part(text, separator) := parts[count(parts) - 1] {
	parts := split(text, separator)
}
REGO
}

resource "harness_platform_policyset" "harness_image_guard_pipeline_onsave" {
  identifier = "harness_image_guard_pipeline_onsave"
  name       = "Image policies - pipeline onsave"
  action     = "onsave"
  type       = "pipeline"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_pipeline_onrun" {
  identifier = "harness_image_guard_pipeline_onrun"
  name       = "Image policies - pipeline onrun"
  action     = "onrun"
  type       = "pipeline"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_custom_onstep" {
  identifier = "harness_image_guard_custom_onstep"
  name       = "Image policies - custom onstep"
  action     = "onstep"
  type       = "custom"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_pipeline.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_pipeline.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_template_onsave" {
  identifier = "harness_image_guard_template_onsave"
  name       = "Image policies - template onsave"
  action     = "onsave"
  type       = "template"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_connector_template.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_template.identifier
    severity   = "error"
  }
}

resource "harness_platform_policyset" "harness_image_guard_connector_onsave" {
  identifier = "harness_image_guard_connector_onsave"
  name       = "Image policies - connector onsave"
  action     = "onsave"
  type       = "connector"
  enabled    = true

  policy_references {
    identifier = harness_platform_policy.harness_image_registry_connector.identifier
    severity   = "error"
  }

  policy_references {
    identifier = harness_platform_policy.no_docker_hub_connector.identifier
    severity   = "error"
  }
}
