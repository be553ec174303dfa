# METADATA
# title: Every connector that is named exists
# description: |
#   A run fails if it needs a connector that doesn't exist. If a list in `connectorFiles` has every
#   connector of a scope, then one that is neither in a list, nor in a file, nor in the configuration
#   doesn't exist.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet, agent, trigger]
#   exported: false
package harness_image_guard.rules.unknown_connector

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.expressions
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.overrides
import data.harness_image_guard.lib.place
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.value
import rego.v1

findings contains {
	"verdict": "violation",
	"path": place_named.at,
	"images": place_named.images,
	"message": decisions.added_to(
		sprintf("there is no connector %s: %s", [value.quoted(missing.reference), _where(reference.scope(value.shown(missing.reference), place_named.from))]),
		missing.decided,
	),
	"related": decisions.related(missing.decided),
	"help": "name a connector that exists, or create this one; if it is newer than the list of connectors, make the list again (`connectors fetch`)",
	"fix": null,
} if {
	data.harness_image_guard.facts.scopes != {}
	some place_named in _named
	missing := [each |
		some each in place_named.values
		value.kind(each.reference) == "literal"
		reference.is_missing(value.shown(each.reference), place_named.from)
	][0]
}

_where("account") := "it isn't in the list of all connectors of the account"

_where(scope) := sprintf("it isn't in the list of all connectors of the project %s", [value.quoted(scope)]) if {
	contains(scope, "/")
} else := sprintf("it isn't in the list of all connectors of the organization %s", [value.quoted(scope)]) if {
	scope != "account"
}

# _named are the places that name a connector, with their possible values.
_named := array.concat(
	[{"at": array.concat(one.pull.at, one.pull.reference_path), "from": one.from, "values": one.values, "images": [value.cut(value.shown(one.pull.image))]} |
		some one in images.through_connectors
		value.kind(one.pull.image) != "absent"
	],
	[{"at": named.at, "from": named.from, "values": [{"reference": each.values[0], "decided": each.decided} | some each in named.values], "images": []} |
		some named in array.concat(images.bases, _overrides)
	],
)

_overrides := [{"at": site.at, "from": place.of(site.at), "values": expressions.alternatives(site.at, [site.written])} |
	some site in overrides.sites
	site.kind in {"literal", "unknown"}
]
