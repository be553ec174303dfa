# METADATA
# title: Patterns of references
# description: |
#   `*` matches any string; the pattern has to match the whole reference; case is ignored. There are no
#   regular expressions here, because they would double the size of the module.
package harness_image_guard.lib.pattern

import rego.v1

# matches holds if a pattern with at most five stars matches the whole string.
matches(pattern, text) if _parts_match(split(lower(pattern), "*"), lower(text))

_parts_match(parts, text) if {
	count(parts) == 1
	parts[0] == text
}

_parts_match(parts, text) if {
	last := count(parts) - 1
	last > 0
	startswith(text, parts[0])
	endswith(text, parts[last])
	room := (count(text) - count(parts[0])) - count(parts[last])
	room >= 0
	inner := [part | some part in array.slice(parts, 1, last); part != ""]
	_are_in_order(inner, substring(text, count(parts[0]), room))
}

# _are_in_order holds if the parts occur one after the other. The first occurrence of each is always the best
# choice.
_are_in_order(parts, _) if parts == []

_are_in_order(parts, text) if {
	count(parts) == 1
	contains(text, parts[0])
}

_are_in_order(parts, text) if {
	count(parts) == 2
	contains(_after(text, parts[0]), parts[1])
}

_are_in_order(parts, text) if {
	count(parts) == 3
	contains(_after(_after(text, parts[0]), parts[1]), parts[2])
}

_are_in_order(parts, text) if {
	count(parts) == 4
	contains(_after(_after(_after(text, parts[0]), parts[1]), parts[2]), parts[3])
}

_after(text, part) := substring(text, indexof(text, part) + count(part), -1) if contains(text, part)
