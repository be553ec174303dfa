# METADATA
# title: What a value says
# description: |
#   Tells what is written (a literal) from what only the run decides (unknown) and from what
#   isn't there (absent). An expression is never equal and never different.
package harness_image_guard.lib.value

import rego.v1

letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What follows `<`, `$` or `{` in a computed value: `<+expression>`, `<PLACEHOLDER>`, `${variable}`,
# `$VARIABLE`, `{{ template }}`.
openers := {
	"<": concat("", ["+", letters]),
	"$": concat("", ["{_", letters]),
	"{": "{",
}

# kind is "absent", "unknown" or "literal", of a value that stands where a string belongs.
kind(value) := "literal" if {
	is_string(value)

	# By far the most frequent case: no marker is without one of these.
	not contains(value, "<")
	not contains(value, "$")
	not contains(value, "{{")
	trim_space(value) != ""
} else := text_kind(trim_space(value)) if {
	is_string(value)
} else := "absent" if {
	value == null
} else := "unknown" if {
	is_array(value)
} else := "unknown" if {
	is_object(value)
} else := "literal"

text_kind(text) := "absent" if {
	text == ""
} else := "unknown" if {
	computed(text)
} else := "literal"

# computed holds for a text with a marker anywhere in it.
computed(text) if {
	contains(text, "<")
	count(markers(text)) > 0
}

computed(text) if {
	contains(text, "$")
	count(markers(text)) > 0
}

computed(text) if contains(text, "{{")

# markers is where the markers of a text start, counted in characters, in no order.
markers(text) := [start |
	some sign, followers in openers
	some start in indexof_n(text, sign)
	follower := substring(text, start + 1, 1)
	follower != ""
	contains(followers, follower)
]

# text is the value as it counts: a string without the spaces around it, others as they are.
text(value) := trim_space(value) if {
	is_string(value)
} else := value

# says holds where a value is a string with something in it.
says(value) if {
	is_string(value)
	trim_space(value) != ""
}

# shown is a value as a message shows it.
shown(value) := trim_space(value) if {
	is_string(value)
} else := json.marshal(value)
