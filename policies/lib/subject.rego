# METADATA
# title: What a finding is about, in words
# description: |
#   A report points at a line. A Harness policy has only its message to say where: the names of the
#   stage and step, as in reports, and the path.
package harness_image_guard.lib.subject

import data.harness_image_guard.lib.value
import rego.v1

# sentence is a finding's message with its place, different for each place.
sentence(finding) := sprintf("%s: %s (%s)", [concat(" › ", _names(finding.path)), finding.message, _shown(finding.path)]) if {
	_names(finding.path) != []
} else := sprintf("%s (%s)", [finding.message, _shown(finding.path)])

# described is what a report shows as the subject of a path; null if nothing on the path has a name.
described(path) := concat(" › ", _names(path)) if {
	_names(path) != []
} else := null

# _names are the names along a path, outermost first: `stage 'build'`.
_names(path) := [sprintf("%s %s", [_noun(path, i), _in_quotes(_name(_node(array.slice(path, 0, i + 1))))]) |
	some i, _ in path
]

# What is under these keys is called by its name.
_named := {
	"pipeline": "pipeline",
	"template": "template",
	"connector": "connector",
	"inputSet": "input set",
	"agent": "agent",
	"trigger": "trigger",
	"stage": "stage",
	"stepGroup": "step group",
	"group": "group",
	"step": "step",
}

# The items of these lists are v1's stages and steps, without a key around them.
_listed := {"stages": "stage", "steps": "step", "rollback": "step"}

_noun(path, i) := _named[path[i]] if is_string(path[i])

_noun(path, i) := _listed[path[i - 1]] if is_number(path[i])

_in_quotes(text) := concat("", ["'", text, "'"]) if {
	not value.is_long(text)
} else := sprintf("'%s…' (%s characters)", [substring(text, 0, value.most_kept), value.grouped(count(text))])

_name(named_value) := [text |
	some key in ["identifier", "id", "name"]
	text := object.get(named_value, key, null)
	is_string(text)
][0]

_node(path) := object.get(input.connector, array.slice(path, 1, count(path)), null) if {
	path[0] == "connector"
} else := object.get(input, path, null)

# _shown is a path in the usual notation: `pipeline.stages[0].stage`.
_shown(path) := trim_prefix(concat("", [_step(key) | some key in path]), ".")

# A long key is cut, so two places can have the same text only if their keys begin alike.
_step(key) := sprintf("[%d]", [key]) if {
	is_number(key)
} else := concat("", [".", key]) if {
	key != ""
	not value.is_long(key)
	trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
} else := sprintf("[%s]", [json.marshal(value.cut(key))])
