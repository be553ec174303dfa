package harness_image_guard.lib.expression_test

import data.harness_image_guard.lib.expression
import rego.v1

test_a_string_has_its_expressions_and_what_is_between_them if {
	expression.parts_of("a/<+ pipeline.name >:${{ matrix.tag }}-x") == {"head": "a/", "parts": [
		{"body": "pipeline.name", "links": [], "written": "<+ pipeline.name >", "tail": ":"},
		{"body": "matrix.tag", "links": [], "written": "${{ matrix.tag }}", "tail": "-x"},
	]}
	expression.parts_of("node:22") == {"head": "node:22", "parts": []}
}

test_an_expression_is_no_part_of_its_own_that_is_an_argument if {
	parts := expression.parts_of("<+input>.default(<+pipeline.name>)/<+stage.name>").parts
	[part.written | some part in parts] == ["<+input>.default(<+pipeline.name>)", "<+stage.name>"]
}

test_what_only_begins_like_an_expression_is_not_written if {
	expression.parts_of("a<+b") == {"head": "a", "parts": [{"written": "", "tail": "<+b"}]}
}

test_a_whole_string_is_one_expression if {
	expression.whole(" <+input> ").body == "input"
	every text in ["x<+input>", "<+input>x", "<+input><+input>", "", null, ["<+input>"]] {
		not expression.whole(text)
	}
}

test_what_is_calculated_from_an_expression_is_not_that_expression if {
	calculated := [
		"<+a>.toLowerCase()", "<+a>.sha256()", "<+a>.b.c()", "<+a> .f()", "<+a>. f()", "<+a>.f ()", "<+a>?.f()", "<+a>[0]",
		`<+a> == "b" ? "c" : "d"`, `<+a >= 20 ? "b" : "c">`, `<+a>+"b"`, "<+a>/b/<+c>.f()",
	]
	{text | some text in calculated; expression.parts_of(text).parts[0].written != ""} == {"<+a>/b/<+c>.f()"}
	names := {"<+a>", "<+a> ", "<+a>/b_c:1.2-d@sha256:e", "<+a>:<+b>", "<+a>:$B", "<+a>/${B}", "<+a>:<TAG>", "<+a>.b"}
	{text | some text in names; expression.parts_of(text).parts[0].written == "<+a>"} == names
}
