# METADATA
# title: Nothing is pulled straight from Docker Hub
# description: |
#   Docker Hub limits anonymous pulls, and nobody governs what is there. An image that names no
#   registry comes from Docker Hub, unless a connector pulls it from somewhere else.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet, agent, trigger, connector]
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.expressions
import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := data.harness_image_guard.facts

# The reason that applies to an image (by its origin) and a connector (by its class). A pair that isn't here is no
# finding; `unknown-connector` reports a connector that doesn't exist.
_table := {
	"hub": {
		"mirror": "doubled",
		"absent": "written",
		"required": "doubled",
		"trusted": "doubled",
		"hub": "written",
		"foreign": "written",
		"missing": "written",
		"distrusted": "written",
		"unresolved": "written",
		"unlisted": "written",
		"unknown": "written",
	},
	"bare": {
		"absent": "anonymous",
		"hub": "through",
		"foreign": "foreign",
		"distrusted": "named",
		"unresolved": "unresolved",
		"unlisted": "unlisted",
		"unknown": "computed_reference",
	},
	"unknown": {
		"absent": "computed_alone",
		"hub": "through",
		"foreign": "computed_image",
		"distrusted": "named",
		"unresolved": "computed_image",
		"unlisted": "computed_image",
		"unknown": "computed_both",
	},
}

# The finding for each reason. `message_of` and `help_of` are what to fill into their strings. `help_alone` is for an
# image that can't have a connector, `help_lacking` for a connector to Harness's own registries, which have only
# Harness's images. A reason with `whole` doesn't apply to partials, whose connector may be elsewhere.
_reasons := {
	"doubled": {
		"verdict": "violation",
		"severity": "warning",
		"at": "image_path",
		"message": "%s is pulled through %s as %s, which names two registries",
		"message_of": ["image", "reference", "becomes"],
		"help": "write the image without Docker Hub's host: the connector puts its registry before it",
		"help_of": [],
		"help_lacking": "name a connector to a registry that has this image, and write the image without Docker Hub's host: the connector puts its registry before it",
	},
	"left": {
		"verdict": "violation",
		"severity": "warning",
		"at": "image_path",
		"message": "%s is pulled straight from Docker Hub: its name includes Docker Hub's host, and its connector %s adds no registry",
		"message_of": ["image", "reference"],
		"help": "correct the connector, and write the image without Docker Hub's host; or write your registry's host instead",
		"help_of": [],
	},
	"written": {
		"verdict": "violation",
		"at": "image_path",
		"message": "%s is pulled straight from Docker Hub: its name includes Docker Hub's host",
		"message_of": ["image"],
		"help": "write your registry's host instead, or leave the host out and %s",
		"help_of": ["connect"],
		"help_alone": "write your registry's host instead",
	},
	"anonymous": {
		"verdict": "violation",
		"at": "image_path",
		"whole": true,
		"message": "%s is pulled anonymously from Docker Hub: it names no registry, and there is no connector",
		"message_of": ["image"],
		"help": "%s, or write your registry's host before the name",
		"help_of": ["connect"],
		"help_alone": "write your registry's host before the name",
	},
	"through": {
		"verdict": "violation",
		"at": "reference_path",
		"message": "%s is pulled from Docker Hub: its connector %s leads there",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry",
		"help_of": [],
	},
	"foreign": {
		"verdict": "violation",
		"at": "image_path",
		"message": "%s is pulled anonymously from Docker Hub: its connector %s is of type %s, which adds no registry to the name",
		"message_of": ["image", "reference", "type"],
		"help": "write the image with its registry's host, or name a connector of type DockerRegistry",
		"help_of": [],
	},
	"kept": {
		"verdict": "violation",
		"at": "image_path",
		"message": "%s is pulled anonymously from Docker Hub: its name contains the host of its connector %s, so Harness adds no registry",
		"message_of": ["image", "reference"],
		"help": "write the image with its registry's host before the name",
		"help_of": [],
	},
	"hostless": {
		"verdict": "violation",
		"at": "image_path",
		"message": "%s is pulled anonymously from Docker Hub: the URL of its connector %s has no host, so Harness adds no registry to the name",
		"message_of": ["image", "reference"],
		"help": "write the host in the connector's URL, or before the image's name",
		"help_of": [],
	},
	"named": {
		"verdict": "violation",
		"severity": "warning",
		"at": "reference_path",
		"message": "%s is pulled through %s, which sounds like Docker Hub",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"unresolved": {
		"verdict": "undecided",
		"at": "reference_path",
		"message": "where %s is pulled from depends on the connector %s: its type or URL is missing, or two definitions conflict",
		"message_of": ["image", "reference"],
		"help": "write out the connector's type and URL, the same in every file, or declare the connector under `connectors` in the configuration",
		"help_of": [],
	},
	"unlisted": {
		"verdict": "undecided",
		"at": "reference_path",
		"message": "where %s is pulled from depends on the connector %s, which isn't among the files checked",
		"message_of": ["image", "reference"],
		"help": "check the connector's file together with this one, or declare the connector under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"computed_reference": {
		"verdict": "undecided",
		"at": "reference_path",
		"message": "cannot determine from the file where %s is pulled from: its connector is %s",
		"message_of": ["image", "reference"],
		"help": "write out the connector's reference, such as `account.NAME`",
		"help_of": [],
	},
	"computed_alone": {
		"verdict": "undecided",
		"at": "image_path",
		"whole": true,
		"message": "cannot determine from the file which registry %s comes from",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a connector to a governed registry",
		"help_of": [],
		"help_alone": "write the registry's host before the expression",
	},
	"computed_both": {
		"verdict": "undecided",
		"at": "image_path",
		"message": "cannot determine from the file which registry %s comes from",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a connector to a governed registry",
		"help_of": [],
	},
	"computed_image": {
		"verdict": "undecided",
		"at": "image_path",
		"message": "cannot determine from the file which registry %s comes from",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or declare the connector under `trustedConnectors` in the configuration",
		"help_of": [],
	},
}

# Before anything is judged, expressions are replaced by their possible values. Each distinct image, and each distinct
# reference in each place, is judged once.

_origins := {written: image.origin(written) |
	some written in (images.distinct_images | {each.image | some one in images.decidable; some each in one.values})
}

classes := {asked: reference.class(asked[0], asked[1]) | some asked in _asked}

_asked contains one.asked if some one in images.as_written

_asked contains [one.pull.reference, one.from] if some one in images.decidable

_asked contains [each.reference, one.from] if {
	some one in images.decidable
	some each in one.values
}

_asked contains [each.values[0], base.from] if {
	some base in images.bases
	some each in base.values
}

# The result for each place that has a finding: the reason, and the image and reference that it is about.
_judged := array.concat(array.concat(_plainly_judged, _plainly_kept), [_worst_of(one) | some one in images.decidable])

_plainly_judged := [_plain(why, one) |
	rows := _table
	origin_of := _origins
	class_of := classes
	some one in images.as_written
	pull := one.pull
	why := rows[origin_of[pull.image]][class_of[one.asked]]
	_counts(_reasons[why], pull)
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
	contains(value.shown(written), host)

	# A longer name can't be pulled.
	not value.is_long(written)
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
	candidates := [object.union(each, {"why": why, "weight": _weight(_reasons[why])}) |
		some each in one.values
		why := _why(each.image, [each.reference, one.from])
		_counts(_reasons[why], one.pull)
	]
	heaviest := max([candidate.weight | some candidate in candidates])
	worst := [candidate | some candidate in candidates; candidate.weight == heaviest][0]
	verdict := _reasons[worst.why].verdict
	alike := {candidate.image | some candidate in candidates; _reasons[candidate.why].verdict == verdict}
}

_why(written, asked) := why if {
	why := _kept(written, asked)
} else := _table[_origins[written]][classes[asked]]

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
	"message": expressions.said_of(sprintf(reason.message, [_word(word, one) | some word in reason.message_of]), one.decided),
	"related": expressions.related(one.decided),
	"help": _help(reason, one),
	"fix": fix(one),
} if {
	some one in _judged
	reason := _reason_of(one)
}

_reason_of(one) := _reasons.left if {
	one.why == "doubled"
	_leaves_the_name(one)
} else := _reasons[one.why]

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

# Base images of builds.

findings contains {
	"verdict": "violation",
	"severity": reason.severity,
	"path": base.at,
	"message": expressions.said_of(sprintf(reason.message, [value.quoted(worst.values[0])]), worst.decided),
	"related": expressions.related(worst.decided),
	"help": reason.help,
	"fix": null,
} if {
	some base in images.bases
	worst := [each |
		some class in ["hub", "distrusted"]
		some each in base.values
		classes[[each.values[0], base.from]] == class
	][0]
	reason := _base_reasons[classes[[worst.values[0], base.from]]]
}

_base_reasons := {
	"hub": {
		"severity": null,
		"message": "base images are pulled from Docker Hub, through %s",
		"help": "name a connector to a governed registry",
	},
	"distrusted": {
		"severity": "warning",
		"message": "base images are pulled through %s, which sounds like Docker Hub",
		"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
	},
}

# Stages whose pipeline is a string: YAML, or YAML in Base64. Source: Harness's schemas of Dynamic stages, v0 and v1.

findings contains {
	"verdict": "undecided",
	"path": array.concat(dynamic.at, dynamic.path),
	"message": "cannot determine from the file where this stage's images are pulled from: its pipeline is a string, which isn't read",
	"help": "keep that pipeline in a file of its own, which is checked, and run it by a stage of type Pipeline",
	"fix": null,
} if {
	some dynamic in array.concat(
		[{"at": stage.at, "path": ["spec", "source"], "source": stage.value.spec.source} |
			some stage in tree.stages
			tree.may_be_of_type(stage, "Dynamic")
		],
		[{"at": stage.at, "path": ["dynamic", "source"], "source": stage.value.dynamic.source} | some stage in tree.v1_stages],
	)
	is_string(dynamic.source)
	value.kind(dynamic.source) == "literal"
}

# Connectors.

findings contains {
	"verdict": "violation",
	"severity": "warning",
	"path": ["connector", "spec", "dockerRegistryUrl"],
	"message": sprintf("the connector leads to Docker Hub: %s", [value.quoted(written)]),
	"help": "point it to a governed registry, or to a mirror of Docker Hub",
} if {
	specification.is_docker_registry(input.connector)
	written := input.connector.spec.dockerRegistryUrl
	is_string(written)
	value.kind(written) == "literal"
	url.host(written) in facts.settings.dockerHubHosts
	not _said_by_the_specification
	not _is_specified
}

_said_by_the_specification if {
	facts.settings.registryRuleRuns
	specification.is_meant(input.connector, facts.settings)
	some mismatch in specification.mismatches(input.connector, facts.settings)
	mismatch.path == ["connector", "spec", "dockerRegistryUrl"]
}

# The configuration may want the `harnessImage` connector to lead to Docker Hub.
_is_specified if {
	specification.is_meant(input.connector, facts.settings)
	url.same(input.connector.spec.dockerRegistryUrl, facts.settings.expected.url)
}
