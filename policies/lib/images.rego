# METADATA
# title: Every image that is pulled
# description: |
#   A pull is `{at, image, image_path, reference, reference_path, names, registry, partial}`: the path of
#   what pulls the image; the image as written, and the path from `at` to it; the same for the connector's
#   reference (null if there is none); the key that names a connector there; the registry as written; and
#   whether it is in a partial. `bases` are the connectors through which builds pull their base images.
#   Sources: the places where Harness's schemas (v0, v1) have an image that a run pulls.
package harness_image_guard.lib.images

import data.harness_image_guard.lib.expressions
import data.harness_image_guard.lib.place
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

pulled := _found if {
	# By far the most frequent case.
	from_harness == []
} else := [pull | some pull in _found; not _names_a_registry(pull)]

# from_harness are the pulls from the Harness Artifact Registry, whose host the file doesn't name.
from_harness := [pull | some pull in _found; pull.registry != null; _names_a_registry(pull)]

_names_a_registry(pull) if value.kind(pull.registry) != "absent"

_found := array.concat(
	array.concat(_by_steps, _by_services),
	array.concat(_by_containers, _by_actions),
)

_by_steps := [{
	"at": step.at,
	"image": image,
	"image_path": ["spec", "image"],
	"reference": object.get(spec, "connectorRef", null),
	"reference_path": ["spec", "connectorRef"],
	"names": "connectorRef",
	"registry": object.get(spec, "registryRef", null),
	"partial": step.partial,
} |
	types := _pulled_types
	some step in tree.steps
	spec := step.value.spec
	image := spec.image
	type_name(image) in types
]

# takes_a_connector holds if there is a key that can name a connector. By their schema, IaCM steps have none.
takes_a_connector(pull) if {
	pull.names != "none"
	not _is_of_iacm(pull)
}

_is_of_iacm(pull) if {
	pull.names == "connectorRef"
	startswith(object.get(input, array.concat(pull.at, ["type"]), ""), "IACM")
}

# The services that a stage starts; `dependencies` in older files.
_by_services := [{
	"at": array.concat(stage.at, ["spec", key, i]),
	"image": image,
	"image_path": ["spec", "image"],
	"reference": object.get(service.spec, "connectorRef", null),
	"reference_path": ["spec", "connectorRef"],
	"names": "connectorRef",
	"registry": object.get(service.spec, "registryRef", null),
	"partial": stage.partial,
} |
	some stage in tree.stages
	some key in ["serviceDependencies", "dependencies"]
	is_array(stage.value.spec[key])
	some i, service in stage.value.spec[key]
	image := service.spec.image
	type_name(image) in _pulled_types
]

# A mapping is the target of a scanner, and null isn't an image.
_pulled_types := {"string", "number", "boolean"}

# v1: `container: image` or `container: {image, connector, registry}`, in what a step runs or next to it. What an
# approval runs may have one, too.
_containers := array.concat(
	[{"at": run.at, "path": ["container"], "names": "container", "value": container, "partial": run.partial} |
		some run in array.concat(_runs, _steps_with_containers)
		container := run.value.container
	],
	[{"at": stage.at, "path": ["services", name], "names": "none", "value": service, "partial": stage.partial} |
		some stage in tree.v1_stages
		is_object(stage.value.services)
		some name, service in stage.value.services

		# `services: {items: […], sequential: true}` are what a stage deploys.
		type_name(service) in {"string", "object"}
	],
)

_running_keys := ["run", "run-test", "background"]

_in_approvals := ["approval", "with", "run"]

_runs := array.concat(
	tree.mappings(tree.v1_steps, array.concat([[key] | some key in _running_keys], [_in_approvals])),
	tree.mappings(tree.v1_stages, [_in_approvals]),
)

_steps_with_containers := [step |
	some step in tree.v1_steps
	step.value.container
	_runs_something(step.value)
]

_runs_something(step) if {
	some key in _running_keys
	object.get(step, key, null) != null
}

_by_containers := array.concat(
	[{
		"at": container.at,
		"image": container.value,
		"image_path": container.path,
		"reference": null,
		"reference_path": container.path,
		"names": container.names,
		"registry": null,
		"partial": container.partial,
	} |
		some container in _containers
		type_name(container.value) in _pulled_types
	],
	[{
		"at": container.at,
		"image": image,
		"image_path": array.concat(container.path, ["image"]),
		"reference": object.get(container.value, "connector", null),
		"reference_path": array.concat(container.path, ["connector"]),
		"names": "connector",
		"registry": _registry_of(container.value),
		"partial": container.partial,
	} |
		some container in _containers
		image := container.value.image
		type_name(image) in _pulled_types
	],
)

_registry_of(container) := container.registry if {
	value.kind(container.registry) != "absent"
} else := object.get(container, "registryRef", null)

# Actions in GitHub's notation that are an image: `uses: docker://IMAGE`. They never have a connector, so none can be
# missing in a partial.
_by_actions := [{
	"at": action.at,
	"image": action.uses,
	"image_path": action.path,
	"reference": null,
	"reference_path": action.path,
	"names": "none",
	"registry": null,
	"partial": false,
} |
	some action in _actions
	_is_image(action)
]

_actions := array.concat(
	[{"at": step.at, "uses": step.value.spec.uses, "path": ["spec", "uses"]} |
		some step in tree.steps
		is_string(step.value.spec.uses)
		tree.may_be_of_type(step, "Action")
	],
	array.concat(
		[{"at": step.at, "uses": step.value.action.uses, "path": ["action", "uses"]} |
			some step in tree.v1_steps
			is_string(step.value.action.uses)
		],
		[{"at": step.at, "uses": step.value.uses, "path": ["uses"]} |
			some step in tree.v1_steps
			is_string(step.value.uses)
		],
	),
)

_is_image(action) if startswith(trim_space(action.uses), "docker://")

_is_image(action) if {
	some each in expressions.alternatives(action.at, [action.uses])
	startswith(trim_space(each.values[0]), "docker://")
}

# as_written are the pulls that are judged as they are written: `{pull, from, asked}`, where `from` is the
# place from which the reference is looked up, and `asked` is the reference with that place.
as_written := [{"pull": pull, "from": from, "asked": [pull.reference, from]} |
	decided_at := _may_be_decided_at
	some i, pull in pulled
	not decided_at[i]
	from := place.of(pull.at)
]

# decidable are the pulls with expressions that the document may decide, with the possible values of each:
# `{pull, from, values}`.
decidable := [{"pull": pull, "from": place.of(pull.at), "values": values_of(pull)} |
	some i in _may_be_decided_at
	pull := pulled[i]
]

_may_be_decided_at := set() if {
	# As in most files.
	_may_decide == set()
} else := {i | some i, pull in pulled; _may_decide[pull.image]} | {i | some i, pull in pulled; _may_decide[pull.reference]}

# Each distinct string is looked at once.
_may_decide := {text | some text in (distinct_images | _distinct_references); expressions.may_decide(text)}

distinct_images := {pull.image | some pull in pulled}

_distinct_references := {pull.reference | some pull in pulled; pull.reference != null}

# through_connectors are the pulls that name a connector: `{pull, from, values}`.
through_connectors := array.concat(
	[{"pull": one.pull, "from": one.from, "values": _values_as_written(one.pull)} |
		some one in as_written

		# Most pulls without a connector don't have the key.
		one.pull.reference != null
		_names_a_connector(one.pull)
	],
	[one | some one in decidable; _names_a_connector(one.pull)],
)

_names_a_connector(pull) if value.kind(pull.reference) != "absent"

# values_of are the possible images and references of a pull: `{image, reference, decided}`.
values_of(pull) := [{"image": each.values[0], "reference": each.values[1], "decided": each.decided} |
	some each in expressions.alternatives(pull.at, [pull.image, pull.reference])
	_is_pulled(pull, each.values[0])
]

_values_as_written(pull) := [{"image": pull.image, "reference": pull.reference, "decided": []}]

# What an action uses may also be code.
_is_pulled(pull, _) if not _is_by_action(pull)

_is_pulled(_, image) if startswith(trim_space(image), "docker://")

_is_by_action(pull) if pull.image_path in {["spec", "uses"], ["action", "uses"], ["uses"]}

# bases are the references as they are written, with their possible values.
bases := [{"at": written.at, "reference": written.reference, "from": place.of(written.at), "values": expressions.alternatives(written.at, [written.reference])} |
	some written in array.concat(
		[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs", i]), "reference": reference} |
			some step in _steps_with_bases
			is_array(step.value.spec.baseImageConnectorRefs)
			some i, reference in step.value.spec.baseImageConnectorRefs
			is_string(reference)
		],
		[{"at": array.concat(step.at, ["spec", "baseImageConnectorRefs"]), "reference": step.value.spec.baseImageConnectorRefs} |
			some step in _steps_with_bases
			is_string(step.value.spec.baseImageConnectorRefs)
		],
	)
]

_steps_with_bases := [step | some step in tree.steps; step.value.spec.baseImageConnectorRefs]
