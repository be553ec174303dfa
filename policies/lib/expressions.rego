# METADATA
# title: What an expression can be, where the document says so
# description: |
#   An expression is replaced by what it can be before anything is judged: the value of a variable,
#   the elements of a matrix axis, the allowed values or the default of an input. What the document
#   leaves open stays as it is written. Expressions that read one variable, input or axis have one
#   value throughout a place; others combine freely. Sources: Harness's documentation of runtime
#   inputs, variables and looping strategies; its v1 schema for `inputs` and `matrix`.
package harness_image_guard.lib.expressions

import data.harness_image_guard.lib.ancestors
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

# More results than this, and the place is left as it is written.
_most_results := 64

# More combinations than this are not tried: most of their results would differ.
_most_combinations := 2048

# Harness runs no matrix of more combinations, so that a longer axis decides nothing.
_most_elements := 256

# No image and no reference is longer than this, so a longer value can't be pulled.
_longest_value := 4096

_most_expressions := 32

_most_parentheses := 50

# may_decide holds for a string that an expression of ours may be part of.
may_decide(text) if {
	is_string(text)
	contains(text, "<+")
	data.harness_image_guard.facts.settings.expressions == "decide"
}

may_decide(text) if {
	is_string(text)
	contains(text, "${{")
	data.harness_image_guard.facts.settings.expressions == "decide"
}

# alternatives are what the values at one place can be together: `{values, decided}`, where `decided`
# says which expression became which value, and where that value is written (null: in the place itself).
alternatives(at, written) := [_as_written(written)] if {
	not _has_expression(written)
} else := [combinations[i] | some i in sort(_first_of_each(found))] if {
	combinations := _all_combinations([_read(text, at, i) | some i, text in written], at)
	found := [each.values | some each in combinations]
	count({values | some values in found}) <= _most_results
} else := [_as_written(written)]

# _is_too_long holds for a string that is longer than any image or reference. It isn't counted, which would
# take time by its length for each place that refers to it.
_is_too_long(text) if {
	is_string(text)
	substring(text, _longest_value, 1) != ""
}

# _first_of_each is where each value of a list is found first, in the order of the values.
_first_of_each(list) := [pair[1] |
	some i, pair in sorted
	_is_first(sorted, i, pair[0])
] if {
	sorted := sort([[item, i] | some i, item in list])
}

_is_first(_, i, _) if i == 0

_is_first(sorted, i, item) if sorted[i - 1][0] != item

_as_written(written) := {"values": written, "decided": []}

_has_expression(written) if {
	some text in written
	may_decide(text)
}

# Reading a string: its expressions, and what is written between them.

# _read is a string as `{head, parts}`: each part is an expression with its source, or with none, and
# what is written after it.
_read(text, at, i) := {"head": pieces[0], "parts": parts} if {
	may_decide(text)
	pieces := _pieces_of(text)
	count(pieces) <= _most_expressions
	starts := [_start_of(pieces, j) | some j in numbers.range(1, count(pieces) - 1)]
	ends := [_end_of(text, pieces, starts, j) | some j, _ in starts]
	parts := [_part_of(text, starts, ends, {"outer": outer, "j": j, "at": at, "occurrence": [i, j]}) |
		outer := [j | some j, start in starts; _is_outer(ends, start, j)]
		some j in outer
	]
} else := {"value": text}

# _pieces_of splits a string before each expression. v1's keep their `${{`.
_pieces_of(text) := split(replace(text, "${{", "<+${{"), "<+")

_opened(piece) := piece if {
	startswith(piece, "${{")
} else := concat("", ["<+", piece])

_start_of(pieces, j) := count(pieces[0]) + sum([count(_opened(piece)) | some piece in array.slice(pieces, 1, j)])

# _end_of is where an expression ends: where it starts, if it has no end in the string.
_end_of(text, pieces, starts, j) := starts[j] + count(expression.written) if {
	_is_outermost(pieces, j + 1)
	expression := _expression_in(substring(text, starts[j], -1))
} else := starts[j]

# _is_outermost holds where every expression before the piece has been closed.
_is_outermost(pieces, j) if {
	before := [piece | some piece in array.slice(pieces, 1, j); not startswith(piece, "${{")]
	sum([closed | some piece in before; closed := count(split(piece, ">")) - 1]) >= count(before)
}

# _is_outer holds for an expression that isn't an argument of one before it.
_is_outer(ends, start, j) if {
	reached := [end | some end in array.slice(ends, 0, j); end > start]
	reached == []
}

_part_of(text, starts, ends, this) := object.union(source, {
	"written": substring(text, starts[this.j], ends[this.j] - starts[this.j]),
	"tail": substring(text, ends[this.j], _next_start(text, starts, this) - ends[this.j]),
}) if {
	source := _source_at(text, starts, ends, this)
}

_next_start(text, starts, this) := min([starts[j] | some j in this.outer; j > this.j]) if {
	max(this.outer) > this.j
} else := count(text)

_source_at(text, starts, ends, this) := {"source": source} if {
	ends[this.j] > starts[this.j]
	source := _source_of(_expression_in(substring(text, starts[this.j], -1)), this.at, this.occurrence)
} else := {}

# _expression_in is the expression that a string begins with: `{body, links, written}`, where `links`
# are the functions of an input.
_expression_in(text) := {
	"body": _without_spaces(substring(text, 3, end - 3)),
	"links": [],
	"written": substring(text, 0, end + 2),
} if {
	startswith(text, "${{")
	end := indexof(text, "}}")
	end >= 3
} else := {
	"body": body,
	"links": chain.links,
	"written": substring(text, 0, count(text) - count(chain.rest)),
} if {
	startswith(text, "<+")
	end := indexof(text, ">")
	body := _without_spaces(substring(text, 2, end - 2))
	not contains(body, "<+")
	chain := _chain_of(body, substring(text, end + 1, -1))
	not _calls_another_function(chain)
}

_without_spaces(text) := replace(replace(replace(replace(text, " ", ""), "\t", ""), "\n", ""), "\r", "")

# The functions of an input, `.default(…).allowedValues(…)`, in any order.

_chain_of(body, rest) := _chain_8({"links": [], "rest": rest}) if {
	body == "input"
} else := {"links": [], "rest": rest}

_chain_1(chain) := {"links": array.concat(chain.links, [link]), "rest": link.rest} if {
	link := _link_of(chain.rest)
} else := chain

_chain_2(chain) := _chain_1(_chain_1(chain))

_chain_4(chain) := _chain_2(_chain_2(chain))

_chain_8(chain) := _chain_4(_chain_4(chain))

_functions_of_inputs := {"default", "allowedValues", "selectOneFrom", "regex", "executionInput"}

_link_of(text) := {
	"name": name,
	"argument": substring(text, start + 1, (end - start) - 1),
	"rest": substring(text, end + 1, -1),
} if {
	startswith(text, ".")
	start := indexof(text, "(")
	name := trim_space(substring(text, 1, start - 1))
	name in _functions_of_inputs
	end := _closing(text)
}

# _closing is where the first parenthesis is closed.
_closing(text) := min(balanced) if {
	closes := indexof_n(text, ")")
	opens := indexof_n(text, "(")
	count(closes) <= _most_parentheses
	count(opens) <= _most_parentheses
	balanced := [close |
		some close in closes
		count([1 | some open in opens; open < close]) == count([1 | some other in closes; other <= close])
	]
	balanced != []
}

# What a function makes of an input that isn't one of ours can't be known.
_calls_another_function(chain) if {
	startswith(chain.rest, ".")
	start := indexof(chain.rest, "(")
	start > 1
	trim(substring(chain.rest, 1, start - 1), value.letters) == ""
}

# Sources: what an expression reads.

# _source_of is `{key, values, open}`: what the expression reads, the values that the document gives it
# (`{value, path}`), and whether it can be anything else. Undefined where the document says nothing.
_source_of(expression, at, occurrence) := _input_source(expression.links, occurrence) if {
	expression.body == "input"
} else := source if {
	source := _named_source(split(expression.body, "."), at)
}

_named_source(words, at) := _variable(ancestors.pipelines(at), words, 2) if {
	array.slice(words, 0, 2) == ["pipeline", "variables"]
} else := _variable(ancestors.stage(at), words, 2) if {
	array.slice(words, 0, 2) == ["stage", "variables"]
} else := _variable_of_stage(words[2], words, 4) if {
	array.slice(words, 0, 2) == ["pipeline", "stages"]
	words[3] == "variables"
} else := _axis(ancestors.around(at), words, 1) if {
	words[0] == "matrix"
} else := _axis(ancestors.steps(at), words, 2) if {
	array.slice(words, 0, 2) == ["step", "matrix"]
} else := _axis(ancestors.stages(at), words, 2) if {
	array.slice(words, 0, 2) == ["stage", "matrix"]
} else := _declared_input(words) if {
	words[0] == "inputs"
}

_last_words(words, first) := name if {
	name := concat(".", array.slice(words, first, count(words)))
	name != ""
}

# _variable is the one of that name in the first of the holders that has it.
_variable(holders, words, first) := source if {
	name := _last_words(words, first)
	source := [found |
		some holder in holders
		is_array(holder.value.variables)
		i := _index_of(holder)[name]
		found := _variable_source(array.concat(holder.at, ["variables", i]), holder.value.variables[i])
	][0]
}

# _variable_of_stage is the one of that name in the first stage with an identifier that has it.
_variable_of_stage(identifier, words, first) := _variable_source(array.concat(stage.at, ["variables", found[1]]), stage.value.variables[found[1]]) if {
	found := _variables_of_stages[[identifier, _last_words(words, first)]]
	stage := tree.level_0.stages.all[found[0]]
}

_variables_of_stages := {pair[0]: pair[1] |
	some i, pair in _variables_written
	_is_first(_variables_written, i, pair[0])
}

_variables_written := sort([[[value.text(stage.value.identifier), value.text(item.name)], [s, i]] |
	some s, stage in tree.level_0.stages.all
	is_array(stage.value.variables)
	some i, item in stage.value.variables
])

# _index_of is the index of each variable of a holder by its name; for a repeated name, the first index.
_index_of(holder) := _indexes[holder.at] if {
	_indexes[holder.at]
} else := _names_of(holder.value.variables)

_indexes := {holder.at: _names_of(holder.value.variables) |
	some holder in ancestors.with_variables
	is_array(holder.value.variables)
}

_names_of(variables) := {_name_of(variables[i]): i |
	some i in _first_of_each([_name_of(item) | some item in variables])
	is_string(_name_of(variables[i]))
}

_name_of(item) := trim_space(item.name) if {
	is_string(item.name)
} else := null

# An input without a value of its own has that of `default`, or any other.
# A variable of type `Secret` holds the name of a secret: its value is unknown.
_variable_source(at, item) := {"key": at, "values": [], "open": true} if {
	trim_space(item.type) == "Secret"
} else := {
	"key": at,
	"values": [{"value": item["default"], "path": array.concat(at, ["default"])}],
	"open": true,
} if {
	_is_input_without_value(item.value)
	not _is_too_long(item["default"])
	value.kind(item["default"]) == "literal"
} else := {
	"key": at,
	"values": [{"value": object.get(item, "value", null), "path": array.concat(at, ["value"])}],
	"open": false,
}

_is_input_without_value(text) if {
	expression := _whole_expression(text)
	expression.body == "input"
	links := expression.links
	not _values_of_links(links)
}

# _whole_expression is the expression that a string is, with nothing around it.
_whole_expression(text) := expression if {
	is_string(text)
	not _is_too_long(text)
	expression := _expression_in(trim_space(text))
	expression.written == trim_space(text)
}

# _axis is the list of that name in the nearest matrix that has it, with what `include` adds, unless some of it is
# left out. A matrix that only the run knows may have any axis.
_axis(holders, words, first) := source if {
	name := _last_words(words, first)
	nearest := [{"at": holder.at, "matrix": matrix} |
		some holder in holders
		matrix := _matrix_of(holder.value.strategy)
		_may_have_axis(matrix, name)
	][0]
	elements := nearest.matrix[name]
	is_array(elements)
	included := _included(nearest.matrix)
	count(elements) + count(included) <= _most_elements
	not _leaves_out(nearest, name)
	at := array.concat(nearest.at, ["strategy", "matrix"])
	source := {
		"key": array.concat(at, [name]),
		"values": array.concat(
			[{"value": element, "path": array.concat(at, [name, i])} | some i, element in elements],
			[{"value": element, "path": array.concat(at, ["include", i, name])} |
				some i, combination in included
				element := combination[name]
			],
		),
		"open": false,
	}
}

_matrix_of(strategy) := strategy if {
	is_string(strategy)
} else := strategy.matrix

_included(matrix) := [] if {
	object.get(matrix, "include", null) == null
} else := matrix.include if {
	is_array(matrix.include)
}

_may_have_axis(matrix, name) if object.get(matrix, name, null) != null

_may_have_axis(matrix, _) if value.says(matrix)

_leaves_out(holder, name) if _left_out[holder.at][name]

_leaves_out(holder, name) if {
	at := holder.at
	not _left_out[at]
	_names_left_out(holder.matrix.exclude)[name]
}

# _left_out are the axes that the matrices of the document leave combinations of out, by what has the
# matrix: looking through these for each expression would take time by the square of their number.
_left_out := {holder.at: _names_left_out(holder.value.strategy.matrix.exclude) |
	some holder in array.concat(ancestors.with_variables, array.concat(
		array.concat(tree.groups, tree.steps),
		tree.v1_steps,
	))
	holder.value.strategy.matrix.exclude
}

_names_left_out(exclude) := {name: true |
	some combination in exclude
	some name, written in combination
	written != null
} if {
	is_array(exclude)
} else := {name: true | some name, written in exclude; written != null}

# A v1 input's default, or anything else.
_declared_input(words) := source if {
	name := _last_words(words, 1)
	source := [{
		"key": array.concat(holder.at, ["inputs", name]),
		"values": [{"value": written, "path": array.concat(holder.at, ["inputs", name, "default"])}],
		"open": true,
	} |
		some holder in ancestors.with_inputs
		written := holder.value.inputs[name]["default"]
		value.kind(written) != "absent"
	][0]
}

# An input has no place but its own, and no two are one.
_input_source(links, occurrence) := {
	"key": occurrence,
	"values": [{"value": text, "path": null} | some text in given.texts],
	"open": given.open,
} if {
	given := _values_of_links(links)
}

_values_of_links(links) := {"texts": allowed, "open": false} if {
	allowed := [text |
		some link in links
		link.name in {"allowedValues", "selectOneFrom"}
		some item in split(link.argument, ",")
		text := trim_space(item)
		text != ""
	]
	allowed != []
} else := {"texts": defaults, "open": true} if {
	defaults := [text |
		some link in links
		link.name == "default"
		text := trim_space(link.argument)
		text != ""
	]
	defaults != []
}

# Options: what a source can be, once each. `{is, text, path, followed}`, with null as `text` for
# whatever the document leaves open, or `{is, via}`: what another source of the place is.

_open_option := {"is": ["open"], "text": null, "path": null, "followed": false}

_options_of(source, at, shared) := _each_once(_options_written(source, at, shared))

_each_once(options) := [_open_option] if {
	options == []
} else := [options[i] | some i in _first_of_each(is)] if {
	is := [option.is | some option in options]
	count({one | some one in is}) <= _most_results + 1
}

_options_written(source, at, shared) := array.concat(
	[option | some each in source.values; some option in _options(each, at, shared)],
	[_open_option | source.open],
)

# A value that is itself an expression is followed, once.
_options(each, at, shared) := [{"is": ["via", followed.key], "via": followed.key}] if {
	followed := _followed_source(each.value, at)
	followed.key in shared
} else := array.concat(
	[option | some found in followed.values; some option in _plain_options(_with_path(found, each), true)],
	[_open_option | followed.open],
) if {
	followed := _followed_source(each.value, at)
} else := _plain_options(each, false)

_followed_source(text, at) := source if {
	expression := _whole_expression(text)
	source := _source_of(expression, at, ["followed"])
}

_with_path(found, each) := found if {
	found.path != null
} else := {"value": found.value, "path": each.path}

_plain_options(each, followed) := [_open_option] if {
	_is_too_long(each.value)
} else := [] if {
	value.kind(each.value) == "absent"
} else := [{"is": ["text", text, followed], "text": text, "path": each.path, "followed": followed}] if {
	value.kind(each.value) == "literal"
	text := value.shown(each.value)
} else := [_open_option]

# Combinations of what the sources of a place can be.

_all_combinations(texts, at) := [_combination(texts, chosen) |
	some n in numbers.range(0, product(counts) - 1)
	chosen := {keys[i]: option |
		some i, options in all
		option := options[floor(n / product(array.slice(counts, 0, i))) % counts[i]]
	}
] if {
	direct := [part.source | some text in texts; some part in text.parts; part.source]
	direct != []
	shared := _shared_sources(direct, at)
	sources := array.concat(direct, shared)
	shared_keys := {source.key | some source in shared}
	keys := [key | some key in {source.key | some source in sources}]
	all := [options |
		some key in keys
		source := [each | some each in sources; each.key == key][0]
		options := _options_of(source, at, shared_keys - {key})
	]
	count(all) == count(keys)
	counts := [count(options) | some options in all]
	product(counts) <= _most_combinations
}

# _shared_sources are those that more than one way leads to.
_shared_sources(direct, at) := [source |
	some source in followed
	count(ways[source.key]) > 1
] if {
	followed := {source | some each in direct; some item in each.values; source := _followed_source(item.value, at); source.key != ["followed"]}
	ways := {target.key: from |
		some target in followed
		from := {each.key | some each in direct; each.key == target.key} | {each.key |
			some each in direct
			some item in each.values
			_followed_source(item.value, at).key == target.key
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

# What is followed from one value isn't followed any further.
_option_of(part, chosen) := target if {
	target := chosen[chosen[part.source.key].via]
	target.followed == false
} else := _open_option if {
	chosen[part.source.key].via
} else := chosen[part.source.key]

# said_of is a message with the values that it is about.
said_of(message, decided) := message if {
	decided == []
} else := sprintf("%s; %s", [message, concat(" and ", _once([sprintf("%s can be %s", [value.in_quotes(each.expression), value.in_quotes(each.value)]) | some each in decided]))])

# related are the places where these values are written.
related(decided) := _once([{"path": each.path, "message": sprintf("a value of %s", [value.in_quotes(each.expression)])} |
	some each in decided
	each.path != null
])

# An expression may be written twice in one place.
_once(items) := [item |
	some i, item in items
	not item in array.slice(items, 0, i)
]
