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
