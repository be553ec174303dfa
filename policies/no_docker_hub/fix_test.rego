package harness_image_guard.rules.no_docker_hub_fix_test

import rego.v1

mirrors := {
	"docker.io": "s.example:5000",
	"docker.io/library": "r.example/hub/",
	"docker.io/library/maven": "r.example/java",
}

facts(default_connector, mirrors_there) := {
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
		"defaultConnector": default_connector,
		"mirrors": mirrors_there,
	},
	"connectors": {},
	"declared": {
		"account.mirror": {"class": "mirror", "location": "r.example/team"},
		"account.hub": {"class": "hub"},
		"account.gcp": {"class": "foreign", "type": "Gcp"},
	},
}

at := ["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step", "spec"]

# The patches for a step with this `spec`, paths counted from there.
patches(spec, given) := {patch |
	entity := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": spec}}]}}}}]}}
	findings := data.harness_image_guard.rules.no_docker_hub.findings with input as entity
		with data.harness_image_guard.facts as given
	some finding in findings
	fix := finding.fix
	fix != null
	fix.applicability == "unsafe"
	is_string(fix.title)
	patch := [[operation.op, array.slice(operation.path, count(at), 99), operation.value] | some operation in fix.patch]
}

test_an_image_without_a_connector_gets_the_default_one if {
	patches({"image": "maven"}, facts("account.corp", {})) == {[["add", ["connectorRef"], "account.corp"]]}
}

test_without_a_default_there_is_nothing_to_write if {
	every reference in [null, "account.hub", "account.gcp"] {
		patches({"image": "maven"}, facts(reference, mirrors)) == set()
	}
}

test_a_mirror_takes_the_place_of_the_host if {
	becomes := {
		"docker.io/maven:3": "r.example/java:3",
		"docker.io/library/mavenx": "r.example/hub/mavenx",
		"Docker.IO/a/b@sha256:0a": "s.example:5000/a/b@sha256:0a",
		"docker.io/nginx:<+x>": "r.example/hub/nginx:<+x>",
	}
	every written, image in becomes {
		patches({"image": written}, facts("account.corp", mirrors)) == {[["replace", ["image"], image]]}
	}
}

test_without_a_mirror_the_image_goes_through_a_connector if {
	patches({"image": "docker.io/a/b"}, facts(null, {})) == {[
		["replace", ["image"], "a/b"],
		["add", ["connectorRef"], "account.harnessImage"],
	]}
	patches({"image": "docker.io/a/b"}, facts("account.corp", {"docker.io/library": "r.example"})) == {[
		["replace", ["image"], "a/b"],
		["add", ["connectorRef"], "account.corp"],
	]}
}

test_a_governed_connector_stays if {
	every reference in ["account.mirror", "account.harnessImage", "account.trusted", "account.corp"] {
		patches({"image": "docker.io/a", "connectorRef": reference}, facts("account.corp", mirrors)) == {[["replace", ["image"], "a"]]}
	}
}

test_what_leads_to_another_finding_is_not_proposed if {
	every image in ["docker.io/<+input>", "docker.io/r.example/a", "docker.io/", "docker.io//a", "docker.io/a//b", "hub.docker.com/_/a", "hub.docker.com/r/a/b"] {
		patches({"image": image}, facts("account.corp", mirrors)) == set()
	}
	patches({"image": "docker.io/r:4"}, facts("account.corp", mirrors)) == {[["replace", ["image"], "r.example/hub/r:4"]]}
	patches({"image": "docker.io/a"}, facts(null, {"docker.io": "index.docker.io"})) == {[
		["replace", ["image"], "a"],
		["add", ["connectorRef"], "account.harnessImage"],
	]}
}

test_a_connector_that_does_not_exist_is_not_written if {
	every reference in [null, "account.corp", "account.harnessImage"] {
		given := object.union(facts(reference, {}), {"scopes": {"account": true}})
		patches({"image": "maven"}, given) == set()
		patches({"image": "docker.io/a/b"}, given) == set()
		patches({"image": "docker.io/a", "connectorRef": "account.mirror"}, given) == {[["replace", ["image"], "a"]]}
	}
}

test_another_connector_is_left_to_a_person if {
	every reference in ["account.hub", "account.gcp", "account.dockerhub", "account.other", "<+x>"] {
		patches({"image": "maven", "connectorRef": reference}, facts("account.corp", mirrors)) == set()
	}
}

# Harness's own registries have nobody else's images.
test_a_mirror_at_harness_is_no_fix_for_others_images if {
	at_harness := {"docker.io": "app.harness.io/registry"}
	patches({"image": "docker.io/node"}, facts(null, at_harness)) == patches({"image": "docker.io/node"}, facts(null, {}))
	patches({"image": "docker.io/plugins/git"}, facts(null, at_harness)) == {[["replace", ["image"], "app.harness.io/registry/plugins/git"]]}
}
