package harness_image_guard.lib.expressions_test

import data.harness_image_guard.lib.decisions
import data.harness_image_guard.lib.expressions
import rego.v1

settings := {"settings": {"expressions": "decide"}}

variables := [
	{"name": "a", "value": "one"},
	{"name": "b", "value": "<+pipeline.variables.a>"},
	{"name": "c", "value": "<+input>.allowedValues(x,y)"},
	{"name": "d", "value": "<+pipeline.variables.c>"},
	{"name": "e", "value": "<+matrix.os>"},
	{"name": "f", "value": "<+matrix.os>"},
	{"name": "open", "value": "<+input>"},
	{"name": "list", "value": ["one"]},
	{"name": "with.dots", "value": "dotted"},
	{"name": "secret", "type": "Secret", "value": "account.registry", "default": "account.registry"},
]

pipeline := {"pipeline": {
	"variables": variables,
	"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {
		"strategy": {"matrix": {
			"os": ["linux", "windows"],
			"via": ["<+pipeline.variables.c>", "z"],
			"exclude": [{"arch": "arm"}],
			"arch": ["arm", "amd"],
		}},
		"spec": {},
	}}]}}}}],
}}

at_the_step := ["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step"]

become(written) := found if {
	found := {each.values |
		some each in expressions.alternatives(at_the_step, written) with input as pipeline
			with data.harness_image_guard.facts as settings
	}
}

one(text) := {values[0] | some values in become([text])}

test_what_holds_no_expression_stays if {
	every text in ["", "a", "$a", "<a>", "<+", "${{ x", "<+a", ">", "}}"] {
		one(text) == {text}
	}
	become([null, 1, ["<+input>"]]) == {[null, 1, ["<+input>"]]}
}

test_what_the_document_does_not_say_stays if {
	every text in [
		"<+pipeline.variables.none>",
		"<+pipeline.variables.open>",
		"<+pipeline.variables.list>",
		"<+pipeline.variables.secret>",
		"<+pipeline.variables.>",
		"<+pipeline.name>",
		"<+pipeline.variables.a.toUpper()>",
		"<+matrix.arch>",
		"<+matrix.none>",
		"<+<+pipeline.variables.a>>",
		"${{ pipeline.name }}",
		"<+input>",
		"<+input>.default()",
	] {
		one(text) == {text}
	}
}

test_an_expression_is_replaced_where_it_stands if {
	one("<+pipeline.variables.a>") == {"one"}
	one("x-<+ pipeline.variables.a >-<+pipeline.variables.a>:1") == {"x-one-one:1"}
	one("<+pipeline.variables.with.dots>") == {"dotted"}
	one("${{matrix.os}}/<+matrix.os>") == {"linux/linux", "windows/windows"}
	one("<+pipeline.variables.a><+x>") == {"one<+x>"}
	one("<+x><+pipeline.variables.a>") == {"<+x>one"}
}

test_a_value_is_followed_once if {
	one("<+pipeline.variables.b>") == {"one"}
	one("<+pipeline.variables.c>") == {"x", "y"}
	one("<+pipeline.variables.d>") == {"<+pipeline.variables.d>"}
	one("<+matrix.via>") == {"<+matrix.via>", "z"}
	one("<+pipeline.variables.e>") == {"linux", "windows"}
}

# Somebody else has to give it a value.
test_what_has_no_value_stays if {
	every written in [{"name": "a"}, {"name": "a", "value": null}, {"name": "a", "type": "Secret", "value": "x"}] {
		in_document(with_variable(written), "<+pipeline.variables.a>") == {"<+pipeline.variables.a>"}
		in_document(with_variable(written), "<+matrix.os>") == {"linux", "<+matrix.os>"}
		in_document(with_variable(written), "<+matrix.via>") == {"x", "<+matrix.via>"}
	}
}

with_variable(written) := {"pipeline": {
	"variables": [written],
	"stages": [{"id": "s", "strategy": {"matrix": {"os": ["linux", "<+pipeline.variables.a>"], "none": [], "via": ["<+matrix.none>", "x"]}}, "steps": [{"run": {}}]}],
}}

in_document(document, text) := {values[0] | some values in found} if {
	found := {each.values |
		some each in expressions.alternatives(["pipeline", "stages", 0, "steps", 0, "run"], [text]) with input as document
			with data.harness_image_guard.facts as settings
	}
}

# What is partial says nothing by what is missing.
test_a_variable_without_a_value_hides_none_around_it if {
	in_inputs([{"name": "a"}]) == {"one"}
	in_inputs([{"name": "a", "value": "two"}]) == {"two"}
	in_inputs([{"name": "a", "type": "Secret", "value": "two"}]) == {"<+stage.variables.a>"}
}

# Whichever of them Harness takes, it is judged.
test_a_variable_that_is_there_twice_has_the_value_of_each if {
	twice := {"pipeline": {
		"variables": [{"name": "a", "value": "one"}, {"name": "b", "value": "other"}, {"name": " a ", "value": "two"}],
		"stages": [
			{"stage": {"identifier": "s", "variables": [{"name": "a", "value": "three"}, {"name": "a", "type": "Secret", "value": "x"}]}},
			{"stage": {"identifier": "s", "variables": [{"name": "a", "value": "four"}]}},
			{"steps": [{"run": {}}]},
		],
	}}
	in_document(twice, "<+pipeline.variables.a>") == {"one", "two"}
	in_document(twice, "<+pipeline.variables.b>") == {"other"}
	in_document(twice, "<+pipeline.stages.s.variables.a>") == {"three", "four", "<+pipeline.stages.s.variables.a>"}
	in_inputs([{"name": "a"}, {"name": "a", "value": "two"}]) == {"two", "<+stage.variables.a>"}
	in_inputs([{"name": "a"}, {"name": "a"}]) == {"one"}
	in_inputs([{"name": "a", "value": "two"} | some _ in numbers.range(1, 256)]) == {"two"}
	in_inputs([{"name": "a", "value": "two"} | some _ in numbers.range(1, 257)]) == {"<+stage.variables.a>"}
}

in_inputs(variables) := {values[0] | some values in found} if {
	document := {"pipeline": {"stages": [{"stage": {
		"variables": [{"name": "a", "value": "one"}],
		"template": {"templateInputs": {"variables": variables, "spec": {}}},
	}}]}}
	at := ["pipeline", "stages", 0, "stage", "template", "templateInputs", "spec"]
	found := {each.values |
		some each in expressions.alternatives(at, ["<+stage.variables.a>"]) with input as document
			with data.harness_image_guard.facts as settings
	}
}

test_one_variable_has_one_value if {
	become(["<+pipeline.variables.c>", "<+pipeline.variables.c>"]) == {["x", "x"], ["y", "y"]}
	become(["<+pipeline.variables.e>", "<+matrix.os>"]) == {["linux", "linux"], ["windows", "windows"]}
	become(["<+pipeline.variables.e>", "<+pipeline.variables.f>"]) == {["linux", "linux"], ["windows", "windows"]}
	become(["<+pipeline.variables.c>", "<+matrix.via>"]) == {["x", "<+matrix.via>"], ["x", "z"], ["y", "<+matrix.via>"], ["y", "z"]}
	become(["<+matrix.os>", "<+pipeline.variables.c>"]) == {["linux", "x"], ["linux", "y"], ["windows", "x"], ["windows", "y"]}
}

# Each input is one of its own.
test_inputs_combine_freely if {
	become(["<+input>.allowedValues(a,b)", "<+input>.allowedValues(a,b)"]) == {["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]}
}

test_an_input_has_its_functions_in_any_order if {
	one("<+input>.default(a)") == {"a", "<+input>.default(a)"}
	one("<+input>.default(a).executionInput().allowedValues( b , c,,)") == {"b", "c"}
	one("<+input>.regex((a|(b))).default(c)") == {"c", "<+input>.regex((a|(b))).default(c)"}
	one("x/<+input>.selectOneFrom(a):1") == {"x/a:1"}
	one("<+input>.default(<+pipeline.variables.a>)-<+pipeline.variables.a>") == {"one-one", "<+input>.default(<+pipeline.variables.a>)-one"}
}

test_quotes_around_a_value_of_an_input_do_not_count if {
	one(`<+input>.default("a")`) == {"a", `<+input>.default("a")`}
	one(`<+input>.allowedValues('a', "b" ,\'c\',\"d\",e,'',")`) == {"a", "b", "c", "d", "e", `"`}
	one(`a'<+input>.selectOneFrom(' b ', it's)`) == {"a'b", "a'it's"}
}

test_allowed_values_that_harness_evaluates_leave_an_input_open if {
	text := "<+input>.allowedValues(jexl(<+env.type> == 'Production' ? 'a, b' : 'c')).default(d)"
	one(text) == {text}
}

test_functions_that_are_unknown_leave_an_input_open if {
	every text in ["<+input>.selectManyFrom(a)", "<+input>.default(a).f(b)", "<+input>.default(a"] {
		one(text) == {text}
	}
}

numbered(n) := concat(",", [sprintf("%d", [i]) | some i in numbers.range(1, n)])

test_too_many_results_leave_all_as_it_is if {
	count(one(sprintf("<+input>.allowedValues(%s)", [numbered(64)]))) == 64
	text := sprintf("<+input>.allowedValues(%s)", [numbered(65)])
	one(text) == {text}
	count(become([sprintf("<+input>.allowedValues(%s)", [numbered(8)]), sprintf("<+input>.allowedValues(%s)", [numbered(8)])])) == 64
}

test_hostile_strings_are_bounded if {
	many := concat("", ["<+pipeline.variables.a>" | some _ in numbers.range(1, 500)])
	one(many) == {many}
	parentheses := concat("", ["<+input>.default(", concat("", ["()" | some _ in numbers.range(1, 500)]), ")"])
	one(parentheses) == {parentheses}
	combinations := [sprintf("<+input>.allowedValues(%s)", [numbered(60)]) | some _ in numbers.range(1, 20)]
	become(combinations) == {combinations}
}

in_a_matrix(stage_strategy, step_strategy) := {values[0] | some values in found} if {
	document := {"pipeline": {"stages": [{"id": "a", "strategy": stage_strategy, "steps": [{"strategy": step_strategy, "run": {}}]}]}}
	at := ["pipeline", "stages", 0, "steps", 0, "run"]
	found := {each.values |
		some each in expressions.alternatives(at, ["${{ matrix.os }}"]) with input as document
			with data.harness_image_guard.facts as settings
	}
}

test_an_axis_has_what_its_matrix_includes if {
	in_a_matrix({"matrix": {"os": ["linux"], "include": [{"os": "windows", "arch": "arm"}, {"arch": "amd"}]}}, null) == {"linux", "windows"}
	in_a_matrix({"matrix": {"os": ["linux"], "include": null}}, null) == {"linux"}
	in_a_matrix({"matrix": {"os": ["linux"], "include": "<+input>"}}, null) == {"${{ matrix.os }}"}
	in_a_matrix({"matrix": {"include": [{"os": "windows"}]}}, null) == {"${{ matrix.os }}"}
}

test_what_only_the_run_leaves_out_leaves_an_axis_open if {
	in_a_matrix({"matrix": {"os": ["linux"], "exclude": "<+input>"}}, null) == {"${{ matrix.os }}"}
	in_a_matrix({"matrix": {"os": ["linux"], "exclude": ""}}, null) == {"linux"}
}

# It may have the axis, and goes before those around it.
test_a_matrix_that_only_the_run_knows_leaves_an_axis_open if {
	known := {"matrix": {"os": ["linux"]}}
	in_a_matrix(known, {"matrix": {"arch": ["arm"]}}) == {"linux"}
	in_a_matrix(known, {"matrix": ""}) == {"linux"}
	every unknown in [
		"<+input>",
		{"matrix": "<+input>"},
		{"matrix": "{\"os\": [\"windows\"]}"},
		{"matrix": {"arch": ["arm"], "include": "<+input>"}},
		{"matrix": {"arch": ["arm"], "include": [{"arch": "arm", "os": "windows"}]}},
	] {
		in_a_matrix(known, unknown) == {"${{ matrix.os }}"}
	}
}

test_off_leaves_all_as_it_is if {
	found := expressions.alternatives(at_the_step, ["<+pipeline.variables.a>"]) with input as pipeline
		with data.harness_image_guard.facts as {"settings": {"expressions": "off"}}
	found == [{"values": ["<+pipeline.variables.a>"], "decided": []}]
}

test_a_value_says_where_it_is_written if {
	found := expressions.alternatives(at_the_step, ["<+pipeline.variables.b>"]) with input as pipeline
		with data.harness_image_guard.facts as settings
	found == [{"values": ["one"], "decided": [{
		"expression": "<+pipeline.variables.b>",
		"value": "one",
		"path": ["pipeline", "variables", 0, "value"],
	}]}]
}

# What is written twice in one place is said once.
test_a_value_is_said_once if {
	found := expressions.alternatives(at_the_step, ["<+pipeline.variables.a>/<+pipeline.variables.a>", "<+pipeline.variables.a>"]) with input as pipeline
		with data.harness_image_guard.facts as settings
	decisions.added_to("m", found[0].decided) == "m; `<+pipeline.variables.a>` can be `one`"
	decisions.related(found[0].decided) == [{"path": ["pipeline", "variables", 0, "value"], "message": "a value of `<+pipeline.variables.a>`"}]
}
