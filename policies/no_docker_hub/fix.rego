# How a pull from Docker Hub is fixed. Another registry may hold another image, or none, so that
# somebody has to ask for it: all of this is unsafe. Only what leads to no other finding is proposed:
# Harness's own registries have nobody else's images.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.value
import rego.v1

# A connector of one of these classes doesn't lead to Docker Hub.
governed_classes := {"required", "trusted", "mirror"}

default_is_governed(from) if {
	is_string(facts.settings.defaultConnector)
	reference.class(facts.settings.defaultConnector, from) in governed_classes
}

governed_connector(from) := facts.settings.defaultConnector if {
	default_is_governed(from)
} else := facts.settings.requiredConnector

# has holds where a connector's registry may have an image.
has(connector, _, from) if not [connector, from] in to_harness

has(_, name, _) if image.is_of_harness(name)

# What an expression can be is written somewhere else, and may be used elsewhere.
fix(one) := proposal(one.why, one.pull, one.from) if {
	one.decided == []
	one.alternatives == 1
} else := null

proposal(why, pull, from) := unsafe(sprintf("Pull it through `%s`", [governed_connector(from)]), through(pull, value.shown(pull.image), governed_connector(from))) if {
	why == "anonymous"
	pull.names != "none"
	default_is_governed(from)
	has(governed_connector(from), pull.image, from)
} else := unsafe(sprintf("Write %s, and the connector puts its registry before it", [value.quoted(name)]), renamed(pull, name)) if {
	why in {"written", "doubled"}
	classes[[pull.reference, from]] in governed_classes
	name := image.without_host(pull.image)
	has(pull.reference, name, from)
} else := unsafe(sprintf("Write %s", [value.quoted(name)]), renamed(pull, name)) if {
	why in {"written", "doubled"}
	name := image.mirrored(image.hub_name(image.without_host(pull.image)), facts.settings.mirrors)
	image.origin(name) == "host"
} else := unsafe(sprintf("Pull %s through `%s`", [value.quoted(name), governed_connector(from)]), through(pull, name, governed_connector(from))) if {
	why == "written"
	pull.names != "none"
	takes_a_connector(pull, from)
	name := image.without_host(pull.image)
	has(governed_connector(from), name, from)
} else := null

# Each connector is looked at once from each place, for its URL may be as long as the file.
to_harness := {pair |
	some pair in {[connector, from] | some pair, _ in classes; from := pair[1]; some connector in [pair[0], governed_connector(from)]}
	value.kind(pair[0]) == "literal"
	reference.leads_to_harness(value.text(pair[0]), pair[1])
}

unsafe(title, patch) := {"applicability": "unsafe", "title": title, "patch": patch}

# A template may have no input for a connector.
takes_a_connector(pull, _) if not pull.fragment

takes_a_connector(pull, from) if classes[[pull.reference, from]] != "absent"

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
