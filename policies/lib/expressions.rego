# METADATA
# title: What an expression can be, where the document says so
# description: |
#   Before anything is judged, an expression is replaced by its possible values: the value of a variable,
#   the elements of a matrix axis, the allowed values or the default of an input. What the document
#   doesn't decide stays as it is written. Within a place, expressions that read the same variable,
#   input or axis have the same value; different ones combine freely. Sources: Harness's documentation of runtime
#   inputs, variables and looping strategies; its v1 schema for `inputs` and `matrix`.
package harness_image_guard.lib.expressions

import data.harness_image_guard.lib.expression
import data.harness_image_guard.lib.list
import data.harness_image_guard.lib.options
import data.harness_image_guard.lib.sources
import rego.v1

# More combinations than this are not tried: most of their results would differ.
_most_combinations := 2048

# may_decide holds for a string that may contain an expression that the document decides.
may_decide(text) if {
	expression.is_in(text)
	data.harness_image_guard.facts.settings.expressions == "decide"
}

# alternatives are the possible combinations of the values at one place: `{values, decided}`. `decided` says
# which expression was replaced by which value, and where that value is written (null: in the place itself).
alternatives(at, written) := [_as_written(written)] if {
	not _has_expression(written)
} else := [combinations[i] | some i in sort(list.first_of_each(found))] if {
	combinations := _all_combinations([_read(text, at, i) | some i, text in written], at)
	found := [each.values | some each in combinations]
	count({values | some values in found}) <= options.most_values
} else := [_as_written(written)]

_as_written(written) := {"values": written, "decided": []}

_has_expression(written) if {
	some text in written
	may_decide(text)
}

# _read is a string as `{head, parts}`, as in `expression.parts_of`, each part with the source that its expression
# reads, if there is one. A string without such expressions is `{value}`.
_read(text, at, i) := {"head": found.head, "parts": [object.union(part, _source_of(part, at, [i, j])) | some j, part in found.parts]} if {
	may_decide(text)
	found := expression.parts_of(text)
} else := {"value": text}

_source_of(part, at, occurrence) := {"source": source} if {
	source := sources.read_by(part, at, occurrence)
} else := {}

# The combinations of the options of a place's sources.

_all_combinations(texts, at) := [_combination(texts, chosen) |
	some n in numbers.range(0, product(counts) - 1)
	chosen := {keys[i]: option |
		some i, choices in all
		option := choices[floor(n / product(array.slice(counts, 0, i))) % counts[i]]
	}
] if {
	direct := [part.source | some text in texts; some part in text.parts; part.source]
	direct != []
	shared := _shared_sources(direct, at)
	all_sources := array.concat(direct, shared)
	shared_keys := {source.key | some source in shared}
	keys := [key | some key in {source.key | some source in all_sources}]
	all := [choices |
		some key in keys
		source := [each | some each in all_sources; each.key == key][0]
		choices := options.of(source, at, shared_keys - {key})
	]
	count(all) == count(keys)
	counts := [count(choices) | some choices in all]
	product(counts) <= _most_combinations
}

# _shared_sources are the sources that are read in more than one way.
_shared_sources(direct, at) := [source |
	some source in followed
	count(ways[source.key]) > 1
] if {
	followed := {source | some each in direct; some item in each.values; source := options.followed_source(item.value, at); source.key != ["followed"]}
	ways := {target.key: from |
		some target in followed
		from := {each.key | some each in direct; each.key == target.key} | {each.key |
			some each in direct
			some item in each.values
			options.followed_source(item.value, at).key == target.key
		}
	}
}

_combination(texts, chosen) := {
	"values": [_value_of(text, chosen) | some text in texts],
	"decided": [decision |
		some text in texts
		some part in text.parts
		option := _option_of(part, chosen)
		option.text != null
		decision := {"expression": part.written, "value": option.text, "path": option.path}
	],
}

_value_of(text, chosen) := concat("", array.concat([text.head], [concat("", [_text_of(part, chosen), part.tail]) | some part in text.parts])) if {
	text.parts
} else := text.value

_text_of(part, chosen) := _option_of(part, chosen).text if {
	_option_of(part, chosen).text != null
} else := part.written

# A value that was reached by following an expression isn't followed any further.
_option_of(part, chosen) := target if {
	target := chosen[chosen[part.source.key].via]
	target.followed == false
} else := options.open if {
	chosen[part.source.key].via
} else := chosen[part.source.key]
