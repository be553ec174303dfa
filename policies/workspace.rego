# METADATA
# title: What all checked files say together
# description: |
#   Evaluated once for all files, before any of them is judged: the settings in force, the
#   connectors that are known, and which of them are the `harnessImage` connector. Input:
#   `{"connectors": [{"file": …, "document": …, "connector": …, "isListed": …}, …], "scopes": […]}`,
#   sorted by file and document. `isListed` is whether it is in a list of connectors instead of a file
#   of its own; `scopes` are those of which lists have every connector.
#   The result (`facts`) is what the rules find under `data.harness_image_guard.facts`.
package harness_image_guard.workspace

import data.harness_image_guard.lib.list
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := {
	"settings": _settings,
	"declared": _declared,
	"connectors": _known,
	"imageConnectorIsRight": _image_connector_is_right,
	"repeated": _repeated,
	"outranked": _outranked,
	"scopes": _scopes,
}

_config := data.harness_image_guard.config

_setting(key) := object.get(_config, key, data.harness_image_guard.defaults[key])

_settings := {
	"requiredConnector": trim_space(_setting("requiredConnector")),
	"stageOverride": _setting("stageOverride"),
	"trustedConnectors": [trim_space(star) | some star in _setting("trustedConnectors")],
	"dockerHubConnectors": [trim_space(star) | some star in _setting("dockerHubConnectors")],
	"defaultConnector": value.text(_setting("defaultConnector")),
	"mirrors": _setting("mirrors"),
	"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts,
	"identifier": data.harness_image_guard.defaults.identifier,
	"expected": object.remove(
		object.union(
			data.harness_image_guard.defaults.presets[_setting("preset")],
			object.get(_config, "harnessImage", {}),
		),
		# Only the export of the connector needs credentials.
		["username", "usernameRef", "passwordRef"],
	),
	"presets": data.harness_image_guard.defaults.presets,
	"endsOfLife": data.harness_image_guard.defaults.endsOfLife,
	"expressions": _setting("expressions"),
	"severities": _severities,
	"registryRuleRuns": _registry_rule_runs,
}

# _severities are the configuration's severities of violations, by rule.
_severities := {rule: severity |
	some rule, written in object.get(_config, "rules", {})
	severity := _severity_in(written)
}

_severity_in(written) := written if {
	is_string(written)
} else := written.severity

# _scopes are the scopes of which lists have every connector: `account`, an organization, or
# `organization/project`. None if `unknown-connector` doesn't run, because then no rule may use them.
_scopes := {scope: true | some scope in object.get(input, "scopes", [])} if {
	_runs("unknown-connector")
} else := {}

# _runs holds for a rule that isn't off and, if rules are chosen by name, is one of them.
_runs(rule) if {
	not _is_off(rule)
	not _is_left_out(rule)
}

_is_off(rule) if _config.rules[rule] == "off"

_is_left_out(rule) if {
	asked := data.harness_image_guard.asked
	not rule in asked
}

default _registry_rule_runs := false

_registry_rule_runs if _runs("harness-image-registry")

# _declared are the configuration's connectors, by their references in the usual spelling. One without a type is a
# Docker registry.
_declared := _by_key([{"key": reference.spelled(trim_space(spelling)), "connector": description} |
	some spelling, connector in object.get(_config, "connectors", {})
	description := _describe(_type_declared(connector), object.get(connector, "url", null))
])

_type_declared(connector) := "DockerRegistry" if {
	value.kind(object.get(connector, "type", null)) == "absent"
} else := connector.type

# _known are the connectors of the files, by the keys of `lib.reference`. `class` is "mirror" (a Docker
# registry that isn't Docker Hub), "hub", "foreign" (of another type) or "unresolved" (it doesn't say
# enough, or two with the same key differ); `says` is equal if two say the same.
_known := _by_key(_written)

# _by_key sorts connectors by key, and within a key by what they say. Comparing each with every other would take minutes
# for thousands of them.
_by_key(written) := {row[0]: _one(row[0], written[row[2]], at_odds) |
	some i, row in in_order
	list.is_first(in_order, i, row[0])
} if {
	in_order := sort([[entry.key, entry.connector.says, i] | some i, entry in written])
	at_odds := {row[0] |
		some i, row in in_order
		in_order[i - 1][0] == row[0]
		in_order[i - 1][1] != row[1]
	}
}

_one(key, entry, at_odds) := {"class": "unresolved", "says": ""} if {
	key in at_odds
} else := entry.connector

_written := [{"key": key, "connector": description} |
	some entry in _at_hand
	description := _describe(
		object.get(entry.connector, "type", null),
		object.get(entry.connector, ["spec", "dockerRegistryUrl"], null),
	)
	some key in _keys_of(entry.connector)
]

# _keys_of are the keys of `lib.reference` under which a connector is found; none without an identifier.
_keys_of(connector) := reference.keys_of({
	"identifier": trim_space(connector.identifier),
	"level": _level(connector),
	"org": _said(object.get(connector, "orgIdentifier", null)),
	"project": _said(object.get(connector, "projectIdentifier", null)),
}) if {
	_is_named(connector)
} else := []

_is_named(connector) if {
	value.kind(object.get(connector, "identifier", null)) == "literal"
	is_string(connector.identifier)
}

# _outranked are the connectors of lists that also have a file, by the keys of `lib.reference`. Only the
# file counts.
_outranked := {reference.document_key(entry.file, entry.document): true |
	some entry in input.connectors
	_is_outranked(entry)
}

_has_file(connector) if _in_files[_keys_of(connector)[0]]

# The first key has everything that the connector says.
_in_files := {_keys_of(entry.connector)[0]: true |
	some entry in input.connectors
	not _is_listed(entry)
}

_at_hand := [entry |
	some entry in input.connectors
	not _is_outranked(entry)
]

_is_outranked(entry) if {
	_is_listed(entry)
	_has_file(entry.connector)
}

_is_listed(entry) if object.get(entry, "isListed", false)

_level(connector) := "project" if {
	_is_set_in(connector, "projectIdentifier")
} else := "org" if {
	_is_set_in(connector, "orgIdentifier")
} else := "account"

_is_set_in(connector, key) if value.kind(object.get(connector, key, null)) != "absent"

# _said is an org or project as it is written; empty if a connector doesn't say it.
_said(text) := value.shown(text) if {
	value.kind(text) == "literal"
} else := ""

_describe(type, address) := {"class": "unresolved", "says": ""} if {
	value.kind(type) != "literal"
} else := {"class": "foreign", "type": value.shown(type), "says": value.shown(type)} if {
	value.text(type) != "DockerRegistry"
} else := {"class": "unresolved", "says": ""} if {
	value.kind(address) != "literal"
} else := _registry_at(value.shown(address))

_registry_at(address) := {"class": "hub", "type": "DockerRegistry", "url": address, "says": _says(address)} if {
	url.host(address) in _settings.dockerHubHosts
} else := {
	"class": "mirror",
	"type": "DockerRegistry",
	"url": address,
	"location": value.cut(url.location(address)),
	"says": _says(address),
}

_says(address) := concat(" ", ["DockerRegistry", _normal(address)])

# _normal is the same spelling for all equal addresses.
_normal(address) := normal if {
	normal := url.normal(address)
} else := address

# The `harnessImage` connector.

default _image_connector_is_right := false

# Harness uses only the account's own connector without being told to.
_image_connector_is_right if {
	reference.spelled(_settings.requiredConnector) == concat(".", ["account", _settings.identifier])
	some entry in _at_account_level
	not _is_wrong(entry)
}

_is_wrong(entry) := false if {
	_is_off("harness-image-registry")
} else if {
	some mismatch in specification.mismatches(entry.connector, _settings)
	mismatch.verdict == "violation"
} else if {
	_repeated[reference.document_key(entry.file, entry.document)]
} else := false

# _repeated are the account-level `harnessImage` connectors after the first, by the keys of
# `lib.reference`, each with where the first is.
_repeated := {reference.document_key(entry.file, entry.document): first |
	first := _where_the_first_is
	some i, entry in _at_account_level
	i > 0
	not _is_in_earlier_list(entry)
}

# _is_in_earlier_list holds for an entry of a list that an earlier list has, too: lists of one account may overlap.
_is_in_earlier_list(entry) if {
	_is_listed(entry)
	_first_files[entry.connector] != entry.file
}

# _first_files are the files in which connectors are first, by what the connectors say.
_first_files := {entry.connector: entry.file |
	some i in list.first_of_each([entry.connector | some entry in _at_account_level])
	entry := _at_account_level[i]
}

_where_the_first_is := _place_said(_at_account_level[0])

# A list is one document, so its connectors are numbered.
_place_said(entry) := sprintf("connector %d of %s", [entry.document + 1, value.cut(entry.file)]) if {
	_is_listed(entry)
} else := sprintf("document %d of %s", [entry.document + 1, value.cut(entry.file)])

_at_account_level := [entry |
	identifier := _settings.identifier
	some entry in _at_hand
	trim_space(entry.connector.identifier) == identifier
	_level(entry.connector) == "account"
]
