package harness_image_guard.workspace_test

import rego.v1

facts_of(config, connectors) := facts if {
	facts := data.harness_image_guard.workspace.facts with input as {"connectors": connectors}
		with data.harness_image_guard.config as config
}

# Connectors as the host hands them in, each in a file of its own.
in_files(connectors) := [{"file": sprintf("%d.yaml", [i]), "document": 0, "connector": connector} |
	some i, connector in connectors
]

# What is known of connectors, by the words of their keys.
known(connectors) := {words_of(key): object.remove(connector, ["says"]) |
	some key, connector in facts_of({}, in_files(connectors)).connectors
}

# A key is a list as JSON, in which OPA writes `<` as `\u003c`.
words_of(key) := replace(replace(words, `\u003c`, "<"), `\u003e`, ">") if {
	words := replace(substring(key, 2, count(key) - 4), `","`, " ")
}

registry(identifier, address) := {
	"identifier": identifier,
	"type": "DockerRegistry",
	"spec": {"dockerRegistryUrl": address},
}

harness_image := {
	"identifier": "harnessImage",
	"type": "DockerRegistry",
	"spec": {
		"dockerRegistryUrl": "https://app.harness.io/registry",
		"providerType": "Other",
		"auth": {"type": "Anonymous"},
	},
}

# Settings.

test_defaults_hold_without_a_configuration if {
	defaults := data.harness_image_guard.defaults
	facts_of({}, []) == {
		"settings": {
			"requiredConnector": "account.harnessImage",
			"stageOverride": "auto",
			"trustedConnectors": [],
			"dockerHubConnectors": ["*dockerhub*", "*docker_hub*", "*docker-hub*"],
			"defaultConnector": null,
			"mirrors": {},
			"dockerHubHosts": defaults.dockerHubHosts,
			"identifier": "harnessImage",
			"expected": defaults.presets["app-harness"],
			"presets": defaults.presets,
			"endsOfLife": defaults.endsOfLife,
			"expressions": "decide",
			"severities": {},
			"registryRuleRuns": true,
		},
		"declared": {},
		"connectors": {},
		"imageConnectorIsRight": false,
		"repeated": {},
		"outranked": {},
		"scopes": {},
	}
}

test_the_configuration_goes_before_the_defaults if {
	settings := facts_of(
		{
			"requiredConnector": " account.ours ",
			"stageOverride": "required",
			"trustedConnectors": [" a* "],
			"dockerHubConnectors": [],
			"defaultConnector": " account.corp ",
			"mirrors": {"docker.io": "r.example"},
			"expressions": "off",
			"rules": {"harness-image-registry": "off", "no-docker-hub": {"severity": "note"}},
		},
		[],
	).settings
	settings == {
		"requiredConnector": "account.ours",
		"stageOverride": "required",
		"trustedConnectors": ["a*"],
		"dockerHubConnectors": [],
		"defaultConnector": "account.corp",
		"mirrors": {"docker.io": "r.example"},
		"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts,
		"identifier": "harnessImage",
		"expected": data.harness_image_guard.defaults.presets["app-harness"],
		"presets": data.harness_image_guard.defaults.presets,
		"endsOfLife": data.harness_image_guard.defaults.endsOfLife,
		"expressions": "off",
		"severities": {"harness-image-registry": "off", "no-docker-hub": "note"},
		"registryRuleRuns": false,
	}
}

expected(config) := facts_of(config, []).settings.expected

test_every_preset_is_a_specification if {
	every name, preset in data.harness_image_guard.defaults.presets {
		expected({"preset": name}) == preset
		object.keys(preset) == {"url", "providerType", "auth"}
	}
}

test_single_fields_go_over_the_preset if {
	expected({"preset": "gar", "harnessImage": {"providerType": "Quay"}}) == {
		"url": "https://us-docker.pkg.dev/gar-prod-setup/harness-public",
		"providerType": "Quay",
		"auth": "Anonymous",
	}
}

test_only_off_switches_a_rule_off if {
	every rule in ["error", "note", {"severity": "warning"}] {
		facts_of({"rules": {"harness-image-registry": rule}}, []).settings.registryRuleRuns
	}
}

# Connectors that are known.

mirror(url, location) := {"class": "mirror", "type": "DockerRegistry", "url": url, "location": location}

hub(url) := {"class": "hub", "type": "DockerRegistry", "url": url}

test_a_connector_is_known_by_what_it_is if {
	connectors := [
		registry("mirror", "https://R.example:8443/team/"),
		registry("bare", "r.example"),
		registry("hub", "https://index.docker.io/v1/"),
		registry("plain_hub", "docker.io"),
		registry("computed", "https://<+x>"),
		registry("empty", ""),
		registry("number", 1),
		{"identifier": "no_url", "type": "DockerRegistry"},
		{"identifier": "gcp", "type": " Gcp "},
		{"identifier": "no_type"},
		{"identifier": "any_type", "type": "<+input>"},
	]
	known(connectors) == {
		"account mirror": mirror("https://R.example:8443/team/", "r.example:8443/team"),
		"account bare": mirror("r.example", "r.example"),
		"account hub": hub("https://index.docker.io/v1/"),
		"account plain_hub": hub("docker.io"),
		"account computed": {"class": "unresolved"},
		"account empty": {"class": "unresolved"},
		"account number": mirror("1", "1"),
		"account no_url": {"class": "unresolved"},
		"account gcp": {"class": "foreign", "type": "Gcp"},
		"account no_type": {"class": "unresolved"},
		"account any_type": {"class": "unresolved"},
	}
}

# An entity that doesn't say its org or project asks for `<any>`; a connector that says none has nothing
# in its place.
test_a_connector_is_found_by_its_level_and_place if {
	levels := [
		{"identifier": "a"},
		{"identifier": " b ", "orgIdentifier": "", "projectIdentifier": null},
		{"identifier": "c", "orgIdentifier": "o"},
		{"identifier": "d", "orgIdentifier": "o", "projectIdentifier": "p"},
		{"identifier": "e", "projectIdentifier": "p"},
		{"identifier": "f", "orgIdentifier": "o", "projectIdentifier": "<+input>"},
	]
	object.keys(known(levels)) == {
		"account a", "account b",
		"org c o", "org c <any>",
		"project d o p", "project d <any> p", "project d o <any>", "project d <any> <any>",
		"project e  p", "project e <any> p", "project e  <any>", "project e <any> <any>",
		"project f o ", "project f <any> ", "project f o <any>", "project f <any> <any>",
	}
}

test_a_connector_without_a_name_is_unknown if {
	known([{}, {"identifier": null}, {"identifier": ""}, {"identifier": 1}, {"identifier": "<+x>"}, {"identifier": ["a"]}]) == {}
}

test_two_files_that_agree_are_one_connector if {
	known([registry("x", "https://r.example/a"), registry("x", "HTTPS://R.example:443/a/")]) == {"account x": mirror("https://r.example/a", "r.example/a")}
}

test_two_files_that_disagree_leave_a_connector_unresolved if {
	others := [
		registry("x", "https://r.example/b"),
		registry("x", "r.example/a"),
		registry("x", ""),
		{"identifier": "x", "type": "Gcp", "spec": {"dockerRegistryUrl": "https://r.example/a"}},
	]
	every other in others {
		known([registry("x", "https://r.example/a"), other]) == {"account x": {"class": "unresolved"}}
	}
}

test_of_one_foreign_type_the_url_does_not_matter if {
	foreign := {"identifier": "x", "type": "Gcp"}
	known([foreign, object.union(foreign, {"spec": {"dockerRegistryUrl": "https://r.example"}})]) == {"account x": {"class": "foreign", "type": "Gcp"}}
}

# Without a type, the configuration means a Docker registry.
test_declared_connectors_are_described_too if {
	config := {"connectors": {
		" account.x ": {"type": "DockerRegistry", "url": "https://docker.io"},
		"y": {"type": "Aws"},
		"z": {"type": "DockerRegistry"},
		"w": {"url": "https://r.example"},
		"v": {"type": "<+x>", "url": "https://r.example"},
	}}
	declared(config.connectors) == {
		"account.x": "hub",
		"y": "foreign",
		"z": "unresolved",
		"w": "mirror",
		"v": "unresolved",
	}
}

declared(connectors) := {written: connector.class | some written, connector in facts_of({"connectors": connectors}, []).declared}

# Harness takes a scope in any case. Two that say different things decide nothing.
test_a_declared_connector_is_found_however_it_is_spelled if {
	hub := {"url": "https://index.docker.io/v2/"}
	declared({"Account.x": hub}) == {"account.x": "hub"}
	declared({"Account.x": hub, "account.x.": hub}) == {"account.x": "hub"}
	declared({"Account.x": hub, "account.x": {"url": "https://r.example"}}) == {"account.x": "unresolved"}
}

# Lists of connectors.

listed(connector) := {"file": "list.yaml", "document": 7, "connector": connector, "isListed": true}

test_a_connector_of_a_list_is_known if {
	facts := facts_of({}, [listed(registry("x", "https://r.example"))])
	facts.connectors[json.marshal(["account", "x"])].location == "r.example"
	facts.outranked == {}
}

test_a_file_outranks_a_list_of_the_same_scope_and_no_other if {
	files := in_files([registry("x", "https://docker.io")])
	facts := facts_of({}, array.concat(files, [listed(registry("x", "https://r.example"))]))
	[connector.class | some connector in facts.connectors] == ["hub"]
	facts.outranked == {"7 list.yaml": true}
}

test_a_file_of_another_scope_outranks_nothing if {
	orgs := [object.union(registry("x", "https://r.example"), {"orgIdentifier": org}) | some org in ["a", "b"]]
	facts_of({}, array.concat(in_files([orgs[0], registry("x", "https://r.example")]), [listed(orgs[1])])).outranked == {}
}

test_the_right_connector_may_be_in_a_list if {
	facts_of({}, [listed(harness_image)]).imageConnectorIsRight
	wrong := object.union(harness_image, {"spec": {"providerType": "Quay"}})
	facts_of({}, array.concat(in_files([harness_image]), [listed(wrong)])).imageConnectorIsRight
}

# The `harnessImage` connector.

is_right(config, connectors) := facts_of(config, in_files(connectors)).imageConnectorIsRight

test_the_right_connector_is_right if is_right({}, [harness_image])

test_a_connector_with_a_violation_is_wrong if {
	changes := [
		{"type": "Gcp"},
		{"spec": {"providerType": "Quay"}},
	]
	every change in changes {
		is_right({}, [object.union(harness_image, change)]) == false
		is_right({"rules": {"harness-image-registry": "off"}}, [object.union(harness_image, change)])
	}
}

# Only the account's own connector of that very name is taken without being named.
test_another_connector_is_not_the_one if {
	changes := [{"identifier": "harnessimage"}, {"orgIdentifier": "o"}, {"projectIdentifier": "<+input>"}]
	every change in changes {
		is_right({}, [object.union(harness_image, change)]) == false
		is_right({"rules": {"harness-image-registry": "off"}}, [object.union(harness_image, change)]) == false
	}
	is_right({"requiredConnector": "account.other"}, [harness_image]) == false
}

# An undecided finding isn't a violation.
test_a_connector_with_a_doubt_is_right if {
	is_right({}, [object.union(harness_image, {"spec": {"providerType": "<+input>"}})])
}

test_one_right_connector_is_enough if {
	is_right({}, [object.union(harness_image, {"orgIdentifier": "o"}), harness_image])
}

test_other_connectors_do_not_help if {
	is_right({}, [registry("x", "https://app.harness.io/registry")]) == false
}

test_the_specification_is_the_configured_one if {
	is_right({"preset": "ecr"}, [harness_image]) == false
	is_right({"harnessImage": {"providerType": "Quay"}}, [object.union(harness_image, {"spec": {"providerType": "Quay"}})])
}

test_every_account_connector_after_the_first_is_repeated if {
	connectors := [
		object.union(harness_image, {"orgIdentifier": "o"}),
		object.union(harness_image, {"identifier": " harnessImage "}),
		object.union(harness_image, {"identifier": "HarnessImage"}),
		harness_image,
		harness_image,
	]
	facts_of({}, in_files(connectors)).repeated == {
		"0 3.yaml": "document 1 of 1.yaml",
		"0 4.yaml": "document 1 of 1.yaml",
	}
}

test_the_first_in_a_list_is_counted_as_a_connector if {
	facts_of({}, [listed(harness_image), object.union(listed(harness_image), {"document": 9})]).repeated == {"9 list.yaml": "connector 8 of list.yaml"}
}

in_list(file, connector) := object.union(listed(connector), {"file": file})

test_what_overlapping_lists_have_just_the_same_is_one_connector if {
	other := object.union(harness_image, {"type": "Gcp"})
	facts_of({}, [in_list("a", harness_image), in_list("b", harness_image)]).repeated == {}
	facts_of({}, [in_list("a", harness_image), in_list("b", other), in_list("c", other), in_list("d", harness_image)]).repeated == {"7 b": "connector 8 of a"}
}

# The first of two alone is right, but then it has to be right in itself.
test_a_repeated_connector_is_wrong if {
	is_right({}, [object.union(harness_image, {"type": "Gcp"}), harness_image]) == false
	is_right({}, [harness_image, harness_image])
}

# Scopes of which lists have every connector.

scopes_of(config, scopes) := facts if {
	facts := data.harness_image_guard.workspace.facts.scopes with input as {"connectors": [], "scopes": scopes}
		with data.harness_image_guard.config as config
}

test_scopes_are_a_set if {
	scopes_of({}, ["account", "default/shop", "account"]) == {"account": true, "default/shop": true}
}

test_nobody_concludes_anything_from_scopes_where_the_rule_is_off if {
	scopes_of({"rules": {"unknown-connector": "off"}}, ["account"]) == {}
	scopes_of({"rules": {"unknown-connector": {"severity": "note"}}}, ["account"]) == {"account": true}
}

# Where others are asked for by name, it finds nothing either.
test_nobody_concludes_anything_from_scopes_where_the_rule_is_left_out if {
	scopes_of({}, ["account"]) == {} with data.harness_image_guard.asked as ["no-docker-hub"]
	scopes_of({}, ["account"]) == {"account": true} with data.harness_image_guard.asked as ["unknown-connector"]
	settings := facts_of({}, []).settings with data.harness_image_guard.asked as ["no-docker-hub"]
	settings.registryRuleRuns == false
}

# The connector's credentials are no setting of a rule.

test_credentials_are_no_facts if {
	settings := facts_of({"harnessImage": {"auth": "UsernamePassword", "usernameRef": "account.a", "passwordRef": "account.b", "username": "c"}}, []).settings
	settings.expected == object.union(data.harness_image_guard.defaults.presets["app-harness"], {"auth": "UsernamePassword"})
}
