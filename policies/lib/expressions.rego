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
most_results := 64

# More combinations than this are not tried: most of their results would differ.
most_combinations := 2048

# Harness runs no matrix of more combinations, so that a longer axis decides nothing.
most_elements := 256

# No image and no reference is longer than this, so a longer value can't be pulled.
longest_value := 4096

most_expressions := 32

most_parentheses := 50

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
alternatives(at, written) := [as_written(written)] if {
	not has_expression(written)
} else := [combinations[i] | some i in sort(first_of_each(found))] if {
	combinations := all_combinations([read(text, at, i) | some i, text in written], at)
	found := [each.values | some each in combinations]
	count({values | some values in found}) <= most_results
} else := [as_written(written)]

# is_long holds for a string that is longer than any image or reference. It isn't counted, which would
# take time by its length for each place that refers to it.
is_long(text) if {
	is_string(text)
	substring(text, longest_value, 1) != ""
}

# first_of_each is where each value of a list is found first, in the order of the values.
first_of_each(list) := [pair[1] |
	some i, pair in sorted
	is_first(sorted, i, pair[0])
] if {
	sorted := sort([[item, i] | some i, item in list])
}

is_first(_, i, _) if i == 0

is_first(sorted, i, item) if sorted[i - 1][0] != item

as_written(written) := {"values": written, "decided": []}

has_expression(written) if {
	some text in written
	may_decide(text)
}

# Reading a string: its expressions, and what is written between them.

# read is a string as `{head, parts}`: each part is an expression with its source, or with none, and
# what is written after it.
read(text, at, i) := {"head": pieces[0], "parts": parts} if {
	may_decide(text)
	pieces := pieces_of(text)
	count(pieces) <= most_expressions
	starts := [start_of(pieces, j) | some j in numbers.range(1, count(pieces) - 1)]
	ends := [end_of(text, pieces, starts, j) | some j, _ in starts]
	parts := [part_of(text, starts, ends, {"outer": outer, "j": j, "at": at, "occurrence": [i, j]}) |
		outer := [j | some j, start in starts; is_outer(ends, start, j)]
		some j in outer
	]
} else := {"value": text}

# pieces_of parts a string before each expression. v1's keep their `${{`.
pieces_of(text) := split(replace(text, "${{", "<+${{"), "<+")

opened(piece) := piece if {
	startswith(piece, "${{")
} else := concat("", ["<+", piece])

start_of(pieces, j) := count(pieces[0]) + sum([count(opened(piece)) | some piece in array.slice(pieces, 1, j)])

# end_of is where an expression ends: where it starts, if it is none of ours.
end_of(text, pieces, starts, j) := starts[j] + count(expression.written) if {
	is_outermost(pieces, j + 1)
	expression := expression_in(substring(text, starts[j], -1))
} else := starts[j]

# is_outermost holds where every expression before the piece has been closed.
is_outermost(pieces, j) if {
	before := [piece | some piece in array.slice(pieces, 1, j); not startswith(piece, "${{")]
	sum([closed | some piece in before; closed := count(split(piece, ">")) - 1]) >= count(before)
}

# is_outer holds for an expression that isn't an argument of one before it.
is_outer(ends, start, j) if {
	reached := [end | some end in array.slice(ends, 0, j); end > start]
	reached == []
}

part_of(text, starts, ends, this) := object.union(source, {
	"written": substring(text, starts[this.j], ends[this.j] - starts[this.j]),
	"tail": substring(text, ends[this.j], next_start(text, starts, this) - ends[this.j]),
}) if {
	source := source_at(text, starts, ends, this)
}

next_start(text, starts, this) := min([starts[j] | some j in this.outer; j > this.j]) if {
	max(this.outer) > this.j
} else := count(text)

source_at(text, starts, ends, this) := {"source": source} if {
	ends[this.j] > starts[this.j]
	source := source_of(expression_in(substring(text, starts[this.j], -1)), this.at, this.occurrence)
} else := {}

# expression_in is the expression that a string begins with: `{body, links, written}`, where `links`
# are the functions of an input.
expression_in(text) := {
	"body": without_spaces(substring(text, 3, end - 3)),
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
	body := without_spaces(substring(text, 2, end - 2))
	not contains(body, "<+")
	chain := chain_of(body, substring(text, end + 1, -1))
	not calls_another_function(chain)
}

without_spaces(text) := replace(replace(replace(replace(text, " ", ""), "\t", ""), "\n", ""), "\r", "")

# The functions of an input, `.default(…).allowedValues(…)`, in any order.

chain_of(body, rest) := chain_8({"links": [], "rest": rest}) if {
	body == "input"
} else := {"links": [], "rest": rest}

chain_1(chain) := {"links": array.concat(chain.links, [link]), "rest": link.rest} if {
	link := link_of(chain.rest)
} else := chain

chain_2(chain) := chain_1(chain_1(chain))

chain_4(chain) := chain_2(chain_2(chain))

chain_8(chain) := chain_4(chain_4(chain))

functions_of_inputs := {"default", "allowedValues", "selectOneFrom", "regex", "executionInput"}

link_of(text) := {
	"name": name,
	"argument": substring(text, start + 1, (end - start) - 1),
	"rest": substring(text, end + 1, -1),
} if {
	startswith(text, ".")
	start := indexof(text, "(")
	name := trim_space(substring(text, 1, start - 1))
	name in functions_of_inputs
	end := closing(text)
}

# closing is where the first parenthesis is closed.
closing(text) := min(balanced) if {
	closes := indexof_n(text, ")")
	opens := indexof_n(text, "(")
	count(closes) <= most_parentheses
	count(opens) <= most_parentheses
	balanced := [close |
		some close in closes
		count([1 | some open in opens; open < close]) == count([1 | some other in closes; other <= close])
	]
	balanced != []
}

# What a function makes of an input that isn't one of ours can't be known.
calls_another_function(chain) if {
	startswith(chain.rest, ".")
	start := indexof(chain.rest, "(")
	start > 1
	trim(substring(chain.rest, 1, start - 1), value.letters) == ""
}

# Sources: what an expression reads.

# source_of is `{key, values, open}`: what the expression reads, the values that the document gives it
# (`{value, path}`), and whether it can be anything else. Undefined where the document says nothing.
source_of(expression, at, occurrence) := input_source(expression.links, occurrence) if {
	expression.body == "input"
} else := source if {
	source := named_source(split(expression.body, "."), at)
}

named_source(words, at) := variable(ancestors.pipelines(at), words, 2) if {
	array.slice(words, 0, 2) == ["pipeline", "variables"]
} else := variable(ancestors.stage(at), words, 2) if {
	array.slice(words, 0, 2) == ["stage", "variables"]
} else := variable_of_stage(words[2], words, 4) if {
	array.slice(words, 0, 2) == ["pipeline", "stages"]
	words[3] == "variables"
} else := axis(ancestors.around(at), words, 1) if {
	words[0] == "matrix"
} else := axis(ancestors.steps(at), words, 2) if {
	array.slice(words, 0, 2) == ["step", "matrix"]
} else := axis(ancestors.stages(at), words, 2) if {
	array.slice(words, 0, 2) == ["stage", "matrix"]
} else := declared_input(words) if {
	words[0] == "inputs"
}

last_words(words, first) := name if {
	name := concat(".", array.slice(words, first, count(words)))
	name != ""
}

# variable is the one of that name in the first of the holders that has it.
variable(holders, words, first) := source if {
	name := last_words(words, first)
	source := [found |
		some holder in holders
		is_array(holder.value.variables)
		i := index_of(holder)[name]
		found := variable_source(array.concat(holder.at, ["variables", i]), holder.value.variables[i])
	][0]
}

# variable_of_stage is the one of that name in the first stage with an identifier that has it.
variable_of_stage(identifier, words, first) := variable_source(array.concat(stage.at, ["variables", found[1]]), stage.value.variables[found[1]]) if {
	found := variables_of_stages[[identifier, last_words(words, first)]]
	stage := tree.level_0.stages.all[found[0]]
}

variables_of_stages := {pair[0]: pair[1] |
	some i, pair in variables_written
	is_first(variables_written, i, pair[0])
}

variables_written := sort([[[value.text(stage.value.identifier), value.text(item.name)], [s, i]] |
	some s, stage in tree.level_0.stages.all
	is_array(stage.value.variables)
	some i, item in stage.value.variables
])

# index_of is the index of each variable of a holder by its name; for a repeated name, the first index.
index_of(holder) := indexes[holder.at] if {
	indexes[holder.at]
} else := names_of(holder.value.variables)

indexes := {holder.at: names_of(holder.value.variables) |
	some holder in ancestors.with_variables
	is_array(holder.value.variables)
}

names_of(variables) := {name_of(variables[i]): i |
	some i in first_of_each([name_of(item) | some item in variables])
	is_string(name_of(variables[i]))
}

name_of(item) := trim_space(item.name) if {
	is_string(item.name)
} else := null

# An input without a value of its own has that of `default`, or any other.
variable_source(at, item) := {
	"key": at,
	"values": [{"value": item["default"], "path": array.concat(at, ["default"])}],
	"open": true,
} if {
	is_input_without_value(item.value)
	not is_long(item["default"])
	value.kind(item["default"]) == "literal"
} else := {
	"key": at,
	"values": [{"value": object.get(item, "value", null), "path": array.concat(at, ["value"])}],
	"open": false,
}

is_input_without_value(text) if {
	expression := whole_expression(text)
	expression.body == "input"
	not values_of_links(expression.links)
}

# whole_expression is the expression that a string is, with nothing around it.
whole_expression(text) := expression if {
	is_string(text)
	not is_long(text)
	expression := expression_in(trim_space(text))
	expression.written == trim_space(text)
}

# axis is the list of that name in the nearest matrix that has it, unless some of it is left out.
axis(holders, words, first) := source if {
	name := last_words(words, first)
	nearest := [{"at": holder.at, "matrix": holder.value.strategy.matrix} |
		some holder in holders
		is_object(holder.value.strategy.matrix)
		object.get(holder.value.strategy.matrix, name, null) != null
	][0]
	elements := nearest.matrix[name]
	is_array(elements)
	count(elements) <= most_elements
	not leaves_out(nearest, name)
	at := array.concat(nearest.at, ["strategy", "matrix", name])
	source := {
		"key": at,
		"values": [{"value": element, "path": array.concat(at, [i])} | some i, element in elements],
		"open": false,
	}
}

leaves_out(holder, name) if left_out[holder.at][name]

leaves_out(holder, name) if {
	not left_out[holder.at]
	names_left_out(holder.matrix.exclude)[name]
}

# left_out are the axes that the matrices of the document leave combinations of out, by what has the
# matrix: looking through these for each expression would take time by the square of their number.
left_out := {holder.at: names_left_out(holder.value.strategy.matrix.exclude) |
	some holder in array.concat(ancestors.with_variables, array.concat(
		array.concat(tree.groups, tree.steps),
		tree.plain_steps,
	))
	holder.value.strategy.matrix.exclude
}

names_left_out(exclude) := {name: true |
	some combination in exclude
	some name, written in combination
	written != null
} if {
	is_array(exclude)
} else := {name: true | some name, written in exclude; written != null}

# A v1 input's default, or anything else.
declared_input(words) := source if {
	name := last_words(words, 1)
	source := [{
		"key": array.concat(holder.at, ["inputs", name]),
		"values": [{"value": written, "path": array.concat(holder.at, ["inputs", name, "default"])}],
		"open": true,
	} |
		some holder in ancestors.with_inputs
		written := holder.value.inputs[name]["default"]
	][0]
}

# An input has no place but its own, and no two are one.
input_source(links, occurrence) := {
	"key": occurrence,
	"values": [{"value": text, "path": null} | some text in given.texts],
	"open": given.open,
} if {
	given := values_of_links(links)
}

values_of_links(links) := {"texts": allowed, "open": false} if {
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

open_option := {"is": ["open"], "text": null, "path": null, "followed": false}

options_of(source, at, shared) := [open_option] if {
	options_written(source, at, shared) == []
} else := [found[i] | some i in first_of_each(is)] if {
	found := options_written(source, at, shared)
	is := [option.is | some option in found]
	count({one | some one in is}) <= most_results + 1
}

options_written(source, at, shared) := array.concat(
	[option | some each in source.values; some option in options(each, at, shared)],
	[open_option | source.open],
)

# A value that is itself an expression is followed, once.
options(each, at, shared) := [{"is": ["via", followed.key], "via": followed.key}] if {
	followed := followed_source(each.value, at)
	followed.key in shared
} else := array.concat(
	[option | some found in followed.values; some option in plain_options(with_path(found, each), true)],
	[open_option | followed.open],
) if {
	followed := followed_source(each.value, at)
} else := plain_options(each, false)

followed_source(text, at) := source if {
	expression := whole_expression(text)
	source := source_of(expression, at, ["followed"])
}

with_path(found, each) := found if {
	found.path != null
} else := {"value": found.value, "path": each.path}

plain_options(each, followed) := [open_option] if {
	is_long(each.value)
} else := [] if {
	value.kind(each.value) == "absent"
} else := [{"is": ["text", text, followed], "text": text, "path": each.path, "followed": followed}] if {
	value.kind(each.value) == "literal"
	text := value.shown(each.value)
} else := [open_option]

# Combinations of what the sources of a place can be.

all_combinations(texts, at) := [combination(texts, chosen) |
	some n in numbers.range(0, product(counts) - 1)
	chosen := {keys[i]: option |
		some i, options in all
		option := options[floor(n / product(array.slice(counts, 0, i))) % counts[i]]
	}
] if {
	direct := [part.source | some text in texts; some part in text.parts; part.source]
	direct != []
	shared := shared_sources(direct, at)
	sources := array.concat(direct, shared)
	shared_keys := {source.key | some source in shared}
	keys := [key | some key in {source.key | some source in sources}]
	all := [options |
		some key in keys
		source := [each | some each in sources; each.key == key][0]
		options := options_of(source, at, shared_keys - {key})
	]
	count(all) == count(keys)
	counts := [count(options) | some options in all]
	product(counts) <= most_combinations
}

# shared_sources are those that more than one way leads to.
shared_sources(direct, at) := [source |
	some source in followed
	count(ways[source.key]) > 1
] if {
	followed := {source | some each in direct; some item in each.values; source := followed_source(item.value, at); source.key != ["followed"]}
	ways := {target.key: from |
		some target in followed
		from := {each.key | some each in direct; each.key == target.key} | {each.key |
			some each in direct
			some item in each.values
			followed_source(item.value, at).key == target.key
		}
	}
}

combination(texts, chosen) := {
	"values": [value_of(text, chosen) | some text in texts],
	"decided": [decision |
		some text in texts
		some part in text.parts
		option := option_of(part, chosen)
		option.text != null
		decision := {"expression": part.written, "value": option.text, "path": option.path}
	],
}

value_of(text, chosen) := concat("", array.concat([text.head], [concat("", [text_of(part, chosen), part.tail]) | some part in text.parts])) if {
	text.parts
} else := text.value

text_of(part, chosen) := option_of(part, chosen).text if {
	option_of(part, chosen).text != null
} else := part.written

# What is followed from one value isn't followed any further.
option_of(part, chosen) := target if {
	target := chosen[chosen[part.source.key].via]
	target.followed == false
} else := open_option if {
	chosen[part.source.key].via
} else := chosen[part.source.key]

# said_of is a message with the values that it is about.
said_of(message, decided) := message if {
	decided == []
} else := sprintf("%s; %s", [message, concat(" and ", once([sprintf("%s can be %s", [value.in_quotes(each.expression), value.in_quotes(each.value)]) | some each in decided]))])

# related are the places where these values are written.
related(decided) := once([{"path": each.path, "message": sprintf("a value of %s", [value.in_quotes(each.expression)])} |
	some each in decided
	each.path != null
])

# An expression may be written twice in one place.
once(items) := [item |
	some i, item in items
	not item in array.slice(items, 0, i)
]
