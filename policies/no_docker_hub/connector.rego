# Connectors that lead to Docker Hub.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

findings contains {
	"verdict": "violation",
	"severity": "warning",
	"path": ["connector", "spec", "dockerRegistryUrl"],
	"message": sprintf("the connector leads to Docker Hub: %s", [value.quoted(written)]),
	"help": "point it to a governed registry, or to a mirror of Docker Hub",
} if {
	specification.is_docker_registry(input.connector)
	written := input.connector.spec.dockerRegistryUrl
	is_string(written)
	value.kind(written) == "literal"
	url.host(written) in facts.settings.dockerHubHosts
	not _said_by_the_specification
	not _is_specified
}

_said_by_the_specification if {
	facts.settings.registryRuleRuns
	specification.is_meant(input.connector, facts.settings)
	some mismatch in specification.mismatches(input.connector, facts.settings)
	mismatch.path == ["connector", "spec", "dockerRegistryUrl"]
}

# The configuration may want the `harnessImage` connector to lead to Docker Hub.
_is_specified if {
	specification.is_meant(input.connector, facts.settings)
	url.same(input.connector.spec.dockerRegistryUrl, facts.settings.expected.url)
}
