package harness_image_guard.rules.harness_images_only_test

import rego.v1

facts := given if {
	given := data.harness_image_guard.workspace.facts with input as {"connectors": connectors}
		with data.harness_image_guard.config as {}
}

connectors := [{"file": sprintf("%s.yaml", [identifier]), "document": 0, "connector": {
	"identifier": identifier,
	"type": "DockerRegistry",
	"spec": {"dockerRegistryUrl": address},
}} |
	some identifier, address in {
		"ecr": "https://public.ecr.aws/harness/",
		"hub": "https://docker.io",
		"mirror": "https://public.ecr.aws/docker",
	}
]

step(image, reference) := {"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": image, "connectorRef": reference}}}]}}}}]}}

findings_in(entity) := findings if {
	findings := data.harness_image_guard.rules.harness_images_only.findings with input as entity
		with data.harness_image_guard.facts as facts
}

at_the_reference := ["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step", "spec", "connectorRef"]

found(image, reference) := {[finding.verdict, finding.path] | some finding in findings_in(step(image, reference))}

test_others_images_are_found if {
	every image in ["node", "node:22", "library/node", "team/tool:<+x>", "docker://node", 1] {
		every reference in ["account.harnessImage", "account.ecr"] {
			found(image, reference) == {["violation", at_the_reference]}
		}
	}
}

test_harness_own_images_are_right if {
	every image in ["plugins/docker", "harness/drone-git:1", " plugins/a "] {
		found(image, "account.harnessImage") == set()
	}
}

test_what_may_be_harness_own_is_right if {
	every image in ["<+input>", "team/<+x>", "node-<+x>:1", "plugins/<+x>"] {
		found(image, "account.harnessImage") == set()
	}
}

test_a_host_is_right if {
	every image in ["r.example/node", "docker.io/node", "localhost/node"] {
		found(image, "account.harnessImage") == set()
	}
}

test_other_connectors_are_right if {
	every reference in ["account.mirror", "account.hub", "account.unknown", "<+input>", "", null] {
		found("node", reference) == set()
	}
}

test_the_message_says_what_becomes_of_it if {
	{finding.message | some finding in findings_in(step("node:22", "account.ecr"))} == {"`node:22` is pulled through `account.ecr` as `public.ecr.aws/harness/node:22`, which doesn't exist: that registry has only Harness's own images"}
}

# Harness puts no registry before a name that contains its host.
test_a_name_with_the_host_is_not_said_to_be_pulled_there if {
	{finding.message | some finding in findings_in(step("team/public.ecr.aws/x", "account.ecr"))} == {"`team/public.ecr.aws/x` isn't one of Harness's own images, and the registry of `account.ecr` has no others"}
}
