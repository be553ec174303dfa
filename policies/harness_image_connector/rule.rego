# METADATA
# title: Stages use the harnessImage connector
# description: |
#   Without an override, Harness takes the account's `harnessImage` connector for its own images,
#   and where the account has none, it pulls them anonymously from Docker Hub. Another connector
#   takes them from somewhere that nobody governs.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet]
package harness_image_guard.rules.harness_image_connector

import data.harness_image_guard.lib.overrides
import data.harness_image_guard.lib.value
import rego.v1

required := data.harness_image_guard.facts.settings.requiredConnector

findings contains {
	"verdict": "violation",
	"path": site.at,
	"message": sprintf("Harness's own images come through `%s` instead of `%s`", [value.shown(site.written), required]),
	"help": sprintf("write `%s: %s`", [site.at[count(site.at) - 1], required]),
} if {
	some site in overrides.sites
	value.kind(site.written) == "literal"
	value.text(site.written) != required
}

findings contains {
	"verdict": "violation",
	"path": site.at,
	"message": sprintf("nothing says through which connector Harness's own images come, so it may be Docker Hub, anonymously: `%s` is missing", [site.at[count(site.at) - 1]]),
	"help": sprintf("add `%s: %s`", [site.at[count(site.at) - 1], required]),
} if {
	override_is_due
	some site in overrides.sites
	not site.fragment
	value.kind(site.written) == "absent"
}

findings contains {
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("`%s` is only known when the pipeline runs, so the connector for Harness's own images can't be told", [value.shown(site.written)]),
	"help": sprintf("write `%s: %s`", [site.at[count(site.at) - 1], required]),
} if {
	some site in overrides.sites
	value.kind(site.written) == "unknown"
}

findings contains {
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("`%s` is only known when the pipeline runs, so the connector for Harness's own images can't be told", [site.at[count(site.at) - 1]]),
	"help": sprintf("write the %s out, with `harnessImageConnectorRef: %s` in it", [site.computed, required]),
} if {
	some site in overrides.sites
	site.computed
}

# A stage without an override is right exactly when the account's connector is.
override_is_due if data.harness_image_guard.facts.settings.stageOverride == "required"

override_is_due if {
	data.harness_image_guard.facts.settings.stageOverride == "auto"
	not data.harness_image_guard.facts.imageConnectorIsRight
}

deny contains finding.message if {
	some finding in findings
	finding.verdict == "violation"
}
