# METADATA
# title: What a connector's reference leads to
# description: |
#   The class of a reference in a place: "absent", "unknown", "required", "mirror", "hub", "foreign"
#   (by the connectors that are known), "missing" (there is no such connector), "trusted",
#   "distrusted" (by the patterns of the configuration), "unresolved" (what is known of it doesn't say
#   enough), "unlisted" (nothing is known of it). What is known overrides what a name suggests.
package harness_image_guard.lib.reference

import data.harness_image_guard.lib.pattern
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

_facts := data.harness_image_guard.facts

# default_reference is the connector that Harness uses for its own images if a stage names none.
default_reference := concat(".", ["account", _facts.settings.identifier])

class(reference, place) := kind if {
	kind := value.kind(reference)
	kind != "literal"
} else := _literal_class(value.shown(reference), place)

_required := spelled(_facts.settings.requiredConnector)

# is_required holds for the required connector, however it is spelled.
is_required(reference) if spelled(reference) == _required

# is_default holds for the connector that Harness takes for its own images, however it is spelled.
is_default(reference) if spelled(reference) == default_reference

# spelled is a reference in its usual spelling: Harness ignores the scope's case, and dots at the end.
spelled(reference) := reference if {
	not contains(reference, ".")
} else := reference if {
	# By far the most frequent case.
	startswith(reference, "account.")
	not contains(substring(reference, count("account."), -1), ".")
} else := concat(".", [lower(words[0]), words[1]]) if {
	words := split(reference, ".")
	lower(words[0]) in {"account", "org"}
	words[1] != ""
	_is_empty(array.slice(words, 2, count(words)))
} else := words[0] if {
	words := split(reference, ".")
	_is_empty(array.slice(words, 1, count(words)))
} else := reference

_is_empty(words) if concat("", words) == ""

_literal_class(reference, place) := "required" if {
	is_required(reference)
} else := class_known if {
	class_known := known(reference, place).class
	class_known != "unresolved"
} else := "missing" if {
	is_missing(reference, place)
} else := "trusted" if {
	# The configuration's own default is trusted.
	reference == _facts.settings.defaultConnector
} else := "trusted" if {
	some star in _facts.settings.trustedConnectors
	pattern.matches(star, reference)
} else := "distrusted" if {
	some star in _facts.settings.dockerHubConnectors
	pattern.matches(star, reference)
} else := "unresolved" if {
	known(reference, place)
} else := "unlisted"

# known is what is known about the connectors that a reference can mean in a place: `{class, type, url,
# location}`. What the configuration declares applies to every place, and overrides files.
known(reference, place) := declared if {
	declared := _facts.declared[spelled(reference)]
} else := _together(found) if {
	found := [connector |
		some key in _keys(spelled(reference), place)
		connector := _facts.connectors[key]
	]
	found != []
}

_together(connectors) := connectors[0] if {
	count({connector.says | some connector in connectors}) == 1
} else := {"class": "unresolved"}

# is_missing holds for a reference into a scope of which a list has every connector, if neither a list nor a
# file nor the configuration has this one.
is_missing(reference, place) if {
	_facts.scopes[scope(reference, place)]
	not known(reference, place)
}

# scope is the scope that a reference leads to, as lists name it; undefined if the entity doesn't say.
scope(reference, place) := _scope(spelled(reference), place)

_scope(reference, place) := "account" if {
	startswith(reference, "account.")
} else := place.org if {
	_is_in_org(reference, place)
	place.org != null
} else := concat("/", [place.org, place.project]) if {
	not startswith(reference, "org.")
	place.org != null
	place.project != null
}

_is_in_org(reference, _) if startswith(reference, "org.")

_is_in_org(_, place) if {
	place.project == null
	_is_of_org(place)
}

# _anything replaces in a key what an entity doesn't say. It can't be a literal, because it is a marker.
_anything := "<any>"

# _keys are the keys of `facts.connectors` whose connectors a reference can mean.
_keys(reference, place) := [_account_key(identifier)] if {
	startswith(reference, "account.")
	identifier := substring(reference, count("account."), -1)
} else := _org_keys(identifier, place) if {
	startswith(reference, "org.")
	identifier := substring(reference, count("org."), -1)
} else := _project_keys(reference, place) if {
	place.project != null
} else := _org_keys(reference, place) if {
	_is_of_org(place)
} else := array.concat(_project_keys(reference, place), _org_keys(reference, place)) if {
	place.org != null
} else := array.concat(array.concat(_project_keys(reference, place), _org_keys(reference, place)), [_account_key(reference)])

# A template with an org and no project belongs to the org.
_is_of_org(place) if {
	is_object(input.template)
	place.org != null
	not place.isOfProject
}

_org_keys(identifier, place) := [_org_key(identifier, org) | some org in _possible(place.org)]

_project_keys(identifier, place) := [_project_key(identifier, org, project) |
	some org in _possible(place.org)
	some project in _possible(place.project)
]

# _possible are the values of a connector's org or project that match the entity's: the same, or none.
_possible(said) := [_anything] if {
	said == null
} else := [said, ""]

# keys_of are the keys under which a connector is found.
keys_of(connector) := [_account_key(connector.identifier)] if {
	connector.level == "account"
} else := [_org_key(connector.identifier, org) | some org in [connector.org, _anything]] if {
	connector.level == "org"
} else := [_project_key(connector.identifier, org, project) |
	some org in [connector.org, _anything]
	some project in [connector.project, _anything]
]

# document_key is the key of a document among all files.
document_key(file, document) := sprintf("%d %s", [document, file])

_account_key(identifier) := json.marshal(["account", identifier])

_org_key(identifier, org) := json.marshal(["org", identifier, org])

_project_key(identifier, org, project) := json.marshal(["project", identifier, org, project])

# url_of is the URL that a reference leads to: that of a known connector or, for the account's `harnessImage` if it
# isn't known, that of the specification. Otherwise undefined.
url_of(reference, place) := connector.url if {
	connector := known(reference, place)
} else := _facts.settings.expected.url if {
	is_specified(reference)
	not known(reference, place)
}

# is_specified holds for the account's `harnessImage` if that is the required connector: the specification says what it
# has to be.
is_specified(reference) if {
	is_required(reference)
	is_default(reference)
}

# leads_to_harness holds for a reference to one of Harness's own registries, which have only Harness's
# images.
leads_to_harness(reference, place) if {
	is_of_harness(url_of(reference, place))
}

# is_of_harness holds for the URL of one of these registries.
is_of_harness(address) if {
	some preset in _facts.settings.presets
	url.same(address, preset.url)
}
