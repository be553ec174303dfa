# METADATA
# title: The expressions of a string
# description: |
#   Splits a string into `<+ … >`, with the functions of an input after it, `${{ … }}`, and what is
#   written between them. It knows nothing about the document that the string is in. Sources: Harness's
#   documentation of expressions and of runtime inputs; its v1 schema.
package harness_image_guard.lib.expression

import data.harness_image_guard.lib.value
import rego.v1

_most_expressions := 32

_most_parentheses := 50

# is_in holds for a string that may contain an expression.
is_in(text) if {
	is_string(text)
	contains(text, "<+")
}

is_in(text) if {
	is_string(text)
	contains(text, "${{")
}

# parts_of is a string as `{head, parts}`: each part is an expression, `{body, links, written}`, and `tail` is what
# follows it up to the next one. For something that only begins like an expression, `written` is empty, and all of it is
# in `tail`. Undefined for a string with too many expressions.
parts_of(text) := {"head": pieces[0], "parts": parts} if {
	pieces := _pieces_of(text)
	count(pieces) <= _most_expressions
	starts := [_start_of(pieces, j + 1) | some j, _ in array.slice(pieces, 1, count(pieces))]
	begun := [_expression_at(text, pieces, starts, j) | some j, _ in starts]
	ends := [end | some j, each in begun; end := starts[j] + count(each.written)]
	outer := [j | some j, start in starts; _is_outer(ends, start, j)]
	parts := [object.union(begun[j], {"tail": substring(text, ends[j], _next_start(text, starts, outer, j) - ends[j])}) |
		some j in outer
	]
}

# whole is the expression that makes up a whole string.
whole(text) := found if {
	is_string(text)
	not value.is_too_long(text)
	found := _beginning(trim_space(text))
	found.written == trim_space(text)
}

# _pieces_of splits a string before each expression. Those of v1 keep their `${{`.
_pieces_of(text) := split(replace(text, "${{", "<+${{"), "<+")

_opened(piece) := piece if {
	startswith(piece, "${{")
} else := concat("", ["<+", piece])

_start_of(pieces, j) := count(pieces[0]) + sum([count(_opened(piece)) | some piece in array.slice(pieces, 1, j)])

_expression_at(text, pieces, starts, j) := found if {
	_is_outermost(pieces, j + 1)
	found := _beginning(substring(text, starts[j], -1))
} else := {"written": ""}

# _is_outermost holds if every expression before the piece is closed.
_is_outermost(pieces, j) if {
	before := [piece | some piece in array.slice(pieces, 1, j); not startswith(piece, "${{")]
	sum([closed | some piece in before; closed := count(split(piece, ">")) - 1]) >= count(before)
}

# _is_outer holds for an expression that isn't an argument of an earlier one.
_is_outer(ends, start, j) if {
	reached := [end | some end in array.slice(ends, 0, j); end > start]
	reached == []
}

_next_start(text, starts, outer, j) := min([starts[later] | some later in outer; later > j]) if {
	max(outer) > j
} else := count(text)

# _beginning is the expression that a string begins with: `{body, links, written}`, where `links` are the
# functions of an input.
_beginning(text) := {
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
	end >= 2
	body := _without_spaces(substring(text, 2, end - 2))
	not contains(body, "<+")
	chain := _chain_of(body, substring(text, end + 1, -1))
	not _is_calculated(chain)
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

# _closing is the index at which the first parenthesis is closed.
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

# Names and references have only these characters. With another one after it, an expression is an operand of something
# that Harness calculates, such as `<+a>.toLowerCase()` or `<+a> == "b" ? "c" : "d"`, and the result isn't known.
_characters_of_names := concat("", [value.letters, "0123456789._-/:@"])

_is_calculated(chain) if {
	# By far the most frequent case is that nothing follows.
	chain.rest != ""
	trim(trim_space(value.known(split(chain.rest, "<+")[0])), _characters_of_names) != ""
}
