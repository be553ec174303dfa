# METADATA
# title: Only Harness's own images come through Harness's registry
# description: |
#   Harness's registries, `app.harness.io/registry` and its mirrors in Google Artifact Registry and
#   Amazon ECR Public, have only images that Harness supports. A connector to one of them puts it
#   before the name of any image, so the pull of any other image fails.
# custom:
#   severity: warning
#   entities: [pipeline, template, inputSet, agent, trigger]
package harness_image_guard.rules.harness_images_only

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

# Where each distinct reference in each place leads, if that is one of Harness's registries.
_harness_locations := {pair: url.location(reference.url_of(value.text(pair[0]), pair[1])) |
	some pair in {[each.reference, one.from] | some one in images.through_connectors; some each in one.values}
	value.kind(pair[0]) == "literal"
	reference.leads_to_harness(value.text(pair[0]), pair[1])
}

findings contains {
	"verdict": "violation",
	"path": array.concat(one.pull.at, one.pull.reference_path),
	"images": [value.cut(value.shown(each.image)) | some each in all_wrong],
	"message": decisions.added_to(
		_message(value.quoted(wrong.image), value.quoted(wrong.reference), _harness_locations[[wrong.reference, one.from]], image.name(value.shown(wrong.image))),
		wrong.decided,
	),
	"related": decisions.related(wrong.decided),
	"help": "name a connector to a registry that has this image, or write the image with its registry's host",
} if {
	_harness_locations != {}
	some one in images.through_connectors
	all_wrong := [each |
		some each in one.values
		_harness_locations[[each.reference, one.from]]
		image.origin(each.image) == "bare"
		not image.is_of_harness(value.shown(each.image))
	]
	wrong := all_wrong[0]
}

# Harness adds no registry to a name that contains the registry's host.
_message(written, connector, location, name) := sprintf("%s isn't one of Harness's own images, and the registry of %s has no others", [written, connector]) if {
	image.has_host(name, url.authority_of(location))
} else := sprintf("%s is pulled through %s as `%s/%s`, which doesn't exist: that registry has only Harness's own images", [written, connector, location, value.cut(name)])
