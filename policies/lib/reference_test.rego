package harness_image_guard.lib.reference_test

import data.harness_image_guard.lib.reference
import rego.v1

facts := {
	"settings": {
		"requiredConnector": "account.harnessImage",
		"trustedConnectors": ["account.corp_*", "org.dockerhub_mirror"],
		"dockerHubConnectors": data.harness_image_guard.defaults.dockerHubConnectors,
	},
	"connectors": {
		"account.harnessImage": {"class": "hub"},
		"account.corp_hub": {"class": "hub"},
		"account.dockerhub_proxy": {"class": "mirror", "location": "r.example"},
		"account.gcp": {"class": "foreign", "type": "Gcp"},
		"account.corp_unclear": {"class": "unresolved"},
	},
}

references := {
	"absent": [null, "", " "],
	"unknown": ["<+input>", "account.<+x>", "$REF", "<REF>", [], ["account.gcp"], {}],
	# The required one stands before what its file says.
	"required": ["account.harnessImage", " account.harnessImage "],
	# What is known stands before what the name suggests.
	"mirror": ["account.dockerhub_proxy", " account.dockerhub_proxy "],
	"hub": ["account.corp_hub"],
	"foreign": ["account.gcp"],
	# Trusted stands before distrusted.
	"trusted": ["account.corp_x", "ACCOUNT.CORP_X", "org.dockerhub_mirror"],
	"distrusted": ["dockerhub", "account.MyDockerHub", "org.docker_hub_1", "a-docker-hub"],
	"unresolved": ["account.corp_unclear"],
	"unlisted": [
		"harnessImage",
		"org.harnessImage",
		"account.HarnessImage",
		"account.GCP",
		"gcp",
		"docker.hub",
		"https://r.example",
		1,
		true,
		false,
	],
}

test_every_reference_has_its_class if {
	told := {class: [reference.class(written) | some written in written_references] |
		some class, written_references in references
	} with data.harness_image_guard.facts as facts
	told == {class: [class | some _ in written_references] |
		some class, written_references in references
	}
}
