# METADATA
# title: What an expression reads
# description: |
#   The variable, the matrix axis, the input of the v1 syntax or the functions of an input that an
#   expression reads, with the values that the document gives them. Sources: Harness's
#   documentation of variables, of looping strategies and of runtime inputs; its v1 schema for `inputs` and `matrix`.
package harness_image_guard.lib.sources

import data.harness_image_guard.lib.ancestors
import data.harness_image_guard.lib.expression
import data.harness_image_guard.lib.list
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

# Harness runs no matrix with more combinations, so a longer axis decides nothing, nor do more variables of one name.
_most_elements := 256

# read_by is what an expression reads: `{key, values, open}`, with the values that the document gives it (`{value,
# path}`), and whether it can also be anything else. Undefined if the document says nothing about it. Expressions with
# the same key have the same value within a place; `occurrence` is the key of an input.
read_by(found, at, occurrence) := _input(found.links, occurrence) if {
	found.body == "input"
} else := source if {
	source := _named(split(found.body, "."), at)
}

_named(words, at) := _variable(ancestors.pipelines(at), words, 2) if {
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

# _variable is the variable of that name in the first holder that gives it a value, or else in the first that has it.
_variable(holders, words, first) := _variable_source(nearest) if {
	name := _last_words(words, first)
	found := [variables |
		some holder in holders
		is_array(holder.value.variables)
		indexes := _few(_indexes_of(holder)[name])
		variables := [_variable_at(holder, i) | some i in indexes]
	]
	nearest := array.concat([variables | some variables in found; _give_a_value(variables)], found)[0]
}

_variable_at(holder, i) := {"at": array.concat(holder.at, ["variables", i]), "item": holder.value.variables[i]}

# _few is the beginning of a list, long enough to show whether there are too many.
_few(found) := array.slice(found, 0, _most_elements + 1)

_give_a_value(variables) if {
	some each in variables
	object.get(each.item, "value", null) != null
}

# _variable_of_stage is the variable of that name in the stages with this identifier.
_variable_of_stage(identifier, words, first) := _variable_source(variables) if {
	found := _few(_variables_of_stages[[identifier, _last_words(words, first)]])
	variables := [_variable_at(tree.level_0.stages.all[each[0]], each[1]) | some each in found]
}

_variables_of_stages := list.grouped([[[value.text(stage.value.identifier), value.text(item.name)], [s, i]] |
	some s, stage in tree.level_0.stages.all
	is_array(stage.value.variables)
	some i, item in stage.value.variables
])

# _indexes_of is where a holder has each of its variables, by name.
_indexes_of(holder) := _indexes[holder.at] if {
	_indexes[holder.at]
} else := _by_name(holder.value.variables)

_indexes := {holder.at: _by_name(holder.value.variables) |
	some holder in ancestors.with_variables
	is_array(holder.value.variables)
}

_by_name(variables) := list.grouped([[name, i] |
	some i, item in variables
	name := _name_of(item)
])

_name_of(item) := trim_space(item.name) if is_string(item.name)

# A variable that is there more than once can have the value of each: Harness's documentation doesn't say which counts.
_variable_source(variables) := {
	"key": variables[0].at,
	"values": [each | some source in sources; some each in source.values],
	"open": true in [source.open | some source in sources],
} if {
	count(variables) <= _most_elements
	sources := [_source_of(each.at, each.item) | some each in variables]
} else := {"key": variables[0].at, "values": [], "open": true}

# An input without a value of its own has the value of `default`, or any other. The value of a variable of type `Secret`
# is unknown, because it only holds a secret's name; so is that of a variable without `value`, which is given elsewhere.
_source_of(at, item) := {"key": at, "values": [], "open": true} if {
	trim_space(item.type) == "Secret"
} else := {
	"key": at,
	"values": [{"value": item["default"], "path": array.concat(at, ["default"])}],
	"open": true,
} if {
	_is_input_without_value(item.value)
	not value.is_too_long(item["default"])
	value.kind(item["default"]) == "literal"
} else := {
	"key": at,
	"values": [{"value": item.value, "path": array.concat(at, ["value"])}],
	"open": false,
} if {
	object.get(item, "value", null) != null
} else := {"key": at, "values": [], "open": true}

_is_input_without_value(text) if {
	found := expression.whole(text)
	found.body == "input"
	links := found.links
	not _values_of_links(links)
}

# _axis is the list of that name in the nearest matrix that has it, with what `include` adds, unless `exclude` names the
# axis. A matrix that is an expression may have any axis.
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
	values := array.concat(
		[{"value": element, "path": array.concat(at, [name, i])} | some i, element in elements],
		[{"value": element, "path": array.concat(at, ["include", i, name])} |
			some i, combination in included
			element := combination[name]
		],
	)
	source := {"key": array.concat(at, [name]), "values": values, "open": values == []}
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

_may_have_axis(matrix, name) if {
	some combination in _included(matrix)
	object.get(combination, name, null) != null
}

_may_have_axis(matrix, _) if {
	included := object.get(matrix, "include", null)
	included != null
	not is_array(included)
}

_leaves_out(holder, name) if _left_out[holder.at][name]

# An expression may name any axis.
_leaves_out(holder, _) if value.says(holder.matrix.exclude)

_leaves_out(holder, name) if {
	at := holder.at
	not _left_out[at]
	_names_left_out(holder.matrix.exclude)[name]
}

# _left_out are the axes that `exclude` names in each of the document's matrices. Without this table, looking through all
# combinations for each expression would take time that grows with the square of their number.
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

# Each `<+input>` is an input of its own.
_input(links, occurrence) := {
	"key": occurrence,
	"values": [{"value": text, "path": null} | some text in given.texts],
	"open": given.open,
} if {
	given := _values_of_links(links)
}

_lists_of_values := {"allowedValues", "selectOneFrom"}

_values_of_links(links) := {"texts": [], "open": true} if {
	# Harness evaluates a list that is written as `jexl(…)`, so its items aren't the values.
	some link in links
	link.name in _lists_of_values
	startswith(trim_space(link.argument), "jexl(")
} else := {"texts": allowed, "open": false} if {
	allowed := [text |
		some link in links
		link.name in _lists_of_values
		some item in split(link.argument, ",")
		text := _without_quotes(item)
		text != ""
	]
	allowed != []
} else := {"texts": defaults, "open": true} if {
	defaults := [text |
		some link in links
		link.name == "default"
		text := _without_quotes(link.argument)
		text != ""
	]
	defaults != []
}

# No image and no reference has quotes. Source: the published Java sources of Harness take off double quotes around a
# default, and escaped ones around an allowed value; its documentation shows both kinds.
_quotes := [`\"`, `\'`, `"`, `'`]

_without_quotes(written) := inside[0] if {
	text := trim_space(written)
	inside := [trim_space(trim_suffix(trim_prefix(text, quote), quote)) |
		some quote in _quotes
		startswith(text, quote)
		endswith(text, quote)
		count(text) >= 2 * count(quote)
	]
	inside != []
} else := trim_space(written)
