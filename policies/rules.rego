# METADATA
# title: The findings of every rule
# description: |
#   By the rule's identity. Written from the folders of `policies/` by
#   `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.
package harness_image_guard.rules

import rego.v1

findings := {
	"harness-image-connector": data.harness_image_guard.rules.harness_image_connector.findings,
	"harness-image-registry": data.harness_image_guard.rules.harness_image_registry.findings,
	"harness-images-only": data.harness_image_guard.rules.harness_images_only.findings,
	"no-docker-hub": data.harness_image_guard.rules.no_docker_hub.findings,
	"unknown-connector": data.harness_image_guard.rules.unknown_connector.findings,
}
