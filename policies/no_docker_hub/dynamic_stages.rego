# Stages whose pipeline is a string: YAML, or YAML in Base64. Source: Harness's schemas of Dynamic stages, v0 and v1.
package harness_image_guard.rules.no_docker_hub

import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

findings contains {
	"verdict": "undecided",
	"path": array.concat(dynamic.at, dynamic.path),
	"message": "cannot determine from the file where this stage's images are pulled from: its pipeline is a string, which isn't read",
	"help": "keep that pipeline in a file of its own, which is checked, and run it by a stage of type Pipeline",
	"fix": null,
} if {
	some dynamic in array.concat(
		[{"at": stage.at, "path": ["spec", "source"], "source": stage.value.spec.source} |
			some stage in tree.stages
			tree.may_be_of_type(stage, "Dynamic")
		],
		[{"at": stage.at, "path": ["dynamic", "source"], "source": stage.value.dynamic.source} | some stage in tree.v1_stages],
	)
	is_string(dynamic.source)
	value.kind(dynamic.source) == "literal"
}
