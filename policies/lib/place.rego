# METADATA
# title: Which organization and project refer to a connector
# description: |
#   A reference means a connector of the project, organization or account of the entity that refers.
#   A place is `{org, project}`, each null where the entity doesn't say. Source: Harness's
#   documentation of scoped references.
package harness_image_guard.lib.place

import data.harness_image_guard.lib.value
import rego.v1

# of is the place of what is at a path. Inside the inputs of another pipeline it is that pipeline's,
# as far as the stage that runs it says which one that is.
of(at) := own if {
	not "inputs" in at
} else := {"org": said(nearest(at, "org", own.org)), "project": said(nearest(at, "project", own.project))}

own := {
	"org": said(object.get(entity, "orgIdentifier", null)),
	"project": said(object.get(entity, "projectIdentifier", null)),
}

entity := [content |
	some root in ["pipeline", "template", "inputSet", "agent", "trigger"]
	content := object.get(input, root, null)
	is_object(content)
][0]

# nearest is what the innermost of the stages around says that says something.
nearest(at, key, otherwise) := written[count(written) - 1] if {
	written := [text |
		some i in numbers.range(1, count(at) - 1)
		at[i] == "inputs"
		at[i - 1] == "spec"
		text := object.get(input, array.concat(array.slice(at, 0, i), [key]), null)
		value.kind(text) != "absent"
	]
	written != []
} else := otherwise

said(written) := value.shown(written) if {
	value.kind(written) == "literal"
} else := null
