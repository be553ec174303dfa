# METADATA
# title: The specification of the harnessImage connector
# description: |
#   The specification of the connector through which Harness pulls its own images, and how a
#   connector differs from it. Source: Harness, "Connect to the Harness container image registry";
#   harness-schema, v0 connector.
package harness_image_guard.lib.specification

import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

# is_meant holds for a connector whose identifier differs from the specified one at most in case.
is_meant(connector, settings) if lower(trim_space(connector.identifier)) == lower(settings.identifier)

# mismatches are a connector's differences from the specification.
mismatches(connector, settings) := array.concat(
	array.concat(_identity_mismatches(connector, settings), _type_mismatches(connector)),
	array.concat(_spec_mismatches(connector), array.concat(_field_mismatches(connector, settings), _delegate_mismatches(connector, settings))),
)

_identity_mismatches(connector, settings) := array.concat(
	[{
		"verdict": "violation",
		"path": ["connector", "identifier"],
		"message": sprintf("the connector's identifier is %s, but pipelines refer to `account.%s`", [value.quoted(identifier), settings.identifier]),
		"help": sprintf("write `identifier: %s`, exactly", [settings.identifier]),
	} |
		identifier := trim_space(connector.identifier)
		identifier != settings.identifier
	],
	[mismatch |
		some key in ["orgIdentifier", "projectIdentifier"]
		written := object.get(connector, key, null)
		mismatch := _scope_mismatch(value.kind(written), key, settings)
	],
)

_scope_mismatch("literal", key, settings) := {
	"verdict": "violation",
	"path": ["connector", key],
	"message": sprintf("the `%s` connector has to be at the account level, but `%s` puts it at a lower level", [settings.identifier, key]),
	"help": sprintf("remove `%s`, and create the connector in the account", [key]),
}

_scope_mismatch("unknown", key, settings) := {
	"verdict": "undecided",
	"path": ["connector", key],
	"message": sprintf("whether the `%s` connector is at the account level depends on the value of `%s`", [settings.identifier, key]),
	"help": sprintf("remove `%s`: an account-level connector has none", [key]),
}

_type_mismatches(connector) := [mismatch |
	written := object.get(connector, "type", null)
	value.text(written) != "DockerRegistry"
	mismatch := _mismatch_at(["connector", "type"], "type", written, "DockerRegistry")
]

is_docker_registry(connector) if value.text(connector.type) == "DockerRegistry"

_spec_mismatches(connector) := [{
	"verdict": "undecided",
	"path": holder.path,
	"message": sprintf("cannot determine from the file what `%s` evaluates to, so the connector can't be compared with the specification", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
	"help": sprintf("write out the fields of `%s`", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
} |
	is_docker_registry(connector)
	some holder in [
		{"path": ["connector", "spec"], "value": object.get(connector, "spec", null)},
		{"path": ["connector", "spec", "auth"], "value": object.get(connector, ["spec", "auth"], null)},
	]
	value.says(holder.value)
]

_field_mismatches(connector, settings) := [mismatch |
	is_docker_registry(connector)
	not value.says(object.get(connector, "spec", null))
	some field in [
		{"path": ["spec", "dockerRegistryUrl"], "expected": settings.expected.url},
		{"path": ["spec", "providerType"], "expected": settings.expected.providerType},
		{"path": ["spec", "auth", "type"], "expected": settings.expected.auth},
	]
	not _under_text(connector, field.path)
	written := object.get(connector, field.path, null)
	not _is_expected(field.path, written, field.expected)
	mismatch := _with_fix(
		_with_advice(_mismatch_at(array.concat(["connector"], field.path), concat(".", field.path), written, field.expected), field, written, settings),
		field, connector, settings,
	)
]

# Delegates are compared only if the configuration names them.
_delegate_mismatches(connector, settings) := [_delegate_mismatch(key, written, expected) |
	is_docker_registry(connector)
	not value.says(object.get(connector, "spec", null))
	some key, usual in {"delegateSelectors": [], "executeOnDelegate": true}
	expected := settings.expected[key]
	written := _or_usual(object.get(connector, ["spec", key], null), usual)
	_said_together(written) != _said_together(expected)
]

# Source: the published Java sources of Harness: `executeOnDelegate` is true by default.
_or_usual(written, usual) := usual if {
	value.kind(written) == "absent"
} else := written

# _said_together is a list of strings as a set, because their order doesn't count.
_said_together(written) := {value.shown(each) | some each in written} if {
	is_array(written)
} else := {value.shown(written)}

_delegate_mismatch(key, written, expected) := {
	"verdict": "undecided",
	"path": ["connector", "spec", key],
	"message": sprintf("cannot determine from the file what `spec.%s` evaluates to, so it can't be compared with %s", [key, value.quoted(expected)]),
	"help": sprintf("write `spec.%s: %s`", [key, value.shown(expected)]),
} if {
	some each in _items(written)
	value.kind(each) == "unknown"
} else := {
	"verdict": "violation",
	"path": ["connector", "spec", key],
	"message": sprintf("`spec.%s` is %s, but the specification says %s", [key, value.quoted(written), value.quoted(expected)]),
	"help": sprintf("write `spec.%s: %s`", [key, value.shown(expected)]),
}

_items(written) := written if {
	is_array(written)
} else := [written]

# _with_advice adds to a finding about a URL which preset has that URL, and what is known about the expected one.
_with_advice(mismatch, field, written, settings) := object.union(mismatch, {"help": concat("; ", array.concat(
	[mismatch.help],
	array.concat(
		[sprintf("or write `preset: %s` in the configuration, because this is that preset's registry", [name]) |
			some name, preset in settings.presets
			is_string(written)
			url.same(written, preset.url)
		],
		[sprintf("according to Harness, `%s` reached its end of life on %s", [url.location(field.expected), date]) |
			some address, date in settings.endsOfLife
			url.same(field.expected, address)
		],
	),
))}) if {
	field.path[1] == "dockerRegistryUrl"
} else := mismatch

_with_fix(mismatch, field, connector, settings) := object.union(mismatch, {"fix": {
	"applicability": _applicability(field, connector),
	"title": sprintf("Write `%s: %s`", [concat(".", field.path), field.expected]),
	"patch": array.concat(
		[{"op": "add", "path": mismatch.path, "value": field.expected}],
		[{"op": "remove", "path": ["connector", "spec", "auth", "spec"]} | _leaves_credentials(field, connector)],
	),
}}) if {
	mismatch.verdict == "violation"
	_can_be_written(field, connector, settings)
} else := mismatch

# _applicability is "safe" only if nothing is lost that somebody may need: a registry, or credentials.
_applicability(field, connector) := "unsafe" if {
	field.path[1] == "dockerRegistryUrl"
	value.kind(object.get(connector, field.path, null)) != "absent"
} else := "unsafe" if {
	field.path[1] == "auth"
	_has_credentials(connector)
} else := "safe"

_has_credentials(connector) if value.text(connector.spec.auth.type) == "UsernamePassword"

_has_credentials(connector) if object.get(connector, ["spec", "auth", "spec"], null) != null

# Harness refuses credentials in a connector of the type Anonymous.
_leaves_credentials(field, connector) if {
	field.path == ["spec", "auth", "type"]
	field.expected == "Anonymous"
	object.get(connector, ["spec", "auth", "spec"], "absent") != "absent"
}

# _can_be_written holds if the connector is right with the expected value and no other change.
_can_be_written(field, _, _) if field.path[1] == "providerType"

_can_be_written(field, _, settings) if {
	field.path[1] == "dockerRegistryUrl"
	expected := field.expected
	hosts := settings.dockerHubHosts
	not url.host(expected) in hosts
}

_can_be_written(field, _, _) if field.expected == "Anonymous"

# Another type of authentication needs credentials, which a fix doesn't have.
_can_be_written(field, connector, _) if {
	field.path[1] == "auth"
	is_object(connector.spec.auth.spec)
}

# _under_text holds for `spec.auth.type` if `auth` is a string, which is reported itself.
_under_text(connector, path) if {
	count(path) > 2
	value.says(object.get(connector, array.slice(path, 0, 2), null))
}

_is_expected(path, written, expected) if {
	path[1] == "dockerRegistryUrl"
	is_string(written)
	value.kind(written) == "literal"
	url.same(written, expected)
}

_is_expected(path, written, expected) if {
	path[1] != "dockerRegistryUrl"
	value.text(written) == expected
}

_mismatch_at(path, name, written, expected) := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is missing or empty; the specification says `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} if {
	value.kind(written) == "absent"
} else := {
	"verdict": "undecided",
	"path": path,
	"message": sprintf("cannot determine from the file what `%s` evaluates to, so it can't be compared with `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} if {
	value.kind(written) == "unknown"
} else := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is %s, but the specification says `%s`", [name, value.quoted(written), expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
}
