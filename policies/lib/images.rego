# METADATA
# title: Every image that is pulled
# description: |
#   An image is `{at, image, image_way, reference, reference_way, fragment}`: the path of what pulls
#   it, the image as written, the way from there to it, and the same for its connector's reference
#   (null if there is none). `bases` are the connectors through which builds pull their base images.
#   Sources: the places where Harness's schemas (v0, v1) have an image that a run pulls.
package harness_image_guard.lib.images

import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

pulled := array.concat(
	array.concat(by_steps, by_services),
	array.concat(by_plain_steps, [pull | some pull in by_containers; pull.registry == null]),
)

# Harness Artifact Registry is another host, which the file doesn't name.
from_harness := [pull | some pull in by_containers; pull.registry != null]

by_steps := [{
	"at": step.at,
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(step.value.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": step.fragment,
} |
	names := pulled_types
	some step in tree.steps
	image := step.value.spec.image
	type_name(image) in names
]

# Services that a stage starts; `dependencies` in older files.
by_services := [{
	"at": array.concat(stage.at, ["spec", key, i]),
	"image": image,
	"image_way": ["spec", "image"],
	"reference": object.get(service.spec, "connectorRef", null),
	"reference_way": ["spec", "connectorRef"],
	"fragment": stage.fragment,
} |
	some stage in tree.stages
	some key in ["serviceDependencies", "dependencies"]
	is_array(stage.value.spec[key])
	some i, service in stage.value.spec[key]
	image := service.spec.image
	type_name(image) in pulled_types
]

# A mapping is a scanner's target, nothing is nothing; an empty name is none of a registry's.
pulled_types := {"string", "number", "boolean"}

# v1: `run: {container: image}` or `run: {container: {image, connector, registry}}`.
runs := tree.mappings(tree.plain_steps, [["run"], ["run-test"], ["background"]])

by_plain_steps := [{
	"at": run.at,
	"image": image,
	"image_way": ["container"],
	"reference": null,
	"reference_way": ["container"],
	"fragment": run.fragment,
} |
	some run in runs
	image := run.value.container
	type_name(image) in pulled_types
]

by_containers := [{
	"at": run.at,
	"image": image,
	"image_way": ["container", "image"],
	"reference": object.get(run.value.container, "connector", null),
	"reference_way": ["container", "connector"],
	"registry": registry(object.get(run.value.container, "registry", null)),
	"fragment": run.fragment,
} |
	some run in runs
	image := run.value.container.image
	type_name(image) in pulled_types
]

registry(written) := null if {
	value.kind(written) == "absent"
} else := written

bases := array.concat(
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs", i]), "reference": trim_space(reference)} |
		some step in steps_with_bases
		is_array(step.value.spec.baseImageConnectorRefs)
		some i, reference in step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value.kind(reference) == "literal"
	],
	[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs"]), "reference": trim_space(reference)} |
		some step in steps_with_bases
		reference := step.value.spec.baseImageConnectorRefs
		is_string(reference)
		value.kind(reference) == "literal"
	],
)

steps_with_bases := [step | some step in tree.steps; step.value.spec.baseImageConnectorRefs]
