# How a pull from Docker Hub is fixed. Another registry may have a different image, or none, so every fix here is unsafe.
# A fix must not lead to another finding: it never names Harness's own registries, which have only Harness's images.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.image
import data.harness_image_guard.lib.images
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.url
import data.harness_image_guard.lib.value
import rego.v1

# A connector of one of these classes doesn't lead to Docker Hub.
_governed_classes := {"required", "trusted", "mirror"}

_default_is_governed(from) if {
	is_string(facts.settings.defaultConnector)
	reference.class(facts.settings.defaultConnector, from) in _governed_classes
}

_governed_connector(from) := facts.settings.defaultConnector if {
	_default_is_governed(from)
} else := facts.settings.requiredConnector

# A connector that doesn't exist is reported by `unknown-connector`.
_exists(connector, from) if not reference.is_missing(connector, from)

# may_have holds where the registry of a reference's connector may have an image.
may_have(written, _, from) if not [written, from] in _to_harness

may_have(_, name, _) if image.is_of_harness(name)

# The values of an expression are written elsewhere, and may be used elsewhere, too.
fix(one) := _proposal(one.why, one.pull, one.from) if {
	one.decided == []
	one.alternatives == 1
} else := null

_proposal(why, pull, from) := _unsafe(sprintf("Pull the image through `%s`", [_governed_connector(from)]), _through(pull, value.shown(pull.image), _governed_connector(from))) if {
	why == "anonymous"
	images.takes_a_connector(pull)
	_default_is_governed(from)
	_exists(_governed_connector(from), from)
	may_have(_governed_connector(from), pull.image, from)
} else := _unsafe(sprintf("Write %s: the connector puts its registry before the name", [value.quoted(name)]), _renamed(pull, name)) if {
	why in {"written", "doubled"}
	classes[[pull.reference, from]] in _governed_classes
	name := image.without_host(pull.image)
	may_have(pull.reference, name, from)
} else := _unsafe(sprintf("Write %s", [value.quoted(name)]), _renamed(pull, name)) if {
	facts.settings.mirrors != {}
	why in {"written", "doubled"}
	name := image.mirrored(image.hub_name(image.without_host(pull.image)), facts.settings.mirrors)
	image.origin(name) == "host"
	not _is_missing_at_harness(name)
} else := _unsafe(sprintf("Pull %s through `%s`", [value.quoted(name), _governed_connector(from)]), _through(pull, name, _governed_connector(from))) if {
	why == "written"
	images.takes_a_connector(pull)
	_may_name_a_connector(pull, from)
	_exists(_governed_connector(from), from)
	name := image.without_host(pull.image)
	may_have(_governed_connector(from), name, from)
} else := null

# _is_missing_at_harness holds for a full name in one of Harness's own registries that isn't one of Harness's images.
_is_missing_at_harness(name) if {
	some preset in facts.settings.presets
	location := concat("", [url.location(preset.url), "/"])
	startswith(name, location)
	rest := trim_prefix(name, location)
	not image.is_of_harness(rest)
}

# Each distinct reference in each place is looked at once, because a URL may be as long as the file.
_to_harness := {pair |
	some pair in {[connector, from] | some pair, _ in classes; from := pair[1]; some connector in [pair[0], _governed_connector(from)]}
	value.kind(pair[0]) == "literal"
	_leads_to_harness(value.text(pair[0]), pair[1])
}

_leads_to_harness(written, from) if reference.leads_to_harness(written, from)

# After the fix of `harness-image-registry`, the default connector leads there.
_leads_to_harness(written, _) if {
	reference.is_default(written)
	reference.is_of_harness(facts.settings.expected.url)
}

_unsafe(title, patch) := {"applicability": "unsafe", "title": title, "patch": patch}

# A template may not have an input for a connector.
_may_name_a_connector(pull, _) if not pull.partial

_may_name_a_connector(pull, from) if classes[[pull.reference, from]] != "absent"

_renamed(pull, name) := [{"op": "replace", "path": array.concat(pull.at, pull.image_path), "value": name}]

# v1's `container: image` has to become a mapping first.
_through(pull, name, connector) := [{
	"op": "replace",
	"path": array.concat(pull.at, pull.image_path),
	"value": {"image": name, "connector": connector},
}] if {
	pull.image_path == pull.reference_path
} else := array.concat(
	[operation | some operation in _renamed(pull, name); name != value.shown(pull.image)],
	[{"op": "add", "path": array.concat(pull.at, pull.reference_path), "value": connector}],
)
