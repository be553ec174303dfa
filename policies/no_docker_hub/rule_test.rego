package harness_image_guard.rules.no_docker_hub_test

import rego.v1

facts := {
	"settings": {
		"identifier": "harnessImage",
		"requiredConnector": "account.harnessImage",
		"trustedConnectors": ["account.trusted"],
		"dockerHubConnectors": data.harness_image_guard.defaults.dockerHubConnectors,
		"presets": data.harness_image_guard.defaults.presets,
		"endsOfLife": data.harness_image_guard.defaults.endsOfLife,
		"expressions": "decide",
		"severities": {},
		"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts,
		"expected": {"url": "https://r.example", "providerType": "Other", "auth": "Anonymous"},
		"registryRuleRuns": true,
	},
	"connectors": {},
	"declared": {
		"account.mirror": {"class": "mirror", "location": "r.example/team"},
		"account.hub": {"class": "hub"},
		"account.gcp": {"class": "foreign", "type": "Gcp"},
		"account.unclear": {"class": "unresolved"},
	},
}

findings_in(entity, given) := findings if {
	findings := data.harness_image_guard.rules.no_docker_hub.findings with input as entity
		with data.harness_image_guard.facts as given
}

# The rule's own severity, which the host fills in, is an error.
weight(finding) := "error" if object.get(finding, "severity", null) == null

weight(finding) := finding.severity if is_string(finding.severity)

said(entity) := {[finding.verdict, weight(finding), finding.path] |
	some finding in findings_in(entity, facts)
}

pipeline_of(steps) := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": steps}}}}]}}

# The table: every kind of image with every kind of connector, one step for each pair.

images := {
	"hub": "docker.io/library/maven:3",
	"host": "r.example/maven:3",
	"bare": "maven:3",
	"unknown": "<+input>",
}

references := {
	"absent": "",
	"required": "account.harnessImage",
	"mirror": "account.mirror",
	"hub": "account.hub",
	"foreign": "account.gcp",
	"trusted": "account.trusted",
	"distrusted": "account.dockerhub",
	"unresolved": "account.other",
	"disputed": "account.unclear",
	"unknown": "<+input>",
}

pairs := [{"image": image, "reference": reference} |
	some image in ["hub", "host", "bare", "unknown"]
	some reference in object.keys(references)
]

spec_of(pair) := {"image": images[pair.image], "connectorRef": references[pair.reference]}

table_of(specs_at, entity) := {[pair.image, pair.reference, verdict, severity, key] |
	some [verdict, severity, path] in said(entity)
	pair := pairs[path[specs_at]]
	key := path[count(path) - 1]
}

# What a part says of them: nothing that rests on a connector that is missing.
rows_of_parts := {
	["hub", "absent", "violation", "error", "image"],
	["hub", "required", "violation", "warning", "image"],
	["hub", "mirror", "violation", "warning", "image"],
	["hub", "hub", "violation", "error", "image"],
	["hub", "foreign", "violation", "error", "image"],
	["hub", "trusted", "violation", "warning", "image"],
	["hub", "distrusted", "violation", "error", "image"],
	["hub", "unresolved", "violation", "error", "image"],
	["hub", "disputed", "violation", "error", "image"],
	["hub", "unknown", "violation", "error", "image"],
	["bare", "hub", "violation", "error", "connectorRef"],
	["bare", "foreign", "violation", "error", "image"],
	["bare", "distrusted", "violation", "warning", "connectorRef"],
	["bare", "unresolved", "undecided", "error", "connectorRef"],
	["bare", "disputed", "undecided", "error", "connectorRef"],
	["bare", "unknown", "undecided", "error", "connectorRef"],
	["unknown", "hub", "violation", "error", "connectorRef"],
	["unknown", "foreign", "undecided", "error", "image"],
	["unknown", "distrusted", "violation", "warning", "connectorRef"],
	["unknown", "unresolved", "undecided", "error", "image"],
	["unknown", "disputed", "undecided", "error", "image"],
	["unknown", "unknown", "undecided", "error", "image"],
}

rows := rows_of_parts | {
	["bare", "absent", "violation", "error", "image"],
	["unknown", "absent", "undecided", "error", "image"],
}

test_images_and_connectors_come_to_the_table if {
	steps := [{"step": {"type": "Run", "spec": spec_of(pair)}} | some pair in pairs]
	table_of(7, pipeline_of(steps)) == rows
}

test_a_part_says_nothing_by_a_missing_connector if {
	steps := [{"step": {"template": {"templateInputs": {"type": "Run", "spec": spec_of(pair)}}}} |
		some pair in pairs
	]
	table_of(7, pipeline_of(steps)) == rows_of_parts
}

# The required connector may be of another type, or lead to Docker Hub: an image stays as it is.
test_a_connector_that_adds_no_registry_is_not_said_to_add_one if {
	steps := [{"step": {"type": "Run", "spec": {"image": "docker.io/maven", "connectorRef": "account.harnessImage"}}}]
	every given in [
		{"declared": {"account.harnessImage": {"class": "hub"}}},
		{"declared": {"account.harnessImage": {"class": "foreign", "type": "Gcp"}}},
		{"settings": {"expected": {"url": "https://docker.io"}}},
		{"settings": {"expected": {"url": "https://registry.hub.docker.com"}}},
	] {
		[[weight(finding), finding.message] | some finding in findings_in(pipeline_of(steps), object.union(facts, given))] == [[
			"warning",
			"`docker.io/maven` is pulled straight from Docker Hub: its name includes Docker Hub's host, and its connector `account.harnessImage` adds no registry",
		]]
	}
}

# Harness looks for the connector's host anywhere in the name.
test_an_image_that_has_its_connectors_host_in_it_is_pulled_as_it_is if {
	given := object.union(facts, {"declared": object.union(facts.declared, {"account.hostless": {
		"class": "mirror",
		"location": "/mirror",
	}})})
	specs := [
		{"image": "team/r.example:1", "connectorRef": "account.mirror"},
		{"image": "maven:r.example", "connectorRef": "account.harnessImage"},
		{"image": "maven:3", "connectorRef": "account.hostless"},
		{"image": "maven:<+input>.allowedValues(r.example,3)", "connectorRef": "account.mirror"},
		{"image": "team/r.example:1", "connectorRef": "account.trusted"},
		{"image": "r.example/team/maven:3", "connectorRef": "account.hostless"},
		{"image": "docker.io/team/r.example:1", "connectorRef": "account.mirror"},
		{"image": "docker.io/maven", "connectorRef": "account.hostless"},
		{"image": 3, "connectorRef": "account.hostless"},
		{"image": "maven:<+pipeline.variables.r.example>", "connectorRef": "account.mirror"},
		{"image": "team/r.example:<+pipeline.sequenceId>", "connectorRef": "account.mirror"},
		{"image": "team/maven:<+pipeline.sequenceId>-r.example", "connectorRef": "account.mirror"},
	]
	steps := [{"step": {"type": "Run", "spec": spec}} | some spec in specs]
	found := {finding.path[7]: finding.message | some finding in findings_in(pipeline_of(steps), given)}
	found == {
		0: "`team/r.example:1` is pulled anonymously from Docker Hub: its name contains the host of its connector `account.mirror`, so Harness adds no registry",
		1: "`maven:r.example` is pulled anonymously from Docker Hub: its name contains the host of its connector `account.harnessImage`, so Harness adds no registry",
		2: "`maven:3` is pulled anonymously from Docker Hub: the URL of its connector `account.hostless` has no host, so Harness adds no registry to the name",
		3: "`maven:r.example` is pulled anonymously from Docker Hub: its name contains the host of its connector `account.mirror`, so Harness adds no registry; `<+input>.allowedValues(r.example,3)` can be `r.example`",
		6: "`docker.io/team/r.example:1` is pulled straight from Docker Hub: its name includes Docker Hub's host",
		7: "`docker.io/maven` is pulled straight from Docker Hub: its name includes Docker Hub's host",
		8: "`3` is pulled anonymously from Docker Hub: the URL of its connector `account.hostless` has no host, so Harness adds no registry to the name",
		10: "`team/r.example:<+pipeline.sequenceId>` is pulled anonymously from Docker Hub: its name contains the host of its connector `account.mirror`, so Harness adds no registry",
		11: "`team/maven:<+pipeline.sequenceId>-r.example` is pulled anonymously from Docker Hub: its name contains the host of its connector `account.mirror`, so Harness adds no registry",
	}
	every finding in findings_in(pipeline_of(steps), given) {
		weight(finding) == "error"
		finding.path[count(finding.path) - 1] == "image"
	}
}

test_such_an_image_is_unknown_if_it_begins_with_an_expression if {
	given := object.union(facts, {"declared": object.union(facts.declared, {"account.hostless": {
		"class": "mirror",
		"location": "/mirror",
	}})})
	specs := [
		{"image": "<+pipeline.sequenceId>/maven:r.example", "connectorRef": "account.mirror"},
		{"image": "<+pipeline.sequenceId>", "connectorRef": "account.hostless"},
		{"image": "<+pipeline.sequenceId>/maven:<+r.example>", "connectorRef": "account.mirror"},
		{"image": "<+input>.default(r.example/maven)", "connectorRef": "account.hostless"},
	]
	steps := [{"step": {"type": "Run", "spec": spec}} | some spec in specs]
	found := {[finding.verdict, step] | some finding in findings_in(pipeline_of(steps), given); step := finding.path[7]}
	found == {["undecided", 0], ["undecided", 1], ["undecided", 3]}
}

# Where images are.

step_at(n, below) := array.concat(["pipeline", "stages", 0, "stage", "spec", "execution", "steps", n, "step", "spec"], below)

test_only_names_are_images if {
	written := ["maven", " maven ", 1, true, false, "", " ", null, ["maven"], {"name": "maven"}]
	steps := [{"step": {"type": "Any", "spec": {"image": image}}} | some image in written]
	said(pipeline_of(steps)) == {["violation", "error", step_at(n, ["image"])] | some n in [0, 1, 2, 3, 4]}
}

test_an_absent_connector_has_many_forms if {
	written := [null, "", " "]
	steps := [{"step": {"spec": {"image": "maven", "connectorRef": reference}}} | some reference in written]
	said(pipeline_of(steps)) == {["violation", "error", step_at(n, ["image"])] | some n in [0, 1, 2]}
}

test_a_connector_may_be_of_any_kind if {
	written := [1, true, ["account.hub"], {"a": 1}]
	steps := [{"step": {"spec": {"image": "maven", "connectorRef": reference}}} | some reference in written]
	said(pipeline_of(steps)) == {["undecided", "error", step_at(n, ["connectorRef"])] | some n in [0, 1, 2, 3]}
}

test_a_scan_target_is_no_image if {
	said(pipeline_of([{"step": {"type": "AquaTrivy", "spec": {"image": {"name": "maven"}}}}])) == set()
}

test_what_is_pushed_is_no_image if {
	steps := [{"step": {
		"type": "BuildAndPushDockerRegistry",
		"spec": {
			"repo": "a/b",
			"imageName": "b",
			"remoteCacheImage": "c",
			"settings": {"repo": "d"},
			"source": {"spec": {"image": "e"}},
			"envVariables": {"image": "f"},
		},
	}}]
	said(pipeline_of(steps)) == set()
}

test_services_of_a_stage_are_pulled if {
	spec := {
		"serviceDependencies": [{"type": "Service", "spec": {"image": "redis"}}, {"spec": {"image": "r.example/redis"}}],
		"dependencies": [{"spec": {"image": "redis", "connectorRef": "account.hub"}}],
	}
	said({"pipeline": {"stages": [{"stage": {"spec": spec}}]}}) == {
		["violation", "error", ["pipeline", "stages", 0, "stage", "spec", "serviceDependencies", 0, "spec", "image"]],
		["violation", "error", ["pipeline", "stages", 0, "stage", "spec", "dependencies", 0, "spec", "connectorRef"]],
	}
}

test_v1_steps_pull_their_container if {
	steps := [
		{"run": {"container": "maven"}},
		{"run-test": {"container": "maven"}},
		{"background": {"container": "docker.io/maven"}},
		{"run": {"container": {"image": "maven"}}},
		{"run-test": {"container": {"image": "maven", "connector": "account.hub"}}},
		{"background": {"container": {"image": "maven", "connector": "account.mirror"}}},
		{"run": {"container": "r.example/maven"}},
		{"run": {"container": {"image": "maven", "registry": "mine"}}},
		{"run": {"container": {"image": "maven", "registry": ""}}},
		{"run": {"script": "maven"}},
		{"run": {"container": ["maven"]}},
		{"other": {"container": "maven"}},
	]
	said({"pipeline": {"stages": [{"id": "a", "steps": steps}]}}) == {
		["violation", "error", ["pipeline", "stages", 0, "steps", 0, "run", "container"]],
		["violation", "error", ["pipeline", "stages", 0, "steps", 1, "run-test", "container"]],
		["violation", "error", ["pipeline", "stages", 0, "steps", 2, "background", "container"]],
		["violation", "error", ["pipeline", "stages", 0, "steps", 3, "run", "container", "image"]],
		["violation", "error", ["pipeline", "stages", 0, "steps", 4, "run-test", "container", "connector"]],
		["violation", "error", ["pipeline", "stages", 0, "steps", 8, "run", "container", "image"]],
	}
}

v1_steps := [
	{"run": "npm test", "container": "maven"},
	{"run": {"container": "r.example/maven"}, "container": {"image": "maven", "connector": "account.hub"}},
	{"group": {"steps": [{"name": "inner", "run": "npm test", "container": {"image": "maven"}}]}},
	{"uses": "docker://maven"},
	{"uses": "actions/checkout@v4"},
]

v1_services := {
	"redis": "redis:7",
	"db": {"image": "postgres", "connector": "account.mirror"},
	"cache": {"image": "postgres", "connector": "account.hub"},
	"items": ["one"],
	"sequential": true,
}

v1_stage := {
	"id": "a",
	"steps": v1_steps,
	"rollback": {"run": {"container": "maven"}},
	"approval": {"uses": "custom", "with": {"run": {"container": "maven"}}},
	"services": v1_services,
}

test_containers_of_v1_stages_are_found_beside_what_they_run if {
	{array.slice(path, 3, count(path)) | some [_, _, path] in said({"pipeline": {"stages": [v1_stage]}})} == {
		["steps", 0, "container"],
		["steps", 1, "container", "connector"],
		["steps", 2, "group", "steps", 0, "container", "image"],
		["steps", 3, "uses"],
		["rollback", "run", "container"],
		["approval", "with", "run", "container"],
		["services", "redis"],
		["services", "cache", "connector"],
	}
}

# What an action uses may be no image; what a service is called says nothing.
test_a_service_may_have_any_name if {
	stage := {"id": "a", "strategy": {"matrix": {"version": ["7"]}}, "services": {"uses": "redis:${{ matrix.version }}", "spec": "redis:<+input>"}}
	{array.slice(path, 3, count(path)) | some [_, _, path] in said({"pipeline": {"stages": [stage]}})} == {["services", "uses"], ["services", "spec"]}
}

test_a_rollback_may_be_a_list_or_have_one if {
	steps := [{"run": {"container": "maven"}}]
	said({"pipeline": {"stages": [{"id": "a", "rollback": steps}]}}) == {["violation", "error", ["pipeline", "stages", 0, "rollback", 0, "run", "container"]]}
	said({"pipeline": {"stages": [{"id": "a", "rollback": {"steps": steps}}]}}) == {["violation", "error", ["pipeline", "stages", 0, "rollback", "steps", 0, "run", "container"]]}
}

test_templates_are_walked_whatever_the_case_of_their_type if {
	step := {"type": "Run", "spec": {"image": "node"}}
	said({"template": {"type": "step", "spec": step}}) == {["violation", "error", ["template", "spec", "spec", "image"]]}
	said({"template": {"type": "STEPGROUP", "spec": {"steps": [{"step": step}]}}}) == {["violation", "error", ["template", "spec", "steps", 0, "step", "spec", "image"]]}
}

test_a_pipeline_that_is_a_string_is_undecided if {
	said({"pipeline": {"stages": [
		{"stage": {"type": "Dynamic", "spec": {"source": "cGlwZWxpbmU6IHt9"}}},
		{"stage": {"type": "Dynamic", "spec": {"source": "<+pipeline.variables.x>"}}},
		{"stage": {"type": "Dynamic", "spec": {"source": ""}}},
		{"stage": {"type": "Custom", "spec": {"source": "cGlwZWxpbmU6IHt9"}}},
		{"dynamic": {"source": "cGlwZWxpbmU6IHt9"}},
	]}}) == {
		["undecided", "error", ["pipeline", "stages", 0, "stage", "spec", "source"]],
		["undecided", "error", ["pipeline", "stages", 4, "dynamic", "source"]],
	}
}

test_base_images_are_pulled_through_their_connectors if {
	named := [
		"account.hub",
		" account.hub ",
		"account.dockerhub",
		"account.mirror",
		"account.other",
		"account.gcp",
		"account.harnessImage",
		"<+input>",
		"",
		1,
		null,
	]
	bases := array.concat(named, [named])
	steps := [{"step": {"type": "Any", "spec": {"baseImageConnectorRefs": base}}} | some base in bases]
	said(pipeline_of(steps)) == {
		["violation", "error", step_at(0, ["baseImageConnectorRefs"])],
		["violation", "error", step_at(1, ["baseImageConnectorRefs"])],
		["violation", "warning", step_at(2, ["baseImageConnectorRefs"])],
		["violation", "error", step_at(11, ["baseImageConnectorRefs", 0])],
		["violation", "error", step_at(11, ["baseImageConnectorRefs", 1])],
		["violation", "warning", step_at(11, ["baseImageConnectorRefs", 2])],
	}
}

# Connectors.

connector_to(identifier, type, url) := {"connector": {
	"identifier": identifier,
	"type": type,
	"spec": {"dockerRegistryUrl": url, "providerType": "Other", "auth": {"type": "Anonymous"}},
}}

leads_to_docker_hub := {["violation", "warning", ["connector", "spec", "dockerRegistryUrl"]]}

test_a_connector_to_docker_hub_is_told_at_its_url if {
	urls := ["https://index.docker.io/v1/", "https://Registry.Hub.Docker.com", "docker.io", " https://docker.io:443 "]
	every url in urls {
		said(connector_to("x", "DockerRegistry", url)) == leads_to_docker_hub
	}
}

test_other_connectors_are_left_alone if {
	urls := ["https://r.example/docker.io", "https://notdocker.io", "<+input>", "https://docker.io/<+x>", "", null, 1, ["docker.io"]]
	every url in urls {
		said(connector_to("x", "DockerRegistry", url)) == set()
	}
}

test_a_connector_of_another_type_leads_nowhere if {
	said(connector_to("x", "Artifactory", "https://docker.io")) == set()
}

test_the_specification_goes_before if {
	said(connector_to("harnessImage", "DockerRegistry", "https://docker.io")) == set()
}

test_without_the_specification_docker_hub_is_told if {
	settings := object.union(facts.settings, {"registryRuleRuns": false})
	entity := connector_to("harnessImage", "DockerRegistry", "https://docker.io")
	count(findings_in(entity, object.union(facts, {"settings": settings}))) == 1
}

test_a_specification_may_want_docker_hub if {
	settings := object.union(facts.settings, {"expected": {
		"url": "https://docker.io",
		"providerType": "Other",
		"auth": "Anonymous",
	}})
	given := object.union(facts, {"settings": settings})
	findings_in(connector_to("harnessImage", "DockerRegistry", "https://DOCKER.io/"), given) == set()
	count(findings_in(connector_to("harnessImage", "DockerRegistry", "https://index.docker.io"), given)) == 0
	count(findings_in(connector_to("other", "DockerRegistry", "https://docker.io"), given)) == 1
}

# Messages.

test_a_doubled_host_is_shown_as_it_becomes if {
	entity := pipeline_of([{"step": {"spec": {"image": "docker.io/maven:3", "connectorRef": "account.mirror"}}}])
	{finding.message | some finding in findings_in(entity, facts)} == {"`docker.io/maven:3` is pulled through `account.mirror` as `r.example/team/docker.io/maven:3`, which names two registries"}
}

# Harness's own registries have no `maven`: without Docker Hub's host, the next rule would find it there.
test_help_leads_to_no_other_finding if {
	to_harness := object.union(facts, {"declared": {"account.gar": {
		"class": "mirror",
		"url": facts.settings.presets.gar.url,
		"location": "us-docker.pkg.dev/gar-prod-setup/harness-public",
	}}})
	helps := {image: help |
		some image in ["docker.io/maven:3", "docker.io/plugins/docker", "docker.io/<+input>"]
		entity := pipeline_of([{"step": {"spec": {"image": image, "connectorRef": "account.gar"}}}])
		some finding in findings_in(entity, to_harness)
		help := finding.help
	}
	without_the_host := "write the image without Docker Hub's host: the connector puts its registry before it"
	helps == {
		"docker.io/maven:3": concat("", ["name a connector to a registry that has this image, and ", without_the_host]),
		"docker.io/plugins/docker": without_the_host,
		"docker.io/<+input>": without_the_host,
	}
}

test_help_names_the_key_of_the_syntax if {
	v0 := findings_in(pipeline_of([{"step": {"spec": {"image": "maven"}}}]), facts)
	v1_steps := [{"run": {"container": container}} | some container in ["maven", {"image": "maven"}]]
	v1 := findings_in({"pipeline": {"stages": [{"steps": v1_steps}]}}, facts)
	{finding.help | some finding in (v0 | v1)} == {
		"add `connectorRef` with a connector to a governed registry, or write your registry's host before the name",
		"add `connector` with a connector to a governed registry, or write your registry's host before the name",
		"write `container: {image: …, connector: …}` with a connector to a governed registry, or write your registry's host before the name",
	}
}

test_every_finding_has_a_message_and_help if {
	steps := [{"step": {"type": "Run", "spec": spec_of(pair)}} | some pair in pairs]
	findings := findings_in(pipeline_of(steps), facts)
	count([1 | some finding in findings; finding.message != ""; finding.help != ""]) == count(rows)
}
