# The harnessImage connector matches the specification
#
# Harness pulls its own images through the account-level connector `harnessImage`. If its
# registry, provider or authentication differs from what was agreed, every pipeline of the
# account pulls from somewhere else.
#
# The rule `harness-image-registry` of harness-image-guard for the entity connector, written by
# `harness-image-guard export`: change the configuration instead of this file, and export again.
package connector

import future.keywords.in

# What the configuration says.
configuration := {
	"connectors": {},
	"declared": {},
	"imageConnectorIsRight": false,
	"outranked": {},
	"repeated": {},
	"scopes": {},
	"settings": {
		"defaultConnector": null,
		"dockerHubConnectors": [
			"*dockerhub*",
			"*docker_hub*",
			"*docker-hub*",
		],
		"dockerHubHosts": [
			"docker.io",
			"index.docker.io",
			"registry-1.docker.io",
			"registry.hub.docker.com",
			"hub.docker.com",
			"registry.docker.io",
		],
		"endsOfLife": {"https://app.harness.io/registry": "15 May 2024"},
		"expected": {
			"auth": "Anonymous",
			"providerType": "Other",
			"url": "https://app.harness.io/registry",
		},
		"expressions": "decide",
		"identifier": "harnessImage",
		"mirrors": {},
		"presets": {
			"app-harness": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://app.harness.io/registry",
			},
			"ecr": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://public.ecr.aws/harness",
			},
			"gar": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://us-docker.pkg.dev/gar-prod-setup/harness-public",
			},
		},
		"registryRuleRuns": true,
		"requiredConnector": "account.harnessImage",
		"severities": {},
		"stageOverride": "auto",
		"trustedConnectors": [],
	},
}

severities := {
	"error": "error",
	"undecided": "note",
	"violation": "error",
}

# A plain `configuration` isn't enough: OPA 1.21 refuses a lookup in an object that it knows to be empty.
facts := object.union(configuration, {})

findings := harness_image_registry_findings

# An input without this entity isn't checked, so it is denied.
deny["there is no `input.entity`, so nothing has been checked"] {
	not input.entity
}

deny[subject_sentence(finding)] {
	some finding in findings
	_severity(finding) == "error"
}

warn[subject_sentence(finding)] {
	some finding in findings
	_severity(finding) == "warning"
}

# A finding may be milder than its rule, but never more severe.
_severity(finding) := finding.severity {
	finding.verdict == "violation"
	is_string(finding.severity)
	severities.violation == "error"
} else := severities[finding.verdict]

harness_image_registry_findings[mismatch] {
	specification_is_meant(input.entity, facts.settings)
	some mismatch in specification_mismatches(input.entity, facts.settings)
}

# subject_sentence is a finding's message with its place, different for each place.
subject_sentence(finding) := sprintf("%s: %s (%s)", [concat(" › ", _subject_names(finding.path)), finding.message, _subject_shown(finding.path)]) {
	_subject_names(finding.path) != []
} else := sprintf("%s (%s)", [finding.message, _subject_shown(finding.path)])

# _subject_names are the names along a path, outermost first: `stage 'build'`.
_subject_names(path) := [sprintf("%s %s", [_subject_noun(path, i), _subject_in_quotes(_subject_name(_subject_node(array.slice(path, 0, i + 1))))]) |
	some i, _ in path
]

# What is under these keys is called by its name.
_subject_named := {
	"pipeline": "pipeline",
	"template": "template",
	"connector": "connector",
	"inputSet": "input set",
	"agent": "agent",
	"trigger": "trigger",
	"stage": "stage",
	"stepGroup": "step group",
	"group": "group",
	"step": "step",
}

# The items of these lists are v1's stages and steps, without a key around them.
_subject_listed := {"stages": "stage", "steps": "step", "rollback": "step"}

_subject_noun(path, i) := _subject_named[path[i]] {
	is_string(path[i])
}

_subject_noun(path, i) := _subject_listed[path[i - 1]] {
	is_number(path[i])
}

_subject_in_quotes(text) := concat("", ["'", text, "'"]) {
	not value_is_long(text)
} else := sprintf("'%s…' (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

_subject_name(named_value) := [text |
	some key in ["identifier", "id", "name"]
	text := object.get(named_value, key, null)
	is_string(text)
][0]

_subject_node(path) := object.get(input.entity, array.slice(path, 1, count(path)), null) {
	path[0] == "connector"
} else := object.get(input, path, null)

# _subject_shown is a path in the usual notation: `pipeline.stages[0].stage`.
_subject_shown(path) := trim_prefix(concat("", [_subject_step(key) | some key in path]), ".")

# A long key is cut, so two places can have the same text only if their keys begin alike.
_subject_step(key) := sprintf("[%d]", [key]) {
	is_number(key)
} else := concat("", [".", key]) {
	key != ""
	not value_is_long(key)
	trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
} else := sprintf("[%s]", [json.marshal(value_cut(key))])

# specification_is_meant holds for a connector whose identifier differs from the specified one at most in case.
specification_is_meant(connector, settings) {
	lower(trim_space(connector.identifier)) == lower(settings.identifier)
}

# specification_mismatches are a connector's differences from the specification.
specification_mismatches(connector, settings) := array.concat(
	array.concat(_specification_identity_mismatches(connector, settings), _specification_type_mismatches(connector)),
	array.concat(_specification_spec_mismatches(connector), array.concat(_specification_field_mismatches(connector, settings), _specification_delegate_mismatches(connector, settings))),
)

_specification_identity_mismatches(connector, settings) := array.concat(
	[{
		"verdict": "violation",
		"path": ["connector", "identifier"],
		"message": sprintf("the connector's identifier is %s, but pipelines refer to `account.%s`", [value_quoted(identifier), settings.identifier]),
		"help": sprintf("write `identifier: %s`, exactly", [settings.identifier]),
	} |
		identifier := trim_space(connector.identifier)
		identifier != settings.identifier
	],
	[mismatch |
		some key in ["orgIdentifier", "projectIdentifier"]
		written := object.get(connector, key, null)
		mismatch := _specification_scope_mismatch(value_kind(written), key, settings)
	],
)

_specification_scope_mismatch("literal", key, settings) := {
	"verdict": "violation",
	"path": ["connector", key],
	"message": sprintf("the `%s` connector has to be at the account level, but `%s` puts it at a lower level", [settings.identifier, key]),
	"help": sprintf("remove `%s`, and create the connector in the account", [key]),
}

_specification_scope_mismatch("unknown", key, settings) := {
	"verdict": "undecided",
	"path": ["connector", key],
	"message": sprintf("whether the `%s` connector is at the account level depends on the value of `%s`", [settings.identifier, key]),
	"help": sprintf("remove `%s`: an account-level connector has none", [key]),
}

_specification_type_mismatches(connector) := [mismatch |
	written := object.get(connector, "type", null)
	value_text(written) != "DockerRegistry"
	mismatch := _specification_mismatch_at(["connector", "type"], "type", written, "DockerRegistry")
]

specification_is_docker_registry(connector) {
	value_text(connector.type) == "DockerRegistry"
}

_specification_spec_mismatches(connector) := [{
	"verdict": "undecided",
	"path": holder.path,
	"message": sprintf("cannot determine from the file what `%s` evaluates to, so the connector can't be compared with the specification", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
	"help": sprintf("write out the fields of `%s`", [concat(".", array.slice(holder.path, 1, count(holder.path)))]),
} |
	specification_is_docker_registry(connector)
	some holder in [
		{"path": ["connector", "spec"], "value": object.get(connector, "spec", null)},
		{"path": ["connector", "spec", "auth"], "value": object.get(connector, ["spec", "auth"], null)},
	]
	value_says(holder.value)
]

_specification_field_mismatches(connector, settings) := [mismatch |
	specification_is_docker_registry(connector)
	not value_says(object.get(connector, "spec", null))
	some field in [
		{"path": ["spec", "dockerRegistryUrl"], "expected": settings.expected.url},
		{"path": ["spec", "providerType"], "expected": settings.expected.providerType},
		{"path": ["spec", "auth", "type"], "expected": settings.expected.auth},
	]
	not _specification_under_text(connector, field.path)
	written := object.get(connector, field.path, null)
	not _specification_is_expected(field.path, written, field.expected)
	mismatch := _specification_with_fix(
		_specification_with_advice(_specification_mismatch_at(array.concat(["connector"], field.path), concat(".", field.path), written, field.expected), field, written, settings),
		field, connector, settings,
	)
]

# Delegates are compared only if the configuration names them.
_specification_delegate_mismatches(connector, settings) := [_specification_delegate_mismatch(key, written, expected) |
	specification_is_docker_registry(connector)
	not value_says(object.get(connector, "spec", null))
	some key, usual in {"delegateSelectors": [], "executeOnDelegate": true}
	expected := settings.expected[key]
	written := _specification_or_usual(object.get(connector, ["spec", key], null), usual)
	_specification_said_together(written) != _specification_said_together(expected)
]

# Source: the published Java sources of Harness: `executeOnDelegate` is true by default.
_specification_or_usual(written, usual) := usual {
	value_kind(written) == "absent"
} else := written

# _specification_said_together is a list of strings as a set, because their order doesn't count.
_specification_said_together(written) := {value_shown(each) | some each in written} {
	is_array(written)
} else := {value_shown(written)}

_specification_delegate_mismatch(key, written, expected) := {
	"verdict": "undecided",
	"path": ["connector", "spec", key],
	"message": sprintf("cannot determine from the file what `spec.%s` evaluates to, so it can't be compared with %s", [key, value_quoted(expected)]),
	"help": sprintf("write `spec.%s: %s`", [key, value_shown(expected)]),
} {
	some each in _specification_items(written)
	value_kind(each) == "unknown"
} else := {
	"verdict": "violation",
	"path": ["connector", "spec", key],
	"message": sprintf("`spec.%s` is %s, but the specification says %s", [key, value_quoted(written), value_quoted(expected)]),
	"help": sprintf("write `spec.%s: %s`", [key, value_shown(expected)]),
}

_specification_items(written) := written {
	is_array(written)
} else := [written]

# _specification_with_advice adds to a finding about a URL which preset has that URL, and what is known about the expected one.
_specification_with_advice(mismatch, field, written, settings) := object.union(mismatch, {"help": concat("; ", array.concat(
	[mismatch.help],
	array.concat(
		[sprintf("or write `preset: %s` in the configuration, because this is that preset's registry", [name]) |
			some name, preset in settings.presets
			is_string(written)
			url_same(written, preset.url)
		],
		[sprintf("according to Harness, `%s` reached its end of life on %s", [url_location(field.expected), date]) |
			some address, date in settings.endsOfLife
			url_same(field.expected, address)
		],
	),
))}) {
	field.path[1] == "dockerRegistryUrl"
} else := mismatch

_specification_with_fix(mismatch, field, connector, settings) := object.union(mismatch, {"fix": {
	"applicability": _specification_applicability(field, connector),
	"title": sprintf("Write `%s: %s`", [concat(".", field.path), field.expected]),
	"patch": array.concat(
		[{"op": "add", "path": mismatch.path, "value": field.expected}],
		[{"op": "remove", "path": ["connector", "spec", "auth", "spec"]} | _specification_leaves_credentials(field, connector)],
	),
}}) {
	mismatch.verdict == "violation"
	_specification_can_be_written(field, connector, settings)
} else := mismatch

# _specification_applicability is "safe" only if nothing is lost that somebody may need: a registry, or credentials.
_specification_applicability(field, connector) := "unsafe" {
	field.path[1] == "dockerRegistryUrl"
	value_kind(object.get(connector, field.path, null)) != "absent"
} else := "unsafe" {
	field.path[1] == "auth"
	_specification_has_credentials(connector)
} else := "safe"

_specification_has_credentials(connector) {
	value_text(connector.spec.auth.type) == "UsernamePassword"
}

_specification_has_credentials(connector) {
	object.get(connector, ["spec", "auth", "spec"], null) != null
}

# Harness refuses credentials in a connector of the type Anonymous.
_specification_leaves_credentials(field, connector) {
	field.path == ["spec", "auth", "type"]
	field.expected == "Anonymous"
	object.get(connector, ["spec", "auth", "spec"], "absent") != "absent"
}

# _specification_can_be_written holds if the connector is right with the expected value and no other change.
_specification_can_be_written(field, _, _) {
	field.path[1] == "providerType"
}

_specification_can_be_written(field, _, settings) {
	field.path[1] == "dockerRegistryUrl"
	expected := field.expected
	hosts := settings.dockerHubHosts
	not url_host(expected) in hosts
}

_specification_can_be_written(field, _, _) {
	field.expected == "Anonymous"
}

# Another type of authentication needs credentials, which a fix doesn't have.
_specification_can_be_written(field, connector, _) {
	field.path[1] == "auth"
	is_object(connector.spec.auth.spec)
}

# _specification_under_text holds for `spec.auth.type` if `auth` is a string, which is reported itself.
_specification_under_text(connector, path) {
	count(path) > 2
	value_says(object.get(connector, array.slice(path, 0, 2), null))
}

_specification_is_expected(path, written, expected) {
	path[1] == "dockerRegistryUrl"
	is_string(written)
	value_kind(written) == "literal"
	url_same(written, expected)
}

_specification_is_expected(path, written, expected) {
	path[1] != "dockerRegistryUrl"
	value_text(written) == expected
}

_specification_mismatch_at(path, name, written, expected) := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is missing or empty; the specification says `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "absent"
} else := {
	"verdict": "undecided",
	"path": path,
	"message": sprintf("cannot determine from the file what `%s` evaluates to, so it can't be compared with `%s`", [name, expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
} {
	value_kind(written) == "unknown"
} else := {
	"verdict": "violation",
	"path": path,
	"message": sprintf("`%s` is %s, but the specification says `%s`", [name, value_quoted(written), expected]),
	"help": sprintf("write `%s: %s`", [name, expected]),
}

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What follows `<` or `$` in a computed value: `<+expression>`, `<PLACEHOLDER>`, `${variable}`,
# `$VARIABLE`. The other marker is `{{`.
_value_openers := {
	"<": concat("", ["+", value_letters]),
	"$": concat("", ["{_", value_letters]),
}

# value_kind is "absent", "unknown" or "literal", for a value in place of a string.
value_kind(value) := "absent" {
	value == null
} else := "literal" {
	is_string(value)

	# By far the most frequent case: every marker contains one of these.
	not contains(value, "<")
	not contains(value, "$")
	not contains(value, "{{")
	trim_space(value) != ""
} else := _value_text_kind(trim_space(value)) {
	is_string(value)
} else := "unknown" {
	is_array(value)
} else := "unknown" {
	is_object(value)
} else := "literal"

_value_text_kind(text) := "absent" {
	text == ""
} else := "unknown" {
	value_computed(text)
} else := "literal"

# value_computed holds for a string that contains a marker.
value_computed(text) {
	contains(text, "{{")
}

value_computed(text) {
	some sign in ["<", "$"]
	contains(text, sign)
	_value_marked(split(text, sign), _value_openers[sign]) != []
}

# _value_marked are the indexes of the pieces that follow a marker. Looking in the whole string for what follows each sign
# would take time that grows with the square of its length.
_value_marked(pieces, followers) := [i |
	some i, piece in pieces
	i > 0
	piece != ""
	contains(followers, substring(piece, 0, 1))
]

# value_text is a value without the spaces around it if it is a string; other values stay as they are.
value_text(value) := trim_space(value) {
	is_string(value)
} else := value

# value_says holds for a string that isn't empty.
value_says(value) {
	is_string(value)
	trim_space(value) != ""
}

# Unlike `count`, this takes no longer for a longer string.
_value_is_longer_than(text, length) {
	substring(text, length, 1) != ""
}

# value_shown is a value as it is written.
value_shown(value) := trim_space(value) {
	is_string(value)
} else := json.marshal(value)

# A longer string is cut in messages. `crates/document/src/quote.rs` cuts names and paths in the same way.
_value_most_quoted := 500

# What is kept of it.
value_most_kept := 100

# value_quoted is a value as a message quotes it: `node:22`, or `nnnnn…` (1,250,000 characters).
value_quoted(value) := value_in_quotes(value_shown(value))

value_in_quotes(text) := concat("", ["`", text, "`"]) {
	not value_is_long(text)
} else := sprintf("`%s…` (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

# value_cut is a string as a message shows it without quotes.
value_cut(text) := text {
	not value_is_long(text)
} else := sprintf("%s… (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

# value_is_long holds for a string that is too long to be quoted as a whole.
value_is_long(text) {
	_value_is_longer_than(text, _value_most_quoted)
}

# value_grouped is a number with commas between groups of three digits.
value_grouped(number) := concat(",", [group |
	digits := sprintf("%d", [number])
	some i in numbers.range(0, floor((count(digits) - 1) / 3))
	groups := floor((count(digits) - 1) / 3)
	end := count(digits) - (3 * (groups - i))
	start := max([0, end - 3])
	group := substring(digits, start, end - start)
])

_url_default_ports := {"http": ":80", "https": ":443"}

# url_normal is the same spelling for all equal URLs; undefined for a string without a scheme.
url_normal(url) := concat("", [scheme, "://", _url_without_port(scheme, authority), trim_right(path, "/")]) {
	text := trim_space(url)
	scheme := _url_scheme_of(text)
	rest := substring(text, count(scheme) + 3, -1)
	authority := _url_authority(rest)
	path := substring(rest, count(authority), -1)
}

_url_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# _url_scheme_of is the part before `://`, if it can be a scheme: with a slash or question mark in it, it can't.
_url_scheme_of(text) := scheme {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, _url_scheme_characters) == ""
}

# An empty port is the default one, too.
_url_without_port(scheme, authority) := trim_suffix(trim_suffix(authority, port), ":") {
	port := _url_default_ports[scheme]
	count(split(_url_last_part(authority, "@"), ":")) == 2
} else := authority

# _url_authority is the part before the path, query or fragment.
_url_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

# url_same holds for equal URLs.
url_same(one, other) {
	url_normal(one) == url_normal(other)
}

# url_host is the URL's host, in lower case and without port. A URL without a scheme is read with `https://`.
url_host(url) := split(_url_last_part(_url_authority(_url_after_scheme(url)), "@"), ":")[0]

# url_location is host, port and path without slashes at the end: what Harness puts before an image. It leaves out a user and
# a password.
url_location(url) := concat("", [_url_last_part(authority, "@"), trim_right(path, "/")]) {
	rest := _url_after_scheme(url)
	authority := _url_authority(rest)
	path := substring(rest, count(authority), -1)
}

_url_after_scheme(url) := substring(text, count(scheme) + 3, -1) {
	text := trim_space(url)
	scheme := _url_scheme_of(text)
} else := "" {
	# With fewer slashes, all of it is a path, and Harness reads no host.
	some scheme in ["http:", "https:"]
	startswith(lower(trim_space(url)), scheme)
} else := trim_space(url)

# _url_last_part is the part after the last separator: a host without the user before it.
_url_last_part(text, separator) := parts[count(parts) - 1] {
	parts := split(text, separator)
}
