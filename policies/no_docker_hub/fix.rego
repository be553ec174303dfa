# How a pull from Docker Hub is mended. Another registry may hold another image, or none, so that
# somebody has to ask for it: all of this is unsafe. Only what leads to no other finding is proposed.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.value
import rego.v1

# A connector of one of these classes doesn't lead to Docker Hub.
governed_classes := {"required", "trusted", "mirror"}

default_is_governed if {
	is_string(facts.settings.defaultConnector)
	reference.class(facts.settings.defaultConnector) in governed_classes
}

governed_connector := facts.settings.defaultConnector if {
	default_is_governed
} else := facts.settings.requiredConnector

fix(why, pull) := unsafe(sprintf("Pull it through `%s`", [governed_connector]), through(pull, value.shown(pull.image), governed_connector)) if {
	why == "anonymous"
	default_is_governed
} else := unsafe(sprintf("Write `%s`, and the connector puts its registry before it", [name]), renamed(pull, name)) if {
	why in {"written", "doubled"}
	classes[pull.reference] in governed_classes
	name := image.without_host(pull.image)
} else := unsafe(sprintf("Write `%s`", [name]), renamed(pull, name)) if {
	why == "written"
	name := image.mirrored(image.hub_name(image.without_host(pull.image)), facts.settings.mirrors)
	image.origin(name) == "host"
} else := unsafe(sprintf("Pull `%s` through `%s`", [name, governed_connector]), through(pull, name, governed_connector)) if {
	why == "written"
	takes_a_connector(pull)
	name := image.without_host(pull.image)
} else := null

unsafe(title, patch) := {"applicability": "unsafe", "title": title, "patch": patch}

# A template may have no input for a connector.
takes_a_connector(pull) if not pull.fragment

takes_a_connector(pull) if classes[pull.reference] != "absent"

renamed(pull, name) := [{"op": "replace", "path": array.concat(pull.at, pull.image_way), "value": name}]

# v1's `container: image` has to become a mapping first.
through(pull, name, connector) := [{
	"op": "replace",
	"path": array.concat(pull.at, pull.image_way),
	"value": {"image": name, "connector": connector},
}] if {
	pull.image_way == pull.reference_way
} else := array.concat(
	[operation | some operation in renamed(pull, name); name != value.shown(pull.image)],
	[{"op": "add", "path": array.concat(pull.at, pull.reference_way), "value": connector}],
)
