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
		"mirror": "doubled",
		"absent": "written",
		"required": "written",
		"trusted": "written",
		"hub": "written",
		"foreign": "written",
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
		"mirror": "computed_image",
		"hub": "through",
		"foreign": "computed_image",
		"distrusted": "named",
		"unresolved": "computed_image",
		"unlisted": "computed_image",
		"unknown": "computed_both",
	},
}

# What each of these says, and where. `message_of` and `help_of` are the words that their texts take;
# a reason that is `whole` says nothing of a fragment, in which a connector may be missing.
reasons := {
	"doubled": {
		"verdict": "violation",
		"severity": "warning",
		"at": "image_way",
		"message": "`%s` through `%s` becomes `%s`",
		"message_of": ["image", "reference", "becomes"],
		"help": "write the image without Docker Hub's host: the connector puts its registry before it",
		"help_of": [],
	},
	"written": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled straight from Docker Hub: its host is written out",
		"message_of": ["image"],
		"help": "write your registry's host instead, or no host and %s",
		"help_of": ["connect"],
	},
	"anonymous": {
		"verdict": "violation",
		"at": "image_way",
		"whole": true,
		"message": "`%s` is pulled anonymously from Docker Hub: it names no registry, and there is no connector",
		"message_of": ["image"],
		"help": "%s, or write your registry's host before the name",
		"help_of": ["connect"],
	},
	"through": {
		"verdict": "violation",
		"at": "reference_way",
		"message": "`%s` is pulled from Docker Hub: `%s` leads there",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry",
		"help_of": [],
	},
	"foreign": {
		"verdict": "violation",
		"at": "image_way",
		"message": "`%s` is pulled anonymously from Docker Hub: `%s` is a connector of type %s, which leaves the name as it is",
		"message_of": ["image", "reference", "type"],
		"help": "write the image with its registry's host, or name a connector of type DockerRegistry",
		"help_of": [],
	},
	"named": {
		"verdict": "violation",
		"severity": "warning",
		"at": "reference_way",
		"message": "`%s` is pulled through `%s`, which sounds like Docker Hub",
		"message_of": ["image", "reference"],
		"help": "name a connector to a governed registry, or declare this one under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"unresolved": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`: what is known of it leaves its type or URL open, or is at odds",
		"message_of": ["image", "reference"],
		"help": "write the connector's type and URL out, the same in every file, or declare it under `connectors` in the configuration",
		"help_of": [],
	},
	"unlisted": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from depends on the connector `%s`, which isn't among the files checked",
		"message_of": ["image", "reference"],
		"help": "check the connector's file together with this one, or declare it under `connectors` or `trustedConnectors` in the configuration",
		"help_of": [],
	},
	"computed_reference": {
		"verdict": "undecided",
		"at": "reference_way",
		"message": "where `%s` is pulled from can't be told from the file: its connector is `%s`",
		"message_of": ["image", "reference"],
		"help": "write the connector's reference out",
		"help_of": [],
	},
	"computed_alone": {
		"verdict": "undecided",
		"at": "image_way",
		"whole": true,
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_both": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or name a trusted connector",
		"help_of": [],
	},
	"computed_image": {
		"verdict": "undecided",
		"at": "image_way",
		"message": "which registry `%s` comes from can't be told from the file",
		"message_of": ["image"],
		"help": "write the registry's host before the expression, or declare the connector under `trustedConnectors` in the configuration",
		"help_of": [],
	},
}

# Each distinct image and reference is judged once.

origins := {written: image.origin(written) | some written in {pull.image | some pull in images.pulled}}

classes := {written: reference.class(written) |
	some written in ({pull.reference | some pull in images.pulled} | {base.reference | some base in images.bases})
}

findings contains {
	"verdict": reason.verdict,
	"severity": object.get(reason, "severity", null),
	"path": array.concat(pull.at, pull[reason.at]),
	"message": sprintf(reason.message, [words[word] | some word in reason.message_of]),
	"help": sprintf(reason.help, [words[word] | some word in reason.help_of]),
	"fix": fix(why, pull),
} if {
	rows := table
	origin_of := origins
	class_of := classes
	some pull in images.pulled
	why := rows[origin_of[pull.image]][class_of[pull.reference]]
	reason := reasons[why]
	counts(reason, pull)
	words := words_of(pull)
}

counts(reason, _) if not reason.whole

counts(_, pull) if not pull.fragment

words_of(pull) := {
	"image": image_shown,
	"reference": value.shown(pull.reference),
	"becomes": concat("/", [object.get(connector, "location", ""), image_shown]),
	"type": object.get(connector, "type", ""),
	"connect": connect[pull.reference_way[count(pull.reference_way) - 1]],
} if {
	image_shown := value.shown(pull.image)
	connector := object.get(facts.connectors, value.text(pull.reference), {})
}

# How a connector is named, by the last key of the way to it.
connect := {
	"connectorRef": "add `connectorRef` with a connector to a governed registry",
	"connector": "add `connector` with a connector to a governed registry",
	"container": "write `container: {image: …, connector: …}` with a connector to a governed registry",
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

deny contains finding.message if {
	some finding in findings
	finding.verdict == "violation"
}
