package harness_image_guard.rules.harness_image_registry_test

import rego.v1

facts := {
	"settings": {
		"identifier": "harnessImage",
		"expected": {
			"url": "https://app.harness.io/registry",
			"providerType": "Other",
			"auth": "Anonymous",
		},
	},
	"repeated": {"1 b.yaml": "document 1 of a.yaml"},
}

findings_in(entity) := findings if {
	findings := data.harness_image_guard.rules.harness_image_registry.findings with input as entity
		with data.harness_image_guard.facts as facts
}

said(connector) := {[finding.verdict, finding.path] |
	some finding in findings_in({"connector": connector, "metadata": {"file": "b.yaml", "document": 0}})
}

right := {
	"identifier": "harnessImage",
	"type": "DockerRegistry",
	"spec": {
		"dockerRegistryUrl": "https://app.harness.io/registry",
		"providerType": "Other",
		"auth": {"type": "Anonymous"},
	},
}

# The right connector with other fields on top, however deep they are.
but(changes) := object.union(right, changes)

without_spec := object.remove(right, ["spec"])

url := ["connector", "spec", "dockerRegistryUrl"]

provider := ["connector", "spec", "providerType"]

auth := ["connector", "spec", "auth", "type"]

test_the_specified_connector_is_right if {
	said(right) == set()
}

test_spaces_and_empty_scopes_do_not_count if {
	said(but({
		"identifier": " harnessImage ",
		"type": " DockerRegistry ",
		"orgIdentifier": "",
		"projectIdentifier": null,
		"spec": {"providerType": " Other ", "auth": {"type": " Anonymous "}},
	})) == set()
}

test_other_connectors_are_not_meant if {
	every identifier in ["other", "harnessImages", "harness_image", "", null, 1, "<+x>", ["harnessImage"]] {
		said({"identifier": identifier}) == set()
	}
	said({}) == set()
}

test_the_identifier_counts_exactly if {
	every identifier in ["harnessimage", "HARNESSIMAGE", " HarnessImage "] {
		said(but({"identifier": identifier})) == {["violation", ["connector", "identifier"]]}
	}
}

test_the_connector_belongs_to_the_account if {
	every key in ["orgIdentifier", "projectIdentifier"] {
		every written in ["default", 1, true] {
			said(but({key: written})) == {["violation", ["connector", key]]}
		}
		every written in ["<+input>", ["a"], {"a": 1}] {
			said(but({key: written})) == {["undecided", ["connector", key]]}
		}
	}
}

test_below_another_type_nothing_is_compared if {
	every type in ["Gcp", "dockerregistry", 1, true, "", null] {
		said(object.union(without_spec, {"type": type})) == {["violation", ["connector", "type"]]}
	}
	every type in ["<+input>", ["DockerRegistry"]] {
		said(object.union(without_spec, {"type": type})) == {["undecided", ["connector", "type"]]}
	}
	said({"identifier": "harnessImage"}) == {["violation", ["connector", "type"]]}
}

test_urls_are_compared_as_urls if {
	every written in ["HTTPS://APP.harness.io:443/registry/", "https://app.harness.io/registry//"] {
		said(but({"spec": {"dockerRegistryUrl": written}})) == set()
	}
	every written in ["https://app.harness.io/Registry", "http://app.harness.io/registry", "app.harness.io/registry", 1, "", null] {
		said(but({"spec": {"dockerRegistryUrl": written}})) == {["violation", url]}
	}
	every written in ["<+input>", "https://<+x>/registry", ["a"]] {
		said(but({"spec": {"dockerRegistryUrl": written}})) == {["undecided", url]}
	}
}

test_the_provider_counts if {
	every written in ["DockerHub", "other", 1, false, "", null] {
		said(but({"spec": {"providerType": written}})) == {["violation", provider]}
	}
	every written in ["<+input>", {"a": 1}] {
		said(but({"spec": {"providerType": written}})) == {["undecided", provider]}
	}
}

test_the_authentication_counts if {
	every written in ["UsernamePassword", "anonymous", 1, "", null] {
		said(but({"spec": {"auth": {"type": written}}})) == {["violation", auth]}
	}
	said(but({"spec": {"auth": {"type": "<+input>"}}})) == {["undecided", auth]}
	every written in [null, "", 1, ["a"]] {
		said(but({"spec": {"auth": written}})) == {["violation", auth]}
	}
}

test_a_text_in_the_place_of_a_mapping_is_one_undecided if {
	every written in ["<+input>", "text"] {
		said(but({"spec": written})) == {["undecided", ["connector", "spec"]]}
		said(but({"spec": {"auth": written}})) == {["undecided", ["connector", "spec", "auth"]]}
	}
}

test_everything_missing_is_told_in_full if {
	every spec in [null, "", 1, {}, ["a"]] {
		said(object.union(without_spec, {"spec": spec})) == {["violation", url], ["violation", provider], ["violation", auth]}
	}
	said(without_spec) == {["violation", url], ["violation", provider], ["violation", auth]}
}

test_everything_wrong_is_told_at_once if {
	said({
		"identifier": "HarnessImage",
		"orgIdentifier": "o",
		"projectIdentifier": "<+input>",
		"type": "DockerRegistry",
		"spec": {"dockerRegistryUrl": "https://r.example", "auth": {"type": "<+input>"}},
	}) == {
		["violation", ["connector", "identifier"]],
		["violation", ["connector", "orgIdentifier"]],
		["undecided", ["connector", "projectIdentifier"]],
		["violation", url],
		["violation", provider],
		["undecided", auth],
	}
}

test_a_repeated_connector_is_told_with_the_first if {
	findings := findings_in({"connector": right, "metadata": {"file": "b.yaml", "document": 1}})
	{[finding.verdict, finding.path, finding.message] | some finding in findings} == {[
		"violation",
		["connector", "identifier"],
		"`account.harnessImage` is defined more than once; the first definition is document 1 of a.yaml",
	]}
}

test_texts_say_what_is_wrong_and_what_to_write if {
	findings := findings_in({"connector": but({"spec": {
		"dockerRegistryUrl": " https://r.example ",
		"providerType": null,
		"auth": {"type": "<+input>"},
	}})})
	{[finding.message, finding.help] | some finding in findings} == {
		[
			"`spec.dockerRegistryUrl` is `https://r.example`, but the specification says `https://app.harness.io/registry`",
			"write `spec.dockerRegistryUrl: https://app.harness.io/registry`",
		],
		[
			"`spec.providerType` is missing or empty; the specification says `Other`",
			"write `spec.providerType: Other`",
		],
		[
			"cannot determine from the file what `spec.auth.type` evaluates to, so it can't be compared with `Anonymous`",
			"write `spec.auth.type: Anonymous`",
		],
	}
}

# Delegates, only where the configuration names them.

delegates_said(expected, spec) := {[finding.verdict, finding.path[2]] | some finding in findings} if {
	settings := object.union(facts.settings, {"expected": object.union(facts.settings.expected, expected)})
	findings := data.harness_image_guard.rules.harness_image_registry.findings with input as {"connector": but({"spec": spec}), "metadata": {"file": "a.yaml", "document": 0}}
		with data.harness_image_guard.facts as object.union(facts, {"settings": settings})
}

test_delegates_do_not_count_where_nobody_says_which if {
	said(but({"spec": {"delegateSelectors": ["x"], "executeOnDelegate": false}})) == set()
}

test_delegate_selectors_are_compared_as_a_set if {
	every written in [["a", "b"], ["b", " a ", "a"]] {
		delegates_said({"delegateSelectors": ["a", "b"]}, {"delegateSelectors": written}) == set()
	}
	every written in [["a"], ["a", "b", "c"], [], null, "a"] {
		delegates_said({"delegateSelectors": ["a", "b"]}, {"delegateSelectors": written}) == {["violation", "delegateSelectors"]}
	}
	every written in [["a", "<+input>"], "<+input>", {"a": 1}] {
		delegates_said({"delegateSelectors": ["a", "b"]}, {"delegateSelectors": written}) == {["undecided", "delegateSelectors"]}
	}
	delegates_said({"delegateSelectors": []}, {}) == set()
	delegates_said({"delegateSelectors": []}, {"delegateSelectors": ["a"]}) == {["violation", "delegateSelectors"]}
}

test_whether_a_delegate_connects_is_true_unless_it_is_written if {
	every written in [true, "true", null] {
		delegates_said({"executeOnDelegate": true}, {"executeOnDelegate": written}) == set()
		delegates_said({"executeOnDelegate": false}, {"executeOnDelegate": written}) == {["violation", "executeOnDelegate"]}
	}
	delegates_said({"executeOnDelegate": true}, {"executeOnDelegate": false}) == {["violation", "executeOnDelegate"]}
	delegates_said({"executeOnDelegate": false}, {"executeOnDelegate": false}) == set()
	delegates_said({"executeOnDelegate": false}, {"executeOnDelegate": "<+input>"}) == {["undecided", "executeOnDelegate"]}
}
