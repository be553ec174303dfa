# The base images of builds, which are pulled through connectors of their own.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.value
import rego.v1

# Their references are classed as those of other images are.
references contains [each.values[0], base.from] if {
	some base in images.bases
	some each in base.values
}

findings contains {
	"verdict": "violation",
	"severity": reason.severity,
	"path": base.at,
	"message": decisions.added_to(sprintf(reason.message, [value.quoted(worst.values[0])]), worst.decided),
	"related": decisions.related(worst.decided),
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
