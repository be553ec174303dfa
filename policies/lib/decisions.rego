# METADATA
# title: Which values expressions were replaced by
# description: |
#   What a finding says of the values that it is about, by the `decided` of `lib.expressions`:
#   `{expression, value, path}`.
package harness_image_guard.lib.decisions

import data.harness_image_guard.lib.value
import rego.v1

# added_to is a message that also names the values of its expressions.
added_to(message, decided) := message if {
	decided == []
} else := sprintf("%s; %s", [message, concat(" and ", _once([sprintf("%s can be %s", [value.in_quotes(each.expression), value.in_quotes(each.value)]) | some each in decided]))])

# related are the places where these values are written.
related(decided) := _once([{"path": each.path, "message": sprintf("a value of %s", [value.in_quotes(each.expression)])} |
	some each in decided
	each.path != null
])

# An expression may occur twice in one place.
_once(items) := [item |
	some i, item in items
	not item in array.slice(items, 0, i)
]
