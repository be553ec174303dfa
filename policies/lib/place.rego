# METADATA
# title: The organization and project that a reference is in
# description: |
#   A reference means a connector of the project, organization or account of the entity that it is in.
#   A place is `{org, project}`, each null if the entity doesn't say it, with `isOfProject` if it is in a project in any
#   case. Source: Harness's documentation of scoped references and of pipeline chaining.
package harness_image_guard.lib.place

import data.harness_image_guard.lib.value
import rego.v1

# of is the place of what is at a path. Inside the inputs of another pipeline, it is that pipeline's place, as far as the
# stage that runs the pipeline says it. Pipelines are always in a project, also those that an organization's template runs.
of(at) := _own if {
	not "inputs" in at
} else := {
	"org": _said(_nearest(at, "org", _own.org)),
	"project": _said(_nearest(at, "project", _own.project)),
	"isOfProject": true,
}

_own := {
	"org": _said(object.get(_entity, "orgIdentifier", null)),
	"project": _said(object.get(_entity, "projectIdentifier", null)),
}

_entity := [content |
	some root in ["pipeline", "template", "inputSet", "agent", "trigger"]
	content := object.get(input, root, null)
	is_object(content)
][0]

# _nearest is the value of the innermost of the stages around that has one.
_nearest(at, key, otherwise) := written[count(written) - 1] if {
	written := [text |
		some i in numbers.range(1, count(at) - 1)
		at[i] == "inputs"
		at[i - 1] == "spec"
		text := object.get(input, array.concat(array.slice(at, 0, i), [key]), null)
		value.kind(text) != "absent"
	]
	written != []
} else := otherwise

_said(written) := value.shown(written) if {
	value.kind(written) == "literal"
} else := null
