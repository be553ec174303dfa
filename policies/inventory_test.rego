package harness_image_guard.inventory_test

import rego.v1

facts := {
	"settings": {
		"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts,
		"identifier": "harnessImage",
		"expressions": "decide",
		"expected": {"url": "https://app.harness.io/registry"},
	},
	"connectors": {},
	"declared": {
		"account.mirror": {"class": "mirror", "type": "DockerRegistry", "url": "https://R.example:8443/team/", "location": "r.example:8443/team"},
		"account.hub": {"class": "hub", "type": "DockerRegistry", "url": "https://index.docker.io/v1/"},
		"account.gcp": {"class": "foreign", "type": "Gcp"},
		"account.unclear": {"class": "unresolved"},
	},
}

images_of(entity) := images_by(entity, facts)

images_by(entity, known) := images if {
	images := data.harness_image_guard.inventory.report.images with input as entity
		with data.harness_image_guard.facts as known
}

# What a step with this image and connector pulls, and from where.
pulled(image, connector) := [found.fullName, found.registry, found.hub] if {
	entity := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": image, "connectorRef": connector}}}]}}}}]}}
	found := images_of(entity)[0]
	is_null(found.unknown) == found.fullName != null
}

hub(name) := [name, "docker.io", true]

test_a_name_is_what_docker_makes_of_it if {
	every connector in [null, "account.hub", "account.gcp"] {
		pulled("maven:3", connector) == hub("docker.io/library/maven:3")
		pulled("a/b", connector) == hub("docker.io/a/b")
		pulled("Index.docker.io:443/a", connector) == hub("docker.io/library/a")
		pulled("docker.io/<+input>", connector) == hub("docker.io/<+input>")
		pulled("maven:<+x>", connector) == hub("docker.io/library/maven:<+x>")
		pulled(7, connector) == hub("docker.io/library/7")
		pulled(" R.example:5000/a@sha256:0a ", connector) == ["R.example:5000/a@sha256:0a", "r.example:5000", false]
		pulled("<+input>", connector) == [null, null, false]
	}
}

test_only_a_name_without_expressions_is_literal if {
	names := ["maven", "r.example/a@sha256:0a", "r.example/$5", "maven:<+x>", "r.example/a:${{ inputs.x }}", "r.example/$X", "r.example/{{x}}", "<+x>"]
	stages := [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": name}}}]}}}} | some name in names]
	found := [image.image | some image in images_of({"pipeline": {"stages": stages}}); image.literal]
	found == ["maven", "r.example/a@sha256:0a", "r.example/$5"]
}

test_a_connector_puts_its_registry_before_the_name if {
	becomes := {
		"maven:3": "r.example:8443/team/maven:3",
		"docker.io/maven": "r.example:8443/team/docker.io/maven",
		"s.example/a": "r.example:8443/team/s.example/a",
		"r.example:8443/other/a": "r.example:8443/other/a",
		"a:<+x>": "r.example:8443/team/a:<+x>",
		"a:<+x.r.example:8443>": "r.example:8443/team/a:<+x.r.example:8443>",
	}
	every image, name in becomes {
		pulled(image, "account.mirror") == [name, "r.example:8443", false]
	}
	pulled("<+input>", "account.mirror") == [null, null, false]
}

test_without_the_connector_nothing_is_known if {
	every connector in ["account.other", "account.unclear", "<+x>", ["a"]] {
		pulled("maven", connector) == [null, null, false]
		pulled("r.example/maven", connector) == [null, null, false]
	}
}

test_the_accounts_connector_is_the_specified_one_for_images_in_files if {
	entity := {"template": {"type": "Step", "spec": {"spec": {"image": "a", "connectorRef": "Account.harnessImage"}}}}
	required := object.union(facts, {"settings": {"requiredConnector": "account.harnessImage"}})
	specified := images_by(entity, required)[0]
	[specified.fullName, specified.connectorUrl] == ["app.harness.io/registry/a", "https://app.harness.io/registry"]
	specified.condition == "if `account.harnessImage`, which isn't in any file or list, matches the specification"
	known := images_by(entity, object.union(required, {"declared": {"account.harnessImage": facts.declared["account.mirror"]}}))[0]
	[known.fullName, known.condition] == ["r.example:8443/team/a", null]

	# A list has all of the account's connectors, and not this one.
	missing := images_by(entity, object.union(required, {"scopes": {"account": true}}))[0]
	[missing.fullName, missing.condition] == [null, null]

	# Another one is required: the specification is not about this one.
	images_by(entity, object.union(facts, {"settings": {"requiredConnector": "account.other"}}))[0].fullName == null
}

test_the_connector_is_shown_as_far_as_it_is_known if {
	shown := {[found.connector, found.connectorType, found.connectorUrl] |
		some reference in ["account.mirror", " account.gcp ", "account.other", null, "", ["a"]]
		some found in images_of({"template": {"type": "Step", "spec": {"spec": {"image": "a", "connectorRef": reference}}}})
	}
	shown == {
		["account.mirror", "DockerRegistry", "https://R.example:8443/team/"],
		["account.gcp", "Gcp", null],
		["account.other", null, null],
		[null, null, null],
		[`["a"]`, null, null],
	}
}

test_the_registry_of_harness_is_unknown if {
	container := {"image": "a", "registry": "team"}
	found := images_of({"pipeline": {"stages": [{"steps": [{"run": {"container": container}}]}]}})
	count(found) == 1
	contains(found[0].unknown, "`team`")
	without := images_of({"pipeline": {"stages": [{"steps": [{"run": {"container": {"image": "a", "registry": ""}}}]}]}})
	[found.fullName | some found in without] == ["docker.io/library/a"]
}

test_nothing_is_no_image if {
	every image in [null, "", " ", ["a"], {"a": 1}] {
		images_of({"template": {"type": "Step", "spec": {"spec": {"image": image}}}}) == []
	}
}

test_what_is_not_looked_at_is_said if {
	report := data.harness_image_guard.inventory.report with input as {"template": {"type": "Step"}}
		with data.harness_image_guard.facts as facts
	[finding.rule | some finding in report.findings] == ["unknown-entity"]
	other := data.harness_image_guard.inventory.report with input as {"template": {"type": "SecretManager"}}
		with data.harness_image_guard.facts as facts
	other.applicable == false
}

# What a stage without steps pulls of Harness's own, where it names this connector.
own(reference, known) := found if {
	all := data.harness_image_guard.inventory.report.own with input as {"pipeline": {"stages": [{"stage": {"spec": {"infrastructure": {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": reference}}}}}]}}
		with data.harness_image_guard.facts as known
	[image.image | some image in all] == ["harness/ci-addon", "harness/ci-lite-engine"]
	found := all[0]
}

test_its_own_images_come_through_the_connector_that_harness_takes if {
	through := own("account.mirror", facts)
	through.fullName == "r.example:8443/team/harness/ci-addon"
	[through.connector, through.connectorUrl, through.condition] == ["account.mirror", "https://R.example:8443/team/", null]
	own("account.hub", facts).fullName == "docker.io/harness/ci-addon"
	unlisted := own("account.other", facts)
	[unlisted.fullName, unlisted.condition] == [null, null]
	contains(unlisted.unknown, "`account.other`")
	contains(own("<+input>", facts).unknown, "known only at run time")
}

test_the_accounts_connector_is_the_specified_one_unless_it_is_at_hand if {
	every reference in [null, "account.harnessImage"] {
		specified := own(reference, facts)
		[specified.fullName, specified.registry] == ["app.harness.io/registry/harness/ci-addon", "app.harness.io"]
		[specified.connector, specified.connectorType, specified.connectorUrl] == ["account.harnessImage", "DockerRegistry", "https://app.harness.io/registry"]
		contains(specified.condition, "matches the specification")
		known := object.union(facts, {"declared": {"account.harnessImage": facts.declared["account.mirror"]}})
		at_hand := own(reference, known)
		[at_hand.fullName, at_hand.condition] == ["r.example:8443/team/harness/ci-addon", null]
		unclear := own(reference, object.union(facts, {"declared": {"account.harnessImage": {"class": "unresolved"}}}))
		[unclear.fullName, unclear.condition] == [null, null]
		contains(unclear.unknown, "conflict")
	}
	hub := own(null, object.union(facts, {"settings": {"expected": {"url": "https://registry.hub.docker.com"}}}))
	[hub.fullName, hub.hub] == ["docker.io/harness/ci-addon", true]
}

test_its_own_images_stay_apart_from_those_in_the_files if {
	entity := {"pipeline": {"stages": [{"stage": {"spec": {
		"infrastructure": {"type": "KubernetesDirect"},
		"execution": {"steps": [{"step": {"spec": {"image": "a"}}}]},
	}}}]}}
	[[found.image, found.condition] | some found in images_of(entity)] == [["a", null]]
}
