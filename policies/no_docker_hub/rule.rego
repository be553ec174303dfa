# METADATA
# title: Nothing is pulled straight from Docker Hub
# description: |
#   Docker Hub limits anonymous pulls, and nobody governs what is there. An image that names no
#   registry comes from Docker Hub, unless a connector pulls it from somewhere else.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet, agent, trigger, connector]
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := data.harness_image_guard.facts

# Before anything is judged, expressions are replaced by their possible values. Each distinct image, and each distinct
# reference in each place, is judged once.

_origins := {written: image.origin(written) |
	some written in (images.distinct_images | {each.image | some one in images.decidable; some each in one.values})
}

classes := {asked: reference.class(asked[0], asked[1]) | some asked in references}

references contains one.asked if some one in images.as_written

references contains [one.pull.reference, one.from] if some one in images.decidable

references contains [each.reference, one.from] if {
	some one in images.decidable
	some each in one.values
}

# The result for each place that has a finding: the reason, and the image and reference that it is about.
_judged := array.concat(array.concat(_plainly_judged, _plainly_kept), [_worst_of(one) | some one in images.decidable])

_plainly_judged := [_plain(why, one) |
	rows := reason_for
	origin_of := _origins
	class_of := classes
	some one in images.as_written
	pull := one.pull
	why := rows[origin_of[pull.image]][class_of[one.asked]]
	_counts(reasons[why], pull)
	not _kept(pull.image, one.asked)
]

# Few names contain the host of a connector.
_plainly_kept := [] if {
	count(_with_its_host) == 0
} else := [_plain(_kept(one.pull.image, one.asked), one) | some one in images.as_written]

_plain(why, one) := {
	"why": why,
	"pull": one.pull,
	"from": one.from,
	"image": one.pull.image,
	"found": [one.pull.image],
	"reference": one.pull.reference,
	"decided": [],
	"alternatives": 1,
}

# _kept is the reason for an image to which Harness adds no registry, because the name contains the connector's host
# somewhere.
_kept(written, asked) := why if {
	_with_its_host[[written, asked]]
	why := _kept_by[_origins[written]][_hosts[asked] != ""]
}

_kept_by := {
	"bare": {true: "kept", false: "hostless"},
	"hub": {true: "written", false: "written"},
	"unknown": {true: "computed_both", false: "computed_both"},
}

# _with_its_host are the names that contain the host of their connector, each with that connector's reference and place.
_with_its_host := {[one.pull.image, one.asked] |
	some one in images.as_written
	_has_its_host(one.pull.image, one.asked)
} | {[each.image, [each.reference, one.from]] |
	some one in images.decidable
	some each in one.values
	_has_its_host(each.image, [each.reference, one.from])
}

_has_its_host(written, asked) if {
	host := _hosts[asked]
	image.has_host(value.shown(written), host)
}

# _hosts are the hosts that governed connectors put before images, by the reference and its place.
_hosts := {asked: url.authority_of(location) |
	on_docker_hub := facts.settings.dockerHubHosts
	some asked, class in classes
	class in {"required", "mirror"}
	location := _known_location(asked[0], _connector_of({"reference": asked[0], "from": asked[1]}))
	not url.host(location) in on_docker_hub
}

# Of a place's possible values, the most severe one is reported; on a tie, one that is reported at the image. `found` are
# the images with the same verdict.
_worst_of(one) := object.union(worst, {"pull": one.pull, "from": one.from, "alternatives": count(one.values), "found": alike}) if {
	candidates := [object.union(each, {"why": why, "weight": _weight(reasons[why])}) |
		some each in one.values
		why := _why(each.image, [each.reference, one.from])
		_counts(reasons[why], one.pull)
	]
	heaviest := max([candidate.weight | some candidate in candidates])
	worst := [candidate | some candidate in candidates; candidate.weight == heaviest][0]
	verdict := reasons[worst.why].verdict
	alike := {candidate.image | some candidate in candidates; reasons[candidate.why].verdict == verdict}
}

_why(written, asked) := why if {
	why := _kept(written, asked)
} else := reason_for[_origins[written]][classes[asked]]

_weight(reason) := 2 * _severity_rank(reason) if {
	reason.at != "image_path"
} else := (2 * _severity_rank(reason)) + 1

_severity_rank(reason) := 1 if {
	reason.verdict == "undecided"
} else := 2 if {
	reason.severity == "warning"
	object.get(facts.settings.severities, "no-docker-hub", "error") == "error"
} else := 3

findings contains {
	"verdict": reason.verdict,
	"severity": object.get(reason, "severity", null),
	"path": array.concat(one.pull.at, one.pull[reason.at]),
	"images": [value.cut(value.shown(found)) | some found in one.found],
	"message": decisions.added_to(sprintf(reason.message, [_word(word, one) | some word in reason.message_of]), one.decided),
	"related": decisions.related(one.decided),
	"help": _help(reason, one),
	"fix": fix(one),
} if {
	some one in _judged
	reason := _reason_of(one)
}

_reason_of(one) := reasons.left if {
	one.why == "doubled"
	_leaves_the_name(one)
} else := reasons[one.why]

# Even the required connector adds nothing to an image if it is of another type or leads to Docker Hub.
_leaves_the_name(one) if _connector_of(one).class in {"hub", "foreign"}

_leaves_the_name(one) if {
	_connector_of(one) == {}
	location := _known_location(one.reference, {})
	url.host(location) in facts.settings.dockerHubHosts
}

_help(reason, one) := reason.help_alone if {
	reason.help_alone
	pull := one.pull
	not images.takes_a_connector(pull)
} else := reason.help_lacking if {
	_lacks(one)
} else := sprintf(reason.help, [_word(word, one) | some word in reason.help_of])

_lacks(one) if {
	one.why == "doubled"
	name := image.without_host(one.image)
	written := one.reference
	from := one.from
	not may_have(written, name, from)
}

_counts(reason, _) if not reason.whole

_counts(_, pull) if not pull.partial

_word("image", one) := value.quoted(one.image)

_word("reference", one) := value.quoted(one.reference)

_word("becomes", one) := concat("", ["`", _location(one.reference, _connector_of(one)), "/", value.cut(value.shown(one.image)), "`"])

_word("type", one) := value.cut(object.get(_connector_of(one), "type", ""))

_word("connect", one) := _connect[one.pull.names]

_connector_of(one) := connector if {
	connector := reference.known(value.text(one.reference), one.from)
} else := {}

_location(written, connector) := location if {
	location := _known_location(written, connector)
} else := "…"

# It isn't known where a connector leads that is only trusted.
_known_location(written, connector) := connector.location if {
	connector.location
} else := url.location(facts.settings.expected.url) if {
	connector == {}
	reference.is_specified(value.text(written))
}

# How to name a connector, by the key that does it.
_connect := {
	"connectorRef": "add `connectorRef` with a connector to a governed registry",
	"connector": "add `connector` with a connector to a governed registry",
	"container": "write `container: {image: …, connector: …}` with a connector to a governed registry",
}
