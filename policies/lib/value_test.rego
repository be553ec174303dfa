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

test_what_precedes_the_first_marker_is_known if {
	value.known("ä<1$1:${Y}:$Z<T>") == "ä<1$1:"
	value.known("ä<<+x>${Y}") == "ä<"
	value.known("$$a{{ b }}<+c>") == "$"
	value.known("a{b{{ c }}$d") == "a{b"
}

test_a_string_without_markers_is_known if value.known("nginx:1") == "nginx:1"

test_a_long_string_is_cut_with_its_length_where_it_is_quoted if {
	letters := concat("", [letter | some _ in numbers.range(1, 1250); letter := "é"])
	short := substring(letters, 0, 500)
	value.quoted(short) == concat("", ["`", short, "`"])
	value.quoted(letters) == concat("", ["`", substring(letters, 0, 100), "…` (1,250 characters)"])
	value.cut(short) == short
	value.cut(letters) == concat("", [substring(letters, 0, 100), "… (1,250 characters)"])
}

test_numbers_are_grouped_by_three_digits if {
	[value.grouped(number) | some number in [0, 7, 501, 1000, 65536, 1250000]] == ["0", "7", "501", "1,000", "65,536", "1,250,000"]
}

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
