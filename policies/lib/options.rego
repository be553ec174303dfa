# METADATA
# title: The possible values of what an expression reads
# description: |
#   The options of a source, without repetition. An option is `{is, text, path, followed}`, where `text`
#   is null for anything else, or `{is, via}`: the value of another source of the place.
package harness_image_guard.lib.options

import data.harness_image_guard.lib.expression
import data.harness_image_guard.lib.list
import data.harness_image_guard.lib.sources
import data.harness_image_guard.lib.value
import rego.v1

# A place with more values than this is left as it is written.
most_values := 64

# open is the option that is anything else.
open := {"is": ["open"], "text": null, "path": null, "followed": false}

# of are the options of a source. Those of `shared` sources, by their keys, are chosen there.
of(source, at, shared) := _each_once(_written(source, at, shared))

_each_once(options) := [open] if {
	options == []
} else := [options[i] | some i in list.first_of_each(is)] if {
	is := [option.is | some option in options]
	count({one | some one in is}) <= most_values + 1
}

_written(source, at, shared) := array.concat(
	[option | some each in source.values; some option in _of_value(each, at, shared)],
	[open | source.open],
)

# A value that is itself an expression is followed once.
_of_value(each, at, shared) := [{"is": ["via", followed.key], "via": followed.key}] if {
	followed := followed_source(each.value, at)
	followed.key in shared
} else := array.concat(
	[option | some found in followed.values; some option in _plain(_with_path(found, each), true)],
	[open | followed.open],
) if {
	followed := followed_source(each.value, at)
} else := _plain(each, false)

# followed_source is what a value reads that is itself an expression.
followed_source(text, at) := source if {
	source := sources.read_by(expression.whole(text), at, ["followed"])
}

_with_path(found, each) := found if {
	found.path != null
} else := {"value": found.value, "path": each.path}

_plain(each, followed) := [open] if {
	value.is_too_long(each.value)
} else := [] if {
	value.kind(each.value) == "absent"
} else := [{"is": ["text", text, followed], "text": text, "path": each.path, "followed": followed}] if {
	value.kind(each.value) == "literal"
	text := value.shown(each.value)
} else := [open]
