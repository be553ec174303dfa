package harness_image_guard.rules.unknown_connector_test

import rego.v1

# What a list has that lists the account, the organization `default` and its project `shop` whole.
facts(config, scopes) := given if {
	given := data.harness_image_guard.workspace.facts with input as {"connectors": connectors, "scopes": scopes}
		with data.harness_image_guard.config as config
}

connectors := [{"file": "list.yaml", "document": i, "connector": connector, "isListed": true} |
	some i, connector in [
		{"identifier": "corp", "type": "DockerRegistry", "spec": {"dockerRegistryUrl": "https://r.example"}},
		{"identifier": "corp", "orgIdentifier": "default", "projectIdentifier": "shop", "type": "Aws"},
	]
]

all_scopes := ["account", "default", "default/shop"]

pipeline(stage) := {"pipeline": {"orgIdentifier": "default", "projectIdentifier": "shop", "stages": [{"stage": stage}]}}

step(spec) := pipeline({"spec": {"execution": {"steps": [{"step": {"spec": spec}}]}}})

findings_of(entity, config, scopes) := findings if {
	findings := data.harness_image_guard.rules.unknown_connector.findings with input as entity
		with data.harness_image_guard.facts as facts(config, scopes)
}

paths(entity) := {finding.path | some finding in findings_of(entity, {}, all_scopes)}

in_step(keys) := array.concat(["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step", "spec"], keys)

through(reference) := step({"image": "node:22", "connectorRef": reference})

test_what_is_not_in_its_scope_is_found if {
	every reference in ["account.x", "org.corp", "org.x", "x", " x ", "account.harnessImage", "account.mydockerhub"] {
		paths(through(reference)) == {in_step(["connectorRef"])}
	}
}

test_what_is_there_is_not_found if {
	every reference in ["account.corp", "corp", null, ""] {
		paths(through(reference)) == set()
	}
}

test_an_expression_is_never_found if {
	every reference in ["<+input>", "account.<+x>", "<REF>", "$REF", ["x"], {}] {
		paths(through(reference)) == set()
	}
}

test_what_the_document_says_of_an_expression_is_found if {
	findings := findings_of(
		{"pipeline": {
			"orgIdentifier": "default",
			"projectIdentifier": "shop",
			"variables": [{"name": "registry", "value": "account.x"}],
			"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": "a", "connectorRef": "<+pipeline.variables.registry>"}}}]}}}}],
		}},
		{},
		all_scopes,
	)
	{[finding.path, finding.related[0].path] | some finding in findings} == {[in_step(["connectorRef"]), ["pipeline", "variables", 0, "value"]]}
}

test_overrides_and_base_images_name_connectors_too if {
	paths(pipeline({"spec": {"infrastructure": {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "account.harnessImage"}}}})) == {["pipeline", "stages", 0, "stage", "spec", "infrastructure", "spec", "harnessImageConnectorRef"]}
	paths(step({"baseImageConnectorRefs": ["account.corp", "account.x"]})) == {in_step(["baseImageConnectorRefs", 1])}
}

test_nothing_is_found_without_scopes if {
	findings_of(through("account.x"), {}, []) == set()
	findings_of(through("x"), {}, ["account", "default", "default/other"]) == set()
}

test_the_configuration_defines_connectors_too if {
	findings_of(through("account.x"), {"connectors": {"account.x": {"type": "Aws"}}}, all_scopes) == set()
}

test_a_place_that_is_not_said_finds_nothing if {
	entity := object.remove(step({"image": "a", "connectorRef": "x"}).pipeline, ["projectIdentifier"])
	findings_of({"pipeline": entity}, {}, all_scopes) == set()
}

test_it_says_where_there_is_no_such_connector if {
	messages := {reference: finding.message |
		some reference in ["account.x", "org.x", "x"]
		some finding in findings_of(through(reference), {}, all_scopes)
	}
	messages == {
		"account.x": "there is no connector `account.x`: it isn't in the list of all connectors of the account",
		"org.x": "there is no connector `org.x`: it isn't in the list of all connectors of the organization `default`",
		"x": "there is no connector `x`: it isn't in the list of all connectors of the project `default/shop`",
	}
}

test_no_docker_hub_leaves_it_to_this_rule if {
	findings := data.harness_image_guard.rules.no_docker_hub.findings with input as through("account.x")
		with data.harness_image_guard.facts as facts({}, all_scopes)
	findings == set()
	off := data.harness_image_guard.rules.no_docker_hub.findings with input as through("account.x")
		with data.harness_image_guard.facts as facts({"rules": {"unknown-connector": "off"}}, all_scopes)
	{finding.verdict | some finding in off} == {"undecided"}
}

fixes(scopes) := {finding.fix | some finding in findings} if {
	findings := data.harness_image_guard.rules.harness_image_connector.findings with input as pipeline({"spec": {"infrastructure": {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "account.corp"}}}})
		with data.harness_image_guard.facts as facts({}, scopes)
}

test_no_fix_leads_to_a_connector_that_is_not_there if {
	fixes(all_scopes) == {null}
	without := fixes([])
	count(without) == 1
	not null in without
}
