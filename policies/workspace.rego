# METADATA
# title: What the files being checked say together
# description: |
#   Evaluated once for all files, before any of them is judged: the settings in force, the
#   connectors at hand, and which of them are the `harnessImage` connector. Input:
#   `{"connectors": [{"file": …, "document": …, "connector": …}, …]}`, sorted by file and document.
#   The result (`facts`) is what the rules find under `data.harness_image_guard.facts`.
package harness_image_guard.workspace

import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := {
	"settings": settings,
	"connectors": known,
	"imageConnectorIsRight": image_connector_is_right,
	"repeated": repeated,
}

config := data.harness_image_guard.config

setting(key) := object.get(config, key, data.harness_image_guard.defaults[key])

settings := {
	"requiredConnector": trim_space(setting("requiredConnector")),
	"stageOverride": setting("stageOverride"),
	"trustedConnectors": [trim_space(star) | some star in setting("trustedConnectors")],
	"dockerHubConnectors": [trim_space(star) | some star in setting("dockerHubConnectors")],
	"defaultConnector": value.text(setting("defaultConnector")),
	"mirrors": setting("mirrors"),
	"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts,
	"identifier": data.harness_image_guard.defaults.identifier,
	"expected": object.union(
		data.harness_image_guard.defaults.presets[setting("preset")],
		object.get(config, "harnessImage", {}),
	),
	"registryRuleIsOff": registry_rule_is_off,
}

default registry_rule_is_off := false

registry_rule_is_off if config.rules["harness-image-registry"] == "off"

# Connectors, by the reference that a project's pipeline would use.

# known has a class for each reference: "mirror" (a Docker registry that isn't Docker Hub), "hub",
# "foreign" (of another type) or "unresolved" (it can't be told, or two files disagree). What the
# configuration declares goes before files.
known := object.union(
	{reference: describe(connector) | some reference, connector in declared},
	{entry.reference: of_files(entry) |
		some entry in firsts
		not declared[entry.reference]
	},
)

of_files(first) := {"class": "unresolved"} if {
	first.reference in at_odds
} else := describe(first.connector)

# in_order brings connectors of one reference side by side, and of these the ones that say the
# same: comparing each with each takes minutes where there are thousands.
in_order := sort([[entry.reference, value.text(entry.connector.type), address(entry.connector.url), i] |
	some i, entry in written
])

firsts := [written[place[3]] |
	some i, place in in_order
	not has_predecessor(i)
]

has_predecessor(i) if {
	i > 0
	in_order[i][0] == in_order[i - 1][0]
}

at_odds := {place[0] |
	some i, place in in_order
	has_predecessor(i)
	array.slice(place, 1, 3) != array.slice(in_order[i - 1], 1, 3)
}

# declared are the connectors of the configuration.
declared := {trim_space(reference): connector |
	some reference, connector in object.get(config, "connectors", {})
}

written := [{
	"reference": concat("", [level(entry.connector), trim_space(identifier)]),
	"connector": {
		"type": object.get(entry.connector, "type", null),
		"url": object.get(entry.connector, ["spec", "dockerRegistryUrl"], null),
	},
} |
	some entry in input.connectors
	identifier := object.get(entry.connector, "identifier", null)
	value.kind(identifier) == "literal"
	is_string(identifier)
]

level(connector) := "" if {
	is_set_in(connector, "projectIdentifier")
} else := "org." if {
	is_set_in(connector, "orgIdentifier")
} else := "account."

is_set_in(connector, key) if value.kind(object.get(connector, key, null)) != "absent"

describe(connector) := {"class": "unresolved"} if {
	value.kind(object.get(connector, "type", null)) != "literal"
} else := {"class": "foreign", "type": value.shown(connector.type)} if {
	value.text(connector.type) != "DockerRegistry"
} else := {"class": "unresolved"} if {
	value.kind(object.get(connector, "url", null)) != "literal"
} else := {"class": "hub", "type": "DockerRegistry", "url": value.shown(connector.url)} if {
	url.host(value.shown(connector.url)) in settings.dockerHubHosts
} else := {
	"class": "mirror",
	"type": "DockerRegistry",
	"url": value.shown(connector.url),
	"location": url.location(value.shown(connector.url)),
}

# address is one spelling for all that say the same.
address(text) := url.normal(text) if {
	is_string(text)
	url.normal(text)
} else := value.text(text)

# The `harnessImage` connector.

default image_connector_is_right := false

image_connector_is_right if {
	some entry in image_connectors
	not entry.wrong
}

image_connectors := [object.union(entry, {"wrong": is_wrong(entry)}) |
	some entry in input.connectors
	specification.is_meant(entry.connector, settings)
]

is_wrong(entry) := false if {
	registry_rule_is_off
} else if {
	some mismatch in specification.mismatches(entry.connector, settings)
	mismatch.verdict == "violation"
} else if {
	some other in repeated
	other.file == entry.file
	other.document == entry.document
} else := false

# repeated are the account-level `harnessImage` connectors after the first.
repeated := [{"file": entry.file, "document": entry.document, "first": first} |
	some i, entry in at_account_level
	i > 0
	first := sprintf("document %d of %s", [at_account_level[0].document + 1, at_account_level[0].file])
]

at_account_level := [entry |
	some entry in input.connectors
	trim_space(entry.connector.identifier) == settings.identifier
	level(entry.connector) == "account."
]
