# METADATA
# title: Every image that is pulled
# description: |
#   An image is `{at, image, image_key, reference, reference_key, fragment}`: the path of the
#   mapping that holds it, the image as written, where it stands below that mapping, and the same
#   for its connector's reference (null if there is none). `bases` are the connectors through which
#   builds pull their base images. Source: HARNESS.md, "Where images are pulled"; harness-schema.
package harness_image_guard.lib.images

import data.harness_image_guard.lib.overrides
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

pulled := array.concat(
	array.concat(images_of(overrides.step_specs), images_of(service_specs)),
	array.concat(plain_containers, named_containers),
)

images_of(specs) := [{
	"at": spec.at,
	"image": image,
	"image_key": "image",
	"reference": object.get(spec.value, "connectorRef", null),
	"reference_key": "connectorRef",
	"fragment": spec.fragment,
} |
	some spec in specs
	image := spec.value.image
	type_name(image) in pulled_types
]

# A mapping is a scanner's target, nothing is nothing; an empty name is none of a registry's.
pulled_types := {"string", "number", "boolean"}

# Services that a stage starts; `dependencies` in older files.
service_specs := tree.children(
	tree.items(tree.lists(tree.stage_specs, [["serviceDependencies"], ["dependencies"]])),
	"spec",
)

# v1: `run: {container: image}` or `run: {container: {image, connector, registry}}`.
runs := tree.mappings(tree.plain_steps, [["run"], ["run-test"], ["background"]])

named_containers := [{
	"at": run.at,
	"image": image,
	"image_key": "container",
	"reference": null,
	"reference_key": "container",
	"fragment": run.fragment,
} |
	some run in runs
	image := run.value.container
	type_name(image) in pulled_types
]

plain_containers := [{
	"at": container.at,
	"image": image,
	"image_key": "image",
	"reference": object.get(container.value, "connector", null),
	"reference_key": "connector",
	"fragment": container.fragment,
} |
	some container in tree.children(runs, "container")
	image := container.value.image
	type_name(image) in pulled_types

	# Harness Artifact Registry is another host.
	value.kind(object.get(container.value, "registry", null)) == "absent"
]

bases := array.concat(
	[{"at": array.concat(spec.at, ["baseImageConnectorRefs", i]), "reference": trim_space(reference)} |
		some spec in specs_with_bases
		is_array(spec.value.baseImageConnectorRefs)
		some i, reference in spec.value.baseImageConnectorRefs
		is_string(reference)
		value.kind(reference) == "literal"
	],
	[{"at": array.concat(spec.at, ["baseImageConnectorRefs"]), "reference": trim_space(reference)} |
		some spec in specs_with_bases
		reference := spec.value.baseImageConnectorRefs
		is_string(reference)
		value.kind(reference) == "literal"
	],
)

specs_with_bases := [spec | some spec in overrides.step_specs; spec.value.baseImageConnectorRefs]
