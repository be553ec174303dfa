package harness_image_guard.lib.pattern_test

import data.harness_image_guard.lib.pattern
import rego.v1

# Of each pattern, texts that it describes and texts that it doesn't.
patterns := {
	"": {"yes": [""], "no": ["a"]},
	"account.x": {"yes": ["account.x", "ACCOUNT.X"], "no": ["account.xy", "aaccount.x", "accountzx", ""]},
	"*": {"yes": ["", "a", "account.x"], "no": []},
	"a*": {"yes": ["a", "ab"], "no": ["ba", ""]},
	"*a": {"yes": ["a", "ba"], "no": ["ab"]},
	"a*a": {"yes": ["aa", "aba"], "no": ["a", "ab"]},
	"ab*ba": {"yes": ["abba", "abxba"], "no": ["aba"]},
	"**": {"yes": ["", "a"], "no": []},
	"*DockerHub*": {"yes": ["account.my_dockerhub", "DOCKERHUB1"], "no": ["account.docker", "docker_hub"]},
	"a*b*c": {"yes": ["abc", "axbyc", "abbcc"], "no": ["acb", "ac", "abcd"]},
	"a*ab*b": {"yes": ["aabb", "a_ab_b"], "no": ["aab", "abb", "ab"]},
	"*a*a*": {"yes": ["aa", "xaxax"], "no": ["a", "xax"]},
	"*ab*ba*": {"yes": ["abba", "ab_ba"], "no": ["aba", "baab"]},
	"***": {"yes": ["", "abc"], "no": []},
	"a**b*c": {"yes": ["abc", "a_b_c"], "no": ["acb"]},
	"a*b*c*d": {"yes": ["abcd", "a1b2c3d"], "no": ["acbd", "abc"]},
	"*a*b*c*": {"yes": ["abc", "_a_b_c_"], "no": ["acb", "ab"]},
	"a*b*c*d*e": {"yes": ["abcde", "a1b2c3d4e"], "no": ["abdce", "abcd"]},
	"*a*a*a*a*": {"yes": ["aaaa", "_a_a_a_a_"], "no": ["aaa"]},
	"a*b*c*d*e*f": {"yes": ["abcdef", "a1b2c3d4e5f"], "no": ["abcedf", "abcde"]},
	"*****": {"yes": ["", "abc"], "no": []},
	"ä*ö": {"yes": ["äö", "ÄxÖ"], "no": ["ä", "ao"]},
	"a.c": {"yes": ["a.c"], "no": ["abc"]},
	"[a]?": {"yes": ["[a]?"], "no": ["a", "ab"]},
}

test_patterns_describe_what_they_say if {
	[[star, text] | some star, texts in patterns; some text in texts.yes; not pattern.matches(star, text)] == []
}

test_patterns_describe_nothing_else if {
	[[star, text] | some star, texts in patterns; some text in texts.no; pattern.matches(star, text)] == []
}
