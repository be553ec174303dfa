package harness_image_guard.lib.value_test

import data.harness_image_guard.lib.value
import rego.v1

kinds := {
	"absent": [null, "", " ", "\t\n"],
	"unknown": [
		"<+input>",
		"<+input>.default(x)",
		"nginx:<+pipeline.sequenceId>",
		"<PLACEHOLDER>",
		"<placeholder>:<TAG>",
		"${VAR}",
		"a${VAR}b",
		"${{ matrix.version }}",
		"$VAR",
		"$var",
		"$_",
		" <+x> ",
		"$ $A",
		"<<+x>",
		"$$A",
		"ä<+x>",
		[],
		["account.x"],
		{},
		{"a": 1},
	],
	"literal": [
		"account.x",
		" account.x ",
		"a b",
		"<",
		"$",
		"a<",
		"a$",
		"< a",
		"<1",
		"<_",
		"<{",
		"$1",
		"$+",
		"$<",
		"$-a",
		"a>b",
		"+<",
		0,
		1,
		1.5,
		true,
		false,
	],
}

test_every_value_is_of_its_kind if {
	wrong := {[kind, written] |
		some kind, values in kinds
		some written in values
		value.kind(written) != kind
	}
	wrong == set()
}

test_every_value_has_a_kind if {
	told := [value.kind(written) | some values in kinds; some written in values]
	count(told) == sum([count(values) | some values in kinds])
}

test_markers_are_counted_in_characters if {
	{start | some start in value.markers("ä<+x>:${Y}:$Z<T>$1<")} == {1, 6, 11, 13}
}

test_a_text_without_signs_has_no_markers if value.markers("nginx:1") == []

test_text_loses_the_spaces_around_it if {
	value.text(" a b\n") == "a b"
}

test_what_is_no_text_stays_as_it_is if {
	[value.text(written) | some written in [null, 1, false, ["a "]]] == [null, 1, false, ["a "]]
}

test_only_a_filled_string_says_something if {
	said := {written |
		some written in ["a", " a", "", " ", null, 1, true, ["a"], {"a": 1}]
		value.says(written)
	}
	said == {"a", " a"}
}

test_shown_is_what_a_message_can_hold if {
	shown := [value.shown(written) | some written in [" a ", 1, true, ["a", 2], {"a": null}]]
	shown == ["a", "1", "true", `["a",2]`, `{"a":null}`]
}
