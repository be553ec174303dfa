# METADATA
# title: What will be pulled, from where
# description: |
#   Every image of an entity with its full name as Harness makes it of image and connector, and as
#   Docker reads it; where that can't be told, why. An entry point of its own, over the same images
#   and connectors as the rules. `findings` is what keeps an entity from being looked at to its end.
#   Source: the published Java sources of Harness CI; Docker's documentation of image names.
package harness_image_guard.inventory

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.value
import rego.v1

report := {"applicable": data.harness_image_guard.main.applicable, "images": listed, "findings": data.harness_image_guard.main.errors}

connectors := data.harness_image_guard.facts.connectors

listed := [object.union(resolved(pull), {
	"path": array.concat(pull.at, pull.image_way),
	"image": value.shown(pull.image),
	"connector": reference_shown(pull.reference),
	"connectorType": known(pull.reference, "type"),
	"connectorUrl": known(pull.reference, "url"),
}) |
	some pull in array.concat(images.pulled, images.from_harness)
	image.origin(pull.image) != "none"
]

reference_shown(written) := null if {
	value.kind(written) == "absent"
} else := value.shown(written)

known(written, key) := object.get(connectors, [value.text(written), key], null)

resolved(pull) := unknown(sprintf("it comes from the Harness Artifact Registry `%s`, and the file doesn't say where that is", [value.shown(pull.registry)])) if {
	object.get(pull, "registry", null) != null
} else := by_docker(value.shown(pull.image), image.origin(pull.image)) if {
	leaves_the_name(pull.reference)
} else := through(value.shown(pull.image), image.origin(pull.image), connectors[value.text(pull.reference)]) if {
	connectors[value.text(pull.reference)].class == "mirror"
} else := unknown(why_unknown(pull.reference))

unknown(why) := {"fullName": null, "registry": null, "hub": false, "unknown": why}

# Without a connector, with one to Docker Hub and with one of another type Harness takes the image as it
# stands.
leaves_the_name(written) if value.kind(written) == "absent"

leaves_the_name(written) if connectors[value.text(written)].class in {"hub", "foreign"}

by_docker(name, origin) := from(name, lower(split(name, "/")[0])) if {
	origin == "host"
} else := on_docker_hub(image.hub_name(name)) if {
	origin == "bare"
} else := on_docker_hub(image.hub_name(rest)) if {
	origin == "hub"
	rest := image.without_host(name)
} else := on_docker_hub(concat("", ["docker.io", substring(name, indexof(name, "/"), -1)])) if {
	origin == "hub"
} else := unknown("it is an expression, or begins with one")

from(name, registry) := {"fullName": name, "registry": registry, "hub": false, "unknown": null}

on_docker_hub(name) := {"fullName": name, "registry": "docker.io", "hub": true, "unknown": null}

# The connector's registry goes before the image, unless the image has its host already.
through(name, origin, connector) := unknown("it is an expression, or begins with one: it may name the connector's registry itself") if {
	origin == "unknown"
} else := by_docker(name, origin) if {
	contains(name, host(connector))
} else := from(concat("/", [connector.location, name]), host(connector))

host(connector) := split(connector.location, "/")[0]

why_unknown(written) := sprintf("its connector is `%s`, which only a run decides", [value.shown(written)]) if {
	value.kind(written) == "unknown"
} else := sprintf("what is known of its connector `%s` leaves the type or URL open, or is at odds", [value.shown(written)]) if {
	connectors[value.text(written)]
} else := sprintf("its connector `%s` isn't among the files checked, nor in the configuration", [value.shown(written)])
