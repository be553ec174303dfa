# METADATA
# title: What will be pulled, from where
# description: |
#   Every image of an entity with its full name, as Harness makes it from image and connector and Docker
#   reads it; if that is unknown, the reason; and the condition that the files don't decide. A separate
#   entry point, which uses the same images and connectors as the rules. `own` are the images that
#   Harness pulls for itself. `findings` are what keeps an entity from being checked to its end.
#   Source: the published Java sources of Harness CI; Docker's documentation of image names.
package harness_image_guard.inventory

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.own_images
import data.harness_image_guard.lib.place
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

report := {
	"applicable": data.harness_image_guard.main.applicable,
	"images": _listed,
	"own": _own,
	"findings": data.harness_image_guard.main.errors,
}

_listed := [_row(pull, found, connector, []) |
	some pull in array.concat(images.pulled, images.from_harness)
	some found in images.values_of(pull)
	image.origin(found.image) != "none"
	connector := _connector(found.reference, place.of(pull.at))
]

_own := [_row(pull, found, connector, pull.conditions) |
	some pull in own_images.pulled
	some found in images.values_of(pull)
	connector := _connector_of_harness(found.reference, place.of(pull.at))
]

_row(pull, found, connector, conditions) := object.union(_resolved(pull, found, connector), {
	"path": array.concat(pull.at, pull.image_path),
	"image": value.cut(value.shown(pull.image)),
	"connector": _reference_shown(found.reference),
	"connectorType": _known(connector, "type"),
	"connectorUrl": _known(connector, "url"),
	"condition": _condition(array.concat(conditions, object.get(connector, "conditions", []))),
})

_condition(conditions) := null if {
	conditions == []
} else := value.cut(concat("; ", conditions))

_reference_shown(written) := null if {
	value.kind(written) == "absent"
} else := value.cut(value.shown(written))

# _connector is what is known about a reference's connector: nothing, or `{class, type, url, location}`. If no file and
# no list has the account's `harnessImage`, the specification says what it has to be. If a list has all of the account's
# connectors, there is none.
_connector(written, from) := connector if {
	connector := _at_hand(written, from)
} else := _specified(_as_specified) if {
	reference.is_specified(value.text(written))
	not reference.is_missing(value.text(written), from)
} else := {}

# Harness uses this one for its own images, whether or not stages have to name it.
_connector_of_harness(written, from) := connector if {
	connector := _at_hand(written, from)
} else := _specified(sprintf("%s; if it doesn't exist, the image comes from Docker Hub", [_as_specified])) if {
	reference.is_default(value.text(written))
} else := {}

_at_hand(written, from) := reference.known(value.text(written), from) if {
	value.kind(written) == "literal"
}

_specified(condition) := object.union(_class_of(data.harness_image_guard.facts.settings.expected.url), {
	"type": "DockerRegistry",
	"url": data.harness_image_guard.facts.settings.expected.url,
	"conditions": [condition],
})

_as_specified := sprintf("if %s, which isn't in any file or list, matches the specification", [value.in_quotes(reference.default_reference)])

_class_of(address) := {"class": "hub"} if {
	url.host(address) in data.harness_image_guard.facts.settings.dockerHubHosts
} else := {"class": "mirror", "location": value.cut(url.location(address))}

_known(connector, key) := value.cut(connector[key]) if {
	connector[key]
} else := null

_resolved(pull, found, connector) := _unknown(sprintf("it comes from the Harness Artifact Registry %s, and the file doesn't say where that is", [value.quoted(pull.registry)])) if {
	value.kind(pull.registry) != "absent"
} else := _by_docker(image.name(value.shown(found.image)), image.origin(found.image)) if {
	_leaves_the_name(found.reference, connector)
} else := _through(image.name(value.shown(found.image)), image.origin(found.image), connector) if {
	connector.class == "mirror"
} else := _unknown(_why_unknown(found.reference, connector))

_unknown(why) := {"fullName": null, "literal": false, "registry": null, "hub": false, "unknown": why}

# Without a connector, with one to Docker Hub, or with one of another type, Harness uses the image as it is written.
_leaves_the_name(written, _) if value.kind(written) == "absent"

_leaves_the_name(_, connector) if connector.class in {"hub", "foreign"}

_by_docker(name, origin) := _at_host(name, lower(split(name, "/")[0])) if {
	origin == "host"
} else := _on_docker_hub(image.hub_name(name)) if {
	origin == "bare"
} else := _on_docker_hub(image.hub_name(rest)) if {
	origin == "hub"
	rest := image.without_host(name)
} else := _on_docker_hub(concat("", ["docker.io", substring(name, indexof(name, "/"), -1)])) if {
	origin == "hub"
} else := _unknown("it is an expression, or begins with one")

_at_host(name, registry) := object.union(_named(name), {"registry": value.cut(registry), "hub": false})

_on_docker_hub(name) := object.union(_named(name), {"registry": "docker.io", "hub": true})

_named(name) := {"fullName": value.cut(name), "literal": value.kind(name) == "literal", "unknown": null}

# Harness puts the connector's registry before the image, unless the image already contains its host.
_through(name, origin, mirror) := _unknown("it is an expression, or begins with one: it may name the connector's registry itself") if {
	origin == "unknown"
} else := _by_docker(name, origin) if {
	image.has_host(name, _host(mirror))
} else := _at_host(concat("/", [mirror.location, name]), _host(mirror))

_host(mirror) := url.authority_of(mirror.location)

_why_unknown(written, connector) := sprintf("its connector is %s, which is known only at run time", [value.quoted(written)]) if {
	value.kind(written) == "unknown"
} else := sprintf("the type or URL of its connector %s is missing, or two definitions conflict", [value.quoted(written)]) if {
	connector != {}
} else := sprintf("its connector %s is neither among the files checked nor in the configuration", [value.quoted(written)])
