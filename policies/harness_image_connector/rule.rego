# METADATA
# title: Stages use the harnessImage connector
# description: |
#   Without an override, Harness pulls its own images through the account's `harnessImage` connector
#   or, if there is none, anonymously from Docker Hub. Another connector pulls them from a place that
#   nobody has agreed on.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet, agent, trigger]
package harness_image_guard.rules.harness_image_connector

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.expressions
import data.harness_image_guard.lib.overrides
import data.harness_image_guard.lib.place
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.value
import rego.v1

_required := data.harness_image_guard.facts.settings.requiredConnector

_required_quoted := value.quoted(_required)

findings contains {
	"verdict": "violation",
	"path": site.at,
	"message": _message(site.written),
	"help": sprintf("write %s", [_line(site)]),
	"fix": _fix("replace", site),
} if {
	some site in overrides.sites
	site.kind == "literal"
	value.text(site.written) != _required
}

# Before anything is judged, expressions are replaced by their possible values.
findings contains {
	"verdict": "violation",
	"path": site.at,
	"message": decisions.added_to(_message(wrong.values[0]), wrong.decided),
	"related": decisions.related(wrong.decided),
	"help": sprintf("write %s", [_line(site)]),
	"fix": null,
} if {
	some site in overrides.sites
	site.kind == "unknown"
	wrong := _wrong_value(site)
}

# _line is what a site has to say.
_line(site) := sprintf("`%s: %s`", [_key(site), _required])

_key(site) := site.at[count(site.at) - 1]

_message(written) := sprintf("%s is another spelling of %s", [value.quoted(written), _required_quoted]) if {
	reference.is_required(value.shown(written))
} else := sprintf("Harness's own images come through %s instead of %s", [value.quoted(written), _required_quoted])

_wrong_value(site) := [each |
	some each in expressions.alternatives(site.at, [site.written])
	value.kind(each.values[0]) == "literal"
	value.text(each.values[0]) != _required
][0]

_is_open(site) if {
	some each in expressions.alternatives(site.at, [site.written])
	value.kind(each.values[0]) == "unknown"
}

findings contains {
	"verdict": "violation",
	"path": site.at,
	"message": sprintf("`%s` is missing, and %s", [site.name, _why_due]),
	"help": sprintf("add `%s: %s`%s", [site.name, _required, _or_else]),
	"fix": _fix("add", site),
} if {
	some site in overrides.sites
	not site.partial
	site.kind == "absent"
}

findings contains {
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("cannot determine from the file what %s evaluates to, so the connector for Harness's own images is unknown", [value.quoted(site.written)]),
	"help": sprintf("write %s", [_line(site)]),
} if {
	some site in overrides.sites
	site.kind == "unknown"
	_is_open(site)
	not _wrong_value(site)
}

findings contains {
	"verdict": "undecided",
	"path": site.at,
	"message": sprintf("cannot determine from the file what `%s` evaluates to, so the connector for Harness's own images is unknown", [_key(site)]),
	"help": sprintf("write out the value of `%s`, and add `%s: %s`", [_key(site), site.open, _required]),
} if {
	some site in overrides.sites
	site.open
}

# There is no fix if the required connector doesn't exist.
_fix(operation, site) := {
	"applicability": "safe",
	"title": sprintf("Write %s", [_line(site)]),
	"patch": [{"op": operation, "path": site.at, "value": _required}],
} if {
	from := place.of(site.at)
	not reference.is_missing(_required, from)
} else := null

# _why_due is why a stage without an override needs one; undefined if it doesn't. Such a stage is right exactly when the
# account's connector is.
_why_due := "every stage has to name the connector for Harness's own images" if {
	data.harness_image_guard.facts.settings.stageOverride == "required"
} else := "no correct `harnessImage` connector is among the files checked: Harness's own images may be pulled anonymously from Docker Hub" if {
	data.harness_image_guard.facts.settings.stageOverride == "auto"
	not data.harness_image_guard.facts.imageConnectorIsRight
}

default _or_else := ""

_or_else := ", or check the connector's file together with this one" if {
	data.harness_image_guard.facts.settings.stageOverride == "auto"
}
