# METADATA
# title: The harnessImage connector matches the specification
# description: |
#   Harness pulls its own images through the account-level connector `harnessImage`. If its
#   registry, provider or authentication differs from what was agreed, every pipeline of the
#   account pulls from somewhere else.
# custom:
#   severity: error
#   entities: [connector]
package harness_image_guard.rules.harness_image_registry

import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.specification
import rego.v1

findings contains mismatch if {
	specification.is_meant(input.connector, data.harness_image_guard.facts.settings)
	some mismatch in specification.mismatches(input.connector, data.harness_image_guard.facts.settings)
}

# An existing connector is updated, never created twice.
findings contains {
	"verdict": "violation",
	"path": ["connector", "identifier"],
	"message": sprintf("`account.%s` is defined more than once; the first definition is %s", [identifier, first]),
	"help": "keep one of them: update an existing connector, never create a second one",
} if {
	identifier := data.harness_image_guard.facts.settings.identifier
	first := data.harness_image_guard.facts.repeated[reference.document_key(input.metadata.file, input.metadata.document)]
}
