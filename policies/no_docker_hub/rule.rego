# METADATA
# title: Nothing is pulled straight from Docker Hub
# description: |
#   Docker Hub limits anonymous pulls and nobody governs what stands there. An image without a
#   registry's host is Docker Hub's, unless a connector takes it from somewhere else.
# custom:
#   severity: error
#   entities: [pipeline, template, inputSet, connector]
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.specification
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

facts := data.harness_image_guard.facts

# What an image (by what its name says) and a connector (by what it leads to) come to; nothing for
# the pairs that aren't here.
table := {
	"hub": {
		"mirror": {"verdict": "violation", "severity": "warning", "at": "image_way", "why": "doubled"},
		"absent": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"required": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"trusted": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"hub": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"foreign": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"distrusted": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"unresolved": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
		"unknown": {"verdict": "violation", "severity": null, "at": "image_way", "why": "written"},
	},
	"bare": {
		"absent": {"verdict": "violation", "severity": null, "at": "image_way", "why": "anonymous", "whole": true},
		"hub": {"verdict": "violation", "severity": null, "at": "reference_way", "why": "through"},
		"foreign": {"verdict": "violation", "severity": null, "at": "image_way", "why": "foreign"},
		"distrusted": {"verdict": "violation", "severity": "warning", "at": "reference_way", "why": "named"},
		"unresolved": {"verdict": "undecided", "severity": null, "at": "reference_way", "why": "unresolved"},
		"unknown": {"verdict": "undecided", "severity": null, "at": "reference_way", "why": "computed_reference"},
	},
	"unknown": {
		"absent": {"verdict": "undecided", "severity": null, "at": "image_way", "why": "computed_image", "whole": true},
		"mirror": {"verdict": "undecided", "severity": null, "at": "image_way", "why": "computed_image"},
		"hub": {"verdict": "violation", "severity": null, "at": "reference_way", "why": "through"},
		"foreign": {"verdict": "undecided", "severity": null, "at": "image_way", "why": "computed_image"},
		"distrusted": {"verdict": "violation", "severity": "warning", "at": "reference_way", "why": "named"},
		"unresolved": {"verdict": "undecided", "severity": null, "at": "image_way", "why": "computed_image"},
		"unknown": {"verdict": "undecided", "severity": null, "at": "image_way", "why": "computed_image"},
	},
}

# Each distinct image and reference is judged once.

origins := {written: image.origin(written) | some written in {pull.image | some pull in images.pulled}}

classes := {written: reference.class(written) |
	some written in ({pull.reference | some pull in images.pulled} | {base.reference | some base in images.bases})
}

# A fragment says nothing by a connector that is missing.
counts(row, _) if not row.whole

counts(_, pull) if not pull.fragment

findings contains {
	"verdict": row.verdict,
	"severity": row.severity,
	"path": array.concat(pull.at, pull[row.at]),
	"message": message(row.why, pull),
	"help": help(row.why, pull),
} if {
	rows := table
	origin_of := origins
	class_of := classes
	some pull in images.pulled
	row := rows[origin_of[pull.image]][class_of[pull.reference]]
	counts(row, pull)
}

# Base images of builds.

findings contains {
	"verdict": "violation",
	"path": base.at,
	"message": sprintf("base images are pulled from Docker Hub, through `%s`", [base.reference]),
	"help": "name a connector to a governed registry",
} if {
	some base in images.bases
	classes[base.reference] == "hub"
}

findings contains {
	"verdict": "violation",
	"severity": "warning",
	"path": base.at,
	"message": sprintf("base images are pulled through `%s`, which sounds like Docker Hub", [base.reference]),
	"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
} if {
	some base in images.bases
	classes[base.reference] == "distrusted"
}

# Connectors.

findings contains {
	"verdict": "violation",
	"severity": "warning",
	"path": ["connector", "spec", "dockerRegistryUrl"],
	"message": sprintf("the connector leads to Docker Hub: `%s`", [trim_space(written)]),
	"help": "let it lead to a governed registry, or to a mirror of Docker Hub",
} if {
	specification.is_docker_registry(input.connector)
	written := input.connector.spec.dockerRegistryUrl
	is_string(written)
	value.kind(written) == "literal"
	url.host(written) in facts.settings.dockerHubHosts
	not said_by_the_specification
}

said_by_the_specification if {
	not facts.settings.registryRuleIsOff
	specification.is_meant(input.connector, facts.settings)
	some mismatch in specification.mismatches(input.connector, facts.settings)
	mismatch.path == ["connector", "spec", "dockerRegistryUrl"]
}

# Messages, by the reason.

message("anonymous", pull) := sprintf("`%s` is pulled anonymously from Docker Hub: it names no registry, and there is no connector", [value.shown(pull.image)])

message("written", pull) := sprintf("`%s` is pulled straight from Docker Hub: its host is written out", [value.shown(pull.image)])

message("doubled", pull) := sprintf("`%s` through `%s` becomes `%s/%s`", [value.shown(pull.image), value.shown(pull.reference), facts.connectors[trim_space(pull.reference)].location, value.shown(pull.image)])

message("through", pull) := sprintf("`%s` is pulled from Docker Hub: `%s` leads there", [value.shown(pull.image), value.shown(pull.reference)])

message("foreign", pull) := sprintf("`%s` is pulled anonymously from Docker Hub: `%s` is a connector of type %s, which leaves the name as it is", [value.shown(pull.image), value.shown(pull.reference), facts.connectors[trim_space(pull.reference)].type])

message("named", pull) := sprintf("`%s` is pulled through `%s`, which sounds like Docker Hub", [value.shown(pull.image), value.shown(pull.reference)])

message("unresolved", pull) := sprintf("where `%s` is pulled from depends on the connector `%s`: %s", [value.shown(pull.image), value.shown(pull.reference), why_unresolved(pull.reference)])

message("computed_reference", pull) := sprintf("where `%s` is pulled from can't be told from the file: its connector is `%s`", [value.shown(pull.image), value.shown(pull.reference)])

message("computed_image", pull) := sprintf("which registry `%s` comes from can't be told from the file", [value.shown(pull.image)])

why_unresolved(reference) := "what is known of it leaves its type or URL open, or is at odds" if {
	facts.connectors[value.text(reference)]
} else := "it isn't among the files checked"

help("anonymous", pull) := sprintf("%s, or write your registry's host before the name", [connector_added(pull)])

help("written", pull) := sprintf("write your registry's host instead, or no host and %s", [connector_added(pull)])

help("doubled", _) := "write the image without Docker Hub's host: the connector puts its registry before it"

help("through", _) := "name a connector to a governed registry"

help("foreign", _) := "write the image with its registry's host, or name a connector of type DockerRegistry"

help("named", _) := "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration"

help("unresolved", _) := "check the connector's file together with this one, or declare it under `connectors` or `trustedConnectors` in the configuration"

help("computed_reference", _) := "write the connector's reference out"

help("computed_image", pull) := "write the registry's host before the expression, or name a trusted connector" if {
	value.kind(pull.reference) != "literal"
} else := "write the registry's host before the expression, or declare the connector under `trustedConnectors` in the configuration"

connector_added(pull) := sprintf("add `%s` with a connector to a governed registry", [key]) if {
	key := pull.reference_way[count(pull.reference_way) - 1]
	key != "container"
} else := sprintf("write `container: {image: %s, connector: …}` with a connector to a governed registry", [value.shown(pull.image)])

deny contains finding.message if {
	some finding in findings
	finding.verdict == "violation"
}
