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
