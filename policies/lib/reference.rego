# METADATA
# title: What a connector's reference leads to
# description: |
#   The class of a reference: "absent", "unknown", "required", "mirror", "hub", "foreign",
#   "unresolved" (by the connectors at hand), "trusted", "distrusted" (by the patterns of the
#   configuration), "unlisted" (nothing is known of it). What is known goes before what a name
#   suggests.
package harness_image_guard.lib.reference

import data.harness_image_guard.lib.pattern
import data.harness_image_guard.lib.value
import rego.v1

class(reference) := kind if {
	kind := value.kind(reference)
	kind != "literal"
} else := literal_class(value.text(reference))

literal_class(reference) := "required" if {
	reference == data.harness_image_guard.facts.settings.requiredConnector
} else := data.harness_image_guard.facts.connectors[reference].class if {
	data.harness_image_guard.facts.connectors[reference]
} else := "trusted" if {
	# Who names it as the default knows where it leads.
	reference == data.harness_image_guard.facts.settings.defaultConnector
} else := "trusted" if {
	some star in data.harness_image_guard.facts.settings.trustedConnectors
	pattern.matches(star, reference)
} else := "distrusted" if {
	some star in data.harness_image_guard.facts.settings.dockerHubConnectors
	pattern.matches(star, reference)
} else := "unlisted"
