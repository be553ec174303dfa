# METADATA
# title: What a value says
# description: |
#   Distinguishes what is written out (literal) from what only the run decides (unknown) and from what
#   isn't there (absent). An expression is neither equal to a value nor different from it.
package harness_image_guard.lib.value

import rego.v1

letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What follows `<` or `$` in a computed value: `<+expression>`, `<PLACEHOLDER>`, `${variable}`,
# `$VARIABLE`. The other marker is `{{`.
_openers := {
	"<": concat("", ["+", letters]),
	"$": concat("", ["{_", letters]),
}

# kind is "absent", "unknown" or "literal", for a value in place of a string.
kind(value) := "absent" if {
	value == null
} else := "literal" if {
	is_string(value)

	# By far the most frequent case: every marker contains one of these.
	not contains(value, "<")
	not contains(value, "$")
	not contains(value, "{{")
	trim_space(value) != ""
} else := _text_kind(trim_space(value)) if {
	is_string(value)
} else := "unknown" if {
	is_array(value)
} else := "unknown" if {
	is_object(value)
} else := "literal"

_text_kind(text) := "absent" if {
	text == ""
} else := "unknown" if {
	computed(text)
} else := "literal"

# computed holds for a string that contains a marker.
computed(text) if contains(text, "{{")

computed(text) if {
	some sign in ["<", "$"]
	contains(text, sign)
	_marked(split(text, sign), _openers[sign]) != []
}

# _marked are the indexes of the pieces that follow a marker. Looking in the whole string for what follows each sign
# would take time that grows with the square of its length.
_marked(pieces, followers) := [i |
	some i, piece in pieces
	i > 0
	piece != ""
	contains(followers, substring(piece, 0, 1))
]

# known is the part of a string before its first marker, or all of it.
known(text) := text if {
	# By far the most frequent case, as for `kind`.
	not contains(text, "<")
	not contains(text, "$")
	not contains(text, "{{")
} else := [prefix | some prefix in prefixes; count(prefix) == shortest][0] if {
	prefixes := [split(text, "{{")[0], _before(text, "<"), _before(text, "$")]
	shortest := min([count(prefix) | some prefix in prefixes])
}

_before(text, sign) := concat(sign, array.slice(pieces, 0, markers[0])) if {
	pieces := split(text, sign)
	markers := _marked(pieces, _openers[sign])
	markers != []
} else := text

# text is a value without the spaces around it if it is a string; other values stay as they are.
text(value) := trim_space(value) if {
	is_string(value)
} else := value

# says holds for a string that isn't empty.
says(value) if {
	is_string(value)
	trim_space(value) != ""
}

# No image and no reference is longer than this, so a longer value can't be pulled.
_longest := 4096

# is_too_long holds for a string that is longer than that.
is_too_long(text) if {
	is_string(text)
	_is_longer_than(text, _longest)
}

# Unlike `count`, this takes no longer for a longer string.
_is_longer_than(text, length) if substring(text, length, 1) != ""

# shown is a value as it is written.
shown(value) := trim_space(value) if {
	is_string(value)
} else := json.marshal(value)

# A longer string is cut in messages. `crates/document/src/quote.rs` cuts names and paths in the same way.
_most_quoted := 500

# What is kept of it.
most_kept := 100

# quoted is a value as a message quotes it: `node:22`, or `nnnnn…` (1,250,000 characters).
quoted(value) := in_quotes(shown(value))

in_quotes(text) := concat("", ["`", text, "`"]) if {
	not is_long(text)
} else := sprintf("`%s…` (%s characters)", [substring(text, 0, most_kept), grouped(count(text))])

# cut is a string as a message shows it without quotes.
cut(text) := text if {
	not is_long(text)
} else := sprintf("%s… (%s characters)", [substring(text, 0, most_kept), grouped(count(text))])

# is_long holds for a string that is too long to be quoted as a whole.
is_long(text) if _is_longer_than(text, _most_quoted)

# grouped is a number with commas between groups of three digits.
grouped(number) := concat(",", [group |
	digits := sprintf("%d", [number])
	some i in numbers.range(0, floor((count(digits) - 1) / 3))
	groups := floor((count(digits) - 1) / 3)
	end := count(digits) - (3 * (groups - i))
	start := max([0, end - 3])
	group := substring(digits, start, end - start)
])
