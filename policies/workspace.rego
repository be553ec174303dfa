# METADATA
# title: What the files being checked say together
# description: |
#   Evaluated once for all files, before any of them is judged: the settings in force, the
#   connectors at hand, and which of them are the `harnessImage` connector. Input:
#   `{"connectors": [{"file": …, "document": …, "connector": …, "isListed": …}, …]}`, sorted by file
#   and document; `isListed` is whether it is in a list of connectors and not in a file of its own.
#   The result (`facts`) is what the rules find under `data.harness_image_guard.facts`.
package harness_image_guard.workspace

import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := {
	"settings": settings,
	"declared": declared,
	"connectors": known,
	"imageConnectorIsRight": image_connector_is_right,
	"repeated": repeated,
	"outranked": outranked,
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
	"presets": data.harness_image_guard.defaults.presets,
	"endsOfLife": data.harness_image_guard.defaults.endsOfLife,
	"expressions": setting("expressions"),
	"severities": severities,
	"registryRuleIsOff": registry_rule_is_off,
}

# severities are those that the configuration gives violations of a rule.
severities := {rule: severity |
	some rule, written in object.get(config, "rules", {})
	severity := severity_in(written)
}

severity_in(written) := written if {
	is_string(written)
} else := written.severity

default registry_rule_is_off := false

registry_rule_is_off if config.rules["harness-image-registry"] == "off"

# declared are the connectors of the configuration, by their references; without a type, a Docker
# registry is meant.
declared := {trim_space(spelling): describe(type_declared(connector), object.get(connector, "url", null)) |
	some spelling, connector in object.get(config, "connectors", {})
}

type_declared(connector) := "DockerRegistry" if {
	value.kind(object.get(connector, "type", null)) == "absent"
} else := connector.type

# known are the connectors of the files, by the keys of `lib.reference`. `class` is "mirror" (a Docker
# registry that isn't Docker Hub), "hub", "foreign" (of another type) or "unresolved" (it doesn't say
# enough, or two of one key say different things); `says` is equal where two say the same.
known := {entry.key: of_files(entry) | some entry in firsts}

of_files(first) := {"class": "unresolved", "says": ""} if {
	first.key in at_odds
} else := first.connector

# in_order brings connectors of one key side by side, and of these the ones that say the same:
# comparing each with each takes minutes where there are thousands.
in_order := sort([[entry.key, entry.connector.says, i] | some i, entry in written])

firsts := [written[place[2]] |
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
	place[1] != in_order[i - 1][1]
}

written := [{"key": key, "connector": description} |
	some entry in at_hand
	description := describe(
		object.get(entry.connector, "type", null),
		object.get(entry.connector, ["spec", "dockerRegistryUrl"], null),
	)
	some key in keys_of(entry.connector)
]

# keys_of are the keys of `lib.reference` under which a connector is found; none without an identifier.
keys_of(connector) := reference.keys_of({
	"identifier": trim_space(connector.identifier),
	"level": level(connector),
	"org": said(object.get(connector, "orgIdentifier", null)),
	"project": said(object.get(connector, "projectIdentifier", null)),
}) if {
	is_named(connector)
} else := []

is_named(connector) if {
	value.kind(object.get(connector, "identifier", null)) == "literal"
	is_string(connector.identifier)
}

# outranked are the connectors of lists that have a file too, by the keys of `lib.reference`: that file
# alone counts.
outranked := {reference.document_key(entry.file, entry.document): true |
	some entry in input.connectors
	is_listed(entry)
	has_file(entry.connector)
}

has_file(connector) if in_files[keys_of(connector)[0]]

# The first key says all that the connector does.
in_files := {keys_of(entry.connector)[0]: true |
	some entry in input.connectors
	not is_listed(entry)
}

at_hand := [entry |
	some entry in input.connectors
	not is_outranked(entry)
]

is_outranked(entry) if {
	is_listed(entry)
	has_file(entry.connector)
}

is_listed(entry) if object.get(entry, "isListed", false)

level(connector) := "project" if {
	is_set_in(connector, "projectIdentifier")
} else := "org" if {
	is_set_in(connector, "orgIdentifier")
} else := "account"

is_set_in(connector, key) if value.kind(object.get(connector, key, null)) != "absent"

# said is an org or project as it is written; nothing where a connector leaves it open.
said(text) := value.shown(text) if {
	value.kind(text) == "literal"
} else := ""

describe(type, address) := {"class": "unresolved", "says": ""} if {
	value.kind(type) != "literal"
} else := {"class": "foreign", "type": value.shown(type), "says": value.shown(type)} if {
	value.text(type) != "DockerRegistry"
} else := {"class": "unresolved", "says": ""} if {
	value.kind(address) != "literal"
} else := {"class": "hub", "type": "DockerRegistry", "url": value.shown(address), "says": concat(" ", ["DockerRegistry", normal(value.shown(address))])} if {
	url.host(value.shown(address)) in settings.dockerHubHosts
} else := {
	"class": "mirror",
	"type": "DockerRegistry",
	"url": value.shown(address),
	"location": value.cut(url.location(value.shown(address))),
	"says": concat(" ", ["DockerRegistry", normal(value.shown(address))]),
}

# normal is one spelling for all addresses that are the same.
normal(text) := url.normal(text) if {
	url.normal(text)
} else := text

# The `harnessImage` connector.

default image_connector_is_right := false

# Only the account's own connector is taken without being named.
image_connector_is_right if {
	settings.requiredConnector == concat(".", ["account", settings.identifier])
	some entry in at_account_level
	not is_wrong(entry)
}

is_wrong(entry) := false if {
	registry_rule_is_off
} else if {
	some mismatch in specification.mismatches(entry.connector, settings)
	mismatch.verdict == "violation"
} else if {
	repeated[reference.document_key(entry.file, entry.document)]
} else := false

# repeated are the account-level `harnessImage` connectors after the first, by the keys of
# `lib.reference`, each with where the first is.
repeated := {reference.document_key(entry.file, entry.document): first |
	first := where_the_first_is
	some i, entry in at_account_level
	i > 0
}

where_the_first_is := place_said(at_account_level[0])

# A list is one document; its connectors are counted.
place_said(entry) := sprintf("connector %d of %s", [entry.document + 1, value.cut(entry.file)]) if {
	is_listed(entry)
} else := sprintf("document %d of %s", [entry.document + 1, value.cut(entry.file)])

at_account_level := [entry |
	identifier := settings.identifier
	some entry in at_hand
	trim_space(entry.connector.identifier) == identifier
	level(entry.connector) == "account"
]
